"""The two engines, each set up so that there is one writer at a time and readers see one state. Errors in words.

SQLite: its busy handler is not fair, so the writers of a process queue at a lock (``database``), and each transaction
begins IMMEDIATE (a deferred one that reads first dies with SQLITE_BUSY_SNAPSHOT whatever the timeout;
https://www.sqlite.org/lang_transaction.html).

PostgreSQL: writers queue at an advisory lock that ends with their transaction, so that what holds on SQLite holds for
many machines (https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS). At READ COMMITTED each
statement behind the lock sees all that was committed before it. A writer whose machine is gone or cut off is ended by
the server, which frees the lock.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from monitor.errors import StoreError

PATIENCE = 10
"""Seconds for which a writer waits for the one before it."""
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    f"busy_timeout={PATIENCE * 1000}",
    "foreign_keys=ON",
    "journal_size_limit=67108864",
    "trusted_schema=OFF",
    "cell_size_check=ON",
)
WRITERS = 0x6D6F6E69746F72
"""The advisory lock at which writers queue: "monitor"."""
_SETTINGS = {
    "lock_timeout": f"{PATIENCE}s",
    "idle_in_transaction_session_timeout": "30s",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "3",
    "tcp_keepalives_count": "3",
    "client_connection_check_interval": "5s",
    "timezone": "UTC",
}
_CONNECTING: dict[str, Any] = {
    "connect_timeout": PATIENCE,
    "application_name": "monitor",
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
    "options": " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items()),
}
"""Both ends notice within some 15 seconds that the other one is gone
(https://www.postgresql.org/docs/current/runtime-config-connection.html)."""
_MENDS = {
    "not a database": "is not a monitor database; name another file with --database",
    "malformed": "is damaged; put a copy back with monitor restore FILE, the file was left as it is",
    "readonly": "is not writable; check the owner of the file and its folder",
    "unable to open": "cannot be opened; check that the folder exists and is writable",
    "disk is full": "the disk is full; free some space",
    "No space left": "the disk is full; free some space on the database's machine",
    "locked": "is locked by another program; try again when it has ended",
    "lock timeout": "another writer held the database for too long; try again",
    "password authentication failed": "check the user and the password in the URL",
    "does not exist": "make the database and its user first; docs/install.md says how",
    "refused": "nothing listens there; check host and port, and that PostgreSQL runs",
    "could not translate": "there is no such host",
}


def engine(url: str, *, writer: bool) -> Engine:
    """An engine whose every transaction is a writer's, alone, or a reader's, which can change nothing.

    Raises StoreError for a URL that is none, or an engine that is not installed.
    """
    return _sqlite(url, writer=writer) if sqlite_path(url) else _postgresql(parsed(url), writer=writer)


def sqlite_path(url: str) -> Path | None:
    """The file of an SQLite URL; None for another database.

    Raises StoreError for a URL that is none, and for an in-memory database, which could not keep anything.
    """
    found = parsed(url)
    if not found.drivername.startswith("sqlite"):
        return None
    if not found.database or found.database == ":memory:":
        raise StoreError("an in-memory database keeps nothing; expected such as sqlite:///data/monitor.db")
    return Path(found.database)


def parsed(url: str) -> URL:
    """The parts of a URL; StoreError for one that is none."""
    try:
        return make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StoreError("the database URL is not one; expected such as sqlite:///data/monitor.db") from error


def where(url: str) -> str:
    """The database by its name, without its password, and without options, which may hold another one."""
    path = sqlite_path(url)
    return str(path) if path else parsed(url).set(query={}).render_as_string(hide_password=True)


def words(error: Exception) -> str:
    """One line for a person, with the mend where we know it."""
    lines = str(error.orig if isinstance(error, DBAPIError) and error.orig else error).splitlines()
    text = lines[0] if lines else type(error).__name__
    return next((f"{text}: {mend}" for part, mend in _MENDS.items() if part in text), text)


def check_server(connection: Connection) -> None:
    """Raise StoreError for a PostgreSQL database that would compare or keep texts otherwise than SQLite does."""
    asked = "SELECT 'B' < 'a' AND 'z' < 'é', current_setting('server_encoding')"
    in_order, encoding = connection.exec_driver_sql(asked).one()
    if not in_order or encoding != "UTF8":
        raise StoreError(
            f"orders text by a language or keeps it as {encoding}; make it with CREATE DATABASE ... TEMPLATE template0"
            " ENCODING 'UTF8' LOCALE 'C.UTF-8'"
        )


def _sqlite(url: str, *, writer: bool) -> Engine:
    made = create_engine(
        url,
        pool_size=1 if writer else 5,
        hide_parameters=True,  # what an article says is no business of the log
        connect_args={"timeout": PATIENCE, "check_same_thread": False},
    )
    extra = () if writer else ("query_only=ON",)

    @event.listens_for(made, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in (*_PRAGMAS, *extra):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(made, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")

    return made


def _postgresql(url: URL, *, writer: bool) -> Engine:
    isolation = {} if writer else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    made = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=1 if writer else 5,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args=_CONNECTING,
        execution_options=isolation,
    )
    if writer:

        @event.listens_for(made, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS})")

    return made
