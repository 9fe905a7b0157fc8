"""All rows of a table, batch by batch in the order of its key, as both engines give them; and whether two are the same.

Keys are compared alike on both: numbers, and texts by code point. Must not: write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Select, Table, func, select, tuple_

from monitor.model import CopiedTable

BATCH = 500
Row = tuple[Any, ...]
Key = Sequence[Any]
Told = Callable[[int], None]
"""Is told how many rows more are done."""


def batches(connection: Connection, table: Table, after: Key | None = None) -> Iterator[list[Row]]:
    """The rows behind a key, or all of them; a value of a row is what the table's column says it is."""
    last = after
    query = select(table).order_by(*_key(table)).limit(BATCH)
    while rows := _read(connection, query if last is None else query.where(tuple_(*_key(table)) > tuple(last))):
        yield rows
        last = key_of(table, rows[-1])


def key_of(table: Table, row: Row) -> list[Any]:
    """The key of a row."""
    return [value for column, value in zip(table.columns, row, strict=True) if column.primary_key]


def number(connection: Connection, table: Table) -> int:
    """How many rows there are."""
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def compared(source: Iterator[list[Row]], target: Connection, table: Table, told: Told) -> CopiedTable:
    """Every row of a table beside the row of the same key."""
    rows = there = differing = 0
    last, first = None, ""
    for batch in source:
        end = key_of(table, batch[-1])
        kept = _between(target, table, last, end)
        rows, there, last = rows + len(batch), there + len(kept), end
        if kept != batch:
            others = _others(table, batch, kept)
            differing, first = differing + len(others), first or others[0]
        told(len(batch))
    for beyond in batches(target, table, last):
        there, differing = there + len(beyond), differing + len(beyond)
        first = first or _told(table, beyond[0])
    return CopiedTable(table.name, rows, there, differing, first)


def _others(table: Table, batch: Sequence[Row], kept: Sequence[Row]) -> list[str]:
    """The keys of rows that are not the same in both."""
    one, other = ({tuple(key_of(table, row)): row for row in rows} for rows in (batch, kept))
    return [", ".join(map(str, key)) for key in sorted(one.keys() | other.keys()) if one.get(key) != other.get(key)]


def _told(table: Table, row: Row) -> str:
    return ", ".join(map(str, key_of(table, row)))


def _between(connection: Connection, table: Table, after: Key | None, end: Key) -> list[Row]:
    """The rows behind a key, up to another one."""
    query = select(table).order_by(*_key(table)).where(tuple_(*_key(table)) <= tuple(end))
    return _read(connection, query if after is None else query.where(tuple_(*_key(table)) > tuple(after)))


def _key(table: Table) -> list[Any]:
    return [column for column in table.columns if column.primary_key]


def _read(connection: Connection, query: Select[Any]) -> list[Row]:
    return [tuple(row) for row in connection.execute(query)]
