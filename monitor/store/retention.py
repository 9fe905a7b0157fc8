"""What was kept long enough, in batches: chosen in a short read, dropped in a short transaction.

A hit stays for ever, and with it its article, texts, revisions, story, decisions, deliveries and what a second net's
ruling said of it: without the ruling it would be ruled on, and told, again. An article without a hit keeps the row that
tells it apart, and so do its sightings: a feed may show an entry for years, and what is not known is new.

Must not: know how long anything is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, exists, func, or_, update
from sqlmodel import Session, col, select

from monitor.store.database import Database
from monitor.store.due_articles import IS_DONE
from monitor.store.history_tables import NoticeRow, RevisionRow
from monitor.store.outbox_tables import WAITING, AttemptRow, DeliveryRow
from monitor.store.review_tables import LoginRow
from monitor.store.source_days import drop_days
from monitor.store.tables import ArticleRow, HitRow, PaceRow, TextRow

BATCH = 50
"""Rows of a transaction: the writer is held for some hundredths of a second."""
BRIEF: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""What an article is ``due`` at whose details were dropped: no other one can be, so their index tells them."""
_DROPPED = "details dropped: keep.articles"

Choose = Callable[..., Any]
"""A query for the keys of what may go, from before a moment and behind a key, in the order of the keys.

Its last column is the primary key.
"""
Drop = Callable[[Session, Sequence[Any]], None]


@dataclass(frozen=True)
class _Kind:
    """One kind of rows: which may go, and how they do."""

    choose: Choose
    drop: Drop
    first: tuple[Any, ...] = (0,)
    """What comes before every key."""


class RetentionStore:
    """Drops what is older than it is told."""

    def __init__(self, database: Database, batch: int = BATCH) -> None:
        self._database = database
        self._batch = batch

    def drop(self, kind: str, before: datetime, rest: Callable[[], bool] = lambda: False) -> int:
        """Drop the rows of a kind from before that moment. Returns how many.

        ``rest`` is called between two batches, so that others get to write; it ends the work by saying True.
        """
        wanted, dropped = _KINDS[kind], 0
        last = wanted.first
        while True:
            with self._database.read() as session:
                rows = session.execute(wanted.choose(before, *last).limit(self._batch)).all()
            if not rows:
                break
            with self._database.write() as session:
                wanted.drop(session, [row[-1] for row in rows])
            last, dropped = tuple(rows[-1]), dropped + len(rows)
            if len(rows) < self._batch or rest():
                break
        return dropped

    def drop_days(self, before: datetime) -> int:
        """Drop what each source brought by day, of the days before that one. Returns how many."""
        with self._database.write() as session:
            return drop_days(session, before)


def _no_hit(article: Any) -> Any:
    return ~exists(select(HitRow.id).where(col(HitRow.article_id) == article))


def _texts(before: datetime, last: int) -> Any:
    key = col(TextRow.article_id)
    query = select(key).join(ArticleRow, col(ArticleRow.id) == key)
    return query.where(key > last, col(ArticleRow.read_at) < before, _no_hit(key)).order_by(key)


def _revisions(before: datetime, last: int) -> Any:
    key, article = col(RevisionRow.id), col(RevisionRow.article_id)
    return select(key).where(key > last, col(RevisionRow.until) < before, _no_hit(article)).order_by(key)


def _attempts(before: datetime, last: int) -> Any:
    """Those of what still waits stay: they tell why."""
    key = col(AttemptRow.id)
    query = select(key).join(DeliveryRow, col(DeliveryRow.id) == col(AttemptRow.delivery_id))
    over = col(DeliveryRow.state).not_in((*WAITING, "sending"))
    return query.where(key > last, col(AttemptRow.ended) < before, over).order_by(key)


def _notices(before: datetime, last: int) -> Any:
    """The last one of each subject stays, for it is how things stand; and what is still to be sent."""
    key = col(NoticeRow.id)
    about = (NoticeRow.kind, NoticeRow.subject, NoticeRow.topic, NoticeRow.language)
    standing = select(func.max(key)).group_by(*map(col, about))
    waiting = select(DeliveryRow.id).where(
        col(DeliveryRow.notice_id) == key, col(DeliveryRow.state).in_((*WAITING, "sending"))
    )
    over = (col(NoticeRow.at) < before, col(NoticeRow.told), key.not_in(standing), ~exists(waiting))
    return select(key).where(key > last, *over).order_by(key)


def _articles(before: datetime, due: datetime, last: int) -> Any:
    """In the order in which they were read: their index has that, whatever else a row says."""
    key, read = col(ArticleRow.id), col(ArticleRow.due)
    behind = (read >= due, or_(read > due, key > last), read < before)
    return select(read, key).where(IS_DONE, *behind, _no_hit(key)).order_by(read, key)


def _logins(before: datetime, last: str) -> Any:
    key = col(LoginRow.key)
    return select(key).where(key > last, col(LoginRow.expires) <= before).order_by(key)


def _paces(before: datetime, last: str) -> Any:
    key = col(PaceRow.key)
    return select(key).where(key > last, col(PaceRow.next_at) < before).order_by(key)


def _drop(table: Any, key: Any) -> Drop:
    def drop(session: Session, keys: Sequence[Any]) -> None:
        session.execute(delete(table).where(col(key).in_(keys)))

    return drop


def _drop_texts(session: Session, keys: Sequence[int]) -> None:
    """Not that of an article which changed rules have made a hit meanwhile."""
    key = col(TextRow.article_id)
    session.execute(delete(TextRow).where(key.in_(keys), _no_hit(key)))


def _drop_notices(session: Session, keys: Sequence[int]) -> None:
    mine = select(DeliveryRow.id).where(col(DeliveryRow.notice_id).in_(keys))
    session.execute(delete(AttemptRow).where(col(AttemptRow.delivery_id).in_(mine)))
    session.execute(delete(DeliveryRow).where(col(DeliveryRow.notice_id).in_(keys)))
    session.execute(delete(NoticeRow).where(col(NoticeRow.id).in_(keys)))


def _make_brief(session: Session, keys: Sequence[int]) -> None:
    """Drop what an article's row says beyond what tells it apart and what became of it."""
    query = select(ArticleRow.id, ArticleRow.state, ArticleRow.verdicts)
    rows = session.exec(query.where(col(ArticleRow.id).in_(keys), _no_hit(col(ArticleRow.id))))
    same = {"feed_text": "", "heading": None, "author": None, "outlet": None, "near": None}
    brief = [
        {**same, "id": key, "verdicts": [_brief(one) for one in verdicts], "notes": [_DROPPED], "due": BRIEF}
        for key, state, verdicts in rows
        if state == "done"  # asked in SQL, it would be taken as the way to find them
    ]
    if brief:
        session.execute(update(ArticleRow), brief)


def _brief(verdict: dict[str, Any]) -> dict[str, Any]:
    return {**verdict, "terms": [], "why": []}


_KINDS: Final = {
    "text": _Kind(_texts, _drop_texts),
    "revisions": _Kind(_revisions, _drop(RevisionRow, RevisionRow.id)),
    "articles": _Kind(_articles, _make_brief, (BRIEF + timedelta(microseconds=1), 0)),
    "attempts": _Kind(_attempts, _drop(AttemptRow, AttemptRow.id)),
    "notices": _Kind(_notices, _drop_notices),
    "logins": _Kind(_logins, _drop(LoginRow, LoginRow.key), ("",)),
    "pace": _Kind(_paces, _drop(PaceRow, PaceRow.key), ("",)),
}
