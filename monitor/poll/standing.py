"""What follows from one poll of a source: its new standing, when it is polled next, what the operator is told. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.model import After, Gap, Notice
from monitor.poll import gap, health, moves
from monitor.poll.schedule import LIMITS, adapted, heeded, next_poll, spread

if TYPE_CHECKING:
    from monitor.model import DueSource, PollResult, Standing, Tally

ARRIVALS = 12
QUIET = frozenset({("new", "ok"), ("back", "ok"), ("moved", "ok")})
"""Changes of state that nobody needs to hear of."""
GUIDS = 0.5
SOON = timedelta(seconds=1)
"""When the next document of a trail is read; the pace of the host decides."""


def after(due: DueSource, result: PollResult, tally: Tally, chance: float, now: datetime) -> After:
    """Return what follows from a poll; ``chance`` in 0..1 keeps sources apart."""
    if due.reading_back:
        return _after_reading_back(due, result, tally, now)
    if result.outcome == "failed":
        return _after_failure(due, result, chance, now)
    return _after_success(due, result, tally, chance, now)


def unreachable(due: DueSource, chance: float, now: datetime) -> After:
    """Return what follows from a poll that our own network failed: nothing is counted."""
    interval = due.standing.interval or due.source.interval
    return After(due.standing, next_poll(interval, 0, None, 2 * chance - 1, now))


def _after_failure(due: DueSource, result: PollResult, chance: float, now: datetime) -> After:
    kind, before = health.trouble(result.error_kind, result.status), due.standing
    counted = replace(before, failures=before.failures + 1, **{kind: getattr(before, kind) + 1})
    counted = replace(counted, last_poll=now, planned=due.due, moved=None)
    state = health.after_failure(counted, result, now)
    if counted.address and state in ("failing", "gone"):  # the new address was no good
        counted = replace(counted, address=None)
    interval = before.interval or due.source.interval
    at = next_poll(interval, counted.failures, result.retry_after, 2 * chance - 1, now, LIMITS[kind])
    standing, notice = _become(due, counted, state, result.error or "failed", now)
    return After(standing, at, notice)


def _after_success(due: DueSource, result: PollResult, tally: Tally, chance: float, now: datetime) -> After:
    before = due.standing
    moved = moves.seen(before.moved, result.moved, now)
    standing = replace(
        before,
        failures=0,
        passing=0,
        soft=0,
        hard=0,
        interval=adapted(due.source, before.interval, tally),
        arrivals=_arrivals(before, tally, now),
        moved=moved,
        whole=now if result.whole else before.whole,
        identity=_identity(before, tally),
        last_poll=now,
        last_ok=now,
        planned=due.due,
    )
    if moved is not None and moves.lasts(moved, now):
        standing = replace(standing, address=moved.url, moved=None)
    if result.documents:
        standing = replace(standing, trail=result.documents)
    verdict, words = None, ""
    if gap.rotated(due, tally):
        standing, verdict, words = _begin_gap(due, standing, result, now), "reading", "every entry was new"
    standing, notice = _become(
        due, standing, health.after_success(due, standing, now), _words(standing, words, now), now
    )
    return After(standing, _due(due, standing, result, chance, now), notice, verdict, words)


def _begin_gap(due: DueSource, standing: Standing, result: PollResult, now: datetime) -> Standing:
    dates = [date for one in result.sightings if (date := one.entry.published or one.entry.updated) is not None]
    since = due.standing.last_ok or now
    begun = Gap(now, since, max(since, min(dates, default=now)))
    return replace(standing, gap=begun, trail=gap.trail(due.url, result.older), interval=due.source.interval_min)


def _after_reading_back(due: DueSource, result: PollResult, tally: Tally, now: datetime) -> After:
    """The source's own cursor, health and rhythm stay; only its trail and its gap go on."""
    before = due.standing
    left, reading, verdict = gap.followed(before, result, tally)
    if before.gap is None or reading is None:
        return After(replace(before, trail=left), now + SOON if left else _rest(due, now))
    words = f"{reading.read_back} entries read back from {reading.steps} documents"
    done = verdict != "reading"
    standing = replace(before, trail=left, gap=None if done else reading)
    notice = None
    if verdict == "closed":
        standing, notice = _become(due, standing, "back", f"gap closed: {words}", now)
    elif verdict == "open":
        words = f"gap stays open, the site offers no more: {words}"
        notice = Notice(due.source.name, before.health, "rotated", words, now)
    return After(standing, now + SOON if left else _rest(due, now), notice, verdict, words)


def _rest(due: DueSource, now: datetime) -> datetime:
    return now + (due.standing.interval or due.source.interval)


def _due(due: DueSource, standing: Standing, result: PollResult, chance: float, now: datetime) -> datetime:
    if standing.trail:
        return now + SOON
    interval = standing.interval or due.source.interval
    planned = spread(interval, chance, now) if due.first else next_poll(interval, 0, None, 2 * chance - 1, now)
    return heeded(planned, result.hints, result.fresh, due.source.interval_max, now)


def _arrivals(before: Standing, tally: Tally, now: datetime) -> tuple[float, ...]:
    return (*before.arrivals, now.timestamp())[-ARRIVALS:] if tally.fresh else before.arrivals


def _identity(before: Standing, tally: Tally) -> str | None:
    """Return what tells the entries of this source apart, from how those were known that were."""
    if not tally.known:
        return before.identity
    return "guid" if tally.by_guid / tally.known >= GUIDS else "url"


def _become(
    due: DueSource, standing: Standing, state: str, words: str, now: datetime
) -> tuple[Standing, Notice | None]:
    was = standing.health
    if state == was:
        return standing, None
    told = None if (was, state) in QUIET else Notice(due.source.name, was, state, words, now)
    return replace(standing, health=state, since=now), told


def _words(standing: Standing, gap_words: str, now: datetime) -> str:
    """Say what the sources' state rests on."""
    if standing.gap is not None:
        return (
            f"{gap_words or 'a gap is read back'}: entries since {standing.gap.since:%Y-%m-%d %H:%M} UTC may be missing"
        )
    if standing.walls >= health.WALLS:
        return f"the last {standing.walls} article pages were walls"
    if health.is_silent(standing.arrivals, now):
        last = datetime.fromtimestamp(standing.arrivals[-1], now.tzinfo)
        return f"answers, but nothing new since {last:%Y-%m-%d %H:%M} UTC"
    return f"polled at {standing.address} now" if standing.address else "well again"
