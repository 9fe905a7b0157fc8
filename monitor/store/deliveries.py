"""The deliver desk's rows: the outbox. Claim, commit, send, record: never "mark sent, then send"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, or_, update
from sqlmodel import Session, col, select

from monitor.model import Alert, Outcome, Parcel
from monitor.store.database import Database
from monitor.store.pace import is_free, next_free, take
from monitor.store.tables import AttemptRow, DeliveryRow, HitRow, PaceRow
from monitor.store.views import hit_views

_LEASE = timedelta(minutes=2)
_DIGEST = 50
"""Hits in one digest message at most; the rest follow in the next one."""


class DeliveryStore:
    """Deliveries to send. ``pace`` is the least time between two messages of an alert, by its name."""

    def __init__(self, database: Database, alerts: Sequence[Alert], pace: Mapping[str, timedelta]) -> None:
        self._database = database
        self._alerts = {alert.name: alert for alert in alerts}
        self._pace = pace

    def claim(self, now: datetime) -> Parcel | None:
        """Lease the delivery that is due longest on a free channel, with the rest of its digest if it is one.

        One message a channel is in hand at a time, so a channel that hangs never takes the places of another one.
        Expired deliveries are marked here, so that nothing old goes out after a long outage without a word.
        """
        with self._database.write() as session:
            _expire(session, now)
            rows = self._due_rows(session, now)
            if not rows:
                return None
            repeated = any(row.unknown or row.state == "sending" for row in rows)
            for row in rows:
                _lease(row, now)
            alert = rows[0].alert
            take(session, f"alert:{alert}", now + _LEASE)
            hits = [session.get_one(HitRow, row.hit_id) for row in rows]
            return Parcel(
                alert=alert,
                delivery_ids=tuple(row.id or 0 for row in rows),
                hits=tuple(hit_views(session, hits)),
                attempts=max(row.attempts for row in rows) - 1,
                repeated=repeated,
                key=rows[0].key,
            )

    def next_claim(self, until: datetime) -> datetime | None:
        """When the next delivery that is due by ``until`` and not in work can be claimed; None when there is none."""
        with self._database.read() as session:
            return next_free(session, col(DeliveryRow.due), _pace_of_delivery(), self._claimable(until))

    def save(self, parcel: Parcel, outcome: Outcome, next_try: datetime | None, now: datetime) -> None:
        """Record how a try ended, and when its channel may be called again.

        ``next_try`` None gives a failed one up; it stays visible as ``dead``.
        """
        with self._database.write() as session:
            free = now + self._pace.get(parcel.alert, timedelta(0))
            take(session, f"alert:{parcel.alert}", max(free, next_try) if next_try else free)
            for delivery_id in parcel.delivery_ids:
                row = session.get_one(DeliveryRow, delivery_id)
                _record(row, outcome, next_try, now)
                word = "sent" if outcome.ok else row.state
                session.add(AttemptRow(delivery_id=delivery_id, ended=now, outcome=word, error=outcome.error))

    def recover(self) -> None:
        """What was in hand when the last process died has an unknown outcome; only under the instance lock."""
        with self._database.write() as session:
            sending = col(DeliveryRow.state) == "sending"
            session.execute(
                update(DeliveryRow)
                .where(sending)
                .values(state="failed", lease_until=None, unknown=col(DeliveryRow.unknown) + 1)
            )
            session.execute(delete(PaceRow).where(col(PaceRow.key).startswith("alert:")))

    def _claimable(self, now: datetime) -> ColumnElement[bool]:
        waiting = and_(col(DeliveryRow.state).in_(("pending", "failed")), col(DeliveryRow.due) <= now)
        lost = and_(col(DeliveryRow.state) == "sending", col(DeliveryRow.lease_until) <= now)
        return and_(or_(waiting, lost), col(DeliveryRow.alert).in_(list(self._alerts)))

    def _due_rows(self, session: Session, now: datetime) -> list[DeliveryRow]:
        query = (
            select(DeliveryRow)
            .join(PaceRow, _pace_of_delivery(), isouter=True)
            .where(self._claimable(now), is_free(now))
            .order_by(col(DeliveryRow.due), col(DeliveryRow.id))
        )
        first = session.exec(query.limit(1)).first()
        if first is None:
            return []
        if self._alerts[first.alert].when == "now" and first.batch is None:
            return [first]
        together = (DeliveryRow.alert == first.alert, col(DeliveryRow.batch).is_not_distinct_from(first.batch))
        return list(session.exec(query.where(*together).limit(_DIGEST)))


def _pace_of_delivery() -> ColumnElement[bool]:
    return col(PaceRow.key) == "alert:" + col(DeliveryRow.alert)


def _expire(session: Session, now: datetime) -> None:
    waiting = col(DeliveryRow.state).in_(("pending", "failed"))
    session.execute(
        update(DeliveryRow).where(waiting, col(DeliveryRow.expires) <= now).values(state="expired", lease_until=None)
    )


def _lease(row: DeliveryRow, now: datetime) -> None:
    if row.state == "sending":
        row.unknown += 1
    row.state = "sending"
    row.attempts += 1
    row.lease_until = now + _LEASE


def _record(row: DeliveryRow, outcome: Outcome, next_try: datetime | None, now: datetime) -> None:
    row.lease_until = None
    row.error = outcome.error
    if outcome.unknown:
        row.unknown += 1
    if outcome.ok:
        row.state, row.sent = "sent", now
        return
    if next_try is None:
        row.state = "dead"
        return
    row.state, row.due = "failed", next_try
    if outcome.retry_after is not None:
        row.attempts -= 1
