"""Times in words: relative under a day, absolute otherwise, both zones on hover. Pure; ``now`` is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.advice import span
from monitor.deliver.moments import on_both_clocks

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Clock:
    """The reader's time: what it is now, and where."""

    now: datetime
    zone: str
    """IANA name of the zone in which times are shown."""

    def near(self, time: datetime) -> str:
        """``14 min ago``, ``in 3 h``; a day away and more ``12 Feb 2023, 14:20``."""
        distance = self.now - time
        if abs(distance) >= timedelta(days=1):
            return self.exact(time)
        words = span(abs(distance))
        return f"{words} ago" if distance >= timedelta(0) else f"in {words}"

    def exact(self, time: datetime) -> str:
        """``12 Feb 2023, 14:20`` in the reader's zone; without the year where it is this one."""
        local, today = time.astimezone(ZoneInfo(self.zone)), self.now.astimezone(ZoneInfo(self.zone))
        year = "" if local.year == today.year else f" {local.year}"
        return f"{local.day} {MONTHS[local.month - 1]}{year}, {local:%H:%M}"

    def hover(self, time: datetime) -> str:
        """The time in the reader's zone and in UTC."""
        return on_both_clocks(time, self.zone, "UTC")
