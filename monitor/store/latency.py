"""How long it took from publication to alert, measured on what was sent. Part of other reads.

Left out are notices, the canary, updates (held back on purpose), what changed rules gained (old by nature), articles
without a date, and those that a source held when it was first read. A date after the article was seen counts as then.
"""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from monitor.model import CANARY, Latencies, Latency
from monitor.store.outbox_tables import DeliveryRow
from monitor.store.tables import ArticleRow, HitRow, SourceRow

SAMPLED = 5_000
"""Deliveries that are looked at, about; where more were sent, an even sample of them."""
_SPREAD = 40503
_PARTS = 65536
"""Multiplying by an odd number modulo a power of two scatters numbers that follow each other (Knuth, The Art of
Computer Programming 3, 6.4), so that a sample by number is not of one channel alone."""


@dataclass(frozen=True, slots=True)
class Sending:
    """One alert of an article."""

    alert: str
    sent: datetime
    after: float
    """Seconds from publication to this alert."""
    seen: float
    """Seconds from publication to when the article was first seen."""
    first: bool
    """Whether the article was alerted nowhere before."""


@dataclass(frozen=True, slots=True)
class Told:
    """What was alerted in a span, as far as it was looked at."""

    sendings: tuple[Sending, ...]
    sent: int
    sampled: int


def told(session: Session, start: datetime, end: datetime, topic: str | None, most: int = SAMPLED) -> Told:
    """The alerts sent between two times, of all topics or of one; of about ``most`` deliveries."""
    within = (col(DeliveryRow.sent) >= start, col(DeliveryRow.sent) < end)
    sent = session.exec(select(func.count()).select_from(DeliveryRow).where(*within)).one()
    share = math.ceil(_PARTS * most / sent) if sent > most else _PARTS
    sample = () if share == _PARTS else ((col(DeliveryRow.id) % _PARTS) * _SPREAD % _PARTS < share,)
    sampled = session.exec(select(func.count()).select_from(DeliveryRow).where(*within, *sample)).one()
    return Told(tuple(map(_sending, session.execute(_alerts(topic).where(*within, *sample)))), sent, sampled)


def latencies(measured: Told) -> Latencies:
    """Sum up."""
    firsts = [sending for sending in measured.sendings if sending.first]
    channels: dict[str, list[float]] = defaultdict(list)
    for sending in measured.sendings:
        channels[sending.alert].append(sending.after)
    return Latencies(
        first=latency_of(sending.after for sending in firsts),
        seen=latency_of(sending.seen for sending in firsts),
        channels={alert: latency_of(channels[alert]) for alert in sorted(channels)},
        sent=measured.sent,
        sampled=measured.sampled,
    )


def latency_of(seconds: Iterable[float]) -> Latency:
    """Median and 95th percentile (nearest rank) of some times."""
    values = sorted(seconds)
    if not values:
        return Latency(0)
    return Latency(len(values), statistics.median(values), values[math.ceil(0.95 * len(values)) - 1])


def _alerts(topic: str | None) -> Any:
    """Alert, when it was sent, published and found; and whether the article was alerted before."""
    earlier = aliased(DeliveryRow)
    before = exists().where(
        col(earlier.article_id) == col(DeliveryRow.article_id),
        col(earlier.alert) != CANARY,
        or_(
            col(earlier.sent) < col(DeliveryRow.sent),
            (col(earlier.sent) == col(DeliveryRow.sent)) & (col(earlier.id) < col(DeliveryRow.id)),
        ),
    )
    query = (
        select(DeliveryRow.alert, DeliveryRow.sent, ArticleRow.published, ArticleRow.found, before)  # type: ignore[call-overload]
        .join(ArticleRow, col(ArticleRow.id) == col(DeliveryRow.article_id))
        .join(SourceRow, col(SourceRow.id) == col(ArticleRow.source_id))
        .where(
            DeliveryRow.alert != CANARY,
            SourceRow.name != CANARY,
            col(DeliveryRow.is_update).is_(False),
            or_(col(DeliveryRow.batch).is_(None), col(DeliveryRow.batch).not_like("rematch %")),
            col(ArticleRow.published).is_not(None),
            or_(col(SourceRow.first_poll).is_(None), col(ArticleRow.found) > col(SourceRow.first_poll)),
        )
    )
    if topic is None:
        return query
    return query.join(HitRow, col(HitRow.id) == col(DeliveryRow.hit_id)).where(func.coalesce(HitRow.topic, "") == topic)


def _sending(row: Sequence[Any]) -> Sending:
    alert, sent, published, found, before = row
    published = min(published, found)
    return Sending(
        alert, sent, max((sent - published).total_seconds(), 0), (found - published).total_seconds(), not before
    )
