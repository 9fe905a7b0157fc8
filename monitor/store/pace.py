"""When a host or a channel may be called again: one row each, taken in the same transaction as the claim.

Politeness lives in the database, so it holds across processes and restarts, and no thread ever waits inside a request.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, or_, text
from sqlmodel import Session, col, select

from monitor.store.columns import Utc
from monitor.store.tables import ArticleRow, PaceRow, SourceRow

ROUNDS = 8
"""How often one claim looks past hosts that take nothing more."""
BETWEEN = timedelta(seconds=1.5)
"""What may lie between taking a host's place and the request, where many processes wait for each other: a host is not
asked too soon although one request began late and the next one at once."""
_TAKE = text(
    "INSERT INTO pace (key, next_at) VALUES (:key, :next_at) ON CONFLICT (key) DO UPDATE SET next_at = excluded.next_at"
).bindparams(bindparam("next_at", type_=Utc()))  # SQLite and PostgreSQL both say it so

NOW: Any = bindparam("now", type_=Utc())
"""In statements that are made once; the time is given when one is executed."""


class Places:
    """What the hosts of some rows, all free at ``now``, still take while these are claimed in one transaction."""

    def __init__(self, session: Session, now: datetime, between: timedelta = timedelta(0)) -> None:
        self._between = between
        self._session = session
        self._now = now
        self._leased = _leased(session, now)
        self._next: dict[str, datetime] = {}

    def take(self, key: str, most: int, pace: timedelta) -> bool:
        """Take a place of a host that bears ``most`` requests under way, ``pace`` apart; False when it has none."""
        if self._next.get(key, self._now) > self._now or self._leased[key] >= most:
            return False
        self._leased[key] += 1
        self._next[key] = self._now + pace + (self._between if pace else timedelta(0))
        return True

    def full(self, most: int) -> set[str]:
        """The hosts that have so many requests under way or more."""
        return {key for key, count in self._leased.items() if count >= most}

    def store(self) -> None:
        """Say when the hosts may be called next."""
        if self._next:
            taken = [{"key": key, "next_at": next_at} for key, next_at in self._next.items()]
            self._session.execute(_TAKE, taken)


def is_free(now: Any) -> ColumnElement[bool]:
    """Condition on an outer join with PaceRow: the key may be called at ``now``."""
    return or_(col(PaceRow.next_at).is_(None), col(PaceRow.next_at) <= now)


def next_free(session: Session, due: Any, join: Any, where: Any, until: datetime) -> datetime | None:
    """When a row that fulfils ``where`` is due and its key free, the earliest time after ``until``; None without one.

    Where one is free by then, the time is that of what is due longest, and not all that waits has to be sorted.
    """
    query = select(due, PaceRow.next_at).join(PaceRow, join, isouter=True).where(where).limit(1)
    found = session.exec(query.where(is_free(until)).order_by(due)).first()
    found = found or session.exec(query.order_by(col(PaceRow.next_at), due)).first()
    return None if found is None else max(time for time in found if time is not None)


def _leased(session: Session, now: datetime) -> Counter[str]:
    """How many requests are under way, by politeness key; rows with a lease are few, and have an index of their own."""
    leased: Counter[str] = Counter()
    for under_way in _UNDER_WAY:
        found = session.execute(under_way, {"now": now})
        leased.update({name: count for name, count in found if name is not None})
    return leased


def _under_way(table: type[SourceRow | ArticleRow]) -> Any:
    key = col(table.polite)
    return select(key, func.count()).where(col(table.lease_until) > NOW).group_by(key)


_UNDER_WAY = (_under_way(SourceRow), _under_way(ArticleRow))
