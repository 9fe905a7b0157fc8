"""The sources as people see them, and what a person does with one: pausing it, letting it go on, polling it now.

Must not: poll anything; change what stands in sources.yaml.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import func
from sqlmodel import Session, col, select

from monitor.model import CANARY, Notice, SourceArticle, SourceHead, SourceView
from monitor.store.database import Database
from monitor.store.history_tables import NoticeRow
from monitor.store.notices import notice_of, notice_row
from monitor.store.source_days import days
from monitor.store.source_views import gap_views, hit_counts, source_view
from monitor.store.tables import ArticleRow, HitRow, SourceRow

GAPS = 50
"""Gaps of one source that are shown at most; the newest."""
Asked = Literal["done", "already", "in work", "paused", "off", "unknown"]
"""What came of what a person asked for; all but ``done`` changes nothing."""
_HEAD = (
    SourceRow.id,
    SourceRow.name,
    SourceRow.url,
    SourceRow.language,
    SourceRow.country,
    SourceRow.active,
    SourceRow.health,
    SourceRow.paused,
)


class SourceStore:
    """Every source ever configured but the canary's, be it active or not."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def heads(self) -> list[SourceHead]:
        """What the sources are sorted and filtered by, in no order; cheap for thousands of them."""
        columns = select(*_HEAD).where(col(SourceRow.name) != CANARY)  # type: ignore[call-overload]
        with self._database.read() as session:
            return [SourceHead(*row) for row in session.exec(columns)]

    def views(self, numbers: Sequence[int], now: datetime) -> list[SourceView]:
        """These sources in this order, each with what it brought by day and its newest gaps."""
        with self._database.read() as session:
            mine = (col(SourceRow.id).in_(numbers), col(SourceRow.name) != CANARY)
            rows = {row.id: row for row in session.exec(select(SourceRow).where(*mine))}
            hits, gaps, tally = hit_counts(session, rows), gap_views(session, rows, GAPS), days(session, rows, now)
            found = (rows[number] for number in numbers if number in rows)
            return [source_view(row, hits.get(row.id, 0), gaps.get(row.name, ()), tally[row.id or 0]) for row in found]

    def by_name(self, now: datetime) -> dict[str, tuple[tuple[int, int], ...]]:
        """What every source brought by day, by its name."""
        with self._database.read() as session:
            names = dict(session.exec(select(SourceRow.id, SourceRow.name).where(col(SourceRow.name) != CANARY)).all())
            return {names[number]: tally for number, tally in days(session, names, now).items()}

    def latest(self, number: int, limit: int) -> list[SourceArticle]:
        """The last articles that a source brought first, newest first."""
        standing = (HitRow.article_id == ArticleRow.id, col(HitRow.withdrawn).is_(False))
        hit = select(func.min(HitRow.id)).where(*standing).scalar_subquery()
        mine = select(ArticleRow, hit).where(ArticleRow.source_id == number)
        with self._database.read() as session:
            rows = session.exec(mine.order_by(col(ArticleRow.id).desc()).limit(limit))
            return [_article(row, hit_id) for row, hit_id in rows]

    def notices(self, name: str, limit: int) -> list[Notice]:
        """What was said of one source, newest first."""
        said = select(NoticeRow).where(NoticeRow.kind == "source", NoticeRow.subject == name)
        with self._database.read() as session:
            return [notice_of(row) for row in session.exec(said.order_by(col(NoticeRow.id).desc()).limit(limit))]

    def pause(self, name: str, who: str, now: datetime) -> Asked:
        """Have a source polled no more until ``resume``, through restarts and changes of sources.yaml."""
        with self._database.write() as session:
            row = _row(session, name)
            if row is None or not row.active:
                return "unknown" if row is None else "off"
            if row.paused is not None:
                return "already"
            row.paused, row.paused_by = now, who
            _say(session, Notice(name, row.health, "paused", _by(who), now))
            return "done"

    def resume(self, name: str, who: str, now: datetime) -> Asked:
        """Have a paused source polled again, at once; what it showed meanwhile and shows no more becomes a gap."""
        with self._database.write() as session:
            row = _row(session, name)
            if row is None or row.paused is None:
                return "unknown" if row is None else "already"
            row.paused, row.paused_by, row.due = None, "", now
            _say(session, Notice(name, "paused", row.health, f"goes on{_by(who, ', ')}", now))
            return "done"

    def poll_soon(self, name: str, now: datetime) -> Asked:
        """Make a source due now; it is polled as soon as its host is free."""
        with self._database.write() as session:
            row = _row(session, name)
            if row is None or not row.active:
                return "unknown" if row is None else "off"
            if row.paused is not None:
                return "paused"
            if row.lease_until is not None and row.lease_until > now:
                return "in work"
            row.due = min(row.due, now)
            return "done"


def _row(session: Session, name: str) -> SourceRow | None:
    return session.exec(select(SourceRow).where(SourceRow.name == name, SourceRow.name != CANARY)).first()


def _article(row: ArticleRow, hit_id: int | None) -> SourceArticle:
    title, trouble = row.heading or row.title, row.error or row.blocked
    return SourceArticle(title, row.url, row.language, row.found, row.state, trouble, hit_id)


def _say(session: Session, notice: Notice) -> None:
    """Write it down among the changes of state; whoever did it knows, so nobody is told."""
    row = notice_row(notice)
    row.told = True
    session.add(row)


def _by(who: str, before: str = "") -> str:
    return f"{before}by {who}" if who else ""
