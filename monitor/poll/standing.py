"""What follows from one poll of a source: its new standing, when it is polled next, what the operator is told. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.model import After, Notice
from monitor.poll import gap, health, moves
from monitor.poll.schedule import LIMITS, adapted, heeded, next_poll, spread

if TYPE_CHECKING:
    from monitor.model import DueSource, PollResult, Standing, Tally

QUIET = frozenset({("new", "ok"), ("back", "ok"), ("moved", "ok")})
"""Changes of state that nobody needs to hear of."""
GUIDS = 0.5
MINUTE = timedelta(minutes=1)
SOON = timedelta(seconds=1)
"""When the next document of a trail is read; the pace of the host decides."""


def after(due: DueSource, result: PollResult, tally: Tally, chance: float, now: datetime) -> After:
    """Return what follows from a poll; ``chance`` in 0..1 keeps sources apart."""
    if due.reading_back:
        return _after_reading_back(due, result, tally, chance, now)
    if result.outcome == "failed":
        return _after_failure(due, result, chance, now)
    return _after_success(due, result, tally, chance, now)


def unreachable(due: DueSource, chance: float, now: datetime) -> After:
    """Return what follows from a poll that our own network failed: nothing is counted, and it is tried again soon."""
    standing = replace(due.standing, last_poll=now, planned=due.due)
    return After(standing, next_poll(due.source.interval_min, 0, None, 2 * chance - 1, now))


def _after_failure(due: DueSource, result: PollResult, chance: float, now: datetime) -> After:
    kind, before = health.trouble(result), due.standing
    counted = replace(before, failures=before.failures + 1, **{kind: getattr(before, kind) + 1})
    counted = replace(counted, last_poll=now, planned=due.due)
    state = health.after_failure(counted, result, now)
    if counted.address and state != before.health:  # the new address was no good
        counted = replace(counted, address=None)
    interval = before.interval or due.source.interval
    at = next_poll(interval, counted.failures, result.retry_after, 2 * chance - 1, now, LIMITS[kind])
    standing, notice = _become(due, counted, state, result.error or "failed", now)
    return After(standing, at, notice)


def _after_success(due: DueSource, result: PollResult, tally: Tally, chance: float, now: datetime) -> After:
    if gap.rotated(due, tally):
        return _after_rotation(due, result, tally, chance, now)
    standing = _well(due, result, tally, now)
    state = health.after_success(due, standing, now)
    standing, notice = _become(due, standing, state, _words(due, standing, state, now), now)
    broken_off = "open" if standing.gap is not None else None  # the source was given another address meanwhile
    return After(standing, _due(due, standing, result, chance, now), notice, broken_off)


def _well(due: DueSource, result: PollResult, tally: Tally, now: datetime) -> Standing:
    """Return the standing after a good poll, but for the state."""
    before = due.standing
    moved = moves.seen(before.moved, result.moved, now)
    calm = before.health not in health.BROKEN and not gap.rotated(due, tally)
    taken = moved is not None and calm and moves.lasts(moved, now)
    return replace(
        _learnt(due, tally, now),
        failures=0,
        passing=0,
        soft=0,
        hard=0,
        moved=None if taken else moved,
        address=moved.url if moved and taken else before.address,
        whole=now if result.whole else before.whole,
        trail=result.documents,
        last_poll=now,
        last_ok=now,
        planned=due.due,
    )


def _learnt(due: DueSource, tally: Tally, now: datetime) -> Standing:
    """Return the standing with what the entries of a document tell of the source's rhythm and of its identities."""
    before = due.standing
    return replace(
        before,
        interval=adapted(due.source, before.interval, tally),
        arrivals=health.arrived(before.arrivals, now) if tally.fresh else before.arrivals,
        identity=_identity(before, tally),
    )


# --- gaps ----------------------------------------------------------------------------------------


def _after_rotation(due: DueSource, result: PollResult, tally: Tally, chance: float, now: datetime) -> After:
    """A gap begins. The operator hears of it when it is known what could be read back, which is soon."""
    well = _well(due, result, tally, now)
    standing = replace(
        well,
        health="rotated",
        since=now if due.standing.health != "rotated" else due.standing.since,
        interval=due.source.interval_min,
        gap=gap.begun(due.standing, result, now),
        trail=gap.trail(due, result.older, now),
    )
    if standing.trail:
        return After(standing, now + SOON, None, "reading", "every entry was new")
    return _after_gap(due, standing, "open", "every entry was new, and the site offers no older ones", chance, now)


def _after_reading_back(due: DueSource, result: PollResult, tally: Tally, chance: float, now: datetime) -> After:
    """The source's cursor and failures stay; only its trail and its gap go on."""
    before = due.standing
    left, reading, verdict = gap.followed(before, result, tally)
    if before.gap is None or reading is None:  # a part of an index: it holds what the source shows
        standing = replace(_learnt(due, tally, now), interval=before.interval, trail=left)
        return After(standing, now + SOON if left else _rest(standing, due, chance, now))
    standing = replace(before, trail=left, gap=reading)
    words = f"{reading.read_back} entries read back from {reading.steps} documents"
    if verdict == "reading":
        tried_again = left == before.trail
        return After(standing, now + (_patience(due, result) if tried_again else SOON), None, "reading", words)
    return _after_gap(due, standing, verdict, words, chance, now)


def _after_gap(due: DueSource, standing: Standing, verdict: str, words: str, chance: float, now: datetime) -> After:
    """The source stays rotated until a poll finds known entries again; so one that always rotates is told once."""
    ended, notice = standing.gap, None
    if ended is not None and standing.since == ended.noticed:
        was = "ok" if due.standing.health == "rotated" else due.standing.health
        said = "gap closed" if verdict == "closed" else "gap stays open, entries are missing"
        span = f"{ended.since:%Y-%m-%d %H:%M} to {ended.until:%Y-%m-%d %H:%M} UTC"
        notice = Notice(due.source.name, was, "rotated", f"{said}: {span}, {words}", now)
    return After(replace(standing, trail=()), _rest(standing, due, chance, now), notice, verdict, words)


def _patience(due: DueSource, result: PollResult) -> timedelta:
    """How long a trail waits for what fails in passing; meanwhile the source's own document waits, too."""
    asked = timedelta(seconds=min(result.retry_after or 0.0, due.source.interval_max.total_seconds()))
    return max(due.source.interval_min, asked)


# --- the parts -----------------------------------------------------------------------------------


def _rest(standing: Standing, due: DueSource, chance: float, now: datetime) -> datetime:
    return next_poll(standing.interval or due.source.interval, 0, None, 2 * chance - 1, now)


def _due(due: DueSource, standing: Standing, result: PollResult, chance: float, now: datetime) -> datetime:
    """Say when to poll next; a source that proved faster than it says is not asked later for what it says."""
    if standing.trail:
        return now + SOON
    interval = standing.interval or due.source.interval
    planned = spread(interval, chance, now) if due.first else _rest(standing, due, chance, now)
    if interval < due.source.interval:
        return planned
    return heeded(planned, result.hints, result.fresh, due.source.interval_max, now)


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
    told_before = state == "moved" and standing.address == due.standing.address
    quiet = (was, state) in QUIET or told_before
    told = None if quiet else Notice(due.source.name, was, state, words, now)
    return replace(standing, health=state, since=now), told


def _words(due: DueSource, standing: Standing, state: str, now: datetime) -> str:
    """Say what a state after a good poll rests on."""
    if state == "blocked":
        return f"the last {standing.walls} article pages were walls"
    if state == "silent":
        last = datetime.fromtimestamp(standing.arrivals[-1], now.tzinfo)
        return f"answers, but nothing new since {last:%Y-%m-%d %H:%M} UTC"
    if state == "late":
        return f"polled {(due.at - due.due) // MINUTE} minutes later than planned; there is more to do than time"
    return f"polled at {standing.address} now" if state == "moved" else "well again"
