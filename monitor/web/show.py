"""What a page says: values of the model to the words and shapes that a person sees. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor import advice
from monitor.deliver import names
from monitor.model import DeliveryView, HitView, Ledger, Notice, SourceView, Verdict
from monitor.urls import host_of
from monitor.web import marking
from monitor.web.clock import Clock
from monitor.web.marking import Piece

LATE = timedelta(minutes=5)
"""From this lateness on it is worth a word."""
_ADDRESS = re.compile(r"https?://[^\s\"'<>]+", re.IGNORECASE)
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)

READINGS = {
    "full": "the article's text was read",
    "degraded": "the article could not be told from the rest of its page; the whole page was matched",
    "skipped": "the page was fetched, and nothing on it can match",
    "none": "the page could not be read; the feed's own words were matched",
}
DELIVERY_WORDS = {
    "pending": "waiting",
    "held": "held",
    "sending": "being sent",
    "sent": "sent",
    "failed": "failed, will be tried again",
    "expired": "expired unsent",
    "dead": "given up",
    "suppressed": "not sent on purpose",
    "cancelled": "cancelled",
}
AWAITS = (
    "only second nets have shown it; the other sources have a day to bring it, and if none does, it was missed and is "
    "alerted"
)
_WRONG_STATES = frozenset({"failed", "expired", "dead"})


@dataclass(frozen=True, slots=True)
class Row:
    """One hit in the list."""

    hit: HitView
    headline: list[Piece]
    extract: list[Piece]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a ledger: what happened, when, and more of it; ``wrong`` when it should not have."""

    what: str
    at: datetime | None = None
    more: str = ""
    wrong: bool = False


def rows(hits: Iterable[HitView]) -> list[Row]:
    """The list's lines."""
    return [Row(hit, marking.headline(hit), marking.extract(hit)) for hit in hits]


def lang(code: str | None) -> str:
    """A language tag fit for the ``lang`` attribute (BCP 47), else an empty string."""
    return code if code and _TAG.fullmatch(code) else ""


def languages(current: str | None) -> list[tuple[str, str]]:
    """Code and name of the languages to choose from, by name; the current one is among them."""
    known = names.languages()
    if current:
        known.setdefault(current, current)
    return sorted(known.items(), key=lambda item: item[1].casefold())


def pairs(values: Iterable[str]) -> list[tuple[str, str]]:
    """Choices whose words are their values."""
    return [(value, value) for value in values]


@dataclass(frozen=True, slots=True)
class Watched:
    """A source in the table: its state, why, the mend, and the words that the table shows."""

    source: SourceView
    state: str
    reason: str
    mend: str
    late: str
    """By how much the last poll was late; empty when it was not worth a word."""
    age: str
    """How long it has been in its state; empty where that is not known."""
    every: str
    gaps: tuple[tuple[str, str], ...]
    """State of each gap, and the gap in a sentence."""
    open: int
    """Gaps whose entries may be missing."""


def watched(sources: Iterable[SourceView], clock: Clock) -> list[Watched]:
    """The sources as the table shows them, what needs a person first."""
    return [_watched(source, clock) for source in advice.by_need(sources)]


def _watched(source: SourceView, clock: Clock) -> Watched:
    said = advice.advice(_public(source), clock.exact)
    late = source.lateness is not None and source.lateness >= LATE
    return Watched(
        source,
        advice.state(source),
        said.reason,
        said.mend,
        advice.span(source.lateness) if late and source.lateness else "",
        advice.span(clock.now - source.health_since) if source.health_since and source.active else "",
        advice.span(source.interval) if source.interval else "",
        tuple((gap.state, advice.gap_words(gap, clock.exact)) for gap in source.gaps),
        len(advice.open_gaps(source)),
    )


def _public(source: SourceView) -> SourceView:
    """The source without addresses: a key may stand in them."""
    address, target = source.address, source.moving_to
    return replace(
        source,
        error=source.error and hosts_only(source.error),
        address=address and f"another address on {host_of(address)} (`monitor sources` shows it)",
        moving_to=target and f"another address on {host_of(target)}",
    )


def sums(shown: Iterable[Watched]) -> list[tuple[str, int]]:
    """How many sources there are in each state, what needs a person first."""
    counts = Counter(one.state for one in shown)
    return [(state, counts[state]) for state in advice.SIGNS if counts[state]]


def troubles(sources: int, channels: int) -> dict[str, int]:
    """How many sources and channels need a look, by the name of their page; without those where none does."""
    return {page: count for page, count in (("Sources", sources), ("Alerts", channels)) if count}


def hosts_only(text: str) -> str:
    """A text with each web address in it cut to its host: a key may stand in the rest."""
    return _ADDRESS.sub(lambda found: f"{host_of(found.group())}/…", text)


def typed(text: str) -> list[tuple[str, bool]]:
    """A sentence in pieces: words between backticks are to be typed."""
    return [(piece, at % 2 == 1) for at, piece in enumerate(text.split("`")) if piece]


def told(notices: Iterable[Notice]) -> list[Notice]:
    """The changes of state as the page shows them: without addresses."""
    return [replace(notice, words=hosts_only(notice.words)) for notice in notices]


def steps(ledger: Ledger) -> list[Step]:
    """What became of an article, in the order in which it happened."""
    published = Step("Published", ledger.published) if ledger.published else Step("Published", more="time unknown")
    seen = [Step(f"Seen in {item.source}", item.seen, _late(ledger.published, item.seen)) for item in ledger.seen_in]
    edits = [Step("Edited, noticed", old.until) for old in ledger.revisions]
    told = map(delivery_step, ledger.deliveries)
    return [published, *seen, *edits, *_reading(ledger), *_matching(ledger), *_story(ledger), *told, *_to_come(ledger)]


def delivery_step(delivery: DeliveryView) -> Step:
    """One line for one row of the outbox."""
    words = DELIVERY_WORDS.get(delivery.state, delivery.state)
    tries = f"{delivery.attempts} tries" if delivery.attempts > 1 else ""
    held = delivery.held if delivery.state == "held" else ""
    more = ", ".join(part for part in (tries, held, delivery.error) if part)
    what = f"{'Update' if delivery.update else 'Alert'} {delivery.alert}: {words}"
    return Step(what, delivery.sent or delivery.due, more, delivery.state in _WRONG_STATES)


def _reading(ledger: Ledger) -> list[Step]:
    if ledger.read_at is None:
        return []
    said = (READINGS.get(ledger.extraction or "", ""), _place(ledger), _blocked(ledger), ledger.error)
    return [Step("Read", ledger.read_at, "; ".join(filter(None, said)), bool(ledger.error or ledger.blocked))]


def _to_come(ledger: Ledger) -> list[Step]:
    if ledger.next_try is None:
        return []
    if ledger.read_at is None:
        return [Step("To be read", ledger.next_try)]
    why = "once more, for corrections" if ledger.state == "again" else "the last try did not get the page"
    return [Step("To be read again", ledger.next_try, why)]


def _place(ledger: Ledger) -> str:
    return f"at {host_of(ledger.page_url)}, not at its own address" if ledger.page_url else ""


def _blocked(ledger: Ledger) -> str:
    """What stood in front of the page, where the error does not say so already."""
    known = ledger.blocked is None or ledger.blocked in (ledger.error or "")
    return "" if known else f"in front of the page stood: {ledger.blocked}"


def _matching(ledger: Ledger) -> list[Step]:
    return [
        Step(_verdict_words(verdict), ledger.read_at, "; ".join(verdict.why) or "no rule fired")
        for verdict in ledger.verdicts
    ]


def _story(ledger: Ledger) -> list[Step]:
    """How it came into its story; that it is alerted when it is ruled on, where it waits for that."""
    joined = [hit for hit in ledger.hits[:1] if hit.story and hit.how != "first"]
    put = [Step(f"Put into story {hit.story}", more=": ".join(filter(None, (hit.how, hit.linked)))) for hit in joined]
    return [*put, Step("Not alerted yet", more=AWAITS)] if ledger.awaits_ruling else put


def _verdict_words(verdict: Verdict) -> str:
    return f"Matched {verdict.topic}, {verdict.grade or 'probable'}" if verdict.hit else f"No match for {verdict.topic}"


def _late(published: datetime | None, seen: datetime) -> str:
    if published is None or seen - published < timedelta(minutes=1):
        return ""
    return f"{advice.span(seen - published)} after publication"
