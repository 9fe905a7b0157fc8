"""What people read and decide: hits, the ledger of an article, sources, the outbox."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from monitor.advice import CALM
from monitor.model import CANARY, HitFilter, HitView, Ledger, NearMiss, Notice, SeenIn, SourceView
from monitor.store.alerts import AlertStore, all_deliveries
from monitor.store.canary import canarys_articles, of_people
from monitor.store.database import Database
from monitor.store.history_tables import NoticeRow
from monitor.store.nets import awaits_ruling
from monitor.store.notices import notice_of
from monitor.store.outbox_tables import ChannelRow, DeliveryRow
from monitor.store.review_tables import HitTextRow
from monitor.store.search import fold
from monitor.store.source_views import gap_views, source_view
from monitor.store.story_tables import PrintRow
from monitor.store.story_views import StoryStore
from monitor.store.tables import ArticleRow, DecisionRow, HitRow, SightingRow, SourceRow
from monitor.store.views import delivery_view, hit_views, near_miss, revisions, verdicts
from monitor.urls import url_key

_BATCH = 200


class ReviewStore:
    """Questions about what is stored, and the few changes a person makes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.alerts = AlertStore(database)
        self.stories = StoryStore(database)

    def hits(self, wanted: HitFilter) -> Iterator[HitView]:
        """Hits newest first, at most ``wanted.limit``; read in short transactions, so an export blocks nobody."""
        ids = self._hit_ids(wanted)
        for start in range(0, len(ids), _BATCH):
            with self._database.read() as session:
                rows = {row.id: row for row in session.exec(_hits_of(ids[start : start + _BATCH]))}
                yield from hit_views(session, [rows[hit_id] for hit_id in ids[start : start + _BATCH]])

    def hit(self, hit_id: int) -> HitView | None:
        """One hit; None when there is no such number."""
        with self._database.read() as session:
            row = session.get(HitRow, hit_id)
            return None if row is None else hit_views(session, [row])[0]

    def near_misses(self, wanted: HitFilter) -> list[NearMiss]:
        """Articles that were no hit but may be worth a look, newest first; topic and state are not asked for."""
        query = (
            select(ArticleRow, SourceRow.name)
            .join(SourceRow, col(SourceRow.id) == col(ArticleRow.source_id))
            .where(
                col(ArticleRow.near).is_not(None),
                *_same({ArticleRow.language: wanted.language, SourceRow.name: wanted.source}),
                *_shown_to_people(wanted),
            )
            .order_by(col(ArticleRow.found).desc(), col(ArticleRow.id).desc())
            .offset(wanted.offset)
            .limit(wanted.limit)
        )
        if wanted.since is not None:
            query = query.where(col(ArticleRow.found) >= wanted.since)
        if wanted.until is not None:
            query = query.where(col(ArticleRow.found) < wanted.until)
        with self._database.read() as session:
            return [near_miss(row, source) for row, source in session.exec(query)]

    def mark(self, hit_id: int, state: str, note: str | None, now: datetime) -> bool:
        """Record a decision; False when there is no such hit."""
        with self._database.write() as session:
            row = session.get(HitRow, hit_id)
            if row is None:
                return False
            row.state = state
            row.note = row.note if note is None else note
            session.add(DecisionRow(hit_id=hit_id, at=now, state=state, note=row.note))
            return True

    def why(self, url: str) -> Ledger | None:
        """Everything that became of the article at ``url``; None when it was never seen."""
        key = url_key(url)
        with self._database.read() as session:
            row = session.exec(select(ArticleRow).where((ArticleRow.url_key == key) | (ArticleRow.url == url))).first()
            if row is None:
                row = session.exec(select(ArticleRow).where(ArticleRow.canonical_url == url)).first()
            return None if row is None else _ledger(session, row)

    def ledger(self, article_id: int) -> Ledger | None:
        """Everything that became of one article by its number; None when there is none."""
        with self._database.read() as session:
            row = session.get(ArticleRow, article_id)
            return None if row is None else _ledger(session, row)

    def sources(self) -> list[SourceView]:
        """Every source ever configured, active ones first, by name."""
        hits = (
            select(ArticleRow.source_id, func.count())
            .join(HitRow, col(HitRow.article_id) == col(ArticleRow.id))
            .group_by(col(ArticleRow.source_id))
        )
        with self._database.read() as session:
            counts: dict[int | None, int] = dict(session.exec(hits).all())
            known = select(SourceRow).where(SourceRow.name != CANARY)
            rows = session.exec(known.order_by(col(SourceRow.active).desc(), col(SourceRow.name))).all()
            gaps = gap_views(session)
            return [source_view(row, counts.get(row.id, 0), gaps.get(row.name, ())) for row in rows]

    def troubles(self) -> tuple[int, int]:
        """How many of the sources that are watched need a look, and how many channels take no messages."""
        watched = (col(SourceRow.active), SourceRow.name != CANARY, col(SourceRow.health).not_in(CALM))
        refused = (ChannelRow.alert != CANARY, ChannelRow.health != "ok")
        with self._database.read() as session:
            sources = session.exec(select(func.count()).select_from(SourceRow).where(*watched)).one()
            return sources, session.exec(select(func.count()).select_from(ChannelRow).where(*refused)).one()

    def notices(self, limit: int = 200) -> list[Notice]:
        """What the operator was told of sources and the network, newest first."""
        with self._database.read() as session:
            rows = session.exec(select(NoticeRow).order_by(col(NoticeRow.id).desc()).limit(limit))
            return [notice_of(row) for row in rows]

    def counts(self) -> dict[str, int]:
        """How much is stored and waits: articles, pending articles, hits, deliveries by state."""
        theirs = col(DeliveryRow.alert) != CANARY
        by_state = select(DeliveryRow.state, func.count()).where(theirs).group_by(col(DeliveryRow.state))
        articles = select(func.count()).select_from(ArticleRow).where(of_people())
        hits = select(func.count()).select_from(HitRow).where(col(HitRow.article_id).not_in(canarys_articles()))
        with self._database.read() as session:
            states = session.exec(by_state).all()
            return {
                "articles": session.exec(articles).one(),
                "pending": session.exec(articles.where(ArticleRow.state == "pending")).one(),
                "hits": session.exec(hits).one(),
                **{f"deliveries_{state}": count for state, count in states},
            }

    def _hit_ids(self, wanted: HitFilter) -> list[int | None]:
        query = _filtered(wanted).order_by(col(HitRow.found).desc(), col(HitRow.id).desc())
        with self._database.read() as session:
            return list(session.exec(query.offset(wanted.offset).limit(wanted.limit)))


def _hits_of(ids: Sequence[int | None]) -> Any:
    return select(HitRow).where(col(HitRow.id).in_(ids))


def _filtered(wanted: HitFilter) -> Any:
    conditions = {
        HitRow.topic: wanted.topic,
        HitRow.state: wanted.state,
        ArticleRow.language: wanted.language,
        SourceRow.name: wanted.source,
    }
    query = (
        select(HitRow.id)
        .join(ArticleRow, col(ArticleRow.id) == col(HitRow.article_id))
        .join(SourceRow, col(SourceRow.id) == col(ArticleRow.source_id))
        .where(col(HitRow.withdrawn).is_(False), *_same(conditions), *_shown_to_people(wanted))
    )
    if wanted.since is not None:
        query = query.where(col(HitRow.found) >= wanted.since)
    if wanted.until is not None:
        query = query.where(col(HitRow.found) < wanted.until)
    if wanted.story is not None:
        members = select(PrintRow.article_id).where(PrintRow.story_id == wanted.story)
        query = query.where(col(HitRow.article_id).in_(members))
    if wanted.search:
        held = select(HitTextRow.hit_id).where(col(HitTextRow.folded).contains(fold(wanted.search), autoescape=True))
        query = query.where(col(HitRow.id).in_(held))
    return query


def _shown_to_people(wanted: HitFilter) -> list[Any]:
    return [] if wanted.source == CANARY else [of_people()]


def _same(conditions: dict[Any, str | None]) -> list[Any]:
    return [column == value for column, value in conditions.items() if value is not None]


def _ledger(session: Session, row: ArticleRow) -> Ledger:
    seen = session.exec(
        select(SightingRow, SourceRow.name)
        .join(SourceRow, col(SourceRow.id) == col(SightingRow.source_id))
        .where(SightingRow.article_id == row.id)
        .order_by(col(SightingRow.seen))
    ).all()
    hits = session.exec(select(HitRow).where(HitRow.article_id == row.id).order_by(col(HitRow.id))).all()
    deliveries = session.exec(all_deliveries().where(HitRow.article_id == row.id).order_by(col(DeliveryRow.id))).all()
    return Ledger(
        article_id=row.id or 0,
        url=row.url,
        title=row.title,
        found=row.found,
        published=row.published,
        language=row.language,
        state=row.state,
        extraction=row.extraction,
        read_at=row.read_at,
        attempts=row.attempts,
        next_try=row.due if row.state != "done" else None,
        error=row.error,
        seen_in=tuple(SeenIn(name, item.seen, item.guid, item.published) for item, name in seen),
        verdicts=verdicts(row.verdicts),
        hits=tuple(hit_views(session, hits)),
        deliveries=tuple(delivery_view(*item) for item in deliveries),
        notes=tuple(row.notes),
        blocked=row.blocked,
        page_url=row.page_url,
        awaits_ruling=awaits_ruling(session, row.id or 0),
        **revisions(session, row),
    )
