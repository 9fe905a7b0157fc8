"""Sources and their gaps as people see them. Only reads; the caller gives the session."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from monitor.model import GapView, SourceView
from monitor.store.history_tables import GapRow
from monitor.store.tables import HitRow, SourceRow

_RHYTHM = 5
"""Arrivals from which the longest pause between two of them means something."""


def source_view(
    row: SourceRow, hits: int, gaps: Sequence[GapView], days: tuple[tuple[int, int], ...] = ()
) -> SourceView:
    """A source with what was learnt of it."""
    known = row.last_poll is not None and row.planned is not None
    return SourceView(
        id=row.id or 0,
        name=row.name,
        url=row.url,
        kind=row.kind,
        language=row.language,
        country=row.country,
        active=row.active,
        health=row.health,
        outcome=row.outcome,
        error=row.error,
        failures=row.failures,
        first_poll=row.first_poll,
        last_poll=row.last_poll,
        last_ok=row.last_ok,
        last_new=row.last_new,
        next_poll=row.due if row.active and row.paused is None else None,
        entries=row.entries,
        hits=hits,
        notes=tuple(row.notes),
        health_since=row.health_since,
        interval=None if row.interval is None else timedelta(seconds=row.interval),
        lateness=max(row.last_poll - row.planned, timedelta(0)) if known and row.last_poll and row.planned else None,
        longest_pause=_longest_pause(row.arrivals),
        address=row.address,
        moving_to=row.moved_to,
        identity=row.identity,
        walls=row.walls,
        gaps=tuple(gaps),
        paused=row.paused,
        paused_by=row.paused_by,
        days=days,
    )


def gap_views(
    session: Session, sources: Collection[int | None] | None = None, most: int | None = None
) -> dict[str, tuple[GapView, ...]]:
    """Every gap by the name of its source, newest first; only those of some ``sources``, only the ``most`` newest."""
    query = select(GapRow, SourceRow.name).join(SourceRow, col(SourceRow.id) == col(GapRow.source_id))
    mine = () if sources is None else (col(GapRow.source_id).in_(list(sources)),)
    if most is not None:
        query = query.where(col(GapRow.id).in_(_newest_gaps(most, *mine)))
    found: dict[str, list[GapView]] = {}
    for row, name in session.exec(query.where(*mine).order_by(col(GapRow.id).desc())):
        view = GapView(name, row.noticed, row.since, row.until, row.state, row.read_back, row.words)
        found.setdefault(name, []).append(view)
    return {name: tuple(gaps) for name, gaps in found.items()}


def hit_counts(session: Session, sources: Collection[int | None]) -> dict[int | None, int]:
    """How many hits stand, by source."""
    mine = (col(HitRow.source_id).in_(list(sources)), col(HitRow.withdrawn).is_(False))
    counts = select(HitRow.source_id, func.count()).where(*mine).group_by(col(HitRow.source_id))
    return dict(session.exec(counts).all())


def _newest_gaps(most: int, *of: ColumnElement[bool]) -> Any:
    place = func.row_number().over(partition_by=col(GapRow.source_id), order_by=col(GapRow.id).desc())
    numbered = select(GapRow.id, place.label("place")).where(*of).subquery()
    return select(numbered.c.id).where(numbered.c.place <= most)


def _longest_pause(arrivals: Sequence[float]) -> timedelta | None:
    if len(arrivals) < _RHYTHM:
        return None
    return timedelta(seconds=max(later - earlier for earlier, later in pairwise(arrivals)))
