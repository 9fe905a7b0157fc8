"""The poll desk's rows: sources as the queue, new entries as articles, the cursor last and in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, update
from sqlmodel import col, select

from monitor.model import Cursor, DueSource, PollResult, Source
from monitor.store.database import Database
from monitor.store.linking import link
from monitor.store.pace import is_free, next_free, take
from monitor.store.tables import PaceRow, SourceRow
from monitor.urls import host_of

_LEASE = timedelta(minutes=2)


class PollStore:
    """Sources to poll. ``pace`` is the least time between two requests to one host."""

    def __init__(self, database: Database, sources: Sequence[Source], pace: timedelta) -> None:
        self._database = database
        self._sources = {source.name: source for source in sources if source.enabled}
        self._pace = pace

    def sync(self, now: datetime) -> None:
        """Bring the rows in line with sources.yaml: new ones are due now, absent ones rest with their history kept."""
        with self._database.write() as session:
            rows = {row.name: row for row in session.exec(select(SourceRow))}
            for name, source in self._sources.items():
                session.add(_synced(rows.get(name), source, now))
            for name, row in rows.items():
                row.active = name in self._sources

    def make_due(self, now: datetime) -> None:
        """Make every active source due, whatever its interval."""
        with self._database.write() as session:
            session.execute(update(SourceRow).where(col(SourceRow.active)).values(due=now))

    def claim(self, now: datetime) -> DueSource | None:
        """Lease the source that is due longest and whose host is free; None when there is none."""
        with self._database.write() as session:
            row = session.exec(
                select(SourceRow)
                .join(PaceRow, _pace_of_source(), isouter=True)
                .where(col(SourceRow.active), col(SourceRow.due) <= now, _unleased(now), is_free(now))
                .order_by(col(SourceRow.due), col(SourceRow.id))
                .limit(1)
            ).first()
            if row is None:
                return None
            row.lease_until = now + _LEASE
            take(session, f"host:{row.host}", now + self._pace)
            return DueSource(
                source=self._sources[row.name],
                cursor=Cursor(row.etag, row.last_modified, row.body_hash),
                failures=row.failures,
                first=row.last_ok is None,
            )

    def next_claim(self, until: datetime) -> datetime | None:
        """When the next source that is due by ``until`` and not in work can be claimed; None when there is none."""
        with self._database.read() as session:
            return next_free(
                session,
                col(SourceRow.due),
                _pace_of_source(),
                and_(col(SourceRow.active), col(SourceRow.due) <= until, _unleased(until)),
            )

    def save(self, result: PollResult, next_poll: datetime, now: datetime) -> int:
        """Store what a poll found, the cursor with it. Returns how many articles are new."""
        with self._database.write() as session:
            row = session.exec(select(SourceRow).where(SourceRow.name == result.source)).one()
            new = link(session, row, result.sightings, now)
            _note_poll(row, result, new, now)
            row.due = next_poll
            row.lease_until = None
            return new

    def recover(self) -> None:
        """Free every lease; only for the holder of the instance lock, at start."""
        with self._database.write() as session:
            session.execute(update(SourceRow).values(lease_until=None))


def _unleased(now: datetime) -> ColumnElement[bool]:
    return or_(col(SourceRow.lease_until).is_(None), col(SourceRow.lease_until) <= now)


def _pace_of_source() -> ColumnElement[bool]:
    return col(PaceRow.key) == "host:" + col(SourceRow.host)


def _synced(row: SourceRow | None, source: Source, now: datetime) -> SourceRow:
    host = host_of(source.url)
    if row is None:
        return SourceRow(name=source.name, url=source.url, kind=source.kind, host=host, due=now)
    row.active = True
    if (row.url, row.kind) != (source.url, source.kind):
        row.url, row.kind, row.host, row.due = source.url, source.kind, host, now
        row.etag = row.last_modified = row.body_hash = None
    return row


def _note_poll(row: SourceRow, result: PollResult, new: int, now: datetime) -> None:
    row.first_poll = row.first_poll or now
    row.last_poll = now
    row.outcome = result.outcome
    row.error, row.error_kind = result.error, result.error_kind
    row.notes = list(result.notes)
    if result.outcome == "failed":
        row.failures += 1
        return
    row.failures = 0
    row.last_ok = now
    row.title = result.title or row.title
    row.language = result.language or row.language
    if new:
        row.last_new = now
    if result.cursor is not None:
        cursor = result.cursor
        row.etag, row.last_modified, row.body_hash = cursor.etag, cursor.last_modified, cursor.body_hash
