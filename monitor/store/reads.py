"""The read desk's rows: an article's verdict, its hits and their deliveries are stored together."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, text, true, update
from sqlmodel import Session, col, select

from monitor.model import CANARY, DueArticle, Finding, NewDelivery, Offered, Source
from monitor.store.canary import of_people
from monitor.store.database import Database
from monitor.store.hits import store_deliveries, store_hits
from monitor.store.nets import alertable
from monitor.store.pace import BETWEEN, ROUNDS, Places, is_free, next_free
from monitor.store.revisions import count_wall, is_worse, keep_reading, note_reading, plan_again, revise
from monitor.store.stories import Link, put_into_story
from monitor.store.tables import ArticleRow, HitRow, PaceRow, SightingRow, SourceRow
from monitor.urls import polite_key

_LEASE = timedelta(minutes=3)
NO_ROOM = "text not stored: less space is free than watch.low_disk"
_TEXT = text(
    "INSERT INTO text (article_id, body) VALUES (:number, :body)"
    " ON CONFLICT (article_id) DO UPDATE SET body = excluded.body"
)  # SQLite and PostgreSQL both say it so

Route = Callable[[Finding, DueArticle, datetime], Sequence[NewDelivery]]


class ReadStore:
    """Articles to read; each is asked for at the pace of its source."""

    def __init__(
        self, database: Database, sources: Sequence[Source], link: Link, room: Callable[[], bool] = lambda: True
    ) -> None:
        """``room``: whether there is room for texts that nothing was found in."""
        self._database = database
        self._room = room
        self._sources = {source.name: source for source in sources}
        self._link = link

    def claim(self, now: datetime) -> DueArticle | None:
        """Lease the article that is due longest and whose host is free; None when there is none.

        The try is counted here, so that a page which takes the process down with it cannot do so for ever.
        """
        return next(iter(self.claim_many(now, 1)), None)

    def claim_many(self, now: datetime, most: int) -> list[DueArticle]:
        """The same for the articles that are due longest, at most so many."""
        claimed: list[DueArticle] = []
        passed: set[str] = set()
        with self._database.write() as session:
            for _ in range(ROUNDS):
                found = self._first_due(session, now, passed, most - len(claimed))
                claimed += self._claimed(session, found, now)
                passed |= {article.polite for article, _ in found if article.polite}
                if not found or len(claimed) >= most:
                    break
            return claimed

    def offer(self, until: datetime, now: datetime, most: int) -> list[Offered]:
        """Lease due articles until then, to be taken up by whatever process they are offered to; one a host at once."""
        offered: list[Offered] = []
        passed: set[str] = set()
        with self._database.write() as session:
            for _ in range(ROUNDS):
                found = self._first_due(session, now, passed, most - len(offered))
                for article, source, _ in self._with_places(session, found, now)[0]:
                    article.lease_until = until
                    offered.append(Offered(article.id or 0, source.name == CANARY))
                passed |= {article.polite for article, _ in found if article.polite}
                if not found or len(offered) >= most:
                    break
            return offered

    def take_up(self, numbers: Collection[int], until: datetime, clock: Callable[[], datetime]) -> list[DueArticle]:
        """Claim what was offered until then; what a host has no place for is offered again when it has one.

        The clock is asked once no other writer is waited for: what is taken up begins now.
        """
        mine = (col(ArticleRow.id).in_(numbers), col(ArticleRow.lease_until) == until)
        with self._database.write() as session:
            session.execute(text("SELECT 1"))  # begins the transaction
            now = clock()
            found = session.exec(_with_pace().where(*mine, self._mine()).order_by(col(ArticleRow.due))).all()
            for row, *_ in found:
                row.lease_until = None
            session.flush()
            free = [(row, source) for row, source, next_at in found if next_at is None or next_at <= now]
            return self._claimed(session, free, now, BETWEEN)

    def next_claim(self, until: datetime) -> datetime | None:
        """When the next article that is due by ``until`` and not in work can be claimed; None when there is none."""
        with self._database.read() as session:
            waiting = and_(_due(until), _unleased(until), self._mine())
            return next_free(session, col(ArticleRow.due), _pace_of_article(), waiting)

    def save(self, finding: Finding, article: DueArticle, route: Route, now: datetime) -> int:
        """Store the verdicts with new hits and one delivery per channel. Returns how many hits are new."""
        return self.save_many([(finding, article)], route, now)[0]

    def save_many(self, read: Sequence[tuple[Finding, DueArticle]], route: Route, now: datetime) -> list[int]:
        """The same for several articles in one transaction: all of them are stored, or none."""
        routed = [(finding, article, route(finding, article, now)) for finding, article in read]
        bodies = {finding.article_id: zlib.compress(finding.text.encode()) for finding, _ in read if finding.text}
        with self._database.write() as session:
            rows = _rows(session, [finding.article_id for finding, _ in read])
            saved = {one[0].article_id: self._save(session, rows[one[0].article_id][0], *one, now) for one in routed}
            kept = [number for number in bodies if saved[number] is not None and self._keeps(session, rows[number][0])]
            _store_texts(session, {number: bodies[number] for number in kept})
            return [saved[finding.article_id] or 0 for finding, _ in read]

    def _save(
        self,
        session: Session,
        row: ArticleRow,
        finding: Finding,
        article: DueArticle,
        deliveries: Sequence[NewDelivery],
        now: datetime,
    ) -> int | None:
        """Store one reading. Returns how many hits are new; None where what was known of the article stays."""
        count_wall(session, row, finding)
        self._pace(row, article, finding)
        if is_worse(row, finding):
            keep_reading(row, finding, now)
            return None
        revise(session, row, finding, now)
        note_reading(row, finding, now)
        new = store_hits(session, row, finding, now)
        put_into_story(session, finding, self._link, now)
        if deliveries:
            store_deliveries(session, row, finding, deliveries, alertable(session, finding.article_id, new), now)
        plan_again(row, article, now, hits=bool(new))
        return len(new)

    def _keeps(self, session: Session, row: ArticleRow) -> bool:
        """Whether the text is stored: without room only what a topic was found in, be it by rules of before."""
        standing = select(HitRow.id).where(HitRow.article_id == row.id)
        if self._room() or session.exec(standing).first() is not None:
            return True
        row.notes = [*row.notes, NO_ROOM]
        return False

    def recover(self) -> None:
        """Free every lease; only for the holder of the instance lock, at start."""
        with self._database.write() as session:
            leased = col(ArticleRow.lease_until).is_not(None)
            session.execute(update(ArticleRow).where(leased).values(lease_until=None))

    def _first_due(
        self, session: Session, now: datetime, passed: Collection[str], most: int
    ) -> Sequence[tuple[ArticleRow, SourceRow]]:
        """The articles that are due longest, on hosts that are free, with their sources; and those without a page."""
        elsewhere = or_(col(ArticleRow.polite).is_(None), col(ArticleRow.polite).not_in(passed))
        found: Sequence[tuple[ArticleRow, SourceRow]] = session.exec(
            self._waiting(now).where(elsewhere).limit(most)
        ).all()
        return found

    def _waiting(self, now: datetime) -> Any:
        query = select(ArticleRow, SourceRow).join(SourceRow, _source_of_article())
        return (
            query.join(PaceRow, _pace_of_article(), isouter=True)
            .where(_due(now), _unleased(now), is_free(now), self._mine())
            .order_by(col(ArticleRow.due), col(ArticleRow.id))
        )

    def _mine(self) -> ColumnElement[bool]:
        """Condition on ArticleRow: this process can ask for its page."""
        return true() if CANARY in self._sources else of_people()

    def _pace(self, row: ArticleRow, article: DueArticle, finding: Finding) -> None:
        """Have the next try spaced with the host that it goes to."""
        at, source = finding.page_url or row.url, self._sources.get(article.source)
        row.polite = polite_key(at, source.polite if source else "host", article.source) if at else None

    def _claimed(
        self,
        session: Session,
        found: Sequence[tuple[ArticleRow, SourceRow]],
        now: datetime,
        between: timedelta = timedelta(0),
    ) -> list[DueArticle]:
        """Those of the articles that their hosts have a place for, leased."""
        taken, places = self._with_places(session, found, now, between)
        claimed = [_due_article(article, row, wanted) for article, row, wanted in taken]
        for article, *_ in taken:
            article.lease_until = now + _LEASE
            article.attempts += 1
        places.store()
        return claimed

    def _with_places(
        self,
        session: Session,
        found: Sequence[tuple[ArticleRow, SourceRow]],
        now: datetime,
        between: timedelta = timedelta(0),
    ) -> tuple[list[tuple[ArticleRow, SourceRow, Source]], Places]:
        places = Places(session, {article.polite for article, _ in found if article.polite}, now, between)
        wanted = ((article, row, self._sources.get(row.name, Source(row.name, row.url))) for article, row in found)
        taken = [
            (article, row, source)
            for article, row, source in wanted
            if not article.polite or places.take(article.polite, source.connections, source.pace)
        ]
        return taken, places


def _rows(session: Session, numbers: Sequence[int]) -> dict[int, tuple[ArticleRow, SourceRow]]:
    """The articles with these numbers, each with its source: the session has them at hand as long as these live."""
    query = select(ArticleRow, SourceRow).join(SourceRow, _source_of_article()).where(col(ArticleRow.id).in_(numbers))
    return {article.id or 0: (article, source) for article, source in session.exec(query).all()}


def _store_texts(session: Session, bodies: Mapping[int, bytes]) -> None:
    if bodies:
        session.execute(_TEXT, [{"number": number, "body": body} for number, body in bodies.items()])


def _with_pace() -> Any:
    query = select(ArticleRow, SourceRow, PaceRow.next_at).join(SourceRow, _source_of_article())
    return query.join(PaceRow, _pace_of_article(), isouter=True)


def _source_of_article() -> ColumnElement[bool]:
    return col(SourceRow.id) == col(ArticleRow.source_id)


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
