"""What the monitor's words about itself rest on: what waits, what was hit, the figures of a week; and those words.

Short reads, each minute; the figures once a week. Must not: decide what is worth a word.
"""

from __future__ import annotations

import shutil
import statistics
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, or_, text
from sqlmodel import Session, col, select

from monitor.model import CANARY, ChannelFigures, Facts, Figures, Notice, TopicHits, Waiting
from monitor.store.canary import of_people
from monitor.store.database import Database
from monitor.store.due_articles import waiting
from monitor.store.engines import sqlite_path
from monitor.store.history_tables import GapRow, NoticeRow
from monitor.store.notices import notice_of, notice_row
from monitor.store.outbox_tables import WAITING, ChannelRow, DeliveryRow
from monitor.store.tables import ArticleRow, HitRow, PaceRow, SourceRow

_HOUR, _DAY, _WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
_USUAL = timedelta(days=14)
"""Time that says how much a topic usually hits."""
_DEAD = ("failing", "gone", "blocked")
_FEW = 5
"""Articles from which a source's delay means something."""
_SLOWEST = 3
_MEASURED = 50_000
"""Articles that the delays are taken from at most; the newest."""


class WatchStore:
    """Facts to judge, and what was said of them last."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def prove_writable(self, now: datetime) -> None:
        """Write and commit a few bytes; StoreError when that cannot be done, as with a full disk."""
        with self._database.write() as session:
            session.merge(PaceRow(key="watch", next_at=now))

    def known(self, kinds: Collection[str]) -> dict[tuple[str, str], Notice]:
        """The last notice of each kind and subject, for these kinds."""
        last = select(func.max(NoticeRow.id)).where(col(NoticeRow.kind).in_(kinds))
        query = select(NoticeRow).where(
            col(NoticeRow.id).in_(last.group_by(col(NoticeRow.kind), col(NoticeRow.subject)))
        )
        with self._database.read() as session:
            return {(row.kind, row.subject): notice_of(row) for row in session.exec(query)}

    def tell(self, notices: Iterable[Notice]) -> None:
        """Store notices; the outbox delivers them."""
        with self._database.write() as session:
            session.add_all(notice_row(notice) for notice in notices)

    def facts(self, now: datetime) -> Facts:
        """What is measured each minute."""
        path = sqlite_path(self._database.url)
        folder = None if path is None else path.absolute().parent
        with self._database.read() as session:
            return Facts(
                free=_free(folder),
                folder=str(folder or ""),
                waiting={
                    "polling": _sources_waiting(session, now),
                    "reading": _articles_waiting(session, now),
                    "delivering": _deliveries_waiting(session, now),
                },
                hits=tuple(_topic_hits(session, now)),
                log=_size_of(Path(f"{path}-wal")),
            )

    def first_poll(self) -> datetime | None:
        """When the monitor began to work on this database."""
        with self._database.read() as session:
            return session.exec(select(func.min(SourceRow.first_poll))).one()

    def last_alive(self, now: datetime) -> datetime | None:
        """When "still alive" was last said; what a clock that was wrong has dated later than now does not count."""
        said = select(func.max(NoticeRow.at)).where(NoticeRow.kind == "alive", col(NoticeRow.at) <= now)
        with self._database.read() as session:
            return session.exec(said).one()

    def figures(self, since: datetime, now: datetime) -> Figures:
        """What was done since then, and how things stand."""
        active = _polled()
        answering = (*active, col(SourceRow.health).not_in((*_DEAD, "new")))
        last = func.coalesce(SourceRow.last_ok, SourceRow.first_poll)  # one that fails may be called gone later on
        long = or_(col(SourceRow.health_since) < now - _WEEK, last < now - _WEEK)
        dead = (*active, col(SourceRow.health).in_(_DEAD), long)
        paused = (col(SourceRow.active), col(SourceRow.paused).is_not(None), SourceRow.name != CANARY)
        gaps = col(GapRow.noticed) >= since
        with self._database.read() as session:
            return Figures(
                since=since,
                sources=_count(session, SourceRow, *active),
                paused=tuple(session.exec(select(SourceRow.name).where(*paused).order_by(SourceRow.name))),
                answering=_count(session, SourceRow, *answering),
                articles=_count(session, ArticleRow, col(ArticleRow.read_at) >= since, of_people()),
                hits=_hits_by_language(session, since),
                channels=_channel_figures(session, since),
                slowest=_slowest(session, since),
                gaps=_count(session, GapRow, gaps),
                open_gaps=_count(session, GapRow, gaps, GapRow.state == "open"),
                size=self._size(session),
                dead=tuple(
                    session.exec(select(SourceRow.name, SourceRow.health).where(*dead).order_by(SourceRow.name))
                ),
            )

    def _size(self, session: Session) -> int:
        path = sqlite_path(self._database.url)
        if path is None:
            return int(session.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
        files = [Path(f"{path}{end}") for end in ("", "-wal", "-shm")]
        return sum(file.stat().st_size for file in files if file.exists())


def _size_of(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0  # there is none


def _free(folder: Path | None) -> int | None:
    try:
        return None if folder is None else shutil.disk_usage(folder).free
    except OSError:
        return None  # the folder is gone; that the database cannot be used is told elsewhere


# --- what waits ------------------------------------------------------------------------------------


def _polled() -> tuple[Any, ...]:
    """Conditions on SourceRow: it is somebody's, and to be polled."""
    return col(SourceRow.active), col(SourceRow.paused).is_(None), SourceRow.name != CANARY


def _sources_waiting(session: Session, now: datetime) -> Waiting:
    free = or_(col(SourceRow.lease_until).is_(None), col(SourceRow.lease_until) <= now)
    return _waiting(session, SourceRow, *_polled(), free, col(SourceRow.due) <= now)


def _articles_waiting(session: Session, now: datetime) -> Waiting:
    free = or_(col(ArticleRow.lease_until).is_(None), col(ArticleRow.lease_until) <= now)
    return _waiting(session, ArticleRow, waiting(now), free)


def _deliveries_waiting(session: Session, now: datetime) -> Waiting:
    """What is held has its time ahead; what waits for a channel of which was said that it fails is known."""
    told = select(ChannelRow.alert).where(col(ChannelRow.told))
    waiting = (col(DeliveryRow.state).in_(WAITING), col(DeliveryRow.due) <= now, DeliveryRow.alert != CANARY)
    return _waiting(session, DeliveryRow, *waiting, col(DeliveryRow.alert).not_in(told))


def _waiting(session: Session, table: type[SourceRow | ArticleRow | DeliveryRow], *where: object) -> Waiting:
    number, oldest = session.exec(select(func.count(), func.min(table.due)).where(*where)).one()  # type: ignore[arg-type]
    return Waiting(number, oldest)


# --- hits ------------------------------------------------------------------------------------------


def _topic_hits(session: Session, now: datetime) -> Iterable[TopicHits]:
    """Topics that hit within the hour, with their usual hour.

    Articles that were old when they were found do not count: those of a new source, or what changed rules gained.
    """
    new = or_(col(ArticleRow.published).is_(None), col(ArticleRow.published) > now - _DAY)
    fresh = (
        col(HitRow.found) > now - _HOUR,
        col(HitRow.found) <= now,
        col(ArticleRow.found) > now - _DAY,
        new,
        of_people(),
    )
    query = select(HitRow.topic, func.count()).join(ArticleRow, col(ArticleRow.id) == col(HitRow.article_id))
    for topic, number in session.exec(query.where(*fresh).group_by(HitRow.topic)):
        yield TopicHits(topic, number, _usual(session, topic, now))


def _usual(session: Session, topic: str, now: datetime) -> float | None:
    mine = (HitRow.topic == topic, col(HitRow.found) > now - _USUAL, col(HitRow.found) <= now - _HOUR)
    number, first = session.exec(select(func.count(), func.min(HitRow.found)).where(*mine)).one()
    return number / ((now - _HOUR - first) / _HOUR) if number and now - first >= _DAY else None


def _hits_by_language(session: Session, since: datetime) -> dict[str, int]:
    query = (
        select(ArticleRow.language, func.count())
        .join(HitRow, col(HitRow.article_id) == col(ArticleRow.id))
        .join(SourceRow, col(SourceRow.id) == col(ArticleRow.source_id))
        .where(col(HitRow.found) >= since, col(HitRow.withdrawn).is_(False), SourceRow.name != CANARY)
        .group_by(ArticleRow.language)
        .order_by(func.count().desc(), col(ArticleRow.language))
    )
    return {language or "": number for language, number in session.exec(query)}


# --- the figures of a week -------------------------------------------------------------------------


def _channel_figures(session: Session, since: datetime) -> tuple[ChannelFigures, ...]:
    """Of each alert that has something; one that left the configuration with something in it, too."""
    query = (
        select(DeliveryRow.alert, DeliveryRow.state, func.count())
        .where(
            or_(col(DeliveryRow.state).in_(WAITING), col(DeliveryRow.created) >= since, col(DeliveryRow.sent) >= since)
        )
        .where(DeliveryRow.alert != CANARY)
        .group_by(DeliveryRow.alert, DeliveryRow.state)
    )
    states: dict[str, dict[str, int]] = defaultdict(dict)
    for alert, state, number in session.exec(query):
        states[alert][state] = number
    return tuple(_figures_of(alert, states[alert]) for alert in sorted(states))


def _figures_of(alert: str, states: dict[str, int]) -> ChannelFigures:
    waiting = sum(states.get(state, 0) for state in (*WAITING, "sending"))
    return ChannelFigures(alert, states.get("sent", 0), waiting, states.get("dead", 0) + states.get("expired", 0))


def _slowest(session: Session, since: datetime) -> tuple[tuple[str, timedelta], ...]:
    """The sources with the longest median from publication to finding; what a source held at first does not count."""
    query = (
        select(SourceRow.name, ArticleRow.published, ArticleRow.found)
        .join(SourceRow, col(SourceRow.id) == col(ArticleRow.source_id))
        .where(col(ArticleRow.found) >= since, col(ArticleRow.published).is_not(None), col(SourceRow.active))
        .where(col(ArticleRow.found) > col(SourceRow.first_poll), SourceRow.name != CANARY)
        .order_by(col(ArticleRow.id).desc())
        .limit(_MEASURED)
    )
    delays: dict[str, list[float]] = defaultdict(list)
    for name, published, found in session.exec(query):
        if published is not None:
            delays[name].append(max((found - published).total_seconds(), 0))
    medians = [(name, timedelta(seconds=statistics.median(some))) for name, some in delays.items() if len(some) >= _FEW]
    return tuple(sorted(medians, key=lambda one: one[1], reverse=True)[:_SLOWEST])


def _count(session: Session, table: type[object], *where: object) -> int:
    return session.exec(select(func.count()).select_from(table).where(*where)).one()  # type: ignore[arg-type]
