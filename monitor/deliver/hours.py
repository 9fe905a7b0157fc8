"""Quiet hours and digests: when an alert may go out, in the local time of its readers. Pure: times in, times out.

Must not: read a clock, know what is to be sent.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from monitor.config.cron import next_cron

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.model import Alert

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MINUTE: Final = timedelta(minutes=1)


def quiet_end(alert: Alert, moment: datetime) -> datetime | None:
    """When the quiet hours that ``moment`` lies in end, in UTC; None outside of them.

    They are what the reader's clock shows: where summer time skips their end, they end with the skipped hour; in an
    hour that comes twice, they are kept twice.
    """
    end = after_quiet(alert, moment)
    return end if end > moment else None


def after_quiet(alert: Alert, moment: datetime) -> datetime:
    """The first time from ``moment`` on that lies outside the alert's quiet hours, in UTC."""
    if alert.quiet is None:
        return moment.astimezone(UTC)
    start, end = (time.fromisoformat(part.strip()) for part in alert.quiet.split("-"))
    zone = ZoneInfo(alert.timezone)
    while _within(moment.astimezone(zone).time(), start, end):
        moment = _next(end, moment, zone)
    return moment.astimezone(UTC)


def next_digest(alert: Alert, after: datetime) -> datetime:
    """When the alert's first digest after ``after`` goes out, in UTC: one that falls into quiet hours at their end."""
    return after_quiet(alert, next_cron(alert.when, after, alert.timezone))


def may_go(alert: Alert, due: datetime) -> datetime:
    """The latest time at which what is due at ``due`` has passed quiet hours and cooldown, in UTC.

    What is said of an alert's life (``expires``) counts from here: its own rules must not use it up.
    """
    return after_quiet(alert, after_quiet(alert, due) + alert.cooldown)


def _within(at: time, start: time, end: time) -> bool:
    """Whether ``at`` lies in ``[start, end)``; a window whose end is not after its start runs past midnight."""
    return start <= at < end if start < end else start != end and (at >= start or at < end)


def _next(at: time, after: datetime, zone: ZoneInfo) -> datetime:
    """The first instant later than ``after`` at which the clocks of the zone come to show ``at``, or skip it."""
    today = after.astimezone(zone).date()
    days = (today + timedelta(days=ahead) for ahead in range(3))
    return next(instant for day in days for instant in _instants(day, at, zone) if instant > after)


def _instants(day: date, at: time, zone: ZoneInfo) -> Iterator[datetime]:
    """The instants of a local time: one, two where the clock is put back, the end of what is skipped where forward."""
    first, second = (datetime.combine(day, at.replace(fold=fold), zone).astimezone(UTC) for fold in (0, 1))
    if first <= second:
        yield from (first, second)
        return
    # In a gap the two stand on either side of the change (PEP 495); all changes are at a full minute.
    change = second
    while change.astimezone(zone).replace(tzinfo=None) < datetime.combine(day, at):
        change += _MINUTE
    yield change


# --- in words --------------------------------------------------------------------------------------


def clock_words(moment: datetime, tz: str) -> str:
    """``06:00 Berlin``: what the reader's clock shows."""
    place = tz.rsplit("/", 1)[-1].replace("_", " ")
    return f"{moment.astimezone(ZoneInfo(tz)):%H:%M} {place}"


def day_words(moment: datetime, tz: str) -> str:
    """``23 Nov``: what the reader's calendar shows."""
    local = moment.astimezone(ZoneInfo(tz))
    return f"{local.day} {_MONTHS[local.month - 1]}"
