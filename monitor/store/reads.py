"""The read desk's rows: an article's verdict, its hits and their deliveries are stored together."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, true, update
from sqlmodel import Session, col, select

from monitor.model import CANARY, DueArticle, Finding, NewDelivery, Source
from monitor.store.canary import of_people
from monitor.store.database import Database
from monitor.store.hits import store_deliveries, store_hits
from monitor.store.nets import alertable
from monitor.store.pace import FULL_HOSTS, has_room, is_free, next_free, take
from monitor.store.revisions import count_wall, is_worse, keep_reading, plan_again, revise
from monitor.store.stories import Link, put_into_story
from monitor.store.tables import ArticleRow, PaceRow, SightingRow, SourceRow, TextRow
from monitor.urls import polite_key

_LEASE = timedelta(minutes=3)
_LONG = 200
"""Characters from which a text should have a language that is known."""

Route = Callable[[Finding, DueArticle, datetime], Sequence[NewDelivery]]


class ReadStore:
    """Articles to read; each is asked for at the pace of its source."""

    def __init__(self, database: Database, sources: Sequence[Source], link: Link) -> None:
        self._database = database
        self._sources = {source.name: source for source in sources}
        self._link = link

    def claim(self, now: datetime) -> DueArticle | None:
        """Lease the article that is due longest and whose host is free; None when there is none.

        The try is counted here, so that a page which takes the process down with it cannot do so for ever.
        """
        full: list[str] = []
        with self._database.write() as session:
            while len(full) < FULL_HOSTS and (found := self._first_due(session, now, full)) is not None:
                article, source = found
                if (claimed := self._claimed(session, article, source, now)) is not None:
                    return claimed
                full.append(article.polite or "")
            return None

    def next_claim(self, until: datetime) -> datetime | None:
        """When the next article that is due by ``until`` and not in work can be claimed; None when there is none."""
        with self._database.read() as session:
            waiting = and_(_due(until), _unleased(until), self._mine())
            return next_free(session, col(ArticleRow.due), _pace_of_article(), waiting)

    def save(self, finding: Finding, article: DueArticle, route: Route, now: datetime) -> int:
        """Store the verdicts with new hits and one delivery per channel. Returns how many hits are new."""
        deliveries = route(finding, article, now)
        with self._database.write() as session:
            row = session.get_one(ArticleRow, finding.article_id)
            count_wall(session, row, finding)
            self._pace(row, article, finding)
            if is_worse(row, finding):
                keep_reading(row, finding, now)
                return 0
            revise(session, row, finding, now)
            _note_reading(row, finding, now)
            new = store_hits(session, row, finding, now)
            put_into_story(session, finding, self._link, now)
            store_deliveries(session, row, finding, deliveries, alertable(session, finding.article_id, new), now)
            if finding.text:
                session.merge(TextRow(article_id=finding.article_id, body=zlib.compress(finding.text.encode())))
            plan_again(row, article, now, hits=bool(new))
            return len(new)

    def recover(self) -> None:
        """Free every lease; only for the holder of the instance lock, at start."""
        with self._database.write() as session:
            leased = col(ArticleRow.lease_until).is_not(None)
            session.execute(update(ArticleRow).where(leased).values(lease_until=None))

    def _first_due(self, session: Session, now: datetime, full: Sequence[str]) -> tuple[ArticleRow, SourceRow] | None:
        query = _first_due(now, full).where(self._mine())
        found: tuple[ArticleRow, SourceRow] | None = session.exec(query).first()
        return found

    def _mine(self) -> ColumnElement[bool]:
        """Condition on ArticleRow: this process can ask for its page."""
        return true() if CANARY in self._sources else of_people()

    def _pace(self, row: ArticleRow, article: DueArticle, finding: Finding) -> None:
        """Have the next try spaced with the host that it goes to."""
        at, source = finding.page_url or row.url, self._sources.get(article.source)
        row.polite = polite_key(at, source.polite if source else "host", article.source) if at else None

    def _claimed(self, session: Session, article: ArticleRow, row: SourceRow, now: datetime) -> DueArticle | None:
        wanted = self._sources.get(row.name, Source(row.name, row.url))
        if article.polite:
            if not has_room(session, article.polite, wanted.connections, now):
                return None
            take(session, article.polite, now + wanted.pace)
        due = _due_article(article, row, wanted)
        article.lease_until = now + _LEASE
        article.attempts += 1
        return due


def _first_due(now: datetime, full: Sequence[str]) -> Any:
    """The article that is due longest, on a host that is free and not full, with its source; or without a page."""
    return (
        select(ArticleRow, SourceRow)
        .join(SourceRow, col(SourceRow.id) == col(ArticleRow.source_id))
        .join(PaceRow, _pace_of_article(), isouter=True)
        .where(_due(now), _unleased(now), is_free(now))
        .where(or_(col(ArticleRow.polite).is_(None), col(ArticleRow.polite).not_in(full)))
        .order_by(col(ArticleRow.due), col(ArticleRow.id))
        .limit(1)
    )


def _due(now: datetime) -> ColumnElement[bool]:
    return and_(col(ArticleRow.state).in_(("pending", "again")), col(ArticleRow.due) <= now)


def _unleased(now: datetime) -> ColumnElement[bool]:
    return or_(col(ArticleRow.lease_until).is_(None), col(ArticleRow.lease_until) <= now)


def _pace_of_article() -> ColumnElement[bool]:
    return col(PaceRow.key) == col(ArticleRow.polite)


def _due_article(article: ArticleRow, source: SourceRow, wanted: Source) -> DueArticle:
    return DueArticle(
        id=article.id or 0,
        url=article.url,
        title=article.heading or article.title,
        feed_text=article.feed_text,
        author=article.author,
        published=article.published,
        language=article.language or wanted.language or source.language,
        source=source.name,
        found=article.found,
        attempts=article.attempts,
        backlog=wanted.alert_backlog,
        page_url=article.page_url,
        manner=wanted.manner,
    )


def _note_reading(row: ArticleRow, finding: Finding, now: datetime) -> None:
    row.title = finding.title or row.title
    row.language = finding.language or row.language
    row.author = finding.author or row.author
    row.published = row.published or finding.published
    row.canonical_url = finding.canonical_url
    row.page_url = finding.page_url
    row.blocked = finding.blocked
    row.extraction = finding.extraction
    row.read_at = now
    row.error = finding.error
    row.verdicts = [asdict(verdict) for verdict in finding.verdicts]
    row.notes = list(finding.notes)
    row.near = near(finding)
    row.lease_until = None
    row.state = "done" if finding.retry_in is None else "pending"
    row.due = now if finding.retry_in is None else now + finding.retry_in


def near(finding: Finding) -> str | None:
    """Why a person may want to look at this although nothing hit: a score, no page, no known language."""
    if any(verdict.hit for verdict in finding.verdicts):
        return None
    score = max((verdict.score for verdict in finding.verdicts), default=0)
    if score > 0:
        return f"score {score:g}"
    if finding.error is not None and finding.retry_in is None:
        return f"unreadable: {finding.error}"
    unknown = finding.language is None and len(finding.text) >= _LONG
    return "unknown language" if unknown else None


def carried_by(session: Session, article_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Names of the sources that carried each article, first one first."""
    query = (
        select(SightingRow.article_id, SourceRow.name)
        .join(SourceRow, col(SourceRow.id) == col(SightingRow.source_id))
        .where(col(SightingRow.article_id).in_(article_ids))
        .order_by(col(SightingRow.seen), col(SightingRow.source_id))
    )
    names: dict[int, tuple[str, ...]] = {}
    for article_id, name in session.exec(query):
        names[article_id] = (*names.get(article_id, ()), name)
    return names
