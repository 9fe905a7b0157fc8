"""Sources and their gaps as people see them. Only reads; the caller gives the session."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import Session, col, select

from monitor.model import GapView, SourceView
from monitor.store.history_tables import GapRow
from monitor.store.tables import SourceRow


def source_view(row: SourceRow, hits: int, gaps: Sequence[GapView]) -> SourceView:
    """A source with what was learnt of it."""
    known = row.last_poll is not None and row.planned is not None
    return SourceView(
        name=row.name,
        url=row.url,
        kind=row.kind,
        language=row.language,
        active=row.active,
        health=row.health,
        outcome=row.outcome,
        error=row.error,
        failures=row.failures,
        last_poll=row.last_poll,
        last_ok=row.last_ok,
        last_new=row.last_new,
        next_poll=row.due if row.active else None,
        entries=row.entries,
        hits=hits,
        notes=tuple(row.notes),
        health_since=row.health_since,
        interval=None if row.interval is None else timedelta(seconds=row.interval),
        lateness=max(row.last_poll - row.planned, timedelta(0)) if known and row.last_poll and row.planned else None,
        address=row.address,
        moving_to=row.moved_to,
        identity=row.identity,
        walls=row.walls,
        gaps=tuple(gaps),
    )


def gap_views(session: Session) -> dict[str, tuple[GapView, ...]]:
    """Every gap by the name of its source, newest first."""
    query = select(GapRow, SourceRow.name).join(SourceRow, col(SourceRow.id) == col(GapRow.source_id))
    found: dict[str, tuple[GapView, ...]] = {}
    for row, name in session.exec(query.order_by(col(GapRow.id).desc())):
        view = GapView(name, row.noticed, row.since, row.until, row.state, row.read_back, row.words)
        found[name] = (*found.get(name, ()), view)
    return found
