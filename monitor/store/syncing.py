"""Sources as sources.yaml has them to rows: what is the same is not touched, so that very many cost little.

The caller gives the session. Must not: plan the canary (``canary``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, update
from sqlmodel import Session, col, select

from monitor.model import CANARY, Source
from monitor.store.batches import rows_of
from monitor.store.tables import HitRow, SourceRow
from monitor.urls import host_of, polite_of


@dataclass(frozen=True, slots=True)
class Wanted:
    """A source and what its row says because of it."""

    source: Source
    host: str
    polite: str

    def same(self, row: Any) -> bool:
        """Whether a row, or the columns of one that ``_KNOWN`` names, says so already."""
        source = self.source
        told = (row.url, row.kind, row.polite, row.country, row.active)
        language = source.language or row.language
        return told == (source.url, source.kind, self.polite, source.country, True) and row.language == language


_KNOWN = tuple(map(col, (SourceRow.id, SourceRow.name, SourceRow.url, SourceRow.kind, SourceRow.polite)))
_KNOWN += tuple(map(col, (SourceRow.country, SourceRow.language, SourceRow.active)))
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_DEFAULTS = SourceRow(name="", url="", kind="", host="", due=_NEVER).model_dump(exclude={"id"})
"""What a new row says of a source of which nothing is known."""


def wanted(sources: Iterable[Source]) -> dict[str, Wanted]:
    """What the rows are to say, by name; worked out before a transaction begins."""
    each = (source for source in sources if source.name != CANARY)
    return {
        source.name: Wanted(source, host, polite_of(host, source.polite, source.name))
        for source in each
        for host in (host_of(source.url),)
    }


def sync(session: Session, sources: Mapping[str, Wanted], now: datetime) -> None:
    """New sources are due now, changed ones are polled as new, absent ones rest with their history kept."""
    known: dict[str, Any] = {row.name: row for row in session.execute(select(*_KNOWN)) if row.name != CANARY}
    changed = [known[name].id for name, one in sources.items() if name in known and not one.same(known[name])]
    for (row,) in rows_of(session, select(SourceRow), SourceRow.id, changed):
        _change(session, row, sources[row.name], now)
    new = [_new(one, now) for name, one in sources.items() if name not in known]
    if new:
        session.execute(insert(SourceRow), new)
    _rest(session, [row.id for name, row in known.items() if row.active and name not in sources])


def _rest(session: Session, absent: Collection[int]) -> None:
    for (row,) in rows_of(session, select(SourceRow), SourceRow.id, absent):
        row.active = False


def _new(one: Wanted, now: datetime) -> dict[str, Any]:
    """The values of a new row; as a row object each of them would cost several times more."""
    source = one.source
    return {
        **_DEFAULTS,
        "name": source.name,
        "url": source.url,
        "kind": source.kind,
        "host": one.host,
        "polite": one.polite,
        "due": now,
        "country": source.country,
        "language": source.language,
    }


def _change(session: Session, row: SourceRow, one: Wanted, now: datetime) -> None:
    source = one.source
    if row.country != source.country:  # hits are listed under the country that their publisher has now
        session.execute(update(HitRow).where(col(HitRow.source_id) == row.id).values(country=source.country))
    row.active, row.polite, row.country = True, one.polite, source.country
    row.language = source.language or row.language
    if (row.url, row.kind) != (source.url, source.kind):
        row.url, row.kind, row.host, row.due = source.url, source.kind, one.host, now
        row.etag = row.last_modified = row.body_hash = row.address = row.moved_to = None
        row.trail, row.arrivals = [], []  # what it shows there was not missed
