"""Days of a time zone as pieces of time. Pure; days are 23 or 25 hours long where clocks are changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from monitor.model import Span


def stretches(span: Span, zone: str, now: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """Beginning and end (UTC) of each stretch of ``span``, oldest first; the last one ends when today does."""
    there = ZoneInfo(zone)
    today = now.astimezone(there).date()
    edges = [today + timedelta(days=1 - back) for back in range(span.days, -1, -span.step)]
    moments = [midnight(day, there) for day in edges]
    return tuple(pairwise(moments))


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins; where clocks are put forward at midnight, when they are."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
