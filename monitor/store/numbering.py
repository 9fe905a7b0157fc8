"""The counters from which PostgreSQL takes the numbers of new rows: a row that brings its own number moves none.

A counter that lags would give a new row the number of an old one (https://www.postgresql.org/docs/current/
functions-sequence.html). SQLite has none: it takes the greatest number and one.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text
from sqlmodel import SQLModel


def lagging(connection: Connection) -> list[str]:
    """Tables whose counter would give a number again."""
    return [
        table
        for table, column, counter in _counters(connection)
        if _number(connection, f"SELECT coalesce(max({column}), 0) FROM {table}")  # noqa: S608 - our own names
        > _number(connection, f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {counter}")  # noqa: S608
    ]


def set_counters(connection: Connection) -> None:
    """Have every table's next row get the number after the greatest one."""
    for table, column, counter in _counters(connection):
        connection.execute(
            text(f"SELECT setval('{counter}', max({column})) FROM {table} HAVING max({column}) IS NOT NULL")  # noqa: S608
        )


def _counters(connection: Connection) -> Iterator[tuple[str, str, str]]:
    """Table, column and counter."""
    if connection.dialect.name == "sqlite":
        return
    named = text("SELECT pg_get_serial_sequence(:table, :column)")
    for table in SQLModel.metadata.sorted_tables:
        for column in table.primary_key.columns:
            counter = connection.execute(named, {"table": table.name, "column": column.name}).scalar_one()
            if counter is not None:
                yield table.name, column.name, counter


def _number(connection: Connection, question: str) -> int:
    return int(connection.execute(text(question)).scalar_one())
