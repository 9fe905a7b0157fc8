"""Schema migrations (Alembic): a database is brought up to date in one transaction, or refused untouched.

All steps are one transaction on both engines, so whoever dies in the middle leaves the schema it found. Must not: copy
or lock files; that is ``upgrade``'s.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from monitor.errors import StoreError
from monitor.store.schema import MIGRATIONS, schema_of

_log = logging.getLogger("monitor.upgrade")


def migrate(connection: Connection) -> None:
    """Bring a database's schema to this program's version, in one transaction."""
    with _tables_made_anew(connection):
        _migrate(connection)


def _migrate(connection: Connection) -> None:
    config, current = _config(connection), schema_of(connection)
    for revision, title in _steps(ScriptDirectory.from_config(config), current):
        if current is not None:
            _log.info("database: schema %s: %s", revision, title)
        command.upgrade(config, revision)
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


def _steps(scripts: ScriptDirectory, current: str | None) -> list[tuple[str, str]]:
    """The revisions that are still to come, in their order, each with what it is about."""
    steps = scripts.iterate_revisions("head", current or "base")
    return [(script.revision, script.doc) for script in reversed(list(steps))]


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
