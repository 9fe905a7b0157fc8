"""Whether a file is a whole monitor database (SQLite): looked at, never changed.

Must not: know what the tables mean; know PostgreSQL, which looks after its own files.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from monitor.errors import StoreError
from monitor.model import Held
from monitor.store.engines import words
from monitor.store.schema import FOREIGN, head, newer

_MOST = 20
"""Faults that are named of one file at most; damage seldom comes alone."""
_TICK = 200_000
"""Steps of SQLite's machine between two words on how far it is: a few a second."""
_HEADER = 100
_MAGIC = b"SQLite format 3\x00"

CUT_SHORT = "is damaged: the file is shorter than it says itself"

Tell = Callable[[str], None]
"""Is told how far a long piece of work is."""


@contextmanager
def opened(path: Path, tell: Callable[[], None] = lambda: None) -> Iterator[sqlite3.Connection]:
    """A read-only connection to a file as it is, also on a read-only volume; ``tell`` is called now and again.

    Raises StoreError for a file that is not there, or that SQLite cannot read.
    """
    if not path.is_file():
        raise StoreError(f"{path}: no such file")
    try:
        with closing(connected(path)) as connection:
            connection.set_progress_handler(lambda: _told(tell), _TICK)
            yield connection
    except sqlite3.Error as error:
        raise StoreError(f"{path}: {words(error)}") from error


def _told(tell: Callable[[], None]) -> int:
    """Zero, so that SQLite goes on."""
    tell()
    return 0


def connected(path: Path) -> sqlite3.Connection:
    """A connection that can write nothing, with no transaction begun.

    A write-ahead log needs a file beside it; where none can be made and nobody writes, the file is all there is.
    """
    address = f"{path.absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=10)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.Error as error:
        connection.close()
        if "unable to open" not in str(error) or has_log(path):
            raise
        return sqlite3.connect(f"{address}&immutable=1", uri=True, isolation_level=None)
    return connection


def has_log(path: Path) -> bool:
    """Whether a write-ahead log that holds something lies beside the file: it is in use, or was not closed in order."""
    log = Path(f"{path}-wal")
    return log.is_file() and log.stat().st_size > 0


def held(path: Path, connection: sqlite3.Connection) -> Held:
    """What the file holds. Raises StoreError for one that is not ours, or is newer than the program."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    schema = schema_in(connection) if "alembic_version" in tables else None
    if schema is None:
        raise StoreError(f"{path}: {FOREIGN if tables else 'is empty; name another file'}")
    if (said := newer(schema)) is not None:
        raise StoreError(f"{path}: {said}")
    pages, size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    articles, hits = (_count(connection, table) for table in ("article", "hit"))
    return Held(str(path), pages * size, schema, articles, hits)


def schema_in(connection: sqlite3.Connection) -> str | None:
    """The revision of the schema; None where none was made yet."""
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])


def is_older(found: Held) -> bool:
    """Whether the next start brings it up to date."""
    return found.schema != head()


def damage(connection: sqlite3.Connection, *, thorough: bool = True) -> list[str]:
    """What is wrong with the pages, indexes and references of a file; ``thorough`` looks into each index, too.

    https://www.sqlite.org/pragma.html#pragma_integrity_check
    """
    pragma = "integrity_check" if thorough else "quick_check"
    try:
        pages = [str(row[0]) for row in connection.execute(f"PRAGMA {pragma}({_MOST})")]
        if pages != ["ok"]:
            return [line for text in pages for line in text.splitlines() if not line.startswith("***")][:_MOST]
        return lost_references(connection)
    except sqlite3.DatabaseError as error:
        return [str(error)]


def lost_references(connection: sqlite3.Connection) -> list[str]:
    """Tables with rows that name rows which are not there, with their number."""
    found: dict[tuple[str, str], int] = {}
    for table, _row, parent, _key in connection.execute("PRAGMA foreign_key_check"):
        found[table, parent] = found.get((table, parent), 0) + 1
    return [f"{number} of {table} name a {parent} that is not there" for (table, parent), number in found.items()]


def is_cut_short(path: Path) -> bool:
    """Whether the file is shorter than its header says, with no log beside it that could have the rest.

    https://www.sqlite.org/fileformat.html#in_header_database_size
    """
    with path.open("rb") as file:
        header = file.read(_HEADER)
    if len(header) < _HEADER or not header.startswith(_MAGIC) or has_log(path):
        return header.startswith(_MAGIC[: len(header)]) and 0 < len(header) < _HEADER
    size = int.from_bytes(header[16:18], "big")
    known = header[24:28] == header[92:96]
    return known and int.from_bytes(header[28:32], "big") * (65536 if size == 1 else size) > path.stat().st_size


def whole(path: Path, mend: str, tell: Callable[[], None] = lambda: None) -> Held:
    """What a file holds that is a whole monitor database. Raises StoreError for any other one, with the ``mend``."""
    if path.is_file() and is_cut_short(path):
        raise StoreError(f"{path}: {CUT_SHORT}; {mend}")
    with opened(path, tell) as connection:
        found = held(path, connection)
        faults = damage(connection)
    if faults:
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        raise StoreError(f"{path}: is damaged: {faults[0]}{more}; {mend}")
    return found


def refuse_foreign(path: Path) -> None:
    """Raise StoreError for a file that cannot be ours; it is as it was, since opening it our way would change it."""
    if not path.is_file() or not path.stat().st_size:
        return
    if is_cut_short(path):
        raise StoreError(f"{path}: {CUT_SHORT}; put a copy back with monitor restore FILE, the file was left as it is")
    with opened(path) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if tables and "alembic_version" not in tables:
        raise StoreError(f"{path}: {FOREIGN}")


def _count(connection: sqlite3.Connection, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - a table of ours
