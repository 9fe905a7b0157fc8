"""Rows of the outbox as one message in hand. Part of the claim's transaction; the caller has it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from monitor.model import Item, NoticeItem, Parcel
from monitor.store.channels import LEASE, channel_state, take_channel
from monitor.store.history_tables import NoticeRow
from monitor.store.notices import notice_of
from monitor.store.outbox_tables import ChannelRow, DeliveryRow
from monitor.store.tables import HitRow
from monitor.store.views import hit_views


def leased(session: Session, rows: Sequence[DeliveryRow], reason: str, now: datetime) -> Parcel:
    """Lease these rows of one alert and its channel; they go out as one message."""
    unknown = {row.id or 0: bool(row.unknown or row.state == "sending") for row in rows}
    for row in rows:
        _lease(row, now)
    channel = session.get_one(ChannelRow, rows[0].alert)
    take_channel(session, channel, now + LEASE)
    rows = sorted(rows, key=lambda row: row.id or 0)
    return Parcel(
        alert=channel.alert,
        items=_items(session, rows, unknown),
        notices=_notices(session, rows, unknown),
        attempts=max(row.attempts for row in rows) - 1,
        key=_key(rows),
        until=now + LEASE,
        channel=channel_state(channel),
        reason=reason,
    )


def _lease(row: DeliveryRow, now: datetime) -> None:
    if row.state == "sending":
        row.unknown += 1
    row.state = "sending"
    row.attempts += 1
    row.held, row.put_off = None, False
    row.lease_until = now + LEASE


def _items(session: Session, rows: Sequence[DeliveryRow], unknown: Mapping[int, bool]) -> tuple[Item, ...]:
    of_hits = [row for row in rows if row.hit_id is not None]
    views = hit_views(session, [session.get_one(HitRow, row.hit_id) for row in of_hits])
    told = _told_before(session, of_hits)
    return tuple(
        Item(row.id or 0, view, row.story_id in told, unknown[row.id or 0])
        for row, view in zip(of_hits, views, strict=True)
    )


def _told_before(session: Session, rows: Sequence[DeliveryRow]) -> set[int | None]:
    """The stories of these rows that a message on their alert has told already."""
    stories = [row.story_id for row in rows if row.story_id is not None]
    sent = (DeliveryRow.alert == rows[0].alert, DeliveryRow.state == "sent") if rows else ()
    return set(session.exec(select(DeliveryRow.story_id).where(col(DeliveryRow.story_id).in_(stories), *sent)))


def _notices(session: Session, rows: Sequence[DeliveryRow], unknown: Mapping[int, bool]) -> tuple[NoticeItem, ...]:
    return tuple(
        NoticeItem(row.id or 0, notice_of(session.get_one(NoticeRow, row.notice_id)), unknown[row.id or 0])
        for row in rows
        if row.notice_id is not None
    )


def _key(rows: Sequence[DeliveryRow]) -> str:
    """The row's own key; of several, one that only the same rows together have."""
    if len(rows) == 1:
        return rows[0].key
    return hashlib.sha256("\n".join(sorted(row.key for row in rows)).encode()).hexdigest()[:20]
