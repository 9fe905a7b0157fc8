"""Quiet hours and digests: when an alert may go out, in the local time of its readers. Pure: times in, times out.

Must not: read a clock, know what is to be sent.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from monitor.config.cron import next_cron

if TYPE_CHECKING:
    from monitor.model import Alert

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MINUTE: Final = timedelta(minutes=1)
_DAY: Final = timedelta(days=1)


def quiet_end(alert: Alert, moment: datetime) -> datetime | None:
    """When the quiet hours that ``moment`` lies in end, in UTC; None outside of them.

    They are what the reader's clock shows: where the change to summer time skips their end, they end with it, and in
    an hour that comes twice they are kept twice.
    """
    end = after_quiet(alert, moment)
    return end if end > moment else None


def after_quiet(alert: Alert, moment: datetime) -> datetime:
    """The first time from ``moment`` on that lies outside the alert's quiet hours, in UTC."""
    if alert.quiet is None:
        return moment.astimezone(UTC)
    start, end = (time.fromisoformat(part.strip()) for part in alert.quiet.split("-"))
    zone = ZoneInfo(alert.timezone)
    moment = moment.astimezone(UTC)
    while _within(moment.astimezone(zone).time(), start, end):
        moment = _end_or_change(end, moment, zone)
    return moment


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


def _end_or_change(end: time, moment: datetime, zone: ZoneInfo) -> datetime:
    """The next time later than ``moment`` at which the clocks of the zone show ``end``, or before that are changed."""
    local = moment.astimezone(zone)
    shown = datetime.combine(local.date(), end) - local.replace(tzinfo=None)
    ends = moment + shown % _DAY
    if ends.astimezone(zone).utcoffset() == local.utcoffset():
        return ends
    # Clocks are changed at a full minute.
    change = moment.replace(second=0, microsecond=0) + _MINUTE
    while change.astimezone(zone).utcoffset() == local.utcoffset():
        change += _MINUTE
    return change


# --- in words --------------------------------------------------------------------------------------


def clock_words(moment: datetime, tz: str) -> str:
    """``06:00 Berlin``: what the reader's clock shows."""
    place = tz.rsplit("/", 1)[-1].replace("_", " ")
    return f"{moment.astimezone(ZoneInfo(tz)):%H:%M} {place}"


def day_words(moment: datetime, tz: str) -> str:
    """``23 Nov``: what the reader's calendar shows."""
    local = moment.astimezone(ZoneInfo(tz))
    return f"{local.day} {_MONTHS[local.month - 1]}"
