"""What people read and decide: hits, the ledger of an article, sources, the outbox."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, text
from sqlmodel import Session, col, select

from monitor.advice import CALM
from monitor.model import CANARY, HitFilter, HitView, Judgement, Ledger, NearMiss, Notice, SeenIn, SourceView, Target
from monitor.store.alerts import AlertStore, all_deliveries
from monitor.store.canary import canary_id, of_people
from monitor.store.coverage import CoverageStore
from monitor.store.database import Database
from monitor.store.decisions import DecisionStore
from monitor.store.due_articles import IS_WAITING
from monitor.store.figures import FigureStore
from monitor.store.filtering import listed
from monitor.store.filters import FilterStore
from monitor.store.history_tables import NoticeRow
from monitor.store.learning import LearnStore
from monitor.store.listing import ListingStore
from monitor.store.logins import LoginStore
from monitor.store.metering import MeterStore
from monitor.store.nearness import near_misses
from monitor.store.nets import awaits_ruling
from monitor.store.notices import notice_of
from monitor.store.outbox_tables import ChannelRow, DeliveryRow
from monitor.store.source_views import gap_views, hit_counts, source_view
from monitor.store.sources import SourceStore
from monitor.store.story_views import StoryStore
from monitor.store.tables import ON_PAGE, ArticleRow, HitRow, SightingRow, SourceRow
from monitor.store.views import delivery_view, hit_views, revisions, verdicts
from monitor.urls import url_key

_BATCH = 200


class ReviewStore:
    """Questions about what is stored, and the few changes a person makes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.alerts = AlertStore(database)
        self.stories = StoryStore(database)
        self.watched = SourceStore(database)
        self.listing = ListingStore(database)
        self.decisions = DecisionStore(database)
        self.filters = FilterStore(database)
        self.learning = LearnStore(database)
        self.figures = FigureStore(database)
        self.coverage = CoverageStore(database, ())
        self.logins = LoginStore(database)
        self.metering = MeterStore(database)

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
        """Articles that were no hit but may be worth a look, newest first; see ``near_misses`` for what is asked."""
        with self._database.read() as session:
            return near_misses(session, wanted, None, wanted.limit, wanted.offset)

    def mark(self, hit_id: int, state: str, note: str | None, now: datetime, who: str = "") -> bool:
        """Record a decision, whatever was decided before; False when there is no such hit."""
        return bool(self.decisions.decide([Target(hit_id)], Judgement(state, note), who, now).done)

    def why(self, url: str) -> Ledger | None:
        """Everything that became of the article at ``url``; None when it was never seen."""
        key = url_key(url)
        with self._database.read() as session:
            for names_it in (col(ArticleRow.url_key) == key, _on_page(url), col(ArticleRow.canonical_url) == url):
                row = session.exec(select(ArticleRow).where(names_it).order_by(col(ArticleRow.id).desc())).first()
                if row is not None:
                    return _ledger(session, row)
            return None

    def ledger(self, article_id: int) -> Ledger | None:
        """Everything that became of one article by its number; None when there is none."""
        with self._database.read() as session:
            row = session.get(ArticleRow, article_id)
            return None if row is None else _ledger(session, row)

    def sources(self) -> list[SourceView]:
        """Every source ever configured, active ones first, by name."""
        with self._database.read() as session:
            known = select(SourceRow).where(SourceRow.name != CANARY)
            rows = session.exec(known.order_by(col(SourceRow.active).desc(), col(SourceRow.name))).all()
            counts, gaps = hit_counts(session, {row.id for row in rows}), gap_views(session)
            return [source_view(row, counts.get(row.id, 0), gaps.get(row.name, ())) for row in rows]

    def troubles(self) -> tuple[int, int]:
        """How many of the sources that are watched need a look, and how many channels take no messages."""
        ours = (col(SourceRow.active), col(SourceRow.paused).is_(None), SourceRow.name != CANARY)
        watched = (*ours, col(SourceRow.health).not_in(CALM))
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
        by_alert = (col(DeliveryRow.alert), col(DeliveryRow.state))  # the index that has both
        deliveries = select(*by_alert, func.count()).group_by(*by_alert)
        articles = select(func.sum(SourceRow.articles)).where(SourceRow.name != CANARY)
        pending = (
            select(func.count()).select_from(ArticleRow).where(IS_WAITING, ArticleRow.state == "pending", of_people())
        )
        hits = select(func.count()).select_from(HitRow).where(col(HitRow.source_id).is_distinct_from(canary_id()))
        counts: Counter[str] = Counter()
        with self._database.read() as session:
            for alert, state, number in session.exec(deliveries):
                counts[f"deliveries_{state}"] += number if alert != CANARY else 0
            known = {"articles": session.exec(articles).one(), "pending": session.exec(pending).one()}
            return {**known, "hits": session.exec(hits).one(), **+counts}

    def _hit_ids(self, wanted: HitFilter) -> list[int]:
        most = None if wanted.limit is None else wanted.offset + wanted.limit
        with self._database.read() as session:
            return [place.id for place, _ in listed(session, wanted, None, most)][wanted.offset :]


def _on_page(url: str) -> ColumnElement[bool]:
    """Condition on ArticleRow: it stands there with others, whose key is not their address."""
    return and_(col(ArticleRow.url) == url, text(ON_PAGE))


def _hits_of(ids: Sequence[int]) -> Any:
    return select(HitRow).where(col(HitRow.id).in_(ids))


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
