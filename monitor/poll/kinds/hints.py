"""What a feed says of when to ask again: RSS ``ttl``, ``skipHours`` and ``skipDays``, the syndication module.

Sources: RSS 2.0 specification; RSS 1.0 module Syndication (``sy:updatePeriod``, ``sy:updateFrequency``).

Must not: decide when to poll.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = 7 * 86_400
"""Seconds; what says that it changes more seldom is taken to change once a week."""
MAX_HEAD = 50_000

_PERIODS = {"hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_FIRST_ENTRY = re.compile(r"<(?:\w{1,20}:)?(?:item|entry)[\s>]")
_SKIPPED = re.compile(r"<skip(Hours|Days)\b[^>]{0,100}>(.{0,2000}?)</skip\1\s*>", re.DOTALL | re.IGNORECASE)
_VALUE = re.compile(r"<(?:hour|day)\b[^>]{0,100}>\s{0,20}(\w{1,10})\s{0,20}</", re.IGNORECASE)


def read(channel: Mapping[str, Any], text: str) -> dict[str, Any]:
    """Return ``{"every": seconds or None, "skip_hours": [0..23], "skip_days": [0..6]}``, without what says nothing.

    ``channel`` holds the feed's own elements as the parser names them. ``text`` is the document: the skip lists are
    read from what stands before its first entry.
    """
    hours, days = _skipped(text)
    found = {"every": _every(channel), "skip_hours": hours, "skip_days": days}
    return {name: value for name, value in found.items() if value}


def _every(channel: Mapping[str, Any]) -> int | None:
    """Seconds between two changes; the sooner one where the feed says it twice."""
    said = [60 * _number(channel.get("ttl")), _syndication(channel)]
    return min((min(seconds, LONGEST) for seconds in said if seconds > 0), default=None)


def _syndication(channel: Mapping[str, Any]) -> int:
    period, frequency = channel.get("sy_updateperiod"), channel.get("sy_updatefrequency")
    if not period and not frequency:
        return 0
    seconds = _PERIODS.get(str(period or "daily").strip().lower(), 0)
    return seconds // (_number(frequency) or 1)


def _number(written: object) -> int:
    text = str(written or "").strip()
    return int(text) if re.fullmatch("[0-9]{1,6}", text) else 0


def _skipped(text: str) -> tuple[list[int], list[int]]:
    """Hours and days in which nothing comes; a list of all of them says nothing."""
    first = _FIRST_ENTRY.search(text)
    head = text[: min(first.start() if first else MAX_HEAD, MAX_HEAD)]
    lists = {found[1].lower(): _VALUE.findall(found[2]) for found in _SKIPPED.finditer(head)}
    hours = {int(value) % 24 for value in lists.get("hours", ()) if value.isdigit() and int(value) <= 24}
    days = {_DAYS.index(value.lower()) for value in lists.get("days", ()) if value.lower() in _DAYS}
    return sorted(hours) if len(hours) < 24 else [], sorted(days) if len(days) < 7 else []
