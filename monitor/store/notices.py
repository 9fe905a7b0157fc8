"""What the operator is told, as deliveries. Part of other transactions; the caller has it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from monitor.model import NewDelivery, Notice
from monitor.store.history_tables import NoticeRow
from monitor.store.outbox_tables import WAITING, AttemptRow, DeliveryRow

Tell = Callable[[Notice, datetime], Sequence[NewDelivery]]
"""Which alerts are told of a notice, and when; see ``monitor.deliver.routing``."""


def notice_row(notice: Notice) -> NoticeRow:
    """The row of a notice whose deliveries are still to be made."""
    return NoticeRow(
        at=notice.at,
        kind=notice.kind,
        subject=notice.subject,
        was=notice.was,
        state=notice.state,
        words=notice.words,
        topic=notice.topic,
        language=notice.language,
    )


def notice_of(row: NoticeRow) -> Notice:
    """A stored notice."""
    return Notice(
        row.subject,
        row.was,
        row.state,
        row.words,
        row.at,
        kind=row.kind,  # type: ignore[arg-type]
        topic=row.topic,
        language=row.language,
    )


_UNTOLD = select(NoticeRow).where(col(NoticeRow.told).is_(False))


def tell_all(session: Session, tell: Tell, now: datetime) -> None:
    """Make the deliveries of every notice that has none yet, once."""
    for row in session.exec(_UNTOLD):
        row.told = True
        session.add_all(_delivery(row, new, now) for new in tell(notice_of(row), now))


def take_back(session: Session, notices: Collection[int]) -> None:
    """Delete notices that turned out to mean something else; those that somebody has seen stay."""
    mine = col(DeliveryRow.notice_id).in_(list(notices))
    tried = select(AttemptRow.delivery_id)
    unseen = (mine, col(DeliveryRow.state).in_((*WAITING, "suppressed", "cancelled")))
    session.execute(delete(DeliveryRow).where(*unseen, col(DeliveryRow.id).not_in(tried)))
    kept = select(DeliveryRow.notice_id).where(mine)
    session.execute(delete(NoticeRow).where(col(NoticeRow.id).in_(list(notices)), col(NoticeRow.id).not_in(kept)))


def _delivery(row: NoticeRow, new: NewDelivery, now: datetime) -> DeliveryRow:
    identity = f"notice {row.id}\n{row.at.isoformat()}\n{new.alert}"
    return DeliveryRow(
        notice_id=row.id,
        alert=new.alert,
        key=hashlib.sha256(identity.encode()).hexdigest()[:20],
        state="held" if new.held else "pending",
        held=new.held,
        urgent=new.urgent,
        created=now,
        due=new.due,
        expires=new.expires,
    )
