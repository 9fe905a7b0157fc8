"""What the pages of the sources say: a source's state, why, the mend, its rhythm, its gaps, its days. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, timedelta

from monitor import advice
from monitor.model import SourceView
from monitor.urls import host_of
from monitor.web.bars import Chart, chart
from monitor.web.clock import Clock
from monitor.web.show import hosts_only

LATE = timedelta(minutes=5)
"""From this lateness on it is worth a word."""
SMALL, LARGE = (120.0, 30.0), (720.0, 200.0)
"""Width and height of a chart in the list, and on the page of its source."""
WORDS = {"new": "not polled yet", "back": "well again", "off": "not watched"}
"""States that a person calls something else."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A source with the words that are shown of it."""

    source: SourceView
    state: str
    reason: str
    mend: str
    late: str
    """By how much the last poll was late; empty when it was not worth a word."""
    age: str
    """How long it has been in its state; empty where that is not known."""
    every: str
    rhythm: str
    """How often something new comes; empty while that is not known."""
    gaps: tuple[tuple[str, str, str], ...]
    """State of each gap, the gap in a sentence, what is known besides."""
    open: int
    """Gaps whose entries may be missing."""
    chart: Chart


def watched(sources: Iterable[SourceView], clock: Clock, size: tuple[float, float] = SMALL) -> list[Watched]:
    """The sources with their words, in the order in which they come."""
    return [_watched(source, clock, size) for source in sources]


def word(state: str) -> str:
    """What a person calls a state."""
    return WORDS.get(state, state)


def _watched(source: SourceView, clock: Clock, size: tuple[float, float]) -> Watched:
    said = advice.advice(_public(source), clock.exact)
    late = source.lateness is not None and source.lateness >= LATE
    state = advice.state(source)
    since = source.paused or source.health_since
    return Watched(
        source=source,
        state=state,
        reason=said.reason,
        mend="" if state == "paused" else said.mend,  # which has a button
        late=advice.span(source.lateness) if late and source.lateness else "",
        age=advice.span(clock.now - since) if since and source.active else "",
        every=advice.span(source.interval) if source.interval else "",
        rhythm=rhythm(source, clock),
        gaps=tuple((gap.state, advice.gap_words(gap, clock.exact), gap.words) for gap in source.gaps),
        open=len(advice.open_gaps(source)),
        chart=chart(source.days, clock.now, *size),
    )


def rhythm(source: SourceView, clock: Clock) -> str:
    """How often something new comes, from its whole days but the first one, and the longest pause so far."""
    pause = f"longest pause {advice.span(source.longest_pause)}" if source.longest_pause else ""
    return "; ".join(filter(None, (_usual(source, clock), pause)))


def _usual(source: SourceView, clock: Clock) -> str:
    if source.first_poll is None or not source.days:
        return ""
    known = (clock.now.astimezone(UTC).date() - source.first_poll.astimezone(UTC).date()).days - 1
    whole = source.days[-1 - known : -1] if 0 < known < len(source.days) else source.days[:-1] if known > 0 else ()
    entries = sum(day[0] for day in whole)
    if not entries:
        return ""
    apart = timedelta(days=len(whole)) / entries
    return f"usually every {advice.span(apart)}"


def _public(source: SourceView) -> SourceView:
    """The source without addresses: a key may stand in them."""
    address, target = source.address, source.moving_to
    return replace(
        source,
        error=source.error and hosts_only(source.error),
        address=address and f"another address on {host_of(address)} (`monitor sources` shows it)",
        moving_to=target and f"another address on {host_of(target)}",
    )
