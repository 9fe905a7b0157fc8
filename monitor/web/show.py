"""What a page says: values of the model to the words and shapes that a person sees. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor import advice
from monitor.model import Count, DeliveryView, Ledger, Notice, Verdict
from monitor.urls import host_of
from monitor.web.clock import Clock

_QUOTED = re.compile(r'("[^"]*+")')
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
_ON_LINE = frozenset({"sent", "pending", "held", "sending", *_WRONG_STATES})
DOTS = 4
"""Alerts on the line."""
MARKS = {"new": "●", "relevant": "✓", "irrelevant": "✕", "starred": "★"}
"""The shape of each state of a hit."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a ledger: what happened, when, and more of it; ``wrong`` when it should not have."""

    what: str
    at: datetime | None = None
    more: str = ""
    wrong: bool = False


def lang(code: str | None) -> str:
    """A language tag fit for the ``lang`` attribute (BCP 47), else an empty string."""
    return code if code and _TAG.fullmatch(code) else ""


def many(count: Count) -> str:
    """How many stories there are, for the head of a page: ``12``, ``800+``; empty for none."""
    return f"{count.stories:,}{'+' * count.more}" if count.stories else ""


def pairs(values: Iterable[str]) -> list[tuple[str, str]]:
    """Choices whose words are their values."""
    return [(value, value) for value in values]


def troubles(sources: int, channels: int) -> dict[str, int]:
    """How many sources and channels need a look, by the name of their page; without those where none does."""
    return {page: count for page, count in (("Sources", sources), ("Alerts", channels)) if count}


def hosts_only(text: str) -> str:
    """A text with each web address in it cut to its host: a key may stand in the rest."""
    return _ADDRESS.sub(lambda found: f"{host_of(found.group())}/…", text)


def isolated(sentence: str) -> list[tuple[str, bool]]:
    """A sentence of ours in pieces: True for words of an article, which stand in quotation marks.

    Each is set apart from what is round it, so that a script that runs the other way turns nothing else round.
    """
    return [(piece, at % 2 == 1) for at, piece in enumerate(_QUOTED.split(sentence)) if piece]


def typed(text: str) -> list[tuple[str, bool]]:
    """A sentence in pieces: words between backticks are to be typed."""
    return [(piece, at % 2 == 1) for at, piece in enumerate(text.split("`")) if piece]


def told(notices: Iterable[Notice]) -> list[Notice]:
    """The changes of state as the page shows them: without addresses."""
    return [replace(notice, words=hosts_only(notice.words)) for notice in notices]


def steps(ledger: Ledger, *, without: str = "") -> list[Step]:
    """What became of an article, in the order in which it happened.

    ``without``: a topic whose reasons are shown elsewhere.
    """
    published = Step("Published", ledger.published) if ledger.published else Step("Published", more="time unknown")
    seen = [Step(f"Seen in {item.source}", item.seen, _late(ledger.published, item.seen)) for item in ledger.seen_in]
    edits = [Step("Edited, noticed", old.until) for old in ledger.revisions]
    told = map(delivery_step, ledger.deliveries)
    return [
        published,
        *seen,
        *edits,
        *_reading(ledger),
        *_matching(ledger, without),
        *_story(ledger),
        *told,
        *_to_come(ledger),
    ]


@dataclass(frozen=True, slots=True)
class Dot:
    """One station of the line: what, when, and how much later than the publication."""

    what: str
    at: datetime | None
    time: str
    """The day is left out where it is that of the dot before."""
    more: str = ""
    wrong: bool = False


def dots(ledger: Ledger, matched: datetime, clock: Clock) -> list[Dot]:
    """The ledger as a line: published, seen, read, matched, alerted; the rest stands in ``steps``."""
    seen = min((item.seen for item in ledger.seen_in), default=ledger.found)
    stations = [
        Step("published", ledger.published, "" if ledger.published else "time unknown"),
        Step("seen", seen, _after(ledger.published, seen)),
        Step("matched", matched),
        *_read(ledger, matched),
        *_told(ledger),
    ]
    return list(_timed(stations, clock))


def _read(ledger: Ledger, matched: datetime) -> list[Step]:
    """The last reading, where it was not the one that matched, or went wrong."""
    wrong, at = bool(ledger.error or ledger.blocked), ledger.read_at
    again = at is not None and abs(at - matched) >= timedelta(minutes=1)
    return [Step("last read" if again else "read", at, wrong=wrong)] if at and (again or wrong) else []


def _after(published: datetime | None, seen: datetime) -> str:
    late = published is not None and seen - published >= timedelta(minutes=1)
    return f"+{advice.span(seen - published)}" if late and published else ""


def _told(ledger: Ledger) -> list[Step]:
    """What was sent and what waits, the first few."""
    shown = [one for one in ledger.deliveries if one.state in _ON_LINE]
    said = [
        Step(
            "alerted" if one.state == "sent" else f"alert {DELIVERY_WORDS[one.state]}",
            one.sent or one.due,
            one.alert,
            one.state in _WRONG_STATES,
        )
        for one in shown[:DOTS]
    ]
    return said + ([Step(f"and {len(shown) - DOTS} more")] if len(shown) > DOTS else [])


def _timed(stations: Iterable[Step], clock: Clock) -> Iterator[Dot]:
    day = None
    for one in stations:
        local = one.at.astimezone(ZoneInfo(clock.zone)) if one.at else None
        said = (
            "" if local is None or one.at is None else f"{local:%H:%M}" if local.date() == day else clock.exact(one.at)
        )
        day = local.date() if local else day
        yield Dot(one.what, one.at, said, one.more, one.wrong)


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


def _matching(ledger: Ledger, without: str) -> list[Step]:
    return [
        Step(
            _verdict_words(verdict),
            ledger.read_at,
            "" if verdict.topic == without else "; ".join(verdict.why) or "no rule fired",
        )
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
