"""Times as a message shows them: where it was published, and where it is read. Pure.

Must not: read a clock; the year that goes without saying is the caller's.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from monitor.deliver.names import country_zone, zone_city
from monitor.model import HitView

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def when(hit: HitView, tz: str) -> str:
    """When it was published, on the publisher's clock and the reader's; when it was found where that is unknown."""
    year = hit.found.astimezone(ZoneInfo(tz)).year
    if hit.published is None:
        return f"publication time unknown, found {moment(hit.found, tz, year)}"
    return on_both_clocks(hit.published, country_zone(hit.country), tz, year)


def on_both_clocks(time: datetime, there: str | None, here: str, year: int | None = None) -> str:
    """``12 Feb, 14:20 Kyiv (13:20 Berlin)``; one clock where both show the same or the other one is unknown."""
    local = time.astimezone(ZoneInfo(here))
    abroad = local if there is None else time.astimezone(ZoneInfo(there))
    if there is None or abroad.utcoffset() == local.utcoffset():
        return moment(time, here, year)
    clock = f"{local:%H:%M}" if local.date() == abroad.date() else _at(local, year)
    return f"{_at(abroad, year)} {zone_city(there)} ({clock} {zone_city(here)})"


def moment(time: datetime, tz: str, year: int | None = None) -> str:
    """``12 Feb 2023, 13:20 Berlin``; without the year where it is ``year``."""
    return f"{_at(time.astimezone(ZoneInfo(tz)), year)} {zone_city(tz)}"


def _at(local: datetime, year: int | None) -> str:
    shown = "" if local.year == year else f" {local.year}"
    return f"{local.day} {_MONTHS[local.month - 1]}{shown}, {local:%H:%M}"
