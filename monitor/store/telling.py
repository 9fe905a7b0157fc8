"""One story, one alert, then at most one update in a window. Part of other transactions; the caller has it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from monitor.model import NewDelivery
from monitor.store.outbox_tables import WAITING, DeliveryRow

_UNTOLD = ("suppressed", "cancelled", "expired", "dead")
"""States of deliveries that tell nobody."""


def told_of(session: Session, story: int, alert: str) -> Sequence[DeliveryRow]:
    """The deliveries by which an alert was told of a story, or is about to be; first one first."""
    mine = (DeliveryRow.story_id == story, DeliveryRow.alert == alert, col(DeliveryRow.state).not_in(_UNTOLD))
    return session.exec(select(DeliveryRow).where(*mine).order_by(col(DeliveryRow.id))).all()


def after_first(delivery: NewDelivery, told: Sequence[DeliveryRow], now: datetime) -> NewDelivery:
    """A delivery as it is stored, given what its alert knows of the story: the first, part of an update, or nothing.

    What waits for a digest goes there; the digest tells each story once.
    """
    if not told or delivery.suppressed or delivery.held:
        return delivery
    first = f"story {told[0].story_id} was alerted with article {told[0].article_id}"
    if delivery.updates is None:
        return replace(delivery, suppressed=f"{first}; updates are off")
    waiting = [row.due for row in told if row.is_update and row.state in WAITING]
    due = min(waiting, default=max(_last(told) + delivery.updates, now))
    words = f"{first}; what is new goes out as one update"
    return replace(delivery, due=due, expires=max(delivery.expires, due + delivery.updates), held=words, urgent=False)


def put_off(
    session: Session, sent: Iterable[DeliveryRow], windows: Mapping[str, timedelta | None], now: datetime
) -> None:
    """After a message on a story, have the next update of it wait for a whole window."""
    for story, alert in {(row.story_id, row.alert) for row in sent if row.story_id is not None}:
        due = now + (windows.get(alert) or timedelta(0))
        mine = (col(DeliveryRow.story_id) == story, col(DeliveryRow.alert) == alert, col(DeliveryRow.is_update))
        early = (col(DeliveryRow.state).in_(WAITING), col(DeliveryRow.due) < due, col(DeliveryRow.batch).is_(None))
        session.execute(update(DeliveryRow).where(*mine, *early).values(due=due, state="held"))


def _last(told: Sequence[DeliveryRow]) -> datetime:
    """When the alert last heard of the story."""
    return max(row.sent or row.created for row in told)
