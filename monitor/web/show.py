"""What a page says: values of the model to the words and shapes that a person sees. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.deliver.names import LANGUAGES
from monitor.model import DeliveryView, HitView, Ledger, SourceView, Verdict
from monitor.web import marking
from monitor.web.marking import Piece

_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)

READINGS = {
    "full": "the article's text was read",
    "degraded": "the article could not be told from the rest of its page; the whole page was matched",
    "skipped": "the page was fetched, and nothing on it can match",
    "none": "the page could not be read; the feed's own words were matched",
}
DELIVERY_WORDS = {
    "pending": "waiting",
    "sending": "being sent",
    "sent": "sent",
    "failed": "failed, will be tried again",
    "expired": "expired unsent",
    "dead": "given up",
    "suppressed": "not sent on purpose",
}
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
    known = dict(LANGUAGES)
    if current:
        known.setdefault(current, current)
    return sorted(known.items(), key=lambda item: item[1].casefold())


def pairs(values: Iterable[str]) -> list[tuple[str, str]]:
    """Choices whose words are their values."""
    return [(value, value) for value in values]


def health(source: SourceView) -> str:
    """``failing``, ``new``, ``ok``, or ``resting`` for a source that is configured no more."""
    return source.health if source.active else "resting"


def wrong(source: SourceView, now: datetime) -> str:
    """What is wrong with a source, in a sentence; empty when nothing is."""
    if not source.active:
        return "No longer in sources.yaml, or disabled there; its history is kept."
    if source.health != "failing":
        return ""
    tries = "once" if source.failures == 1 else f"{source.failures} times in a row"
    last = f"last answered {span(now - source.last_ok)} ago" if source.last_ok else "has never answered"
    return f"Failed {tries}, {last}: {source.error or 'no reason known'}"


def by_need(sources: Sequence[SourceView]) -> list[SourceView]:
    """What needs a person first: failing, new, ok, resting; each by name as given."""
    order = ("failing", "new", "ok", "resting")
    return sorted(sources, key=lambda source: order.index(health(source)))


def steps(ledger: Ledger) -> list[Step]:
    """What became of an article, in the order in which it happened."""
    published = Step("Published", ledger.published) if ledger.published else Step("Published", more="time unknown")
    seen = [Step(f"Seen in {item.source}", item.seen, _late(ledger.published, item.seen)) for item in ledger.seen_in]
    return [published, *seen, *_reading(ledger), *_matching(ledger), *map(delivery_step, ledger.deliveries)]


def delivery_step(delivery: DeliveryView) -> Step:
    """One line for one row of the outbox."""
    words = DELIVERY_WORDS.get(delivery.state, delivery.state)
    tries = f"{delivery.attempts} tries" if delivery.attempts > 1 else ""
    more = ", ".join(part for part in (tries, delivery.error) if part)
    return Step(
        f"Alert {delivery.alert}: {words}", delivery.sent or delivery.due, more, delivery.state in _WRONG_STATES
    )


def _reading(ledger: Ledger) -> list[Step]:
    out = []
    if ledger.read_at is not None:
        more = "; ".join(filter(None, (READINGS.get(ledger.extraction or "", ""), ledger.error)))
        out.append(Step("Read", ledger.read_at, more, bool(ledger.error)))
    if ledger.next_try is not None:
        out.append(Step("To be read" if ledger.read_at is None else "To be read again", ledger.next_try))
    return out


def _matching(ledger: Ledger) -> list[Step]:
    return [
        Step(_verdict_words(verdict), ledger.read_at, "; ".join(verdict.why) or "no rule fired")
        for verdict in ledger.verdicts
    ]


def _verdict_words(verdict: Verdict) -> str:
    return f"Matched {verdict.topic}, {verdict.grade or 'probable'}" if verdict.hit else f"No match for {verdict.topic}"


def _late(published: datetime | None, seen: datetime) -> str:
    if published is None or seen - published < timedelta(minutes=1):
        return ""
    return f"{span(seen - published)} after publication"
