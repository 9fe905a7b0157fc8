"""Schema migrations (Alembic): a database is brought up to date in one transaction, or refused untouched."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from monitor.errors import StoreError

FOREIGN = "holds tables of another program; name another file with --database"


def migrate(connection: Connection) -> None:
    """Bring the schema to this program's version; does nothing when it is there already.

    Raises StoreError for a database that is newer than the program or belongs to another one.
    """
    config = _config(connection)
    scripts = ScriptDirectory.from_config(config)
    known = {script.revision for script in scripts.walk_revisions()}
    current = MigrationContext.configure(connection).get_current_revision()
    if current is None and set(inspect(connection).get_table_names()) - {"alembic_version"}:
        raise StoreError(FOREIGN)
    if current is not None and current not in known:
        raise StoreError(f"was written by a newer version (schema {current}); install that version or restore a backup")
    if current != scripts.get_current_head():
        command.upgrade(config, "head")
    connection.commit()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
