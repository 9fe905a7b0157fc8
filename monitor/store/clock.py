"""What a clock that was put back has left too far ahead is brought back, so that nothing stands still meanwhile.

What was done last cannot lie ahead: where it does, the clock was put back since, by that much at least, and what was
planned from then on moves with it, so that the distances between sources stay. A clock that is put forward needs
nothing: everything is due, oldest first, at the pace of the hosts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Update, and_, update
from sqlmodel import Session, col, select

from monitor.model import CANARY, Source
from monitor.store.database import Database
from monitor.store.due_articles import IS_WAITING
from monitor.store.outbox_tables import ChannelRow, DeliveryRow
from monitor.store.tables import ArticleRow, PaceRow, SourceRow

LONGEST = timedelta(hours=27)
"""No back-off and no server's wish puts anything off for longer: a day, and the jitter."""
LEASE = timedelta(minutes=3)
"""No piece of work is leased for longer."""


class ClockStore:
    """Every time in the queues that lies ahead."""

    def __init__(self, database: Database, sources: Sequence[Source]) -> None:
        self._database = database
        self._longest = max([LONGEST, *(1.1 * source.interval_max for source in sources)])
        self._pace = max([timedelta(seconds=1), *(source.pace for source in sources)])

    def retime(self, now: datetime) -> int:
        """Bring back what is planned for later than it can be. Returns how many sources and articles that were."""
        with self._database.write() as session:
            moved = _sources(session, self._longest, now) + _articles(session, now)
            session.execute(update(PaceRow).where(col(PaceRow.next_at) > now + self._pace).values(next_at=now))
            due = (col(DeliveryRow.state).in_(("pending", "sending")), col(DeliveryRow.due) > now)
            session.execute(update(DeliveryRow).where(*due).values(due=now))
            _channels(session, now)
            _leases(session, now)
            return moved


def _sources(session: Session, longest: timedelta, now: datetime) -> int:
    ours = col(SourceRow.name) != CANARY  # which waits for its day; see ``store/canary.py``
    ahead = session.exec(select(SourceRow).where(ours, col(SourceRow.last_poll) > now)).all()
    by = max((row.last_poll for row in ahead if row.last_poll), default=now) - now
    for row in ahead:
        _moved_back(row, by, now)
    new = update(SourceRow).where(ours, col(SourceRow.last_poll).is_(None), col(SourceRow.due) > now)
    late = update(SourceRow).where(ours, col(SourceRow.due) > now + longest)
    return len(ahead) + sum(_count(session, statement.values(due=now)) for statement in (new, late))


def _moved_back(row: SourceRow, by: timedelta, now: datetime) -> None:
    row.due -= by
    for name in ("last_poll", "last_ok", "planned"):
        at = getattr(row, name)
        if at is not None and at > now:
            setattr(row, name, at - by)


def _articles(session: Session, now: datetime) -> int:
    later = and_(IS_WAITING, col(ArticleRow.due) > now)
    tried = session.exec(select(ArticleRow).where(later, col(ArticleRow.read_at) > now)).all()
    by = max((row.read_at for row in tried if row.read_at), default=now) - now
    for row in tried:
        row.due, row.read_at = row.due - by, now
    new = update(ArticleRow).where(col(ArticleRow.state) == "pending", col(ArticleRow.attempts) == 0, later)
    late = update(ArticleRow).where(IS_WAITING, col(ArticleRow.due) > now + LONGEST)
    return len(tried) + sum(_count(session, statement.values(due=now)) for statement in (new, late))


def _channels(session: Session, now: datetime) -> None:
    """A channel that was called, or began to fail, in what lies ahead now may be called at once."""
    for row in session.exec(select(ChannelRow).where(col(ChannelRow.next_at) > now)):
        times = [*row.recent, *([row.since.timestamp()] if row.since else [])]
        if max(times, default=0) > now.timestamp():
            row.next_at, row.recent = None, [at for at in row.recent if at <= now.timestamp()]


def _leases(session: Session, now: datetime) -> None:
    for table in (SourceRow, ArticleRow, DeliveryRow, ChannelRow):
        late = col(table.lease_until) > now + LEASE
        session.execute(update(table).where(late).values(lease_until=now + LEASE))


def _count(session: Session, statement: Update) -> int:
    return int(getattr(session.execute(statement), "rowcount", 0))
