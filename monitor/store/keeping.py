"""The texts that are kept, and what changed rules make of them."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from monitor.model import Change, Finding, Kept, NewDelivery, Print, StoredText, as_values
from monitor.store.canary import of_people
from monitor.store.database import Database
from monitor.store.hits import store_deliveries, store_hits
from monitor.store.outbox_tables import WAITING, DeliveryRow
from monitor.store.source_days import recount, spot
from monitor.store.stories import Link, put_into_story
from monitor.store.tables import ArticleRow, HitRow, SourceRow, TextRow

_BATCH = 200


class KeepStore:
    """Stored texts, read again."""

    def __init__(self, database: Database, link: Link) -> None:
        self._database = database
        self._link = link

    def texts(self, topic: str, since: datetime) -> Iterator[StoredText]:
        """The texts of articles found since then, in short reads; ``hit`` says whether ``topic`` has one now."""
        last = 0
        while True:
            with self._database.read() as session:
                batch = _texts_after(session, last, topic, since)
            if not batch:
                return
            yield from batch
            last = batch[-1].article_id

    def apply(
        self,
        changes: Iterable[Change],
        route: Callable[[str, Finding, datetime], Sequence[NewDelivery]],
        prints: Callable[[Finding, datetime], Print],
        now: datetime,
    ) -> int:
        """Store gained hits, withdraw lost ones. The deliveries go out as one message a channel. Returns how many.

        ``route`` is given the source's name, ``prints`` when the article was found.
        """
        batch = f"rematch {now:%Y-%m-%d %H:%M:%S}"
        delivered = 0
        for change in changes:
            stored, finding = change.stored, _finding(change)
            deliveries = route(stored.source, finding, now)
            if change.verdict.hit:
                finding = replace(finding, print=prints(finding, stored.found))
            with self._database.write() as session:
                row = session.get_one(ArticleRow, stored.article_id)
                _note_verdict(row, change)
                if change.verdict.hit:
                    delivered += self._gain(session, row, finding, deliveries, batch, now)
                else:
                    _withdraw(session, change)
        return delivered

    def _gain(
        self,
        session: Session,
        row: ArticleRow,
        finding: Finding,
        deliveries: Sequence[NewDelivery],
        batch: str,
        now: datetime,
    ) -> int:
        new = store_hits(session, row, finding, now)
        put_into_story(session, finding, self._link, now)
        return store_deliveries(session, row, finding, deliveries, new, now, batch)

    def kept(self) -> Kept:
        """How much text is stored."""
        with self._database.read() as session:
            count, size = session.exec(select(func.count(), func.sum(func.length(TextRow.body)))).one()
            return Kept(count, size or 0)


def _texts_after(session: Session, last: int, topic: str, since: datetime) -> list[StoredText]:
    hits = select(HitRow.article_id).where(HitRow.topic == topic, col(HitRow.withdrawn).is_(False))
    query = (
        select(ArticleRow, TextRow.body, SourceRow.name, col(ArticleRow.id).in_(hits))
        .join(TextRow, col(TextRow.article_id) == col(ArticleRow.id))
        .join(SourceRow, col(SourceRow.id) == col(ArticleRow.source_id))
        .where(col(ArticleRow.id) > last, col(ArticleRow.found) >= since, of_people())
        .order_by(col(ArticleRow.id))
        .limit(_BATCH)
    )
    return [_stored(row, body, name, hit=bool(hit)) for row, body, name, hit in session.exec(query)]


def _stored(row: ArticleRow, body: bytes, source: str, *, hit: bool) -> StoredText:
    return StoredText(
        article_id=row.id or 0,
        url=row.url,
        title=row.title,
        text=zlib.decompress(body).decode(),
        source=source,
        language=row.language,
        published=row.published,
        found=row.found,
        hit=hit,
    )


def _note_verdict(row: ArticleRow, change: Change) -> None:
    others = [verdict for verdict in row.verdicts if verdict["topic"] != change.verdict.topic]
    row.verdicts = [*others, as_values(change.verdict)]
    row.near = None if change.verdict.hit else row.near


def _finding(change: Change) -> Finding:
    stored = change.stored
    return Finding(
        stored.article_id,
        stored.title,
        stored.text,
        "full",
        (change.verdict,),
        language=stored.language,
        published=stored.published,
    )


def _withdraw(session: Session, change: Change) -> None:
    """The hit stays with its history and is listed no more; what was not sent yet is not sent."""
    hit = session.exec(
        select(HitRow).where(HitRow.article_id == change.stored.article_id, HitRow.topic == change.verdict.topic)
    ).one()
    was, hit.withdrawn = spot(hit), True
    recount(session, was, None)
    waiting = col(DeliveryRow.state).in_(WAITING)
    session.execute(
        update(DeliveryRow)
        .where(col(DeliveryRow.hit_id) == hit.id, waiting)
        .values(state="suppressed", held=None, error="changed rules no longer match it")
    )
