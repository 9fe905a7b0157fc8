"""The deliver desk's rows: the outbox. Claim, commit, send, record: never "mark sent, then send"."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, true, update
from sqlmodel import Session, SQLModel, col, select

from monitor.model import (
    CANARY,
    AfterSend,
    Alert,
    Channel,
    ChannelState,
    Outcome,
    Parcel,
    Plan,
    Queue,
)
from monitor.store.channels import (
    Pace,
    channel_state,
    free_channels,
    give_back,
    is_open,
    sent_lately,
    sync_channels,
    wake,
)
from monitor.store.database import Database
from monitor.store.notices import Tell, notice_row, tell_all
from monitor.store.outbox_tables import WAITING, AttemptRow, ChannelRow, DeliveryRow
from monitor.store.pace import NOW
from monitor.store.parcels import leased
from monitor.store.telling import put_off

_MOST = 500
"""Deliveries in one message at most; the rest follow in the next one."""
_FLOOD = 20
"""Urgent messages at once that go out as one."""

_TABLE = SQLModel.metadata.tables["delivery"]
_EXPIRED = (
    update(_TABLE)
    .where(_TABLE.c.state.in_(WAITING), _TABLE.c.expires <= NOW)
    .values(state="expired", lease_until=None, held=None)
)

Decide = Callable[[Alert, Queue, datetime], Plan]
"""What goes out next on an alert; see ``monitor.deliver.plan``."""
Latest = Callable[[Alert, bool, datetime], datetime]
"""The latest time at which something that waits (an update or not) can be due; see ``monitor.deliver.plan``."""


class DeliveryStore:
    """Deliveries to send, and the channels they go to."""

    def __init__(
        self,
        database: Database,
        alerts: Sequence[Alert],
        channels: Mapping[str, Channel],
        *,
        decide: Decide,
        tell: Tell,
        pace: Pace,
    ) -> None:
        self._database = database
        self._alerts = {alert.name: alert for alert in alerts}
        self._channels = channels
        self._windows = {alert.name: alert.updates for alert in alerts if alert.when == "now"}
        self._decide = decide
        self._tell = tell
        self._pace = pace

    def sync(self, now: datetime) -> None:
        """Bring channels and what waits in line with sources.yaml."""
        with self._database.write() as session:
            sync_channels(session, self._alerts, self._channels, now)

    def ready(self, now: datetime) -> list[str]:
        """The alerts on which something is due and whose channels are open, the one that waits longest first."""
        with self._database.write() as session:
            _expire(session, now)
            tell_all(session, self._tell, now)
            due = self._due(now).with_only_columns(col(DeliveryRow.alert), func.min(DeliveryRow.due))
            oldest = due.order_by(None).group_by(col(DeliveryRow.alert)).order_by(func.min(DeliveryRow.due))
            return [alert for alert, _ in session.execute(oldest)]

    def claim(self, now: datetime, alert: str | None = None) -> Parcel | None:
        """Lease the delivery that is due longest on an open channel, with all that goes out with it as one message.

        ``alert``: of this one alone.

        One message a channel is in hand at a time, so a channel that hangs never takes the places of another one.
        Expired deliveries are marked here, so that nothing old goes out after a long outage without a word; what the
        alert's plan holds back is marked ``held``, with the reason.
        """
        with self._database.write() as session:
            _expire(session, now)
            tell_all(session, self._tell, now)
            passed: list[str] = []
            while (row := self._first_due(session, passed, alert, now)) is not None:
                rows, reason = self._rows(session, row, now)
                if rows:
                    return leased(session, rows, reason, now)
                passed.append(row.alert)
            return None

    def next_claim(self, until: datetime) -> datetime | None:
        """When the next delivery that is due by ``until`` and not in work can be claimed; None when there is none."""
        free = or_(col(ChannelRow.lease_until).is_(None), col(ChannelRow.lease_until) <= until)
        paused = (col(ChannelRow.next_at) > col(DeliveryRow.due), col(ChannelRow.next_at))
        ready: Any = case(paused, else_=col(DeliveryRow.due))
        query = (
            select(ready)
            .select_from(DeliveryRow)
            .join(ChannelRow, _channel_of_delivery())
            .where(self._claimable(until), free)
        )
        with self._database.read() as session:
            return session.exec(query.order_by(ready).limit(1)).first()

    def save(self, parcel: Parcel, outcome: Outcome, after: AfterSend, now: datetime) -> None:
        """Record how a try ended and what follows for its rows and its channel, in one transaction.

        A try whose lease ran out meanwhile was overtaken: that it was accepted still counts, a failure does not.
        """
        with self._database.write() as session:
            rows = [session.get_one(DeliveryRow, number) for number in parcel.delivery_ids]
            mine = all(row.state == "sending" and row.lease_until == parcel.until for row in rows)
            for row in rows:
                if mine or outcome.ok:
                    _record(row, outcome, after, now)
                word = "sent" if outcome.ok else row.state if mine else "overtaken"
                session.add(_attempt(row, parcel, word, outcome, now))
            if outcome.ok:
                put_off(session, rows, self._windows, now)
            if mine:
                self._follow(session, rows, after, now)

    def _follow(self, session: Session, rows: Sequence[DeliveryRow], after: AfterSend, now: datetime) -> None:
        """What follows for the channel, and for several rows that are tried in parts from now on."""
        give_back(session, after.channel)
        if after.alone:
            _part(rows)
        if after.wake:
            wake(session, after.channel.alert, now)
        if after.notice is not None and after.channel.alert != CANARY:
            session.add(notice_row(after.notice))

    def recover(self, now: datetime) -> None:
        """What was in hand when the last process died has an unknown outcome; only under the instance lock."""
        values = {"state": "failed", "due": now, "lease_until": None, "unknown": col(DeliveryRow.unknown) + 1}
        with self._database.write() as session:
            session.execute(update(DeliveryRow).where(col(DeliveryRow.state) == "sending").values(values))
            free_channels(session, self._channels, self._pace, now)

    def retime(self, latest: Latest, now: datetime) -> None:
        """Bring back what is due later than it can be: the wall clock was put back, or the schedule changed."""
        with self._database.write() as session:
            for name, alert in self._alerts.items():
                for is_update in (False, True):
                    end = latest(alert, is_update, now)
                    late = (col(DeliveryRow.alert) == name, col(DeliveryRow.is_update) == is_update)
                    waiting = (col(DeliveryRow.state).in_(WAITING), col(DeliveryRow.due) > end)
                    session.execute(update(DeliveryRow).where(*late, *waiting).values(due=end))
            far = col(ChannelRow.next_at) > now + timedelta(hours=1, minutes=10)
            session.execute(update(ChannelRow).where(far).values(next_at=None, recent=[]))

    def _claimable(self, now: datetime) -> ColumnElement[bool]:
        waiting = and_(col(DeliveryRow.state).in_(WAITING), col(DeliveryRow.due) <= now)
        lost = and_(col(DeliveryRow.state) == "sending", col(DeliveryRow.lease_until) <= now)
        return and_(or_(waiting, lost), col(DeliveryRow.alert).in_(list(self._alerts)))

    def _first_due(
        self, session: Session, passed: Sequence[str], alert: str | None, now: datetime
    ) -> DeliveryRow | None:
        wanted = true() if alert is None else col(DeliveryRow.alert) == alert
        query = self._due(now).where(wanted, col(DeliveryRow.alert).not_in(passed)).limit(1)
        found: DeliveryRow | None = session.exec(query).first()
        return found

    def _due(self, now: datetime) -> Any:
        return (
            select(DeliveryRow)
            .join(ChannelRow, _channel_of_delivery())
            .where(self._claimable(now), is_open(now))
            .order_by(col(DeliveryRow.urgent).desc(), col(DeliveryRow.due), col(DeliveryRow.id))
        )

    def _rows(self, session: Session, row: DeliveryRow, now: datetime) -> tuple[Sequence[DeliveryRow], str]:
        """What goes out with ``row`` as one message, and why together; nothing when the alert's plan holds it."""
        if row.alone:
            return self._part_of(session, row, now), ""
        waiting = self._waiting(session, row, now)
        if row.urgent:
            return _urgent(waiting, row)
        alert = self._alerts[row.alert]
        channel = channel_state(session.get_one(ChannelRow, row.alert))
        due = [one for one in waiting if one.due <= now]
        plan = self._decide(alert, _queue(waiting, sent_lately(session, alert, now), channel), now)
        if plan.hold is not None and plan.hold > now:
            for one in due:
                _hold(one, plan.hold, plan.why)
            return [], ""
        if plan.together:
            return waiting[:_MOST], plan.reason
        return [one for one in due if _group(one) == _group(row)][:_MOST], ""

    def _part_of(self, session: Session, row: DeliveryRow, now: datetime) -> Sequence[DeliveryRow]:
        """The rows that are tried together with one that was refused together with more."""
        if row.batch is None:
            return [row]
        part = (DeliveryRow.alert == row.alert, col(DeliveryRow.alone), DeliveryRow.batch == row.batch)
        return session.exec(select(DeliveryRow).where(*part, self._claimable(now))).all()

    def _waiting(self, session: Session, row: DeliveryRow, now: datetime) -> list[DeliveryRow]:
        """What may go out together with ``row`` now: what is due, and what failed and only waits for its next try."""
        failed = and_(col(DeliveryRow.state) == "failed", col(DeliveryRow.due) <= now + timedelta(hours=2))
        alike = (DeliveryRow.alert == row.alert, DeliveryRow.urgent == row.urgent, ~col(DeliveryRow.alone))
        query = select(DeliveryRow).where(*alike, or_(self._claimable(now), failed))
        return list(session.exec(query.order_by(col(DeliveryRow.due), col(DeliveryRow.id))))


def _queue(waiting: Sequence[DeliveryRow], sent: tuple[datetime, ...], channel: ChannelState) -> Queue:
    return Queue(
        messages=len({_group(one) for one in waiting}),
        sent=sent,
        channel=channel,
        oldest=min(one.created for one in waiting),
        put_off=len({_group(one) for one in waiting if one.put_off}),
        why=next((one.held for one in waiting if one.put_off and one.held), ""),
    )


def _urgent(waiting: Sequence[DeliveryRow], row: DeliveryRow) -> tuple[Sequence[DeliveryRow], str]:
    """What is urgent is not held, but a flood of it goes out together all the same."""
    if len({_group(one) for one in waiting}) > _FLOOD:
        return waiting[:_MOST], f"{len(waiting)} urgent alerts at once"
    return [one for one in waiting if _group(one) == _group(row)], ""


def _hold(row: DeliveryRow, until: datetime, why: str) -> None:
    row.unknown += row.state == "sending"
    row.state, row.due, row.held, row.lease_until, row.put_off = "held", until, why, None, True


def _group(row: DeliveryRow) -> tuple[str, int | str]:
    """What goes out as one message even when nothing else does: a batch, the news of one story, notices."""
    if row.batch is not None:
        return ("batch", row.batch)
    if row.notice_id is not None:
        return ("notice", 0)
    if row.story_id is not None:
        return ("story", row.story_id)
    return ("alone", row.id or 0)


def _channel_of_delivery() -> ColumnElement[bool]:
    return col(ChannelRow.alert) == col(DeliveryRow.alert)


def _expire(session: Session, now: datetime) -> None:
    """As the first thing of a transaction: row objects that are loaded before would not know."""
    session.connection().execute(_EXPIRED, {"now": now})


def _record(row: DeliveryRow, outcome: Outcome, after: AfterSend, now: datetime) -> None:
    row.lease_until, row.error = None, outcome.error
    row.unknown += outcome.unknown
    if outcome.ok:
        row.state, row.sent = "sent", now
    elif after.again is None:
        row.state, row.refused = "dead", True
    else:
        row.state, row.due, row.alone = "failed", after.again, row.alone or after.alone
        row.attempts -= outcome.retry_after is not None


def _part(rows: Sequence[DeliveryRow]) -> None:
    """Two halves, each tried by itself, to find the one that is not taken."""
    for half in (rows[: len(rows) // 2], rows[len(rows) // 2 :]):
        for row in half:
            row.batch = f"part {half[0].key}" if len(half) > 1 else None


def _attempt(row: DeliveryRow, parcel: Parcel, word: str, outcome: Outcome, now: datetime) -> AttemptRow:
    return AttemptRow(
        delivery_id=row.id or 0, alert=row.alert, message=parcel.key, ended=now, outcome=word, error=outcome.error
    )
