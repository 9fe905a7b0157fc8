"""When a source is polled next: pure arithmetic on the time that is handed in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.model import Hints, Source, Tally

LONGEST = timedelta(hours=24)
"""No failure and no server's wish makes the wait longer than this."""
SPREAD = 0.1
LIMITS = {"passing": timedelta(hours=1), "soft": timedelta(hours=3), "hard": timedelta(hours=6)}
"""How long the wait grows by what went wrong: what passes by itself is tried again soon, a refusal is not."""
_MANY, _SOME = 0.5, 0.2


def adapted(source: Source, interval: timedelta | None, tally: Tally) -> timedelta:
    """Return the source's new interval from how much of what it showed was known.

    Where most of it is new, entries may soon be missed between two polls: sooner. Where all is known: later. Within
    ``interval_min`` and ``interval_max``. A first poll, which finds everything new, says nothing of that.
    """
    wanted = source.interval if interval is None else interval * _factor(tally)
    return min(max(wanted, source.interval_min), source.interval_max)


def _factor(tally: Tally) -> float:
    entries = tally.fresh + tally.known
    share = tally.fresh / entries if entries else 0.0
    return 0.5 if share >= _MANY else 0.75 if share >= _SOME else 1.0 if tally.fresh else 1.25


def next_poll(
    interval: timedelta,
    failures: int,
    retry_after: float | None,
    jitter: float,
    now: datetime,
    limit: timedelta = LONGEST,
) -> datetime:
    """Return when to poll next.

    ``failures`` are polls failed in a row, this one included; each doubles the wait, up to ``limit``. ``retry_after``
    is what the server asked for, in seconds; the wait is never shorter, up to 24 hours. ``jitter`` in -1..1 moves
    the wait by up to a tenth, so that many sources with one interval do not stay in step.
    """
    wait = _backed_off(interval, failures, limit) * (1 + SPREAD * max(-1.0, min(1.0, jitter)))
    asked = timedelta(seconds=min(max(retry_after or 0.0, 0.0), LONGEST.total_seconds()))
    return now + max(wait, asked)


def spread(interval: timedelta, chance: float, now: datetime) -> datetime:
    """Return when to poll a second time: somewhere in the second half of the interval, for ``chance`` in 0..1.

    Sources that start together are so drawn apart at once.
    """
    return now + interval * (0.5 + max(0.0, min(1.0, chance)) / 2)


def heeded(due: datetime, hints: Hints, fresh: timedelta | None, longest: timedelta, now: datetime) -> datetime:
    """Return the later time that the feed and its headers ask for, at most ``longest`` from now.

    RSS 2.0 (https://www.rssboard.org/rss-specification): ``ttl``, ``skipHours``, ``skipDays``; RFC 9111: freshness.
    """
    latest = max(due, now + longest)
    asked = max((wait for wait in (hints.every, fresh) if wait is not None), default=timedelta(0))
    due = min(max(due, now + asked), latest)
    while due < latest and (due.hour in hints.skip_hours or due.weekday() in hints.skip_days):
        due = (due + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
    return min(due, latest)


def _backed_off(interval: timedelta, failures: int, limit: timedelta) -> timedelta:
    """Double the interval for each failure, up to the limit; a longer interval of the user's own stays."""
    if failures <= 0:
        return interval
    doubled = interval.total_seconds() * 2.0 ** min(failures, 40)
    return max(interval, min(limit, timedelta(seconds=min(doubled, LONGEST.total_seconds()))))
