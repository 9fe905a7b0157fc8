"""When a source is polled next: pure arithmetic on the time that is handed in."""

from __future__ import annotations

from datetime import datetime, timedelta

LONGEST = timedelta(hours=24)
"""No failure and no server's wish makes the wait longer than this."""
SPREAD = 0.1


def next_poll(interval: timedelta, failures: int, retry_after: float | None, jitter: float, now: datetime) -> datetime:
    """Return when to poll next.

    ``failures`` are polls failed in a row, this one included; each doubles the wait, up to 24 hours. ``retry_after``
    is what the server asked for, in seconds; the wait is never shorter, up to 24 hours. ``jitter`` in -1..1 moves
    the wait by up to a tenth, so that many sources with one interval do not stay in step.
    """
    wait = _backed_off(interval, failures) * (1 + SPREAD * max(-1.0, min(1.0, jitter)))
    asked = timedelta(seconds=min(max(retry_after or 0.0, 0.0), LONGEST.total_seconds()))
    return now + max(wait, asked)


def _backed_off(interval: timedelta, failures: int) -> timedelta:
    """Double the interval for each failure, up to 24 hours; a longer interval of the user's own stays."""
    if failures <= 0:
        return interval
    doubled = interval.total_seconds() * 2.0 ** min(failures, 40)
    return max(interval, min(LONGEST, timedelta(seconds=min(doubled, LONGEST.total_seconds()))))
