"""A database that stands still, or one state of it, to be copied; and nobody else at work on one that is written to.

Must not: change what is read, nor bring it up to date.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, text
from sqlalchemy.exc import SQLAlchemyError

from monitor.errors import AlreadyRunningError, StoreError
from monitor.store.engines import engine, sqlite_path, where, words
from monitor.store.lock import InstanceLock, Leadership
from monitor.store.schema import not_of_head
from monitor.store.soundness import connected
from monitor.store.unfinished import refuse_unfinished

_AT_WORK = "another monitor works on this database; stop it first"
_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND application_name = 'monitor' AND pid <> pg_backend_pid()"
)


@contextmanager
def alone(url: str) -> Iterator[None]:
    """Nobody else works on the database while the block lasts. Raises AlreadyRunningError where somebody does."""
    if sqlite_path(url) is not None:
        lock = InstanceLock(url)
        lock.demand()
        try:
            yield
        finally:
            lock.release()
        return
    _demand_quiet(url)
    leadership = Leadership(url)
    try:
        if not leadership.hold():
            raise AlreadyRunningError(f"{where(url)}: {_AT_WORK}")
        yield
    finally:
        leadership.close()


@contextmanager
def stands_still(url: str) -> Iterator[Connection]:
    """A connection whose transaction keeps every writer out, so what it reads is all there is until the block ends.

    Raises StoreError for a database of another schema than this program's.
    """
    with _state(engine(url, writer=True), where(url)) as connection:
        yield connection


@contextmanager
def one_state(url: str) -> Iterator[Connection]:
    """A connection that sees one state, while others go on writing; errors as for ``stands_still``."""
    with _state(engine(url, writer=False), where(url)) as connection:
        yield connection


@contextmanager
def file_as_it_is(path: Path) -> Iterator[Connection]:
    """A connection to a file (SQLite) that leaves it as it is to the last byte; errors as for ``stands_still``."""
    made = create_engine("sqlite://", creator=lambda: connected(path), poolclass=NullPool)

    @event.listens_for(made, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    with _state(made, str(path)) as connection:
        yield connection


@contextmanager
def _state(made: Engine, name: str) -> Iterator[Connection]:
    try:
        with made.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            else:
                connection.execute(text("SELECT count(*) FROM sqlite_master"))  # the state is that of the first look
            if (said := not_of_head(connection)) is not None:
                raise StoreError(f"{name}: {said}")
            _demand_finished(connection, name)
            yield connection
            connection.rollback()
    except SQLAlchemyError as error:
        raise StoreError(f"{name}: {words(error)}") from error
    finally:
        made.dispose()


def _demand_finished(connection: Connection, name: str) -> None:
    try:
        refuse_unfinished(connection)
    except StoreError as error:
        raise StoreError(f"{name}: {error}") from None


def _demand_quiet(url: str) -> None:
    """Raise AlreadyRunningError while any process of ours has the database open: a worker, the daemon, the page."""
    made = engine(url, writer=False)
    try:
        with made.connect() as connection:
            others = connection.exec_driver_sql(_OTHERS).scalar_one()
    except SQLAlchemyError as error:
        raise StoreError(f"{where(url)}: {words(error)}") from error
    finally:
        made.dispose()
    if others:
        raise AlreadyRunningError(f"{where(url)}: {_AT_WORK} ({others} connections)")
