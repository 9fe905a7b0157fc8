"""Whether what a database holds is in step with itself: search, counts, copies, leases. And what mends it.

One check is one question to one consistent view; one mend is one transaction. The file's own soundness (SQLite) is
``soundness``'s. Must not: mend while another process works on the database; the caller sees to that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, text
from sqlmodel import Session, col, select

from monitor.model import CANARY, Checked
from monitor.store.columns import Utc
from monitor.store.database import Database
from monitor.store.review_tables import HitTextRow
from monitor.store.search import likely
from monitor.store.searchable import make_searchable_anew

SAMPLE = 300
"""Texts that are looked up in the search index; all of them where it is asked to be thorough."""
_WORDS = 4
_AHEAD = timedelta(hours=1)
"""No lease lasts as long."""
_TABLES = ("source", "article", "delivery", "channel")
_BY_DAY = "SELECT source_id, substr(CAST({at} AS VARCHAR), 1, 10), count(*) FROM {table} WHERE {which} GROUP BY 1, 2"
_OURS = f"source_id IN (SELECT id FROM source WHERE name <> '{CANARY}')"  # noqa: S608 - a word of ours
_ARTICLES = "(SELECT {0} FROM article WHERE article.id = hit.article_id)"
_SOURCES = "(SELECT {0} FROM source WHERE source.id = hit.source_id)"
_PRINTS = "(SELECT {0} FROM print WHERE print.article_id = hit.article_id)"
_COPIED: Final = {
    "source": ("source_id", _ARTICLES.format("source_id")),
    "country": ("country", _SOURCES.format("source.country")),
    "story": ("story_id", _PRINTS.format("print.story_id")),
}
"""What a hit keeps for the lists, by name: its column, and what it is taken from."""

Look = Callable[[Session, datetime, bool], tuple[int, str]]
"""How much is wrong, and in words what was looked at or is wrong."""


@dataclass(frozen=True)
class _Check:
    name: str
    look: Look
    mend: Callable[[Session, datetime], None]


class CheckStore:
    """What can be looked at and mended in any database, by name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def names(self) -> tuple[str, ...]:
        """The checks, in their order."""
        return tuple(_CHECKS)

    def look(self, name: str, now: datetime, *, thorough: bool = False) -> Checked:
        """Look at one thing."""
        with self._database.read() as session:
            wrong, words = _CHECKS[name].look(session, now, thorough)
        return Checked(name, words, wrong, mend="monitor check --repair" if wrong else "")

    def mend(self, name: str, now: datetime) -> None:
        """Mend what ``look`` found."""
        with self._database.write() as session:
            _CHECKS[name].mend(session, now)


# --- search ----------------------------------------------------------------------------------------


def _search(session: Session, _now: datetime, thorough: bool) -> tuple[int, str]:
    lacking = _number(session, "SELECT count(*) FROM hit WHERE id NOT IN (SELECT hit_id FROM hit_text)")
    if lacking:
        return lacking, f"{lacking} hits are without the text that is searched"
    of = _number(session, "SELECT count(*) FROM hit_text")
    step = 1 if thorough else max(of // SAMPLE, 1)
    lost = looked = 0
    for key, folded in _texts(session, step):
        looked += 1
        lost += not _is_found(session, key, folded)
    return lost, f"{lost} of {looked} texts are not found by their own words" if lost else f"{looked} of {of} texts"


def _texts(session: Session, step: int) -> Iterable[tuple[int, str]]:
    """Each ``step``-th text, by the numbers of the hits."""
    key = col(HitTextRow.hit_id)
    query = select(key, HitTextRow.folded).where(key % step == 0).order_by(key)
    return session.exec(query.execution_options(yield_per=100))


def _is_found(session: Session, key: int, folded: str) -> bool:
    words = folded.split()
    asked = words[:: max(len(words) // _WORDS, 1)][:_WORDS]
    found = likely(session, asked).subquery()
    return not asked or session.execute(select(1).where(found.c[0] == key)).first() is not None


# --- counts and copies -----------------------------------------------------------------------------


def _source_days(session: Session, _now: datetime, _thorough: bool) -> tuple[int, str]:
    kept, counted = _days(session)
    wrong = sum(kept.get(key, (0, 0)) != counted.get(key, (0, 0)) for key in kept.keys() | counted.keys())
    words = "days of sources are counted wrongly" if wrong else "days of sources add up"
    return wrong, f"{wrong or len(kept)} {words}"


def _mend_source_days(session: Session, _now: datetime) -> None:
    _, counted = _days(session)
    session.execute(text("DELETE FROM source_day"))
    add = text("INSERT INTO source_day (source_id, day, entries, hits) VALUES (:source, :day, :entries, :hits)")
    rows = [{"source": s, "day": d, "entries": e, "hits": h} for (s, d), (e, h) in counted.items()]
    if rows:
        session.execute(add, rows)


Days = dict[tuple[int, str], tuple[int, int]]


def _days(session: Session) -> tuple[Days, Days]:
    """Entries and hits by source and day: as they are kept, and as they are counted from that day on."""
    kept = {(s, d): (e, h) for s, d, e, h in _rows(session, "SELECT source_id, day, entries, hits FROM source_day")}
    first = min((day for _, day in kept), default="")
    entries = _by_day(session, "sighting", "seen", _OURS, first)
    hits = _by_day(session, "hit", "found", f"NOT withdrawn AND {_OURS}", first)
    return kept, {key: (entries.get(key, 0), hits.get(key, 0)) for key in entries.keys() | hits.keys()}


def _by_day(session: Session, table: str, at: str, which: str, first: str) -> dict[tuple[int, str], int]:
    rows = _rows(session, _BY_DAY.format(at=at, table=table, which=which))
    return {(source, day): number for source, day, number in rows if day >= first}


def _copies(session: Session, _now: datetime, _thorough: bool) -> tuple[int, str]:
    wrong = {name: _number(session, f"SELECT count(*) {_differing(name)}") for name in _COPIED}
    said = ", ".join(f"{number} under another {name} than their article" for name, number in wrong.items() if number)
    return sum(wrong.values()), f"hits: {said}" if said else "hits are listed under their source, country and story"


def _differing(name: str) -> str:
    """Hits whose copy is another one; NULL is a value here."""
    column, origin = _COPIED[name]
    same = f"({column} = {origin} OR ({column} IS NULL AND {origin} IS NULL))"
    return f"FROM hit WHERE NOT coalesce({same}, false)"


def _mend_copies(session: Session, _now: datetime) -> None:
    for name, (column, origin) in _COPIED.items():
        wrong = f"SELECT id {_differing(name)}"
        session.execute(text(f"UPDATE hit SET {column} = {origin} WHERE id IN ({wrong})"))  # noqa: S608


# --- leases ----------------------------------------------------------------------------------------


def _leases(session: Session, now: datetime, _thorough: bool) -> tuple[int, str]:
    far = sum(
        session.execute(_late(f"SELECT count(*) FROM {table} WHERE lease_until > :late", now)).scalar_one()  # noqa: S608
        for table in _TABLES
    )
    lost = _number(session, "SELECT count(*) FROM delivery WHERE state = 'sending' AND lease_until IS NULL")
    held = sum(_number(session, f"SELECT count(*) FROM {table} WHERE lease_until IS NOT NULL") for table in _TABLES)  # noqa: S608
    if far or lost:
        return far + lost, f"{far} leases end later than any does, {lost} messages are being sent by nobody"
    return 0, f"{held} pieces of work are in hand"


def _mend_leases(session: Session, now: datetime) -> None:
    for table in _TABLES:
        session.execute(_late(f"UPDATE {table} SET lease_until = NULL WHERE lease_until > :late", now))  # noqa: S608
    lost = "UPDATE delivery SET state = 'failed', unknown = unknown + 1 WHERE state = 'sending' AND lease_until IS NULL"
    session.execute(text(lost))


def _late(statement: str, now: datetime) -> Any:
    return text(statement).bindparams(bindparam("late", now + _AHEAD, type_=Utc()))


def _rows(session: Session, question: str, **values: Any) -> Sequence[Any]:
    return session.execute(text(question), values).all()


def _number(session: Session, question: str, **values: Any) -> int:
    return int(session.execute(text(question), values).scalar_one())


def _mend_search(session: Session, _now: datetime) -> None:
    make_searchable_anew(session)


_CHECKS: Final = {
    check.name: check
    for check in (
        _Check("search", _search, _mend_search),
        _Check("hits", _copies, _mend_copies),
        _Check("source days", _source_days, _mend_source_days),
        _Check("leases", _leases, _mend_leases),
    )
}
