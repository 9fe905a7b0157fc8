"""Opening a database: SQLite as it must be set up, migrations, and a clear word when it cannot be used.

One writer at a time: SQLite's busy handler is not fair, so writers of this process queue at a lock and each
transaction begins IMMEDIATE (a deferred one that reads first dies with SQLITE_BUSY_SNAPSHOT whatever the timeout;
https://www.sqlite.org/lang_transaction.html). Readers are read-only and short. No network or CPU work belongs
inside either.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlmodel import Session

from monitor.errors import StoreError
from monitor.store.migrate import FOREIGN, migrate

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=10000",
    "foreign_keys=ON",
    "journal_size_limit=67108864",
    "trusted_schema=OFF",
    "cell_size_check=ON",
)


class Database:
    """Two ways in: ``write()`` for one transaction that commits at the end, ``read()`` for a read-only one."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._lock = threading.Lock()
        self._writer = _engine(url, writer=True)
        self._reader = _engine(url, writer=False)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction; committed when the block ends, rolled back when it raises."""
        with self._told(), self._lock, Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One consistent view; nothing can be changed through it."""
        with self._told(), Session(self._reader) as session:
            yield session

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What goes wrong with the database later on (full, damaged, locked) is told in one line, too."""
        try:
            yield
        except DBAPIError as error:
            raise StoreError(f"{_where(self.url)}: {_words(error)}") from error

    def connection(self) -> Connection:
        """A writing connection for migrations; the caller closes it."""
        return self._writer.connect()

    def close(self) -> None:
        """Give every connection back."""
        self._reader.dispose()
        self._writer.dispose()


def open_database(url: str) -> Database:
    """Open, and bring the schema up to date.

    Raises StoreError when it is not writable, newer than this program, damaged, or not a monitor database.
    """
    path = sqlite_path(url)
    if path is not None:
        _prepare_folder(path)
        _refuse_foreign(path)
    database = Database(url)
    try:
        with database.connection() as connection:
            migrate(connection)
    except (SQLAlchemyError, OSError) as error:
        database.close()
        raise StoreError(f"{_where(url)}: {_words(error)}") from error
    except StoreError as error:
        database.close()
        raise StoreError(f"{_where(url)}: {error}") from error
    return database


def open_existing(url: str) -> Database | None:
    """A database of ours as it is: nothing is made, nothing brought up to date. None where there is none yet.

    Raises StoreError for a file of something else.
    """
    path = sqlite_path(url)
    if path is not None:
        if not path.exists():
            return None
        _refuse_foreign(path)
    return Database(url)


def sqlite_path(url: str) -> Path | None:
    """The file of an SQLite URL; None for another database.

    Raises StoreError for a URL that is none, and for an in-memory database, which could not keep anything.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StoreError("the database URL is not one; expected such as sqlite:///data/monitor.db") from error
    if not parsed.drivername.startswith("sqlite"):
        return None
    if not parsed.database or parsed.database == ":memory:":
        raise StoreError("an in-memory database keeps nothing; expected such as sqlite:///data/monitor.db")
    return Path(parsed.database)


def _prepare_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{path.parent}: cannot make the folder for the database: {error.strerror}") from error


def _refuse_foreign(path: Path) -> None:
    """Look before touching: opening a file our way would change it (write-ahead log)."""
    if not path.is_file() or not path.stat().st_size:
        return
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.Error as error:
        raise StoreError(f"{path}: {_words(error)}") from error
    if tables and "alembic_version" not in tables:
        raise StoreError(f"{path}: {FOREIGN}")


def _engine(url: str, *, writer: bool) -> Engine:
    if sqlite_path(url) is None:
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, pool_size=1 if writer else 5, connect_args={"timeout": 10, "check_same_thread": False})
    extra = () if writer else ("query_only=ON",)

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in (*_PRAGMAS, *extra):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")

    return engine


def _where(url: str) -> str:
    path = sqlite_path(url)
    return str(path) if path else make_url(url).render_as_string(hide_password=True)


def _words(error: Exception) -> str:
    """One line for a person, with the mend where we know it."""
    lines = str(error.orig if isinstance(error, DBAPIError) and error.orig else error).splitlines()
    text = lines[0] if lines else type(error).__name__
    mends = {
        "not a database": "is not a monitor database; name another file with --database",
        "malformed": "is damaged; restore a backup, the file was left as it is",
        "readonly": "is not writable; check the owner of the file and its folder",
        "unable to open": "cannot be opened; check that the folder exists and is writable",
        "disk is full": "the disk is full; free some space",
        "locked": "is locked by another program; try again when it has ended",
    }
    return next((f"{text}: {mend}" for part, mend in mends.items() if part in text), text)
