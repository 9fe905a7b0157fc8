"""Copies of a database on a server (PostgreSQL), as one file that either engine can be filled from; putting one back.

What was there is set aside in a schema of its own, within the same database: the tables move there and can move back,
whatever their size (https://www.postgresql.org/docs/current/sql-altertable.html). Must not: read a clock.
"""

from __future__ import annotations

import re
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import SQLModel

from monitor.errors import StoreError, UsageError
from monitor.model import Copied, Held, PutBack
from monitor.store.backup import copy, dated, demand_room, partial, refuse_target, removed, sync
from monitor.store.copying import copy_into
from monitor.store.database import Database, open_database
from monitor.store.engines import engine, where, words
from monitor.store.schema import FOREIGN, bring_up
from monitor.store.soundness import Tell, is_older, whole
from monitor.store.still import alone, file_as_it_is, one_state
from monitor.store.unfinished import unfinished

_ANOTHER = "nothing was changed; take another copy"
_DIFFERS = "the copy differs from its source in {}; start again"
_LOGS = ("-wal", "-shm", "-journal")
_ASIDE = "before_%Y%m%dt%H%M%S%fz"
_ASIDES = re.compile(r"before_[0-9]{8}t[0-9]{12}z")
_REVISION = "alembic_version"
_OURS = {_REVISION, "source", "article", "sighting", "hit"}


# --- making a copy ---------------------------------------------------------------------------------


def back_up_server(url: str, target: Path, tell: Tell = lambda _words: None, *, force: bool = False) -> Copied:
    """Copy a database on a server into a new file, as ``backup.back_up`` does one that is a file; others go on."""
    refuse_target(target, force=force)
    return Copied(_copied(url, target, tell))


def back_up_server_into(url: str, folder: Path, keep: int | None, now: datetime, tell: Tell) -> Copied:
    """The same into a folder, as ``backup.back_up_into`` does it."""
    target = dated(folder, now)
    refuse_target(target, force=False)
    return Copied(_copied(url, target, tell), tuple(removed(folder, keep)))


def _copied(url: str, target: Path, tell: Tell) -> Held:
    with partial(target) as made, _one_file(made), one_state(url) as state:
        demand_room(target.parent, _size(state))
        with closing(open_database(f"sqlite:///{made}", unfinished=True)) as kept:
            _filled(state, where(url), kept, tell)
        _fold_log(made)
        found = whole(made, "start again", lambda: tell("checking the copy"))
        sync(made)
        made.replace(target)
        sync(target.parent)
    return replace(found, path=str(target), size=target.stat().st_size)


def _filled(source: Connection, name: str, target: Database, tell: Tell) -> None:
    made = copy_into(source, name, target, tell)
    if not made.same:
        raise StoreError(f"{made.target}: {_DIFFERS.format(', '.join(t.name for t in made.tables if t.differing))}")


@contextmanager
def _one_file(made: Path) -> Iterator[None]:
    """No log lies beside it, before and after: what a dead process left would be taken for its own."""
    logs = [Path(f"{made}{end}") for end in _LOGS]
    for log in logs:
        log.unlink(missing_ok=True)
    try:
        yield
    finally:
        for log in logs:
            log.unlink(missing_ok=True)


def _fold_log(made: Path) -> None:
    with closing(sqlite3.connect(made)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def _size(connection: Connection) -> int:
    return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())


# --- putting one back ------------------------------------------------------------------------------


def is_aside(name: str) -> bool:
    """Whether a name is that of data which was set aside."""
    return _ASIDES.fullmatch(name) is not None


def put_back_on_server(
    source: Path, url: str, now: datetime, tell: Tell = lambda _words: None, *, force: bool = False
) -> PutBack:
    """Put a copy into a database that holds nothing, or with ``force`` in place of what it holds, which is set aside.

    One that was cut off goes on where it stopped when it is started again; no monitor starts meanwhile.

    Raises AlreadyRunningError while somebody works on it, UsageError for one that holds data, StoreError for a copy
    that is damaged, newer than the program or not ours.
    """
    found = whole(source, _ANOTHER, lambda: tell(f"checking {source.name}"))
    with alone(url), _of_this_schema(source, found, tell) as path:
        aside = _set_aside(url, now, force=force)
        with closing(open_database(url, unfinished=True)) as kept, file_as_it_is(path) as state:
            _filled(state, str(source.resolve()), kept, tell)
    return PutBack(replace(found, path=str(source)), aside, older=False)


def go_back(name: str, url: str, now: datetime) -> PutBack:
    """Put back what was set aside under a name; what is there now is set aside in its turn. Errors as above."""
    with alone(url), _changing(url) as connection:
        if not is_aside(name) or _REVISION not in inspect(connection).get_table_names(schema=name):
            raise UsageError(f"{where(url)}: nothing was set aside under {name}")
        aside = _moved_aside(connection, now) if _held(connection) else None
        _move(connection, name, _here(connection))
        connection.execute(text(f"DROP SCHEMA {name}"))
        return PutBack(_found(connection, name), aside, older=False)


@contextmanager
def _of_this_schema(source: Path, found: Held, tell: Tell) -> Iterator[Path]:
    """The file, or a copy of it that is brought up to date where it is of an earlier schema."""
    if not is_older(found):
        yield source
        return
    with tempfile.TemporaryDirectory(prefix="monitor-") as folder:
        path = Path(folder) / source.name
        copy(source, path, tell, _ANOTHER)
        tell(f"bringing schema {found.schema} up to date")
        with closing(Database(f"sqlite:///{path}")) as kept, kept.connection() as connection:
            bring_up(connection)
        yield path


def _set_aside(url: str, now: datetime, *, force: bool) -> str | None:
    """Move what is there out of the way. Returns under which name; None where there was nothing."""
    with _changing(url) as connection:
        if unfinished(connection) is not None:
            return _last_aside(connection)
        if not _rows(connection):
            return None
        if not force:
            found = _found(connection, where(url))
            raise UsageError(
                f"{found.path}: holds {found.articles:,} articles and {found.hits:,} hits; name an empty database, or"
                " set them aside with --force"
            )
        return _moved_aside(connection, now)


def _last_aside(connection: Connection) -> str | None:
    """What was set aside when the unfinished copy was begun, so that it is told after all."""
    return max(filter(is_aside, inspect(connection).get_schema_names()), default=None)


@contextmanager
def _changing(url: str) -> Iterator[Connection]:
    made = engine(url, writer=True)
    try:
        with made.begin() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise StoreError(f"{where(url)}: {words(error)}") from error
    finally:
        made.dispose()


def _held(connection: Connection) -> list[str]:
    """The tables that are there. Raises StoreError where they are another program's."""
    tables = set(inspect(connection).get_table_names())
    if tables and not tables >= _OURS:
        raise StoreError(FOREIGN)
    return sorted(tables)


def _rows(connection: Connection) -> bool:
    names = {table.name for table in SQLModel.metadata.sorted_tables}.intersection(_held(connection))
    return any(connection.execute(text(f"SELECT 1 FROM {name} LIMIT 1")).first() for name in names)  # noqa: S608


def _moved_aside(connection: Connection, now: datetime) -> str:
    name = now.astimezone(UTC).strftime(_ASIDE)
    connection.execute(text(f"CREATE SCHEMA {name}"))
    _move(connection, _here(connection), name)
    return name


def _move(connection: Connection, source: str, target: str) -> None:
    for table in inspect(connection).get_table_names(schema=source):
        connection.execute(text(f'ALTER TABLE "{source}"."{table}" SET SCHEMA "{target}"'))


def _here(connection: Connection) -> str:
    return str(connection.execute(text("SELECT current_schema()")).scalar_one())


def _found(connection: Connection, name: str) -> Held:
    """What our tables hold."""

    def asked(question: str) -> int:
        return int(connection.execute(text(question)).scalar_one())

    schema = connection.execute(text(f"SELECT version_num FROM {_REVISION}")).scalar_one()  # noqa: S608
    counts = (asked(f"SELECT count(*) FROM {table}") for table in ("article", "hit"))  # noqa: S608 - tables of ours
    return Held(name, _size(connection), schema, *counts)
