"""The outbox as people see it, and what they may change: send again, let a channel be tried at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from monitor.model import CANARY, ChannelView, DeliveryView
from monitor.store.channels import wake
from monitor.store.database import Database
from monitor.store.history_tables import NoticeRow
from monitor.store.outbox_tables import WAITING, ChannelRow, DeliveryRow
from monitor.store.tables import ArticleRow, HitRow
from monitor.store.views import delivery_view

RESENDABLE = ("held", "failed", "expired", "dead", "suppressed", "cancelled", "sent")


class AlertStore:
    """Questions about the outbox, and the few changes a person makes there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def deliveries(self, states: Sequence[str] = (), alert: str | None = None, limit: int = 200) -> list[DeliveryView]:
        """The outbox, newest first; only these states and this alert, or all."""
        number = col(DeliveryRow.id)
        wanted = select(DeliveryRow.id).where(*_in(states))
        wanted = wanted.where(DeliveryRow.alert == alert if alert is not None else DeliveryRow.alert != CANARY)
        with self._database.read() as session:
            ids = session.exec(wanted.order_by(number.desc()).limit(limit)).all()
            rows = session.exec(all_deliveries().where(number.in_(ids)).order_by(number.desc()))
            return [delivery_view(*row) for row in rows]

    def channels(self) -> list[ChannelView]:
        """Every channel, by name, with what waits for it."""
        with self._database.read() as session:
            rows = session.exec(select(ChannelRow).where(ChannelRow.alert != CANARY).order_by(col(ChannelRow.alert)))
            return [_channel(session, row) for row in rows]

    def resend(self, delivery_id: int, expires: datetime, now: datetime) -> str:
        """Put a delivery back into the outbox. Returns its former state; empty when there is none or it waits."""
        with self._database.write() as session:
            row = session.get(DeliveryRow, delivery_id)
            if row is None or row.state not in RESENDABLE:
                return ""
            former = row.state
            _put_back(row, expires, now)
            _open(session, row.alert)
            return former

    def resend_all(self, alert: str, states: Sequence[str], expires: datetime, now: datetime) -> int:
        """Put all deliveries of an alert in these states back into the outbox. Returns how many."""
        with self._database.write() as session:
            mine = (DeliveryRow.alert == alert, col(DeliveryRow.state).in_(states))
            rows = session.exec(select(DeliveryRow).where(*mine)).all()
            for row in rows:
                _put_back(row, expires, now)
            _open(session, alert)
            return len(rows)

    def works(self, alert: str, now: datetime) -> int:
        """Have a channel that took a test message tried at once. Returns how many deliveries wait for it."""
        with self._database.write() as session:
            _open(session, alert)
            wake(session, alert, now)
            failed = (col(DeliveryRow.alert) == alert, col(DeliveryRow.state) == "failed", col(DeliveryRow.due) > now)
            session.execute(update(DeliveryRow).where(*failed).values(due=now))
            waiting = (DeliveryRow.alert == alert, col(DeliveryRow.state).in_(WAITING))
            return session.exec(select(func.count()).select_from(DeliveryRow).where(*waiting)).one()


def _in(states: Sequence[str]) -> list[Any]:
    """Condition on the state; one state is told from several, since an index has each in the order of the list."""
    if len(states) == 1:
        return [DeliveryRow.state == states[0]]
    return [col(DeliveryRow.state).in_(states)] if states else []


def all_deliveries() -> Any:
    """Every delivery with its hit and article, or its notice."""
    return (
        select(DeliveryRow, HitRow, ArticleRow, NoticeRow)
        .join(HitRow, col(HitRow.id) == col(DeliveryRow.hit_id), isouter=True)
        .join(ArticleRow, col(ArticleRow.id) == col(HitRow.article_id), isouter=True)
        .join(NoticeRow, col(NoticeRow.id) == col(DeliveryRow.notice_id), isouter=True)
    )


def _put_back(row: DeliveryRow, expires: datetime, now: datetime) -> None:
    row.state, row.due, row.expires = "pending", now, max(expires, row.expires)
    row.error = row.held = None
    row.refused = row.alone = False


def _open(session: Session, alert: str) -> None:
    session.execute(update(ChannelRow).where(col(ChannelRow.alert) == alert).values(next_at=None))


def _channel(session: Session, row: ChannelRow) -> ChannelView:
    mine = select(func.count(), func.min(DeliveryRow.created)).where(DeliveryRow.alert == row.alert)
    waiting, oldest = session.exec(mine.where(col(DeliveryRow.state).in_(WAITING))).one()
    dead, _ = session.exec(mine.where(DeliveryRow.state == "dead")).one()
    last = session.exec(select(func.max(DeliveryRow.sent)).where(DeliveryRow.alert == row.alert)).one()
    return ChannelView(row.alert, row.health, row.since, row.error, row.next_at, waiting, dead, oldest, last)
