"""Which alerts a finding goes to, and when. Pure: values in, values out; nothing is sent or stored here."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.config.cron import next_cron
from monitor.model import Alert, Finding, NewDelivery

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping


def deliveries(
    finding: Finding,
    topics_hit: Collection[str],
    alerts: Iterable[Alert],
    *,
    found: datetime,
    backlog: timedelta,
    now: datetime,
) -> tuple[NewDelivery, ...]:
    """One delivery for each alert that wants one of the topics that hit: an article goes to a channel once.

    It goes under the alert's first topic that hit for certain, else under its first that hit. Only topics in
    ``topics_hit`` count.

    An article published more than ``backlog`` before ``found`` is stored as suppressed, with the reason; one without
    a date, or with a date to come, counts as new.
    """
    hits = {item.topic: item.grade for item in finding.verdicts if item.hit and item.topic in topics_hit}
    suppressed = _too_old(finding.published, found, backlog)
    return tuple(
        NewDelivery(topic, alert.name, due=moment, expires=moment + alert.expires, suppressed=suppressed)
        for alert in alerts
        for moment in [due(alert, now)]
        if (topic := _best(alert, hits))
    )


def _best(alert: Alert, hits: Mapping[str, str | None]) -> str | None:
    wanted = [topic for topic in alert.topics if topic in hits]
    certain = (topic for topic in wanted if hits[topic] == "certain")
    return next(certain, next(iter(wanted), None))


def due(alert: Alert, now: datetime) -> datetime:
    """When an alert of this moment may go out, in UTC: now or the next digest, and never in the quiet hours."""
    if alert.when == "now":
        return _after_quiet(alert, now)
    return _after_quiet(alert, next_cron(alert.when, now, alert.timezone))


def _too_old(published: datetime | None, found: datetime, backlog: timedelta) -> str | None:
    if published is None or found - published <= backlog:
        return None
    return f"older than alert_backlog ({_words(backlog)})"


def _words(span: timedelta) -> str:
    """``1d``, ``36h``, ``90m``, ``30s``: the largest unit that divides it, as it is written in sources.yaml."""
    seconds = int(span.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


# --- quiet hours -----------------------------------------------------------------------------------


def _after_quiet(alert: Alert, moment: datetime) -> datetime:
    """``moment``, or the end of the quiet hours it lies in; local times, so the end may lie past a clock change."""
    if alert.quiet is None:
        return moment.astimezone(UTC)
    start, end = (time.fromisoformat(part.strip()) for part in alert.quiet.split("-"))
    local = moment.astimezone(ZoneInfo(alert.timezone))
    if not _within(local.time(), start, end):
        return moment.astimezone(UTC)
    day = local.date() + timedelta(days=local.time() >= end)
    ends = [datetime.combine(day, end.replace(fold=fold), local.tzinfo).astimezone(UTC) for fold in (0, 1)]
    # In the hour that the clock shows twice, the first end may already be past.
    return next((at for at in ends if at > moment), ends[-1])


def _within(at: time, start: time, end: time) -> bool:
    """Whether ``at`` lies in ``[start, end)``; a window whose end is not after its start runs past midnight."""
    return start <= at < end if start < end else start != end and (at >= start or at < end)
