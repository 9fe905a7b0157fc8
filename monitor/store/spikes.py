"""Hits by topic, language and hour (UTC), for telling spikes; the hour is that in which the article was found.

So a hit that changed rules gain, or that a late page brings, counts where it belongs, and makes no spike of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import extract, func, or_
from sqlmodel import Session, col, select

from monitor.model import Notice, Series
from monitor.store.canary import canary_id, of_people
from monitor.store.database import Database
from monitor.store.history_tables import NoticeRow
from monitor.store.notices import notice_row
from monitor.store.story_tables import PrintRow
from monitor.store.tables import ArticleRow, HitRow, SourceRow

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_SPAN = 14 * 24 + 1
"""Hours that are looked at, the last one included."""

Key = tuple[str, str | None]
"""Topic and language."""


@dataclass(frozen=True)
class _Hit:
    """A hit of the last hour."""

    key: Key
    source: str
    title: str
    story: tuple[str, int]


class SpikeStore:
    """Series of hits, and what was said of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def series(self, now: datetime, least: int) -> tuple[Series, ...]:
        """Every series with at least ``least`` hits in the last full hour, and every one on which a spike lasts."""
        end = _full(now)
        with self._database.read() as session:
            lasting = _lasting(session)
            hits = _hits(session, end)
            counts = Counter(hit.key for hit in hits)
            keys = {key for key, count in counts.items() if count >= least} | lasting.keys()
            if not keys:
                return ()
            past, first = _past(session, end), {topic: _first(session, topic, end) for topic, _ in keys}
            made = []
            for topic, language in sorted(keys, key=str):
                mine = [hit for hit in hits if hit.key == (topic, language)]
                hours = _hours(past.get((topic, language), {}), first[topic], end)
                made.append(_series((topic, language), (*hours, len(mine)), mine, lasting.get((topic, language)), end))
            return tuple(made)

    def tell(self, notices: Iterable[Notice]) -> None:
        """Store what begins, to be told, and what is over, of which nobody is told."""
        with self._database.write() as session:
            for notice in notices:
                row = notice_row(notice)
                row.told = notice.state == "ok"
                session.add(row)


def _full(moment: datetime) -> datetime:
    """The beginning of the hour, which in some zones is no full one."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _lasting(session: Session) -> dict[Key, datetime]:
    """Since when spikes last, by the last notice of each."""
    query = select(NoticeRow).where(NoticeRow.kind == "spike").order_by(col(NoticeRow.id))
    last = {(row.topic or "", row.language): row for row in session.exec(query)}
    return {key: row.at for key, row in last.items() if row.state == "spike"}


def _hits(session: Session, end: datetime) -> list[_Hit]:
    """The hits of the last hour, but those of what is older, as the first poll of a source brings it."""
    start = end - _HOUR
    fresh = or_(col(ArticleRow.published).is_(None), col(ArticleRow.published) >= start - _DAY)
    known = or_(col(SourceRow.first_poll).is_(None), col(SourceRow.first_poll) < start)
    columns = (HitRow.topic, ArticleRow.language, SourceRow.name, ArticleRow.title, ArticleRow.id, PrintRow.story_id)
    query = (
        select(*columns)  # type: ignore[call-overload]
        .join(ArticleRow, col(ArticleRow.id) == col(HitRow.article_id))
        .join(SourceRow, col(SourceRow.id) == col(ArticleRow.source_id))
        .join(PrintRow, col(PrintRow.article_id) == col(ArticleRow.id), isouter=True)
        .where(*_standing(start), col(ArticleRow.found) < end, fresh, known)
        .order_by(col(ArticleRow.found), col(ArticleRow.id))
    )
    return [
        _Hit((topic, language), source, title, ("article", article or 0) if story is None else ("story", story))
        for topic, language, source, title, article, story in session.exec(query)
    ]


def _past(session: Session, end: datetime) -> dict[Key, dict[tuple[int, int], int]]:
    """How many hits there were, by day of the year and hour, which in two weeks are no two hours."""
    start = end - _SPAN * _HOUR
    fresh = or_(col(ArticleRow.published).is_(None), col(ArticleRow.published) >= start - _DAY)
    day, hour = extract("doy", col(ArticleRow.found)), extract("hour", col(ArticleRow.found))
    query = (
        select(HitRow.topic, ArticleRow.language, day, hour, func.count())  # type: ignore[call-overload]
        .join(ArticleRow, col(ArticleRow.id) == col(HitRow.article_id))
        .where(*_standing(start), col(ArticleRow.found) < end - _HOUR, fresh)
        .group_by(col(HitRow.topic), col(ArticleRow.language), day, hour)
    )
    found: dict[Key, dict[tuple[int, int], int]] = {}
    for topic, language, of_year, of_day, count in session.exec(query):
        found.setdefault((topic, language), {})[int(of_year), int(of_day)] = count
    return found


def _first(session: Session, topic: str, end: datetime) -> datetime:
    """When the first article that hit was found; of those from before the hours that are looked at, any."""
    start = end - _SPAN * _HOUR
    early = select(HitRow.found).where(HitRow.topic == topic, col(HitRow.found) < start, _of_people())
    known = session.exec(early.order_by(col(HitRow.found).desc()).limit(1)).first()
    if known is not None:
        return known
    query = select(ArticleRow.found).join(HitRow, col(HitRow.article_id) == col(ArticleRow.id))
    young = query.where(HitRow.topic == topic, col(HitRow.found) >= start, of_people())
    return session.exec(young.order_by(col(ArticleRow.found)).limit(1)).first() or end


def _of_people() -> Any:
    """Condition on HitRow: it is none of the canary's."""
    return col(HitRow.source_id).is_distinct_from(canary_id())


def _standing(since: datetime) -> tuple[Any, ...]:
    """Conditions on hits of articles found since then; a hit is never older than its article."""
    hits = (col(HitRow.withdrawn).is_(False), col(HitRow.found) >= since)
    return (*hits, col(ArticleRow.found) >= since, of_people())


def _hours(past: Mapping[tuple[int, int], int], first: datetime, end: datetime) -> tuple[int, ...]:
    """The counts of the full hours before the last one, oldest first; none from before the topic's first hit."""
    hours = (end - number * _HOUR for number in range(_SPAN, 1, -1))
    return tuple(past.get((hour.timetuple().tm_yday, hour.hour), 0) for hour in hours if hour + _HOUR > first)


def _series(key: Key, counts: tuple[int, ...], hits: Sequence[_Hit], since: datetime | None, end: datetime) -> Series:
    """A series; ``since`` is when the spike on it was told."""
    outlets = Counter(hit.source for hit in hits)
    stories = Counter(hit.story for hit in hits)
    titles = {hit.story: hit.title for hit in reversed(hits)}  # the first one stays
    on = None if since is None else _full(since) - _HOUR
    return Series(
        topic=key[0],
        language=key[1],
        counts=counts,
        outlets=tuple(name for name, _ in outlets.most_common()),
        headlines=tuple(titles[story] for story, _ in stories.most_common()),
        lasting=None if on is None else max((end - on) // _HOUR, 1),
    )
