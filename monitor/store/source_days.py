"""What each source brought by day, kept with every change, so that nobody has to count.

Of one source on one day (UTC): ``entries`` are those that it had not shown before, whoever carried the article first;
``hits`` are the hits that were found on it that day (``hit.found``) and stand. A hit that changed rules withdraw counts
no more, one that they gain again counts on the day on which it was found first, and one whose article passes from a
second net to another source passes with it. The canary's do not count.

Part of other transactions; the caller gives the session. Must not: count rows of ``article`` or ``hit``.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, text
from sqlmodel import Session, col, select

from monitor.model import CANARY
from monitor.store.review_tables import SourceDayRow
from monitor.store.tables import HitRow, SourceRow

SHOWN = 30
"""Days of a chart, today's among them."""
Spot = tuple[int, datetime] | None
"""Source and time under which a hit counts; None for one that does not."""
_ADD = text(
    "INSERT INTO source_day (source_id, day, entries, hits) VALUES (:source, :day, :entries, :hits)"
    " ON CONFLICT (source_id, day) DO UPDATE SET"
    " entries = source_day.entries + excluded.entries, hits = source_day.hits + excluded.hits"
)  # SQLite and PostgreSQL both say it so


def count_entries(session: Session, row: SourceRow, number: int, now: datetime) -> None:
    """Count entries that are new to their source."""
    if number and row.name != CANARY:
        _add(session, row.id or 0, now, entries=number)


def spot(hit: HitRow) -> Spot:
    """Where a hit counts as it stands; None for one that was withdrawn, or is not stored yet."""
    if hit.withdrawn or hit.id is None or hit.source_id is None:
        return None
    return hit.source_id, hit.found


def recount(session: Session, was: Spot, now: Spot) -> None:
    """Let a hit that counted at ``was`` count at ``now``; the caller leaves out the canary's."""
    if was == now:
        return
    if was is not None:
        _add(session, *was, hits=-1)
    if now is not None:
        _add(session, *now, hits=1)


def days(
    session: Session, sources: Collection[int | None], now: datetime, shown: int = SHOWN
) -> dict[int, tuple[tuple[int, int], ...]]:
    """Entries and hits of each of the last days, today's last, by source; a source that brought nothing has zeros."""
    last = [day(now - timedelta(days=back)) for back in range(shown - 1, -1, -1)]
    wanted = (col(SourceDayRow.source_id).in_(list(sources)), col(SourceDayRow.day) >= last[0])
    columns = select(SourceDayRow.source_id, SourceDayRow.day, SourceDayRow.entries, SourceDayRow.hits)
    found = {(source, on): (entries, hits) for source, on, entries, hits in session.exec(columns.where(*wanted))}
    return {source: tuple(found.get((source, on), (0, 0)) for on in last) for source in sources if source is not None}


def drop_days(session: Session, before: datetime) -> int:
    """Drop the days before that one. Returns how many."""
    dropped = session.execute(delete(SourceDayRow).where(col(SourceDayRow.day) < day(before)))
    return int(getattr(dropped, "rowcount", 0))


def day(moment: datetime) -> str:
    """The day in UTC: ``2026-02-12``."""
    return f"{moment.astimezone(UTC):%Y-%m-%d}"


def _add(session: Session, source: int, moment: datetime, *, entries: int = 0, hits: int = 0) -> None:
    session.execute(_ADD, {"source": source, "day": day(moment), "entries": entries, "hits": hits})
