"""When a host or a channel may be called again: one row each, taken in the same transaction as the claim.

Politeness lives in the database, so it holds across processes and restarts, and no thread ever waits inside a request.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import Session, col, select

from monitor.store.tables import ArticleRow, PaceRow, SourceRow

FULL_HOSTS = 8
"""Hosts with as many requests under way as they may have, that one claim passes by."""


def is_free(now: datetime) -> ColumnElement[bool]:
    """Condition on an outer join with PaceRow: the key may be called at ``now``."""
    return or_(col(PaceRow.next_at).is_(None), col(PaceRow.next_at) <= now)


def take(session: Session, key: str, next_at: datetime) -> None:
    """Say when ``key`` may be called next."""
    session.merge(PaceRow(key=key, next_at=next_at))


def next_free(session: Session, due: Any, join: Any, where: Any) -> datetime | None:
    """The earliest time at which a row that fulfils ``where`` is due and its key free; None without such a row."""
    query = (
        select(due, PaceRow.next_at)
        .join(PaceRow, join, isouter=True)
        .where(where)
        .order_by(col(PaceRow.next_at).is_not(None), col(PaceRow.next_at), due)
        .limit(1)
    )
    found = session.exec(query).first()
    return None if found is None else max(time for time in found if time is not None)


def has_room(session: Session, key: str, most: int, now: datetime) -> bool:
    """Tell whether fewer than ``most`` requests under a politeness key are under way."""
    leased = 0
    for table in (SourceRow, ArticleRow):
        under_way = (
            select(func.count()).select_from(table).where(col(table.polite) == key, col(table.lease_until) > now)
        )
        leased += session.exec(under_way).one()
    return leased < most
