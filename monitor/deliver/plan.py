"""What goes out next on one alert: one message, all that waits as one, or nothing yet. Pure.

Quiet hours, the cooldown and the hour's limit hold messages and never drop one; what has gathered goes out as one
message that says so. What is urgent does not ask here: the store claims it past whatever holds the rest.

Must not: read a clock, know what the messages say.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from monitor.config.values import brief
from monitor.deliver.hours import clock_words, day_words, may_go, next_digest, quiet_end
from monitor.model import Alert, Plan, Queue

BACKLOG: Final = 20
"""Messages that still go out one by one when so many wait."""
HOUR: Final = timedelta(hours=1)
BACKOFF: Final = timedelta(minutes=70)
"""No try is put off for longer: an hour that the channel asked for, a tenth of it, and some minutes."""


def decide(alert: Alert, queue: Queue, now: datetime) -> Plan:
    """What may go out at ``now``.

    In this order: quiet hours hold everything; a digest goes out whole, since its rows are due only at its time; the
    cooldown and the hour's limit hold what comes too soon. The rest goes out as one message when more than 20 wait,
    when several were held before, when the alert has a cooldown that would hold all but the first, or when the limit
    leaves room for only one more.

    ``hold`` lies ahead, and what held does not hold any more then. Messages sent in the future, as a clock that was
    put back leaves them, do not count.
    """
    quiet = quiet_end(alert, now)
    if quiet:
        return Plan(hold=quiet, why=f"quiet hours until {clock_words(quiet, alert.timezone)}")
    if alert.when != "now":
        return Plan(together=True)
    return _cooling(alert, queue, now) or _limited(alert, queue, now) or _ready(alert, queue, now)


def latest_due(alert: Alert, update: bool, now: datetime) -> datetime:
    """The latest time for which a delivery of this alert can have been put off by ``now``, in UTC.

    A row that waits for longer was put off by a clock that was wrong, or by hours that are no longer in force; it is to
    be brought back to this time. ``update`` tells of one that waits for the end of its story's ``updates`` window.
    """
    ready = now + (alert.updates or timedelta(0)) if update else now
    planned = ready if alert.when == "now" else next_digest(alert, ready)
    return max(may_go(alert, planned), now.astimezone(UTC) + BACKOFF)


def _ready(alert: Alert, queue: Queue, now: datetime) -> Plan:
    if queue.messages < 2:
        return Plan()
    if queue.messages > BACKLOG:
        return Plan(together=True, reason=_backlog(alert, queue, now))
    if alert.cooldown:
        return Plan(together=True, reason=_cooled(alert, queue, now))
    if queue.put_off > 1:
        return Plan(together=True, reason=f"{_alerts(queue.messages)} waited: {queue.why}")
    if len(_of_the_hour(queue, now)) >= alert.max_per_hour - 1:
        return Plan(together=True, reason=_too_many(alert, queue))
    return Plan()


def _cooling(alert: Alert, queue: Queue, now: datetime) -> Plan | None:
    last = _last(queue, now)
    if last is None or last + alert.cooldown <= now:
        return None
    until = last + alert.cooldown
    return Plan(hold=until, why=f"cooldown of {brief(alert.cooldown)} until {clock_words(until, alert.timezone)}")


def _limited(alert: Alert, queue: Queue, now: datetime) -> Plan | None:
    sent = _of_the_hour(queue, now)
    if len(sent) < alert.max_per_hour:
        return None
    until = sent[-alert.max_per_hour] + HOUR
    limit = f"{_alerts(alert.max_per_hour)} went out within an hour"
    return Plan(hold=until, why=f"{limit}; the next at {clock_words(until, alert.timezone)}")


def _of_the_hour(queue: Queue, now: datetime) -> list[datetime]:
    return sorted(at for at in queue.sent if now - HOUR < at <= now)


def _last(queue: Queue, now: datetime) -> datetime | None:
    return max((at for at in queue.sent if at <= now), default=None)


# --- why several go out together -------------------------------------------------------------------


def _backlog(alert: Alert, queue: Queue, now: datetime) -> str:
    since, oldest = queue.channel.since, queue.oldest
    if queue.channel.failures and since and since <= now:
        return f"{_alerts(queue.messages)} waited: the channel failed since {_when(alert, since)}"
    if oldest and oldest <= now - HOUR:
        return f"{_alerts(queue.messages)} waited, the oldest since {_when(alert, oldest)}"
    return f"{_alerts(queue.messages)} at once"


def _cooled(alert: Alert, queue: Queue, now: datetime) -> str:
    last = _last(queue, now)
    if last and queue.oldest and queue.oldest > last + alert.cooldown:
        return f"{_alerts(queue.messages)} at once, with a cooldown of {brief(alert.cooldown)}"
    return f"{_alerts(queue.messages)} came within the cooldown of {brief(alert.cooldown)}"


def _too_many(alert: Alert, queue: Queue) -> str:
    return f"more than {_alerts(alert.max_per_hour)} an hour: these {queue.messages} are in one message"


def _alerts(number: int) -> str:
    return f"{number} alert{'' if number == 1 else 's'}"


def _when(alert: Alert, moment: datetime) -> str:
    return f"{day_words(moment, alert.timezone)}, {clock_words(moment, alert.timezone)}"
