"""The mark of a copy that is not finished: in the database that it is made into, with how far each table is.

While it is there nobody else uses the database, so that no work begins on half of one; it goes with the last step.
Each batch of rows and the word that they are there are one transaction, so a copy that was cut off goes on with the
next row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import JSON, Column, Connection, MetaData, String, Table, delete, insert, inspect, select, update

from monitor.errors import StoreError

_MARK = Table("unfinished_copy", MetaData(), Column("source", String, nullable=False), Column("done", JSON))


@dataclass(frozen=True)
class Unfinished:
    """What an unfinished copy is made from, and the key of each table's last row that is there."""

    source: str
    done: Mapping[str, Sequence[Any]] | None = field(default_factory=dict)
    """None for one that was found to be wrong: it is made anew."""


def unfinished(connection: Connection) -> Unfinished | None:
    """The unfinished copy in this database; None where there is none."""
    if not inspect(connection).has_table(_MARK.name):
        return None
    row = connection.execute(select(_MARK)).first()
    return None if row is None else Unfinished(row.source, row.done)


def refuse_unfinished(connection: Connection) -> None:
    """Raise StoreError where a copy into this database is not finished."""
    found = unfinished(connection)
    if found is not None:
        raise StoreError(
            f"holds an unfinished copy of {found.source}; start that copy again, it goes on where it stopped,"
            " or make the database anew"
        )


def begin(connection: Connection, source: str) -> None:
    """Mark that a copy of ``source`` begins, with nothing there yet."""
    _MARK.create(connection, checkfirst=True)
    connection.execute(delete(_MARK))
    connection.execute(insert(_MARK).values(source=source, done={}))


def note(connection: Connection, done: Mapping[str, Sequence[Any]] | None) -> None:
    """Note how far each table is; None: what is there is wrong."""
    connection.execute(update(_MARK).values(done=done))


def end(connection: Connection) -> None:
    """The copy is whole: the database may be used."""
    _MARK.drop(connection)
