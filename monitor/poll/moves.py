"""Permanent redirects of a source: believed only when they last. Pure.

A 301 is often a slip (a captive portal, a maintenance page), so a move is taken over when it was seen at least three
times in a row over two days; RFC 9110, section 15.4.2 leaves the when to the client.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.model import Moved

TIMES = 3
SPAN = timedelta(days=2)


def seen(before: Moved | None, target: str | None, now: datetime) -> Moved | None:
    """Return what is known of a move after a poll that was sent permanently to ``target``; None where it was not."""
    if target is None:
        return None
    if before is None or before.url != target:
        return Moved(target, now, 1)
    return Moved(target, before.since, before.seen + 1)


def lasts(moved: Moved | None, now: datetime) -> bool:
    """Tell whether a move has been seen often and long enough to be taken over."""
    return moved is not None and moved.seen >= TIMES and now - moved.since >= SPAN
