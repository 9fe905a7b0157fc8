"""Schema migrations (Alembic): a database is brought up to date in one transaction, or refused untouched.

All steps are one transaction on both engines, so whoever dies in the middle leaves the schema it found. Must not: copy
or lock files; that is ``upgrade``'s.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from monitor.errors import StoreError

FOREIGN = "holds tables of another program; name another file with --database"

_log = logging.getLogger("monitor.upgrade")


def migrate(connection: Connection) -> None:
    """Bring the schema to this program's version; does nothing when it is there already.

    Raises StoreError for a database that is newer than the program or belongs to another one.
    """
    with _tables_made_anew(connection):
        _migrate(connection)


def _migrate(connection: Connection) -> None:
    config = _config(connection)
    scripts = ScriptDirectory.from_config(config)
    current = schema_of(connection)
    if current is None and set(inspect(connection).get_table_names()) - {"alembic_version"}:
        raise StoreError(FOREIGN)
    if current is not None and (said := _newer(scripts, current)) is not None:
        raise StoreError(said)
    steps = _steps(scripts, current)
    for revision, title in steps:
        if current is not None:
            _log.info("database: schema %s: %s", revision, title)
        command.upgrade(config, revision)
    if steps:
        _demand_references(connection)
    connection.commit()


@contextmanager
def _tables_made_anew(connection: Connection) -> Iterator[None]:
    """Let SQLite make a table anew to which others refer: to drop the old one would be to delete what they name.

    The switch works outside of transactions alone (https://www.sqlite.org/lang_altertable.html#otheralter).
    """
    raw = connection.connection.driver_connection if connection.dialect.name == "sqlite" else None
    if raw is None:
        yield
        return
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        connection.rollback()  # nothing, where all went well
        raw.execute("PRAGMA foreign_keys=ON")


def _demand_references(connection: Connection) -> None:
    """Raise StoreError where a migration lost a row that others name; SQLite did not look meanwhile."""
    lost = (
        connection.exec_driver_sql("PRAGMA foreign_key_check").first() if connection.dialect.name == "sqlite" else None
    )
    if lost is not None:
        raise StoreError(f"cannot be brought up to date: a row of {lost[0]} names a {lost[2]} that is not there")


def schema_of(connection: Connection) -> str | None:
    """The schema of a database; None where none was made."""
    return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """The revision of this program's schema."""
    return _scripts().get_current_head() or ""


def not_of_head(connection: Connection) -> str | None:
    """What to say of a database whose schema is not this program's; None for one that is."""
    current = schema_of(connection)
    if current is None:
        return FOREIGN if inspect(connection).get_table_names() else "is empty; name another database"
    if (said := newer(current)) is not None or current == head():
        return said
    return f"is of schema {current}, of an earlier version; any command of this version, such as monitor hits, mends it"


def newer(revision: str) -> str | None:
    """What to say of a schema that this program does not know; None for one that it does."""
    return _newer(_scripts(), revision)


def _newer(scripts: ScriptDirectory, revision: str) -> str | None:
    if revision in {script.revision for script in scripts.walk_revisions()}:
        return None
    return f"was written by a newer version (schema {revision}); install that version or restore a backup"


def _steps(scripts: ScriptDirectory, current: str | None) -> list[tuple[str, str]]:
    """The revisions that are still to come, in their order, each with what it is about."""
    if current == scripts.get_current_head():
        return []
    steps = scripts.iterate_revisions("head", current or "base")
    return [(script.revision, script.doc) for script in reversed(list(steps))]


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config(None))


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
