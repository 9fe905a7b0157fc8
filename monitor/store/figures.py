"""The figures of a span of days, added up by the database.

Hits, their stories and decisions are counted exactly, through indexes that hold all that is asked; a median needs
each value, so of very many deliveries an even sample is taken, and its size is said. The canary's, and hits that
changed rules have withdrawn, are counted nowhere.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from monitor.model import (
    UNKNOWN_COUNTRY,
    UNKNOWN_LANGUAGE,
    Latency,
    OutletFigures,
    ReviewFigures,
    Span,
    Stretch,
    most_first,
)
from monitor.store.canary import canary_id
from monitor.store.database import Database
from monitor.store.days import stretches
from monitor.store.latency import Told, latencies, latency_of, told
from monitor.store.tables import DecisionRow, HitRow, SourceRow

MOST_OUTLETS = 12
"""Outlets named; how many there are is counted."""
_Edges = tuple[tuple[datetime, datetime], ...]


class FigureStore:
    """Adds up anew with each call: some tenths of a second at a hundred thousand hits."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self, span: Span, zone: str, now: datetime, topic: str | None = None) -> ReviewFigures:
        """The figures of a span in the days of ``zone``; of all topics or of one."""
        edges = stretches(span, zone, now)
        with self._database.read() as session:
            return _figures(session, edges, zone, topic)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is counted."""

    edges: _Edges
    topic: str | None
    canary: int
    """Number of the canary's source; 0 where there is none."""

    def of(self, hit: Any) -> tuple[Any, ...]:
        """Conditions on rows of hits, whenever they were found."""
        about = () if self.topic is None else (func.coalesce(hit.topic, "") == self.topic,)  # by no index of topics
        return (col(hit.withdrawn).is_(False), col(hit.source_id).is_distinct_from(self.canary), *about)

    def hits(self) -> tuple[Any, ...]:
        """Conditions on the hits of the span."""
        begin, end = self.edges[0][0], self.edges[-1][1]
        return (col(HitRow.found) >= begin, col(HitRow.found) < end, *self.of(HitRow))

    def place(self, moment: datetime) -> int:
        """The number of the stretch that a moment of the span is in."""
        return bisect_right(self.edges, moment, key=lambda edge: edge[1])


def _figures(session: Session, edges: _Edges, zone: str, topic: str | None) -> ReviewFigures:
    asked = _Asked(edges, topic, session.exec(select(canary_id())).one() or 0)
    hits, begun, made = _hits(session, asked), _begun(session, asked), _decisions(session, asked)
    measured = told(session, edges[0][0], edges[-1][1], topic)
    late = _late(measured, asked)
    sources, firsts = _by_source(session, asked), Counter(source for _, source in begun)
    stories = Counter(asked.place(found) for found, _ in begun)
    return ReviewFigures(
        zone=zone,
        topic=topic,
        stretches=tuple(
            Stretch(*edge, tally.languages, tally.topics, stories[at], made[at].total(), late[at])
            for at, (edge, tally) in enumerate(zip(edges, hits, strict=True))
        ),
        countries=most_first(sum((tally.countries for tally in hits), Counter())),
        states=most_first(sum((tally.states for tally in hits), Counter())),
        deciders=most_first(sum(made, Counter())),
        outlets=_named(session, sources, sources, firsts),
        firsts=_named(session, firsts, sources, firsts),
        known=len(sources),
        latencies=latencies(measured),
    )


# --- hits ------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Tally:
    """The hits of one stretch."""

    languages: Counter[str] = field(default_factory=Counter)
    topics: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    countries: Counter[str] = field(default_factory=Counter)


def _hits(session: Session, asked: _Asked) -> list[_Tally]:
    """One question a stretch: each is sorted in little memory, and a day may have any length."""
    shown = (HitRow.language, HitRow.topic, HitRow.state, HitRow.country)
    within = (col(HitRow.found) >= bindparam("start"), col(HitRow.found) < bindparam("end"))
    query = select(*map(col, shown), func.count()).where(*within, *asked.of(HitRow)).group_by(*map(col, shown))  # type: ignore[call-overload]
    return [_tally(session.execute(query, {"start": start, "end": end})) for start, end in asked.edges]


def _tally(rows: Iterable[Any]) -> _Tally:
    tally = _Tally()
    for language, topic, state, country, count in rows:
        tally.languages[language or UNKNOWN_LANGUAGE] += count
        tally.topics[topic] += count
        tally.states[state] += count
        tally.countries[country or UNKNOWN_COUNTRY] += count
    return tally


def _by_source(session: Session, asked: _Asked) -> Counter[int]:
    """Hits by source. The call keeps SQLite from walking the index of sources, in which too little stands."""
    source: Any = func.coalesce(HitRow.source_id, 0)
    return Counter(dict(session.exec(select(source, func.count()).where(*asked.hits()).group_by(source)).all()))


# --- stories ---------------------------------------------------------------------------------------


def _begun(session: Session, asked: _Asked) -> list[tuple[datetime, int]]:
    """When stories began, and with which source: by the first hit that was found, if that is of the span."""
    older = aliased(HitRow)
    before = or_(
        col(older.found) < col(HitRow.found),
        and_(col(older.found) == col(HitRow.found), col(older.id) < col(HitRow.id)),
    )
    same = (col(older.story_id) == col(HitRow.story_id), col(older.found) <= col(HitRow.found))
    began = ~exists().where(*same, before, *asked.of(older))  # asks the index of stories once
    query = select(HitRow.found, HitRow.source_id).where(*asked.hits(), col(HitRow.story_id).is_not(None), began)
    return [(found, source or 0) for found, source in session.exec(query)]


# --- outlets ---------------------------------------------------------------------------------------


def _named(
    session: Session, chosen: Counter[int], hits: Mapping[int, int], firsts: Mapping[int, int]
) -> tuple[OutletFigures, ...]:
    """The sources with the greatest counts in ``chosen``, by name where counts are equal."""
    least = min((count for _, count in chosen.most_common(MOST_OUTLETS)), default=0)
    numbers = [number for number, count in chosen.items() if count >= least]
    query = select(SourceRow.id, SourceRow.name, SourceRow.country).where(col(SourceRow.id).in_(numbers))
    rows = [(number or 0, name, country) for number, name, country in session.exec(query)]
    rows.sort(key=lambda row: (-chosen[row[0]], row[1]))
    return tuple(
        OutletFigures(name, country, hits.get(number, 0), firsts.get(number, 0))
        for number, name, country in rows[:MOST_OUTLETS]
    )


# --- decisions and latency -------------------------------------------------------------------------


def _decisions(session: Session, asked: _Asked) -> list[Counter[str]]:
    """How many decisions who made in each stretch; taking one back is none."""
    canarys = select(HitRow.id).where(HitRow.source_id == asked.canary)
    within = (col(DecisionRow.at) >= bindparam("start"), col(DecisionRow.at) < bindparam("end"))
    query = (
        select(DecisionRow.who, func.count())
        .where(*within, col(DecisionRow.undoes).is_(None), col(DecisionRow.hit_id).not_in(canarys))
        .group_by(DecisionRow.who)
    )
    if asked.topic is not None:
        query = query.join(HitRow, col(HitRow.id) == col(DecisionRow.hit_id)).where(
            func.coalesce(HitRow.topic, "") == asked.topic
        )
    made = (session.execute(query, {"start": start, "end": end}).all() for start, end in asked.edges)
    return [Counter(dict(map(tuple, rows))) for rows in made]


def _late(measured: Told, asked: _Asked) -> list[Latency]:
    """The latency of the first alerts of each stretch."""
    values: dict[int, list[float]] = {}
    for sending in measured.sendings:
        if sending.first:
            values.setdefault(asked.place(sending.sent), []).append(sending.after)
    return [latency_of(values.get(at, ())) for at in range(len(asked.edges))]
