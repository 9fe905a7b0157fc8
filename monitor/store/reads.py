"""The read desk's rows: an article's verdict, its hits and their deliveries are stored together."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, update
from sqlmodel import Session, col, select

from monitor.model import DueArticle, Finding, NewDelivery, Source, Verdict
from monitor.store.database import Database
from monitor.store.pace import is_free, next_free, take
from monitor.store.search import fold
from monitor.store.tables import ArticleRow, DeliveryRow, HitRow, PaceRow, SightingRow, SourceRow, TextRow
from monitor.urls import url_key

_LEASE = timedelta(minutes=3)

Route = Callable[[Finding, DueArticle, datetime], Sequence[NewDelivery]]


class ReadStore:
    """Articles to read. ``pace`` is the least time between two requests to one host."""

    def __init__(self, database: Database, sources: Sequence[Source], pace: timedelta) -> None:
        self._database = database
        self._sources = {source.name: source for source in sources}
        self._pace = pace

    def claim(self, now: datetime) -> DueArticle | None:
        """Lease the article that is due longest and whose host is free; None when there is none.

        The try is counted here, so that a page which takes the process down with it cannot do so for ever.
        """
        with self._database.write() as session:
            found = session.exec(
                select(ArticleRow, SourceRow)
                .join(SourceRow, col(SourceRow.id) == col(ArticleRow.source_id))
                .join(PaceRow, _pace_of_article(), isouter=True)
                .where(_due(now), _unleased(now), is_free(now))
                .order_by(col(ArticleRow.due), col(ArticleRow.id))
                .limit(1)
            ).first()
            if found is None:
                return None
            article, source = found
            due = _due_article(article, source, self._sources)
            article.lease_until = now + _LEASE
            article.attempts += 1
            if article.host:
                take(session, f"host:{article.host}", now + self._pace)
            return due

    def next_claim(self, until: datetime) -> datetime | None:
        """When the next article that is due by ``until`` and not in work can be claimed; None when there is none."""
        with self._database.read() as session:
            return next_free(session, col(ArticleRow.due), _pace_of_article(), and_(_due(until), _unleased(until)))

    def save(self, finding: Finding, article: DueArticle, route: Route, now: datetime) -> int:
        """Store the verdicts with new hits and one delivery per channel. Returns how many hits are new."""
        deliveries = route(finding, article, now)
        with self._database.write() as session:
            row = session.get_one(ArticleRow, finding.article_id)
            _note_reading(row, finding, now)
            new = _store_hits(session, row, finding, now)
            for delivery in _wanted(session, row, finding, deliveries, new):
                session.add(_delivery_row(row, new[delivery.topic], delivery, now))
            if any(verdict.hit for verdict in finding.verdicts):
                session.merge(TextRow(article_id=finding.article_id, body=zlib.compress(finding.text.encode())))
            return len(new)

    def recover(self) -> None:
        """Free every lease; only for the holder of the instance lock, at start."""
        with self._database.write() as session:
            leased = col(ArticleRow.lease_until).is_not(None)
            session.execute(update(ArticleRow).where(leased).values(lease_until=None))


def _due(now: datetime) -> ColumnElement[bool]:
    return and_(col(ArticleRow.state) == "pending", col(ArticleRow.due) <= now)


def _unleased(now: datetime) -> ColumnElement[bool]:
    return or_(col(ArticleRow.lease_until).is_(None), col(ArticleRow.lease_until) <= now)


def _pace_of_article() -> ColumnElement[bool]:
    return col(PaceRow.key) == "host:" + col(ArticleRow.host)


def _due_article(article: ArticleRow, source: SourceRow, sources: Mapping[str, Source]) -> DueArticle:
    wanted = sources.get(source.name, Source(source.name, source.url))
    return DueArticle(
        id=article.id or 0,
        url=article.url,
        title=article.title,
        feed_text=article.feed_text,
        author=article.author,
        published=article.published,
        language=article.language or wanted.language or source.language,
        source=source.name,
        found=article.found,
        attempts=article.attempts,
        backlog=wanted.alert_backlog,
    )


def _note_reading(row: ArticleRow, finding: Finding, now: datetime) -> None:
    row.title = finding.title or row.title
    row.language = finding.language or row.language
    row.author = finding.author or row.author
    row.published = row.published or finding.published
    row.canonical_url = finding.canonical_url
    row.extraction = finding.extraction
    row.read_at = now
    row.error = finding.error
    row.verdicts = [asdict(verdict) for verdict in finding.verdicts]
    row.notes = list(finding.notes)
    row.lease_until = None
    row.state = "done" if finding.retry_in is None else "pending"
    row.due = now if finding.retry_in is None else now + finding.retry_in


def _twin(session: Session, row: ArticleRow, finding: Finding) -> ArticleRow | None:
    """Another stored article that this page names as its canonical address."""
    if not finding.canonical_url:
        return None
    key = url_key(finding.canonical_url)
    return session.exec(select(ArticleRow).where(ArticleRow.url_key == key, ArticleRow.id != row.id)).first()


def _wanted(
    session: Session, row: ArticleRow, finding: Finding, deliveries: Sequence[NewDelivery], new: Mapping[str, HitRow]
) -> list[NewDelivery]:
    """Deliveries of new hits on channels that do not have this article; a twin's are stored but not sent."""
    known = set(session.exec(select(DeliveryRow.alert).where(DeliveryRow.article_id == row.id)))
    wanted = [delivery for delivery in deliveries if delivery.topic in new and delivery.alert not in known]
    twin = _twin(session, row, finding)
    alerted = {verdict["topic"] for verdict in twin.verdicts if verdict["hit"]} if twin else set()
    reason = f"the same article as number {twin.id}" if twin else None
    return [
        replace(delivery, suppressed=delivery.suppressed or reason) if delivery.topic in alerted else delivery
        for delivery in wanted
    ]


def _store_hits(session: Session, row: ArticleRow, finding: Finding, now: datetime) -> dict[str, HitRow]:
    """Store or refresh the hits. Returns the new ones by topic."""
    known = {hit.topic: hit for hit in session.exec(select(HitRow).where(HitRow.article_id == row.id))}
    search = fold(f"{finding.title}\n{finding.text}")
    new = {}
    for verdict in finding.verdicts:
        if verdict.hit:
            hit = known.get(verdict.topic)
            if hit is None:
                hit = new[verdict.topic] = HitRow(
                    article_id=row.id or 0, topic=verdict.topic, grade="", score=0, found=now
                )
            _refresh(hit, verdict, search)
            session.add(hit)
    session.flush()
    return new


def _refresh(hit: HitRow, verdict: Verdict, search: str) -> None:
    hit.grade = verdict.grade or "probable"
    hit.score = verdict.score
    hit.terms = [asdict(term) for term in verdict.terms]
    hit.why = list(verdict.why)
    hit.search = search


def _delivery_row(row: ArticleRow, hit: HitRow, delivery: NewDelivery, now: datetime) -> DeliveryRow:
    identity = f"{row.url_key}\n{delivery.alert}"
    return DeliveryRow(
        hit_id=hit.id or 0,
        article_id=row.id or 0,
        alert=delivery.alert,
        key=hashlib.sha256(identity.encode()).hexdigest()[:20],
        state="suppressed" if delivery.suppressed else "pending",
        created=now,
        due=delivery.due,
        expires=delivery.expires,
        error=delivery.suppressed,
    )


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
