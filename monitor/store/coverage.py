"""What second nets showed, and what was ruled on it: the recall gauge's rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from monitor.model import (
    ONLY_BY_NET,
    Coverage,
    Covered,
    Finding,
    Missed,
    NewDelivery,
    Ruling,
    Seen,
    Source,
    Verdict,
    Watch,
)
from monitor.store.canary import of_people
from monitor.store.coverage_table import CoverageRow
from monitor.store.database import Database
from monitor.store.hits import store_deliveries
from monitor.store.missed import missed, nets, started
from monitor.store.nets import is_told
from monitor.store.tables import ArticleRow, HitRow, SightingRow, SourceRow

_WINDOW = timedelta(days=30)
"""How long before the second net ours may have come."""

Route = Callable[[str, datetime, timedelta, Finding, datetime], Sequence[NewDelivery]]
"""Deliveries of a finding: its source, when its article was found, how old it may be to alert, the finding, now."""


class CoverageStore:
    """Articles of second nets: which wait to be ruled on, and the rulings."""

    def __init__(self, database: Database, sources: Sequence[Source]) -> None:
        self._database = database
        self._backlogs = {source.name: source.alert_backlog for source in sources}

    def watch(self) -> Watch:
        """What waits to be ruled on, with what it is to be compared with."""
        with self._database.read() as session:
            waiting = _seen(session, _shown(control=True).where(~_is_ruled()))
            if not waiting:
                return Watch()
            since = min(seen.seen for seen in waiting) - _WINDOW
            recent = func.min(SightingRow.seen) >= since
            nets = col(SightingRow.control).is_(True)
            shown = select(SightingRow.article_id).where(
                nets, col(SightingRow.article_id).not_in(select(CoverageRow.article_id))
            )
            # a hit is never older than the first sighting, so older hits are here only where a second net came first
            near = or_(
                col(HitRow.found) >= since, col(HitRow.article_id).in_(select(SightingRow.article_id).where(nets))
            )
            either = or_(recent, col(ArticleRow.id).in_(shown))
            ours = _seen(session, _shown(control=False).where(near).having(either))
            return Watch(waiting, ours, _seen(session, _shown(control=True).where(_is_ruled()).having(recent)))

    def save(self, rulings: Iterable[Ruling], route: Route, now: datetime) -> int:
        """Store the rulings with the deliveries of what was missed, in one transaction. Returns how many deliveries.

        All that is missed at one time goes out as one message a channel. What was ruled on before stays as it was.
        """
        batch = f"second net {now:%Y-%m-%d %H:%M:%S}"
        made = list(rulings)
        with self._database.write() as session:
            new = [ruling for ruling in made if session.get(CoverageRow, ruling.article_id) is None]
            session.add_all(_row(ruling, now) for ruling in new)
            for ruling in new:
                row = session.get_one(ArticleRow, ruling.article_id)
                row.notes = [*row.notes, _words(ruling)]
            return sum(self._tell(session, ruling, route, now, batch) for ruling in new if _is_to_tell(session, ruling))

    def coverage(self, since: datetime) -> Coverage:
        """The rulings on what second nets showed since then."""
        wanted = (col(CoverageRow.seen) >= since, col(CoverageRow.twin).is_(None))
        with self._database.read() as session:
            covered = tuple(_covered(*row) for row in session.exec(_rulings().where(*wanted)))
            waiting = len(_seen(session, _shown(control=True).where(~_is_ruled())))
            return Coverage(covered, waiting, started(session))

    def missed(self, since: datetime, most: int) -> tuple[Missed, ...]:
        """What was missed of what second nets showed since then, the latest first; at most ``most``."""
        wanted = (col(CoverageRow.seen) >= since, col(CoverageRow.twin).is_(None), CoverageRow.caught == "missed")
        latest = (col(CoverageRow.seen).desc(), col(CoverageRow.article_id).desc())
        with self._database.read() as session:
            rows = session.exec(_rulings().where(*wanted).order_by(*latest).limit(most)).all()
            return missed(session, [_covered(*row) for row in rows])

    def nets(self) -> tuple[str, ...]:
        """The sources that have shown something as second nets, by name."""
        with self._database.read() as session:
            return nets(session)

    def _tell(self, session: Session, ruling: Ruling, route: Route, now: datetime, batch: str) -> int:
        """Deliver the hits of an article as they stand; where it was missed, with the word why so late."""
        row = session.get_one(ArticleRow, ruling.article_id)
        source = session.get_one(SourceRow, row.source_id)
        standing = (HitRow.article_id == row.id, col(HitRow.withdrawn).is_(False))
        hits = {hit.topic: hit for hit in session.exec(select(HitRow).where(*standing))}
        for hit in hits.values() if ruling.caught == "missed" else ():
            hit.why = [ONLY_BY_NET, *hit.why]
        finding = _finding(row, list(hits.values()))
        backlog = self._backlogs.get(source.name, timedelta(days=1))
        deliveries = route(source.name, row.found, backlog, finding, now)
        return store_deliveries(session, row, finding, deliveries, hits, now, batch)


def _is_to_tell(session: Session, ruling: Ruling) -> bool:
    """What was missed; and what another source brought later, but read so that nobody was told."""
    if ruling.caught == "missed":
        return ruling.twin is None
    return ruling.caught == "later" and ruling.ours == ruling.article_id and not is_told(session, ruling.article_id)


def _is_ruled() -> Any:
    return col(ArticleRow.id).in_(select(CoverageRow.article_id))


_FACTS = (
    ArticleRow.id,
    ArticleRow.title,
    ArticleRow.url,
    ArticleRow.page_url,
    ArticleRow.canonical_url,
    ArticleRow.outlet,
    ArticleRow.language,
)


def _shown(*, control: bool) -> Any:
    """Articles with each topic they hit, and when the first second net, or the first other source, showed them."""
    return (
        select(*map(col, _FACTS), HitRow.topic, func.min(SightingRow.seen))  # type: ignore[call-overload]
        .join(HitRow, col(HitRow.article_id) == col(ArticleRow.id))
        .join(SightingRow, col(SightingRow.article_id) == col(ArticleRow.id))
        .where(col(HitRow.withdrawn).is_(False), col(SightingRow.control).is_(control), of_people())
        .group_by(col(ArticleRow.id), col(HitRow.topic))
    )


def _seen(session: Session, query: Any) -> tuple[Seen, ...]:
    found: dict[int, Seen] = {}
    for number, title, url, page, canonical, outlet, language, topic, seen in session.exec(query):
        topics = found[number].topics if number in found else frozenset()
        urls = tuple(filter(None, (url, page, canonical)))
        found[number] = Seen(number, title, urls, outlet, language, topics | {topic}, seen)
    return tuple(found.values())


def _rulings() -> Any:
    query: Any = select(CoverageRow, *map(col, (*_FACTS, ArticleRow.published)))
    return query.join(ArticleRow, col(ArticleRow.id) == col(CoverageRow.article_id))


def _covered(row: CoverageRow, number: int, title: str, *rest: Any) -> Covered:
    *urls, outlet, language, published = rest
    about = Seen(number, title, tuple(filter(None, urls)), outlet, language, frozenset(), row.seen)
    return Covered(about, row.caught, row.came, published)  # type: ignore[arg-type]


def _row(ruling: Ruling, now: datetime) -> CoverageRow:
    return CoverageRow(
        article_id=ruling.article_id,
        seen=ruling.seen,
        caught=ruling.caught,
        ours=ruling.ours,
        came=ruling.came,
        twin=ruling.twin,
        ruled=now,
    )


def _words(ruling: Ruling) -> str:
    """For the article's ledger."""
    ours = "" if ruling.ours in (None, ruling.article_id) else f" as article {ruling.ours}"
    twin = "" if ruling.twin is None else f"; article {ruling.twin} of another second net is the same"
    words = {
        "found": "ours already",
        "later": "brought by another source later",
        "missed": "missed by the other sources",
    }
    return f"second net: {words[ruling.caught]}{ours}{twin}"


def _finding(row: ArticleRow, hits: Sequence[HitRow]) -> Finding:
    verdicts = tuple(Verdict(hit.topic, True, hit.grade, hit.score) for hit in hits)  # type: ignore[arg-type]  # noqa: FBT003
    return Finding(row.id or 0, row.title, "", "full", verdicts, language=row.language, published=row.published)
