"""How channels stand, and when each may next be called. Part of other transactions; the caller has it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, case, delete, func, or_, update
from sqlmodel import Session, col, select

from monitor.model import CANARY, Alert, Channel, ChannelState
from monitor.store.outbox_tables import WAITING, AttemptRow, ChannelRow, DeliveryRow

LEASE = timedelta(minutes=2)
_HOUR = timedelta(hours=1)
_WAKES = 3
"""How often one delivery is sent again because its channel takes messages again."""
_REMOVED = "the alert is no longer in sources.yaml"

Pace = Callable[[tuple[datetime, ...], Channel, datetime], datetime]
"""When a channel is free again, by its last messages; see ``monitor.deliver.backoff.free_at``."""


def is_open(now: datetime) -> ColumnElement[bool]:
    """Condition on ChannelRow: it may be called, and no message to it is in hand."""
    paused = or_(col(ChannelRow.next_at).is_(None), col(ChannelRow.next_at) <= now)
    in_hand = or_(col(ChannelRow.lease_until).is_(None), col(ChannelRow.lease_until) <= now)
    return paused & in_hand


def channel_state(row: ChannelRow) -> ChannelState:
    """A channel as it stands."""
    return ChannelState(
        alert=row.alert,
        health=row.health,  # type: ignore[arg-type]
        since=row.since,
        failures=row.failures,
        next_at=row.next_at,
        recent=tuple(datetime.fromtimestamp(at, UTC) for at in row.recent),
        error=row.error,
        told=row.told,
    )


def take_channel(session: Session, row: ChannelRow, until: datetime) -> None:
    """Have nothing else sent to the recipient before then, whichever alert it comes from."""
    same = col(ChannelRow.address) == row.address
    session.execute(update(ChannelRow).where(same).values(lease_until=until))


def give_back(session: Session, state: ChannelState) -> None:
    """Store how a channel stands after a try; the pause and the pace hold for all alerts to its recipient."""
    row = session.get_one(ChannelRow, state.alert)
    row.health, row.since, row.failures = state.health, state.since, state.failures
    row.error, row.told = state.error, state.told
    recent = [at.timestamp() for at in state.recent]
    same = col(ChannelRow.address) == row.address
    session.execute(update(ChannelRow).where(same).values(lease_until=None, next_at=state.next_at, recent=recent))


def sent_lately(session: Session, alert: Alert, now: datetime) -> tuple[datetime, ...]:
    """When an alert's messages of the last hour, or of its cooldown, were sent, oldest first; a digest is one."""
    since = now - max(_HOUR, alert.cooldown)
    mine = (AttemptRow.alert == alert.name, AttemptRow.outcome == "sent", col(AttemptRow.ended) > since)
    ended = func.max(AttemptRow.ended)
    query = select(ended).where(*mine).group_by(AttemptRow.message).order_by(ended)
    return tuple(session.exec(query))


def sync_channels(
    session: Session, alerts: Mapping[str, Alert], channels: Mapping[str, Channel], now: datetime
) -> None:
    """Bring the rows in line with sources.yaml.

    What waits for an alert that is no longer there is cancelled, and waits again when the alert comes back in time.
    """
    rows = {row.alert: row for row in session.exec(select(ChannelRow))}
    for name in alerts:
        _sync(session, rows.get(name), name, channels[name].address)
    known = col(DeliveryRow.alert).in_([*alerts, CANARY])  # whose alert no process but one has
    session.execute(delete(ChannelRow).where(col(ChannelRow.alert).not_in([*alerts, CANARY])))
    waiting = col(DeliveryRow.state).in_((*WAITING, "sending"))
    cancelled = update(DeliveryRow).where(waiting, ~known)
    unknown = col(DeliveryRow.unknown) + case((col(DeliveryRow.state) == "sending", 1), else_=0)
    session.execute(cancelled.values(state="cancelled", error=_REMOVED, lease_until=None, unknown=unknown))
    back = (col(DeliveryRow.state) == "cancelled", col(DeliveryRow.error) == _REMOVED, col(DeliveryRow.expires) > now)
    session.execute(update(DeliveryRow).where(*back, known).values(state="pending", due=now, error=None))


def wake(session: Session, alert: str, now: datetime) -> None:
    """The channel takes messages again: what it had refused for good in the meantime goes out after all."""
    refused = (col(DeliveryRow.alert) == alert, col(DeliveryRow.state) == "dead", col(DeliveryRow.refused))
    in_time = (col(DeliveryRow.expires) > now, col(DeliveryRow.wakes) < _WAKES)
    values = {"state": "pending", "due": now, "refused": False, "wakes": col(DeliveryRow.wakes) + 1}
    session.execute(update(DeliveryRow).where(*refused, *in_time).values(values))


def free_channels(session: Session, channels: Mapping[str, Channel], pace: Pace, now: datetime) -> None:
    """Free what a dead process had in hand; it may have been sent, so it counts for the pace.

    A channel that failed is tried at once; a wait that a channel asked for is kept.
    """
    for row in session.exec(select(ChannelRow).where(col(ChannelRow.alert).in_(list(channels)))):
        if row.lease_until is not None:
            row.recent = [*row.recent, (row.lease_until - LEASE).timestamp()]
        recent = tuple(datetime.fromtimestamp(at, UTC) for at in row.recent)
        paced = pace(recent, channels[row.alert], now)
        row.next_at = paced if row.failures or row.next_at is None else max(paced, row.next_at)
        row.lease_until = None


def _sync(session: Session, row: ChannelRow | None, name: str, address: str) -> None:
    if row is None:
        session.add(ChannelRow(alert=name, address=address))
    elif row.address != address:
        row.address, row.next_at, row.recent = address, None, []
