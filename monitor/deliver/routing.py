"""Which alerts a finding or a notice goes to, and when it is due. Pure: values in, values out.

What is not known of an article never keeps it back: with no language, or from a source without country or tier, it
passes the filter, since one message too many is a smaller fault than one missed.

Must not: send or store; decide on quiet hours, cooldown and limits of what goes out at once (``plan.py`` does, when
it would go out).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from monitor.config.values import brief
from monitor.deliver.chosen import Heard, Named, base, filters_of
from monitor.deliver.hours import clock_words, day_words, may_go, next_digest
from monitor.model import CANARY, Alert, Finding, NewDelivery, Notice, Source, Verdict

AT_ONCE: Final = frozenset({"network", "channel", "config", "disk", "canary", "alive"})
"""Kinds of notices that wait for no digest: all but the last say that the monitor itself does not work."""
COLLECTED: Final = timedelta(minutes=15)
"""Notices about sources are sent at the end of the quarter of an hour that they fall into."""


def deliveries(  # noqa: PLR0913 - all that is known when an article was read
    finding: Finding,
    topics_hit: Collection[str],
    alerts: Iterable[Alert],
    *,
    source: Source | None,
    found: datetime,
    backlog: timedelta,
    now: datetime,
    named: Named = lambda _name: None,
) -> tuple[NewDelivery, ...]:
    """One delivery for each alert that wants one of the topics that hit: an article goes to a channel once.

    It goes under the alert's first topic that hit for certain, else under its first that hit. Only topics in
    ``topics_hit`` count, and only hits of a grade and in a field that the alert asks for. ``source`` is where the
    article was found; None when it is configured no more. The canary's articles go to the canary's alert, and nothing
    else does.

    ``named`` looks up the saved filters that alerts name; an alert that names one that is not there goes by its other
    rules.

    An article published more than ``backlog`` before ``found`` is stored as suppressed, with the reason; one without
    a date, or with a date to come, counts as new.
    """
    hits = [item for item in finding.verdicts if item.hit and item.topic in topics_hit]
    suppressed = _too_old(finding.published, found, backlog)
    heard = Heard(finding, source)
    wanting = (alert for alert in alerts if hits and _wants(alert, heard.language, source))
    chosen = ((alert, _best(alert, _filtered(alert, hits, heard, named))) for alert in wanting)
    return tuple(_delivery(alert, best, source, suppressed, now) for alert, best in chosen if best)


def notice_deliveries(notice: Notice, alerts: Iterable[Alert], now: datetime) -> tuple[NewDelivery, ...]:
    """The deliveries of a word of the monitor about itself, under the topic "".

    A spike goes to alerts that want its topic and its language. Everything else goes where ``notices`` are wanted;
    about a channel not to that channel itself. Those about a source are collected to the end of the quarter of an
    hour. A digest takes its notices along, but for those ``AT_ONCE``. Nothing goes to the canary's alert.
    """
    return tuple(_notice(notice, alert, now) for alert in alerts if _hears(alert, notice))


# --- who -------------------------------------------------------------------------------------------


def _wants(alert: Alert, language: str | None, source: Source | None) -> bool:
    return (
        (alert.name == CANARY) == (source is not None and source.name == CANARY)
        and _speaks(alert, language)
        and _among(source.country if source else None, alert.countries)
        and _among(source.tier if source else None, alert.tiers)
    )


def _speaks(alert: Alert, language: str | None) -> bool:
    """By the language alone: script and region, which detection does not know, do not count."""
    return _among(base(language), {base(wanted) for wanted in alert.languages})


def _among(value: object, wanted: Collection[object]) -> bool:
    return not wanted or value is None or value in wanted


def _filtered(alert: Alert, hits: Sequence[Verdict], heard: Heard, named: Named) -> Sequence[Verdict]:
    """The hits that fit one of the alert's saved filters; all of them where it names none."""
    filters = filters_of(alert, named)
    return [hit for hit in hits if any(heard.fits(one, hit) for one in filters)] if filters else hits


def _best(alert: Alert, hits: Iterable[Verdict]) -> Verdict | None:
    fit = {item.topic: item for item in hits if _among(item.grade, alert.grades) and _in_fields(item, alert.fields)}
    wanted = [fit[topic] for topic in alert.topics if topic in fit]
    certain = (item for item in wanted if item.grade == "certain")
    return next(certain, next(iter(wanted), None))


def _in_fields(hit: Verdict, fields: Collection[str]) -> bool:
    """Whether a term stands in one of the fields; the lead is a part of the text."""
    found = {term.field for term in hit.terms}
    return not fields or not found or not found.isdisjoint({*fields, *(("lead",) if "text" in fields else ())})


def _hears(alert: Alert, notice: Notice) -> bool:
    if alert.name == CANARY:
        return False
    if notice.kind == "spike":
        return _among(notice.topic, alert.topics) and _speaks(alert, notice.language)
    return alert.notices and (notice.kind, notice.subject) != ("channel", alert.name)


# --- when ------------------------------------------------------------------------------------------


def _delivery(alert: Alert, hit: Verdict, source: Source | None, suppressed: str | None, now: datetime) -> NewDelivery:
    due, held = _due(alert, now)
    return NewDelivery(
        topic=hit.topic,
        alert=alert.name,
        due=due,
        expires=may_go(alert, due) + alert.expires,
        suppressed=suppressed,
        held=None if suppressed else held,
        urgent=alert.when == "now" and not _classes(hit, source).isdisjoint(alert.urgent),
        updates=alert.updates,
    )


def _notice(notice: Notice, alert: Alert, now: datetime) -> NewDelivery:
    at_once = alert.when == "now" or notice.kind in AT_ONCE
    due, held = _due(alert, now)
    if at_once:
        due, held = _collected(now) if notice.kind == "source" else (now.astimezone(UTC), None)
    urgent = at_once and ("spike" if notice.kind == "spike" else "notice") in alert.urgent
    return NewDelivery("", alert.name, due, may_go(alert, due) + alert.expires, held=held, urgent=urgent)


def _classes(hit: Verdict, source: Source | None) -> set[str]:
    """What the hit is of all that an alert may call urgent."""
    said = {
        "certain": hit.grade == "certain",
        "title": any(term.field == "title" for term in hit.terms),
        "tier-1": source is not None and source.tier == 1,
    }
    return {name for name, holds in said.items() if holds}


def _due(alert: Alert, now: datetime) -> tuple[datetime, str | None]:
    if alert.when == "now":
        return now.astimezone(UTC), None
    due = next_digest(alert, now)
    return due, f"digest at {clock_words(due, alert.timezone)}, {day_words(due, alert.timezone)}"


def _collected(now: datetime) -> tuple[datetime, str]:
    """The end of the quarter of an hour, so that all that come within it are due together."""
    since = timedelta(minutes=now.minute % 15, seconds=now.second, microseconds=now.microsecond)
    return now.astimezone(UTC) + COLLECTED - since, "collected for 15 minutes"


def _too_old(published: datetime | None, found: datetime, backlog: timedelta) -> str | None:
    if published is None or found - published <= backlog:
        return None
    return f"older than alert_backlog ({brief(backlog)})"
