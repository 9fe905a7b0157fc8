"""Opening a database: its engine as it must be set up (``engines``), migrations, a clear word when it cannot be used.

One writer at a time, on both engines, so that what a transaction has read is still so when it writes. No network or
CPU work belongs inside a transaction, be it a reader's.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlmodel import Session

from monitor.errors import StoreError
from monitor.store.engines import check_server, engine, sqlite_path, where, words
from monitor.store.schema import bring_up
from monitor.store.soundness import refuse_foreign
from monitor.store.unfinished import refuse_unfinished
from monitor.store.upgrade import before_upgrade
from monitor.store.volume import refuse_network


class Database:
    """Two ways in: ``write()`` for one transaction that commits at the end, ``read()`` for a read-only one."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._lock = threading.Lock()
        self._writer = engine(url, writer=True)
        self._reader = engine(url, writer=False)

    @property
    def folder(self) -> Path | None:
        """Where the file is, with its log beside it; None for a database on a server."""
        path = sqlite_path(self.url)
        return None if path is None else path.absolute().parent

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
            raise StoreError(f"{where(self.url)}: {words(error)}") from error

    def connection(self) -> Connection:
        """A writing connection for migrations; the caller closes it."""
        return self._writer.connect()

    def close(self) -> None:
        """Give every connection back."""
        self._reader.dispose()
        self._writer.dispose()


def open_database(url: str, *, unfinished: bool = False) -> Database:
    """Open, and bring the schema up to date.

    ``unfinished``: also one that a copy is still made into.

    Raises StoreError when it is not writable, newer than this program, damaged, not a monitor database, or half of one.
    """
    path = sqlite_path(url)
    if path is not None:
        _prepare_folder(path)
        _look_before(path)
    with before_upgrade(path):
        return _up_to_date(url, unfinished=unfinished)


def _up_to_date(url: str, *, unfinished: bool) -> Database:
    database = Database(url)
    try:
        with database.connection() as connection:
            if sqlite_path(url) is None:
                check_server(connection)
            if not unfinished:
                refuse_unfinished(connection)
                connection.rollback()  # a migration begins its own transaction
            bring_up(connection)
    except (SQLAlchemyError, OSError) as error:
        database.close()
        raise StoreError(f"{where(url)}: {words(error)}") from error
    except StoreError as error:
        database.close()
        raise StoreError(f"{where(url)}: {error}") from error
    return database


def open_existing(url: str) -> Database | None:
    """A database of ours as it is: nothing is made, nothing brought up to date. None where there is none yet.

    Raises StoreError for a file of something else.
    """
    path = sqlite_path(url)
    if path is not None:
        if not path.exists():
            return None
        _look_before(path)
    return Database(url)


def _look_before(path: Path) -> None:
    """Raise StoreError for a file that cannot be used; it is as it was then."""
    try:
        refuse_network(path.parent)
        refuse_foreign(path)
    except OSError as error:
        mend = "check the owner of the file and its folder"
        raise StoreError(f"{path}: cannot be looked at: {error.strerror}; {mend}") from error


def _prepare_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{path.parent}: cannot make the folder for the database: {error.strerror}") from error
