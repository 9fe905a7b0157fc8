"""Everything that one database holds, copied into another one, be it of the other engine; then both are compared.

Tables go in the order of their references, rows in the order of their keys, a batch and the word that it is there in
one transaction (``unfinished``): a copy that was cut off goes on with the next row, and one whose source was changed
meanwhile is found to differ at the end and made anew. The search index is written anew as the texts come, since the
engines have each its own. Must not: change the source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import count
from operator import itemgetter

from sqlalchemy import Connection, Table, insert, text
from sqlmodel import Session, SQLModel

from monitor.errors import UsageError
from monitor.model import CopiedDatabase, CopiedTable
from monitor.store.database import Database, open_database
from monitor.store.engines import sqlite_path, where
from monitor.store.numbering import set_counters
from monitor.store.review_tables import HitTextRow
from monitor.store.rows import BATCH, Key, Row, batches, compared, key_of, number
from monitor.store.search import add, fill_later, filled
from monitor.store.soundness import Tell, whole
from monitor.store.still import alone, stands_still
from monitor.store.unfinished import begin, end, note, unfinished

DAMAGED = "nothing was copied; monitor check tells more"
_NUL = "\0"


def copy_database(source: str, target: str, tell: Tell = lambda _words: None) -> CopiedDatabase:
    """Copy one database into another one, both by their URLs, while nobody works on either; see ``copy_into``.

    Nobody can write to the source meanwhile, so nothing is missed. Its schema has to be this program's.

    Raises AlreadyRunningError while somebody works on one of them, UsageError where they are the same.
    """
    if where(source) == where(target):
        raise UsageError(f"{where(target)}: is the database itself; name another one")
    path = sqlite_path(target)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    with alone(source), alone(target), closing(open_database(target, unfinished=True)) as kept:
        _demand_sound(source, tell)
        with stands_still(source) as state:
            return copy_into(state, where(source), kept, tell)


def _demand_sound(source: str, tell: Tell) -> None:
    """Raise StoreError for a damaged file: what an index lacks would not be copied, and not be missed."""
    path = sqlite_path(source)
    if path is not None:
        whole(path, DAMAGED, lambda: tell(f"looking {path.name} over"))


def copy_into(source: Connection, name: str, target: Database, tell: Tell = lambda _words: None) -> CopiedDatabase:
    """Copy all that an open transaction on the source sees; goes on where an unfinished copy of it stopped.

    ``name``: the source's, by which its unfinished copy is known again. The caller sees to it that nobody else works on
    the target; when the copy differs, nobody can, and the next one begins anew.

    Raises UsageError for a target that holds other data, StoreError where either cannot be used.
    """
    done = _begun(target, name)
    copying = Copying(source, target, done, tell)
    for table in _tables():
        copying.copy(table)
    copying.cleaned = 0  # all rows are read once more
    made = tuple(copying.compare(table) for table in _tables())
    copied = CopiedDatabase(name, where(target.url), made, bool(done), copying.cleaned)
    tell("making the search index")
    _end(target, whole=copied.same)
    return copied


class Copying:
    """Copies and compares one table after the other."""

    def __init__(self, source: Connection, target: Database, done: Mapping[str, Key], tell: Tell) -> None:
        """``done``: the key of each table's last row that is there."""
        self._source = source
        self._target = target
        self._done = dict(done)
        self._tell = tell
        self.cleaned = 0
        """Rows out of which NUL characters were taken."""

    def copy(self, table: Table) -> None:
        """Copy the rows that are not there yet."""
        told = self._told("copying", table)
        for rows in self._rows(table, self._done.get(table.name)):
            self._done[table.name] = key_of(table, rows[-1])
            with self._target.write() as session:
                _insert(session, table, rows)
                note(session.connection(), self._done)
            told(len(rows))

    def compare(self, table: Table) -> CopiedTable:
        """Read both, and compare them value by value."""
        with self._target.read() as session:
            return compared(self._rows(table), session.connection(), table, self._told("comparing", table))

    def _rows(self, table: Table, after: Key | None = None) -> Iterator[list[Row]]:
        """The source's rows as the target can keep them: PostgreSQL knows no NUL character in a text."""
        for rows in batches(self._source, table, after):
            yield rows if self._target.folder else [self._cleaned(row) for row in rows]

    def _cleaned(self, row: Row) -> Row:
        if not any(isinstance(value, str) and _NUL in value for value in row):
            return row
        self.cleaned += 1
        return tuple(value.replace(_NUL, "") if isinstance(value, str) else value for value in row)

    def _told(self, what: str, table: Table) -> Callable[[int], None]:
        of, done = number(self._source, table), count()

        def told(more: int) -> None:
            self._tell(f"{what} {table.name}: {min(next(done) * BATCH + more, of):,} of {of:,}")

        return told


def _insert(session: Session, table: Table, rows: Sequence[Row]) -> None:
    names = [column.key for column in table.columns]
    values = [dict(zip(names, row, strict=True)) for row in rows]
    session.connection().execute(insert(table), values)
    if table.name == HitTextRow.__tablename__:
        add(session.connection(), {row["hit_id"]: row["folded"] for row in values})


def _tables() -> list[Table]:
    return SQLModel.metadata.sorted_tables


def _names() -> str:
    return ", ".join(table.name for table in _tables())


# --- beginning and end -----------------------------------------------------------------------------


def _begun(target: Database, name: str) -> Mapping[str, Key]:
    """How far a copy of this source is that was begun before; a new one is begun where there is none."""
    with target.write() as session:
        connection = session.connection()
        before = unfinished(connection)
        if before is not None and before.source == name and before.done is not None:
            return before.done
        if before is not None:
            _empty(connection)
        _demand_empty(connection, where(target.url))
        begin(connection, name)
        fill_later(connection)
    return {}


def _demand_empty(connection: Connection, name: str) -> None:
    held = [(table.name, rows) for table in _tables() if (rows := number(connection, table))]
    if held:
        said = ", ".join(f"{rows:,} {table}" for table, rows in sorted(held, key=itemgetter(1), reverse=True)[:3])
        raise UsageError(f"{name}: holds data of its own ({said}); name a database that is empty")


def _empty(connection: Connection) -> None:
    """Take out what an unfinished copy has brought; nothing else was ever there."""
    if connection.dialect.name == "postgresql":  # at once: row by row it would look for each row's name in every table
        connection.execute(text(f"TRUNCATE {_names()}"))
        return
    for table in reversed(_tables()):
        connection.execute(table.delete())


def _end(target: Database, *, whole: bool) -> None:
    with target.write() as session:
        connection = session.connection()
        if not whole:
            note(connection, None)
            return
        set_counters(connection)
        filled(connection)
        if target.folder is None:  # the server has seen no rows of these tables yet and would plan accordingly
            connection.execute(text(f"ANALYZE {_names()}"))
        end(connection)
