"""The poll desk's rows: sources as the queue, new entries as articles, the cursor last and in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, text, update
from sqlmodel import Session, col, select

from monitor.model import CANARY, After, Cursor, DueSource, Notice, Offered, PollResult, Source, Standing, Tally
from monitor.store.canary import reachable
from monitor.store.database import Database
from monitor.store.history_tables import GapRow
from monitor.store.linking import link
from monitor.store.network import back, down, down_since
from monitor.store.pace import BETWEEN, ROUNDS, Places, is_free, next_free
from monitor.store.standing import gaps, note_poll, standings, store_after
from monitor.store.syncing import sync, wanted
from monitor.store.tables import PaceRow, SourceRow

_LEASE = timedelta(minutes=2)

Follows = Callable[[Tally], After]
"""What follows from a poll, once it is known what its entries are."""
Polled = tuple[DueSource, PollResult, Follows]
"""A poll that was made."""


class PollStore:
    """Sources to poll; each brings its own pace."""

    def __init__(self, database: Database, sources: Sequence[Source]) -> None:
        self._database = database
        self._sources = {source.name: source for source in sources if source.enabled}
        self._bearing = max((source.connections for source in sources), default=1)

    def sync(self, now: datetime) -> None:
        """Bring the rows in line with sources.yaml: new ones are due now, absent ones rest with their history kept."""
        rows = wanted(self._sources.values())
        with self._database.write() as session:
            sync(session, rows, now)

    def make_due(self, now: datetime) -> None:
        """Make every active source due, whatever its interval."""
        with self._database.write() as session:
            session.execute(update(SourceRow).where(col(SourceRow.active)).values(due=now))

    def claim(self, now: datetime) -> DueSource | None:
        """Lease the source that is due longest and whose host is free; None when there is none."""
        return next(iter(self.claim_many(now, 1)), None)

    def claim_many(self, now: datetime, most: int) -> list[DueSource]:
        """Lease the sources that are due longest and whose hosts are free, at most so many."""
        claimed: list[DueSource] = []
        with self._database.write() as session:
            places = Places(session, now)
            passed = places.full(self._bearing)
            for _ in range(ROUNDS):
                rows = self._first_due(session, now, passed, most - len(claimed))
                claimed += self._claimed(session, self._with_places(places, rows), now)
                passed |= {row.polite for row in rows}
                if not rows or len(claimed) >= most:
                    break
            places.store()
            return claimed

    def offer(self, until: datetime, now: datetime, most: int) -> list[Offered]:
        """Lease due sources until then, to be taken up by whatever process they are offered to; one a host at once."""
        offered: list[Offered] = []
        with self._database.write() as session:
            places = Places(session, now)
            passed = places.full(self._bearing)
            for _ in range(ROUNDS):
                rows = self._first_due(session, now, passed, most - len(offered))
                for row in self._with_places(places, rows):
                    row.lease_until = until
                    offered.append(Offered(row.id or 0, row.name == CANARY))
                passed |= {row.polite for row in rows}
                if not rows or len(offered) >= most:
                    break
            return offered

    def take_up(self, numbers: Collection[int], until: datetime, clock: Callable[[], datetime]) -> list[DueSource]:
        """Claim what was offered until then; what a host has no place for is offered again when it has one.

        The clock is asked once no other writer is waited for: what is taken up begins now.
        """
        mine = (col(SourceRow.id).in_(numbers), col(SourceRow.lease_until) == until)
        query = select(SourceRow, PaceRow.next_at).join(PaceRow, _pace_of_source(), isouter=True)
        with self._database.write() as session:
            session.execute(text("SELECT 1"))  # begins the transaction
            now = clock()
            found: Any = session.exec(query.where(*mine, _watched(), reachable(self._sources))).all()
            for row, _ in found:
                row.lease_until = None
            session.flush()
            places = Places(session, now, BETWEEN)
            free = [row for row, next_at in found if next_at is None or next_at <= now]
            claimed = self._claimed(session, self._with_places(places, free), now)
            places.store()
            return claimed

    def claim_named(self, name: str, now: datetime) -> DueSource | None:
        """Lease one source whether it is due or not; None when it is not active, is paused, or is in work."""
        with self._database.write() as session:
            row = session.exec(select(SourceRow).where(SourceRow.name == name, _watched(), _unleased(now))).first()
            if row is None:
                return None
            places = Places(session, now)
            claimed = self._claimed(session, self._with_places(places, [row]), now)
            places.store()
            return next(iter(claimed), None)

    def next_claim(self, until: datetime) -> datetime | None:
        """When the next source that is due by ``until`` and not in work can be claimed; None when there is none."""
        with self._database.read() as session:
            return next_free(
                session,
                col(SourceRow.due),
                _pace_of_source(),
                and_(_watched(), col(SourceRow.due) <= until, _unleased(until), reachable(self._sources)),
                until,
            )

    def save(self, due: DueSource, result: PollResult, follows: Follows, now: datetime) -> tuple[Tally, Notice | None]:
        """Store what a poll found and what follows from it, the cursor with it.

        Returns what the entries turned out to be, and what the operator is told.
        """
        return self.save_many([(due, result, follows)], now)[0]

    def save_many(self, done: Sequence[Polled], now: datetime) -> list[tuple[Tally, Notice | None]]:
        """The same for several polls in one transaction: all of them are stored, or none."""
        names = [result.source for _, result, _ in done]
        with self._database.write() as session:
            rows = {row.name: row for row in session.exec(select(SourceRow).where(col(SourceRow.name).in_(names)))}
            reading = gaps(session, rows.values())
            of_rows = ((rows[poll[1].source], poll) for poll in done)
            return [_saved(session, row, reading.get(row.id or 0), poll, now) for row, poll in of_rows]

    def network_down(self, since: datetime, before: Mapping[str, Standing], now: datetime) -> Notice:
        """Put sources back to what they were ``before`` our own network failed, by name, and notice it once."""
        with self._database.write() as session:
            return down(session, since, before, now)

    def network_back(self, since: datetime, now: datetime) -> Notice:
        """Make due what could not be had since then, and notice it once."""
        with self._database.write() as session:
            return back(session, since, now)

    def down_since(self) -> datetime | None:
        """Since when our own network is down, as far as was noticed; None while it is up."""
        with self._database.read() as session:
            return down_since(session)

    def recover(self) -> None:
        """Free every lease; only for the holder of the instance lock, at start."""
        with self._database.write() as session:
            session.execute(update(SourceRow).values(lease_until=None))
            session.execute(update(SourceRow).where(col(SourceRow.name) == CANARY).values(active=False))

    def _first_due(self, session: Session, now: datetime, passed: Collection[str], most: int) -> Sequence[SourceRow]:
        """The sources that are due longest, on hosts that are free."""
        query = self._due(now).where(col(SourceRow.polite).not_in(passed)).limit(most)
        rows: Sequence[SourceRow] = session.exec(query).all()
        return rows

    def _due(self, now: datetime) -> Any:
        return (
            select(SourceRow)
            .join(PaceRow, _pace_of_source(), isouter=True)
            .where(_watched(), col(SourceRow.due) <= now, _unleased(now), is_free(now), reachable(self._sources))
            .order_by(col(SourceRow.due), col(SourceRow.id))
        )

    def _claimed(self, session: Session, taken: Sequence[SourceRow], now: datetime) -> list[DueSource]:
        """What is asked of these, leased."""
        known = standings(session, taken)
        claimed = [_due_source(row, self._sources[row.name], known[row.name], now) for row in taken]
        for row in taken:
            row.lease_until = now + _LEASE
        return claimed

    def _with_places(self, places: Places, rows: Sequence[SourceRow]) -> list[SourceRow]:
        """Those that their hosts have a place for; the places are still to be stored."""
        each = ((row, self._sources[row.name]) for row in rows)
        return [row for row, source in each if places.take(row.polite, source.connections, source.pace)]


def _due_source(row: SourceRow, source: Source, standing: Standing, now: datetime) -> DueSource:
    return DueSource(
        source=source,
        cursor=Cursor(row.etag, row.last_modified, row.body_hash),
        first=row.last_ok is None,
        at=now,
        due=row.due,
        standing=standing,
    )


def _saved(
    session: Session, row: SourceRow, gap: GapRow | None, poll: Polled, now: datetime
) -> tuple[Tally, Notice | None]:
    due, result, follows = poll
    tally = link(session, row, due, result.sightings, now)
    if not due.reading_back:
        note_poll(row, result, tally, now)
        row.language = due.source.language or row.language  # what the user says goes before what the feed says
    after = follows(tally)
    if row.name == CANARY:  # what became of it is told when its time is up
        after = replace(after, notice=None)
    store_after(session, row, gap, after)
    return tally, after.notice


def _watched() -> ColumnElement[bool]:
    """Condition on SourceRow: sources.yaml has it, and nobody paused it."""
    return and_(col(SourceRow.active), col(SourceRow.paused).is_(None))


def _unleased(now: datetime) -> ColumnElement[bool]:
    return or_(col(SourceRow.lease_until).is_(None), col(SourceRow.lease_until) <= now)


def _pace_of_source() -> ColumnElement[bool]:
    return col(PaceRow.key) == col(SourceRow.polite)
