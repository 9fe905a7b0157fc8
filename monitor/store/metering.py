"""What is measured for whatever watches the monitor: cheap reads that indexes answer, however much is stored.

Must not: judge what it reads, write.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, text
from sqlmodel import Session, col, select

from monitor.model import CANARY
from monitor.model.metering import ChannelMeter, Overdue, Progress, QueueMeter, Room, SourceMeter, Standings
from monitor.store.canary import canary_id, of_people
from monitor.store.channels import is_open
from monitor.store.database import Database
from monitor.store.due_articles import IS_WAITING, waiting
from monitor.store.engines import sqlite_path
from monitor.store.history_tables import NoticeRow
from monitor.store.latency import told
from monitor.store.outbox_tables import WAITING, AttemptRow, ChannelRow, DeliveryRow
from monitor.store.pace import is_free
from monitor.store.tables import ArticleRow, HitRow, PaceRow, SourceRow

LISTED = 2_000
"""Sources that are listed one by one at most; a series each for more would be too many for whatever keeps them."""
PROOF = "watch"
"""The key of ``pace`` under which the watcher proves each minute that the database can be written."""
_UNREAD = ("pending", "again")


class MeterStore:
    """Measures; nothing here takes longer for a larger archive, but for the outbox, which is counted by its index."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def progress(self, since: datetime, now: datetime) -> Progress:
        """What could have been done since before ``since``, and what was done last."""
        with self._database.read() as session:
            return Progress(
                overdue=(*_unpolled(session, since, now), *_unsent(session, since, now)),
                reading=_unread(session, now),
                written=_written(session),
                disk=_disk(session),
                counts=_counts(session),
            )

    def standings(self, now: datetime) -> Standings:
        """How every source, channel and queue stands."""
        with self._database.read() as session:
            sources, number = _sources(session, now)
            return Standings(
                sources=sources,
                unlisted=number - len(sources),
                channels=tuple(_channels(session, now)),
                articles=_articles(session),
                queues=_queues(session, now),
                room=self._room(session),
                written=_written(session),
            )

    def delays(self, start: datetime, end: datetime) -> tuple[float, ...]:
        """Seconds from publication to alert of each alert sent between two times; of very many, an even sample."""
        with self._database.read() as session:
            return tuple(sending.after for sending in told(session, start, end, None).sendings)

    def _room(self, session: Session) -> Room:
        path = sqlite_path(self._database.url)
        if path is None:
            size = session.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
            return Room(int(size), 0, None)
        return Room(_size(path), _size(Path(f"{path}-wal")), _free(path))


# --- progress --------------------------------------------------------------------------------------


def _unpolled(session: Session, since: datetime, now: datetime) -> Iterable[Overdue]:
    """The source that is due longest, could be asked, and is not."""
    query = select(SourceRow.due).join(PaceRow, col(PaceRow.key) == col(SourceRow.polite), isouter=True)
    free = and_(_unleased(SourceRow, now), is_free(now))
    query = query.where(*_watched(), free, col(SourceRow.due) <= since)
    oldest = session.exec(query.order_by(col(SourceRow.due)).limit(1)).first()
    if oldest is not None:
        yield Overdue("polling", oldest, session.exec(select(func.max(SourceRow.last_poll)).where(*_watched())).one())


def _unsent(session: Session, since: datetime, now: datetime) -> Iterable[Overdue]:
    """Of each channel that works and is not paused, what is due longest."""
    query = (
        select(DeliveryRow.alert, func.min(DeliveryRow.due))
        .join(ChannelRow, col(ChannelRow.alert) == col(DeliveryRow.alert))
        .where(*_due(since), ChannelRow.health == "ok", is_open(now))
        .group_by(DeliveryRow.alert)
    )
    for alert, oldest in session.exec(query).all():
        last = session.exec(select(func.max(AttemptRow.ended)).where(AttemptRow.alert == alert)).one()
        yield Overdue("delivering", oldest, last)


def _unread(session: Session, now: datetime) -> datetime | None:
    query = select(ArticleRow.due).join(PaceRow, col(PaceRow.key) == col(ArticleRow.polite), isouter=True)
    free = and_(_unleased(ArticleRow, now), is_free(now), of_people())
    return session.exec(query.where(waiting(now), free).order_by(col(ArticleRow.due)).limit(1)).first()


def _written(session: Session) -> datetime | None:
    return session.exec(select(PaceRow.next_at).where(PaceRow.key == PROOF)).first()


def _disk(session: Session) -> str:
    said = select(NoticeRow.state).where(NoticeRow.kind == "disk", NoticeRow.subject == "disk")
    return session.exec(said.order_by(col(NoticeRow.id).desc()).limit(1)).first() or "ok"


def _counts(session: Session) -> dict[str, int]:
    hits = select(func.count()).select_from(HitRow).where(col(HitRow.source_id).is_distinct_from(canary_id()))
    found, states = _found(session), _unread_by_state(session)
    return {"articles": found, "pending": states["pending"], "hits": session.exec(hits).one()}


# --- standings -------------------------------------------------------------------------------------


def _sources(session: Session, now: datetime) -> tuple[tuple[SourceMeter, ...], int]:
    """Those that are listed, and how many there are."""
    mine = (col(SourceRow.active), SourceRow.name != CANARY)
    names = ("name", "health", "paused", "due", "lease_until", "interval", "last_ok", "failures", "articles")
    query = select(*(getattr(SourceRow, name) for name in names)).where(*mine)
    rows = session.exec(query.order_by(col(SourceRow.failures).desc(), col(SourceRow.name)).limit(LISTED)).all()
    number = session.exec(select(func.count()).select_from(SourceRow).where(*mine)).one()
    return tuple(_source(row, now) for row in rows), number


def _source(row: Any, now: datetime) -> SourceMeter:
    busy = row.paused is not None or (row.lease_until is not None and row.lease_until > now)
    return SourceMeter(
        name=row.name,
        health="paused" if row.paused is not None else row.health,
        late=timedelta(0) if busy else max(now - row.due, timedelta(0)),
        interval=None if row.interval is None else timedelta(seconds=row.interval),
        last_ok=row.last_ok,
        failures=row.failures,
        articles=row.articles,
    )


def _channels(session: Session, now: datetime) -> Iterable[ChannelMeter]:
    by_alert = (col(DeliveryRow.alert), col(DeliveryRow.state))  # the index that has both
    states: dict[str, dict[str, int]] = defaultdict(dict)
    for alert, state, number in session.exec(select(*by_alert, func.count()).group_by(*by_alert)):
        states[alert][state] = number
    oldest = select(DeliveryRow.alert, func.min(DeliveryRow.due)).where(*_due(now)).group_by(DeliveryRow.alert)
    waited = {alert: now - due for alert, due in session.exec(oldest)}
    for row in session.exec(select(ChannelRow).where(ChannelRow.alert != CANARY).order_by(ChannelRow.alert)):
        sent = session.exec(select(func.max(DeliveryRow.sent)).where(DeliveryRow.alert == row.alert)).one()
        yield ChannelMeter(
            row.alert, row.health, row.failures, waited.get(row.alert, timedelta(0)), sent, states[row.alert]
        )


def _articles(session: Session) -> dict[str, int]:
    unread = _unread_by_state(session)
    return {**unread, "done": max(_found(session) - sum(unread.values()), 0)}


def _queues(session: Session, now: datetime) -> dict[str, QueueMeter]:
    return {
        "poll": _queue(session, SourceRow, now, *_watched(), _unleased(SourceRow, now), col(SourceRow.due) <= now),
        "read": _queue(session, ArticleRow, now, waiting(now)),
        "deliver": _queue(session, DeliveryRow, now, *_due(now)),
    }


def _queue(session: Session, table: Any, now: datetime, *where: object) -> QueueMeter:
    number, oldest = session.exec(select(func.count(), func.min(table.due)).where(*where)).one()  # type: ignore[arg-type]
    return QueueMeter(number, now - oldest if oldest else timedelta(0))


# --- parts of both ---------------------------------------------------------------------------------


def _watched() -> tuple[ColumnElement[bool], ...]:
    return col(SourceRow.active).is_(True), col(SourceRow.paused).is_(None), col(SourceRow.name) != CANARY


def _unleased(table: Any, now: datetime) -> ColumnElement[bool]:
    return or_(col(table.lease_until).is_(None), col(table.lease_until) <= now)


def _due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return col(DeliveryRow.state).in_(WAITING), col(DeliveryRow.due) <= now, col(DeliveryRow.alert) != CANARY


def _found(session: Session) -> int:
    """Articles ever found: each source counts its own, so that nobody has to count them."""
    return session.exec(select(func.sum(SourceRow.articles)).where(SourceRow.name != CANARY)).one() or 0


def _unread_by_state(session: Session) -> dict[str, int]:
    unread = select(ArticleRow.state, func.count()).where(IS_WAITING, of_people())
    found = dict(session.exec(unread.group_by(ArticleRow.state)).all())
    return {state: found.get(state, 0) for state in _UNREAD}


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _free(path: Path) -> int | None:
    try:
        return shutil.disk_usage(path.absolute().parent).free
    except OSError:
        return None  # the folder is gone; that the database cannot be used is told elsewhere
