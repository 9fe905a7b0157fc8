"""The read desk's rows: an article's verdict, its hits and their deliveries are stored together."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, or_, text, true, update
from sqlmodel import Session, SQLModel, col, select

from monitor.model import CANARY, DueArticle, Finding, NewDelivery, Offered, Source
from monitor.store.canary import of_people
from monitor.store.columns import Utc
from monitor.store.database import Database
from monitor.store.due_articles import due_articles, waiting
from monitor.store.hits import store_deliveries, store_hits
from monitor.store.misses import store_misses
from monitor.store.nets import alertable
from monitor.store.pace import BETWEEN, NOW, ROUNDS, Places, is_free, next_free
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

_FASTEST = 1
"""Level of compression: half the time of the usual one, for a tenth more bytes."""
AHEAD = (2, *[8] * (ROUNDS - 1))
"""How many times more articles are looked at than are wanted, first and when those are of too few hosts."""
_UNKNOWN = Source("", "")
_ELSEWHERE = or_(col(ArticleRow.polite).is_(None), col(ArticleRow.polite).not_in(bindparam("passed", expanding=True)))
_ARTICLE = SQLModel.metadata.tables["article"]
_LEASED = (
    update(_ARTICLE)
    .where(_ARTICLE.c.id.in_(bindparam("numbers", expanding=True)))
    .values(lease_until=bindparam("until", type_=Utc()), attempts=_ARTICLE.c.attempts + bindparam("tries"))
)

Route = Callable[[Finding, DueArticle, datetime], Sequence[NewDelivery]]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An article that may be claimed."""

    article: int
    polite: str | None
    source: str
    free_at: datetime | None
    """When its host takes a request again; None where it never was asked."""


class ReadStore:
    """Articles to read; each is asked for at the pace of its source."""

    def __init__(
        self, database: Database, sources: Sequence[Source], link: Link, room: Callable[[], bool] = lambda: True
    ) -> None:
        """``room``: whether there is room for texts that nothing was found in."""
        self._database = database
        self._room = room
        self._sources = {source.name: source for source in sources}
        self._bearing = max(source.connections for source in (*sources, _UNKNOWN))
        self._link = link
        self._waiting = _candidates().where(waiting(NOW), _unleased(NOW), is_free(NOW), self._mine(), _ELSEWHERE)
        self._waiting = self._waiting.limit(bindparam("most"))

    def claim(self, now: datetime) -> DueArticle | None:
        """Lease the article that is due longest and whose host is free; None when there is none.

        The try is counted here, so that a page which takes the process down with it cannot do so for ever.
        """
        return next(iter(self.claim_many(now, 1)), None)

    def claim_many(self, now: datetime, most: int) -> list[DueArticle]:
        """The same for the articles that are due longest, at most so many."""
        with self._database.write() as session:
            return self._claimed(session, self._take(session, now, most))

    def offer(self, until: datetime, now: datetime, most: int) -> list[Offered]:
        """Lease due articles until then, to be taken up by whatever process they are offered to; one a host at once."""
        with self._database.write() as session:
            taken = self._take(session, now, most, until)
            return [Offered(one.article, one.source == CANARY) for one in taken]

    def take_up(self, numbers: Collection[int], until: datetime, clock: Callable[[], datetime]) -> list[DueArticle]:
        """Claim what was offered until then; what a host has no place for is offered again when it has one.

        The clock is asked once no other writer is waited for: what is taken up begins now.
        """
        mine = (col(ArticleRow.id).in_(numbers), col(ArticleRow.lease_until) == until)
        with self._database.write() as session:
            session.execute(text("SELECT 1"))  # begins the transaction
            now = clock()
            found = [_Candidate(*row) for row in session.exec(_candidates().where(*mine, self._mine()))]
            session.execute(update(ArticleRow).where(*mine).values(lease_until=None))
            free = [one for one in found if one.free_at is None or one.free_at <= now]
            places = Places(session, now, BETWEEN)
            taken = self._with_places(places, free, len(free))
            _lease(session, taken, now + _LEASE)
            places.store()
            return self._claimed(session, taken)

    def next_claim(self, until: datetime) -> datetime | None:
        """When the next article that is due by ``until`` and not in work can be claimed; None when there is none."""
        with self._database.read() as session:
            claimable = and_(waiting(until), _unleased(until), self._mine())
            return next_free(session, col(ArticleRow.due), _pace_of_article(), claimable, until)

    def save(self, finding: Finding, article: DueArticle, route: Route, now: datetime) -> int:
        """Store the verdicts with new hits and one delivery per channel. Returns how many hits are new."""
        return self.save_many([(finding, article)], route, now)[0]

    def save_many(self, read: Sequence[tuple[Finding, DueArticle]], route: Route, now: datetime) -> list[int]:
        """The same for several articles in one transaction: all of them are stored, or none."""
        bodies = {finding.article_id: _compressed(finding.text) for finding, _ in read if finding.text}
        with self._database.write() as session:
            missed = store_misses(session, read, now) if self._room() else set()
            others = [one for one in read if one[0].article_id not in missed]
            saved = self._save_others(session, others, bodies, route, now) if others else {}
            _store_texts(session, {number: bodies[number] for number in bodies if number in missed})
            return [saved.get(finding.article_id) or 0 for finding, _ in read]

    def _save_others(
        self,
        session: Session,
        read: Sequence[tuple[Finding, DueArticle]],
        bodies: Mapping[int, bytes],
        route: Route,
        now: datetime,
    ) -> dict[int, int | None]:
        """Store what is a row object each. Returns how many hits are new, by article; None: what was known stays."""
        routed = [(finding, article, route(finding, article, now)) for finding, article in read]
        rows = _rows(session, [finding.article_id for finding, _ in read])
        saved = {one[0].article_id: self._save(session, rows[one[0].article_id][0], *one, now) for one in routed}
        stored = [number for number, new in saved.items() if new is not None and number in bodies]
        kept = [number for number in stored if self._keeps(session, rows[number][0])]
        _store_texts(session, {number: bodies[number] for number in kept})
        return saved

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

    def _take(self, session: Session, now: datetime, most: int, offered: datetime | None = None) -> list[_Candidate]:
        """Lease the articles that are due longest and whose hosts have a place for them; and those without a page.

        ``offered``: until when they are only offered; who takes one up takes its host's place then.
        """
        places = Places(session, now)
        taken: list[_Candidate] = []
        passed = places.full(self._bearing)
        for ahead in AHEAD:
            given = {"now": now, "passed": list(passed), "most": ahead * most}
            found = [_Candidate(*row) for row in session.execute(self._waiting, given)]
            taken += self._with_places(places, found, most - len(taken))
            passed |= {one.polite for one in found if one.polite}
            if len(found) < ahead * most or len(taken) >= most:
                break
        _lease(session, taken, offered or now + _LEASE, tries=0 if offered else 1)
        if not offered:
            places.store()
        return taken

    def _mine(self) -> ColumnElement[bool]:
        """Condition on ArticleRow: this process can ask for its page."""
        return true() if CANARY in self._sources else of_people()

    def _pace(self, row: ArticleRow, article: DueArticle, finding: Finding) -> None:
        """Have the next try spaced with the host that it goes to."""
        at, source = finding.page_url or row.url, self._sources.get(article.source)
        row.polite = polite_key(at, source.polite if source else "host", article.source) if at else None

    def _claimed(self, session: Session, taken: Sequence[_Candidate]) -> list[DueArticle]:
        """What was leased, in that order."""
        return due_articles(session, [one.article for one in taken], self._sources)

    def _with_places(self, places: Places, found: Sequence[_Candidate], most: int) -> list[_Candidate]:
        """Those that their hosts have a place for, at most so many; the places are still to be stored."""
        taken: list[_Candidate] = []
        for one in found:
            source = self._sources.get(one.source, _UNKNOWN)
            if len(taken) < most and (not one.polite or places.take(one.polite, source.connections, source.pace)):
                taken.append(one)
        return taken


def _lease(session: Session, taken: Sequence[_Candidate], until: datetime, *, tries: int = 1) -> None:
    """Count a try where one is made: a page which takes the process down does not do so for ever."""
    if taken:
        given = {"numbers": [one.article for one in taken], "until": until, "tries": tries}
        session.connection().execute(_LEASED, given)


def _rows(session: Session, numbers: Sequence[int]) -> dict[int, tuple[ArticleRow, SourceRow]]:
    """The articles with these numbers, each with its source: the session has them at hand as long as these live."""
    query = select(ArticleRow, SourceRow).join(SourceRow, _source_of_article()).where(col(ArticleRow.id).in_(numbers))
    return {article.id or 0: (article, source) for article, source in session.exec(query).all()}


def _compressed(body: str) -> bytes:
    return zlib.compress(body.encode(), _FASTEST)


def _store_texts(session: Session, bodies: Mapping[int, bytes]) -> None:
    if bodies:
        session.execute(_TEXT, [{"number": number, "body": body} for number, body in bodies.items()])


def _source_of_article() -> ColumnElement[bool]:
    return col(SourceRow.id) == col(ArticleRow.source_id)


def _candidates() -> Any:
    columns = (ArticleRow.id, ArticleRow.polite, SourceRow.name, PaceRow.next_at)
    query = select(*map(col, columns)).join(SourceRow, _source_of_article())
    return query.join(PaceRow, _pace_of_article(), isouter=True).order_by(col(ArticleRow.due), col(ArticleRow.id))


def _unleased(now: Any) -> ColumnElement[bool]:
    return or_(col(ArticleRow.lease_until).is_(None), col(ArticleRow.lease_until) <= now)


def _pace_of_article() -> ColumnElement[bool]:
    return col(PaceRow.key) == col(ArticleRow.polite)


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
