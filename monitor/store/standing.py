"""What was learnt of a source: rows to values and back. The caller gives the session."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from monitor.model import After, Gap, Moved, PollResult, Standing, Tally
from monitor.store.history_tables import GapRow
from monitor.store.notices import notice_row
from monitor.store.tables import SourceRow


def standing_of(session: Session, row: SourceRow) -> Standing:
    """Return what is stored of a source."""
    gap, tried = _gap_row(session, row), _last_tried(session, row)
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


def store_after(session: Session, row: SourceRow, after: After) -> None:
    """Store what follows from a poll: the standing, its gap, what the operator is told."""
    store_standing(row, after.standing)
    row.due, row.lease_until = after.due, None
    _store_gap(session, row, after)
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


def _store_gap(session: Session, row: SourceRow, after: After) -> None:
    stored, gap = _gap_row(session, row), after.standing.gap
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


def _gap_row(session: Session, row: SourceRow) -> GapRow | None:
    query = select(GapRow).where(GapRow.source_id == row.id, GapRow.state == "reading")
    return session.exec(query.order_by(col(GapRow.id).desc())).first()


def _last_tried(session: Session, row: SourceRow) -> GapRow | None:
    """Return the last gap for which older documents were asked for."""
    query = select(GapRow).where(GapRow.source_id == row.id, GapRow.steps > 0)
    return session.exec(query.order_by(col(GapRow.id).desc())).first()


def _moved(row: SourceRow) -> Moved | None:
    if row.moved_to is None or row.moved_since is None:
        return None
    return Moved(row.moved_to, row.moved_since, row.moved_seen)
