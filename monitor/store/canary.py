"""The canary's rows: when it is due, what became of what is out, and its leaving no trace after two days."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, true, update
from sqlmodel import Session, col, select

from monitor.model import CANARY, CanaryPlace, Notice, Trace, Traces
from monitor.store.coverage_table import CoverageRow
from monitor.store.database import Database
from monitor.store.history_tables import NoticeRow, RevisionRow
from monitor.store.notices import notice_row
from monitor.store.outbox_tables import WAITING, AttemptRow, ChannelRow, DeliveryRow
from monitor.store.review_tables import HitTagRow, HitTextRow
from monitor.store.search import index
from monitor.store.tables import ArticleRow, DecisionRow, HitRow, SightingRow, SourceRow, TextRow

KEPT = timedelta(days=2)
"""How long its articles can be asked for."""
_OVER = "the canary's time was up"


def canary_id() -> Any:
    """The number of the canary's source, as a subquery; NULL where there is none."""
    return select(SourceRow.id).where(SourceRow.name == CANARY).scalar_subquery()


def of_people() -> ColumnElement[bool]:
    """Condition on ArticleRow: it is none of the canary's."""
    return col(ArticleRow.source_id).not_in(select(SourceRow.id).where(SourceRow.name == CANARY))


def reachable(sources: Collection[str]) -> ColumnElement[bool]:
    """Condition on SourceRow: this process can ask it. The canary can be asked by the process that serves it alone."""
    return true() if CANARY in sources else col(SourceRow.name) != CANARY


class CanaryStore:
    """The canary's source and what it brought."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self) -> datetime | None:
        """When it is to go out next; in the past for one that a dead process did not finish. None: nobody knows."""
        with self._database.read() as session:
            row = _source(session)
            return None if row is None else row.due

    def plan(self, place: CanaryPlace, due: datetime) -> None:
        """Have it go out at ``due``."""
        with self._database.write() as session:
            row = _source(session) or SourceRow(name=CANARY, url=place.feed, kind="feed", host=place.host, due=due)
            row.due, row.active = due, False
            session.add(row)

    def begin(self, place: CanaryPlace, now: datetime) -> None:
        """Have its source polled, as one that was never polled before; what was left of the last time is put down."""
        with self._database.write() as session:
            _put_down(session)
            row = _source(session) or SourceRow(name=CANARY, url=place.feed, kind="feed", host=place.host, due=now)
            row.url, row.host, row.polite = place.feed, place.host, f"source:{CANARY}"
            row.active, row.due, row.lease_until = True, now, None
            row.last_ok = row.last_poll = row.whole = row.outcome = row.error = row.error_kind = None
            row.etag = row.last_modified = row.body_hash = row.address = row.identity = None
            row.health, row.failures, row.passing, row.soft, row.hard, row.walls = "new", 0, 0, 0, 0, 0
            row.arrivals, row.trail = [], []
            session.add(row)
            fresh = {"health": "ok", "failures": 0, "next_at": None, "since": None, "told": False}
            session.execute(update(ChannelRow).where(col(ChannelRow.alert) == CANARY).values(fresh))

    def traces(self, urls: Iterable[str]) -> Traces:
        """What is known of the articles at these addresses."""
        with self._database.read() as session:
            row = _source(session)
            rows = session.exec(select(ArticleRow).where(col(ArticleRow.url).in_(list(urls)))).all()
            found = tuple((article.url or "", _trace(session, article)) for article in rows)
            return Traces(row.error if row is not None and row.outcome == "failed" else None, found)

    def told(self) -> dict[str, str]:
        """The last state told of each script family."""
        query = select(NoticeRow.subject, NoticeRow.state).where(NoticeRow.kind == "canary").order_by(col(NoticeRow.id))
        with self._database.read() as session:
            return dict(session.exec(query).all())

    def end(self, notices: Sequence[Notice], due: datetime, now: datetime) -> None:
        """Let its source rest until ``due``, drop what is older than two days, and add what is told."""
        with self._database.write() as session:
            _put_down(session)
            rest = update(SourceRow).where(col(SourceRow.name) == CANARY)
            session.execute(rest.values(active=False, due=due, outcome=None, error_kind=None))
            _remove(session, now - KEPT)
            session.add_all(map(notice_row, notices))


def _source(session: Session) -> SourceRow | None:
    return session.exec(select(SourceRow).where(SourceRow.name == CANARY)).first()


def _mine(session: Session) -> Any:
    row = _source(session)
    return col(ArticleRow.source_id) == (row.id if row is not None else None)


def _trace(session: Session, row: ArticleRow) -> Trace:
    hits = select(HitRow.topic).where(HitRow.article_id == row.id, col(HitRow.withdrawn).is_(False))
    made = select(DeliveryRow).where(DeliveryRow.article_id == row.id, DeliveryRow.alert == CANARY)
    delivery = session.exec(made).first()
    return Trace(
        read=row.read_at is not None,
        trouble=row.error or row.blocked,
        hits=tuple(session.exec(hits)),
        why=tuple((item["topic"], item["why"][0]) for item in row.verdicts if item["why"]),
        delivery=delivery.state if delivery is not None else None,
        error=delivery.error if delivery is not None else None,
    )


def _put_down(session: Session) -> None:
    """What is still on its way goes no further."""
    open_still = (_mine(session), col(ArticleRow.state) != "done")
    session.execute(update(ArticleRow).where(*open_still).values(state="done", lease_until=None))
    waiting = (col(DeliveryRow.alert) == CANARY, col(DeliveryRow.state).in_((*WAITING, "sending")))
    values = {"state": "cancelled", "error": _OVER, "held": None, "lease_until": None}
    session.execute(update(DeliveryRow).where(*waiting).values(values))


def _remove(session: Session, before: datetime) -> None:
    old = select(ArticleRow.id).where(_mine(session), col(ArticleRow.found) < before)
    hits = select(HitRow.id).where(col(HitRow.article_id).in_(old))
    deliveries = select(DeliveryRow.id).where(col(DeliveryRow.article_id).in_(old))
    for text in session.exec(select(HitTextRow).where(col(HitTextRow.hit_id).in_(hits))):
        index(session, text.hit_id, text.folded, None)
    for rows in (
        col(AttemptRow.delivery_id).in_(deliveries),
        col(DeliveryRow.article_id).in_(old),
        col(DecisionRow.hit_id).in_(hits),
        col(HitTagRow.hit_id).in_(hits),
        col(HitTextRow.hit_id).in_(hits),
        col(HitRow.article_id).in_(old),
        col(TextRow.article_id).in_(old),
        col(RevisionRow.article_id).in_(old),
        col(CoverageRow.article_id).in_(old),
        col(SightingRow.article_id).in_(old),
        col(ArticleRow.id).in_(old),
    ):
        session.execute(delete(rows.left.table).where(rows))
