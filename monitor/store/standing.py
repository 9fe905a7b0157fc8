"""What was learnt of a source: rows to values and back. The caller gives the session."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from monitor.model import After, Gap, Moved, PollResult, Standing, Tally
from monitor.store.history_tables import GapRow
from monitor.store.notices import notice_row
from monitor.store.tables import SourceRow


def standings(session: Session, rows: Collection[SourceRow]) -> dict[str, Standing]:
    """What is stored of some sources, by name."""
    reading, tried = gaps(session, rows), _last_tried(session, rows)
    return {row.name: _standing(row, reading.get(row.id or 0), tried.get(row.id or 0)) for row in rows}


def gaps(session: Session, rows: Collection[SourceRow]) -> dict[int, GapRow]:
    """The gaps that are being read back, by the source's number."""
    found = select(GapRow).where(col(GapRow.source_id).in_([row.id for row in rows]), GapRow.state == "reading")
    return {gap.source_id: gap for gap in session.exec(found.order_by(col(GapRow.id)))}


def _standing(row: SourceRow, gap: GapRow | None, tried: GapRow | None) -> Standing:
    return Standing(
        health=row.health,
        since=row.health_since,
        failures=row.failures,
        passing=row.passing,
        soft=row.soft,
        hard=row.hard,
        interval=None if row.interval is None else timedelta(seconds=row.interval),
        arrivals=tuple(row.arrivals),
        moved=_moved(row),
        address=row.address,
        whole=row.whole,
        walls=row.walls,
        identity=row.identity,
        trail=tuple(row.trail),
        gap=None if gap is None else Gap(gap.noticed, gap.since, gap.until, gap.steps, gap.read_back),
        barren=tried.noticed if tried is not None and tried.state == "open" and not tried.read_back else None,
        last_poll=row.last_poll,
        last_ok=row.last_ok,
        planned=row.planned,
    )


def store_after(session: Session, row: SourceRow, stored: GapRow | None, after: After) -> None:
    """Store what follows from a poll: the standing, its gap (``stored``: as it was), what the operator is told."""
    store_standing(row, after.standing)
    row.due, row.lease_until = after.due, None
    _store_gap(session, row, stored, after)
    if after.notice is not None:
        session.add(notice_row(after.notice))


def note_poll(row: SourceRow, result: PollResult, tally: Tally, now: datetime) -> None:
    """Store what a poll of the source's own document said."""
    row.first_poll = row.first_poll or now
    row.outcome, row.error, row.error_kind = result.outcome, result.error, result.error_kind
    if result.outcome == "failed":
        return
    row.title = result.title or row.title
    row.language = result.language or row.language
    row.last_new = now if tally.new else row.last_new
    if result.outcome == "new":  # an unchanged document has the faults it had
        row.notes = list(result.notes)
    if result.cursor is not None:
        cursor = result.cursor
        row.etag, row.last_modified, row.body_hash = cursor.etag, cursor.last_modified, cursor.body_hash


def store_standing(row: SourceRow, standing: Standing) -> None:
    """Store a standing without its gap."""
    for name in ("failures", "passing", "soft", "hard", "address", "whole", "identity", "health"):
        setattr(row, name, getattr(standing, name))
    row.health_since = standing.since
    row.interval = None if standing.interval is None else standing.interval.total_seconds()
    row.arrivals, row.trail = list(standing.arrivals), list(standing.trail)
    moved = standing.moved
    row.moved_to, row.moved_since, row.moved_seen = (moved.url, moved.since, moved.seen) if moved else (None, None, 0)
    row.last_poll, row.last_ok, row.planned = standing.last_poll, standing.last_ok, standing.planned


def _store_gap(session: Session, row: SourceRow, stored: GapRow | None, after: After) -> None:
    gap = after.standing.gap
    if gap is not None and (stored is None or stored.noticed != gap.noticed):
        if stored is not None:  # it rotated again while the last gap was read back
            stored.state, stored.words = "open", "another gap came before this one was read back"
        stored = GapRow(source_id=row.id or 0, noticed=gap.noticed, since=gap.since, until=gap.until)
    if stored is None:
        return
    if gap is not None:
        stored.steps, stored.read_back = gap.steps, gap.read_back
    stored.state, stored.words = after.gap or stored.state, after.gap_words or stored.words
    session.add(stored)


def _last_tried(session: Session, rows: Collection[SourceRow]) -> dict[int, GapRow]:
    """The last gap of each source for which older documents were asked for."""
    of_these = (col(GapRow.source_id).in_([row.id for row in rows]), col(GapRow.steps) > 0)
    last = select(func.max(GapRow.id)).where(*of_these).group_by(col(GapRow.source_id))
    return {gap.source_id: gap for gap in session.exec(select(GapRow).where(col(GapRow.id).in_(last)))}


def _moved(row: SourceRow) -> Moved | None:
    if row.moved_to is None or row.moved_since is None:
        return None
    return Moved(row.moved_to, row.moved_since, row.moved_seen)
