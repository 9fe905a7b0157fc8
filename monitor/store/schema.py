"""Which schemas there are, and which one a database has; told without Alembic, which is slow to load.

A schema is named by the number that its migration's file begins with.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect

from monitor.errors import StoreError

FOREIGN: Final = "holds tables of another program; name another file with --database"
MIGRATIONS: Final = Path(__file__).parent / "migrations"


def revisions() -> tuple[str, ...]:
    """All schemas that this program knows, the first one first."""
    return tuple(sorted(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py")))


def head() -> str:
    """The schema of this program."""
    return revisions()[-1]


def schema_of(connection: Connection) -> str | None:
    """The schema of a database; None where none was made."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return found


def bring_up(connection: Connection) -> None:
    """Bring a database to this program's schema; does nothing when it is there already.

    Raises StoreError for a database that is newer than the program or belongs to another one.
    """
    current = schema_of(connection)
    if current is None and inspect(connection).get_table_names():
        raise StoreError(FOREIGN)
    if current is not None and (said := newer(current)) is not None:
        raise StoreError(said)
    behind = current != head()
    connection.rollback()  # a migration begins its own transaction
    if behind:
        from monitor.store.migrate import migrate

        migrate(connection)


def newer(revision: str) -> str | None:
    """What to say of a schema that this program does not know; None for one that it does."""
    if revision in revisions():
        return None
    return f"was written by a newer version (schema {revision}); install that version or restore a backup"


def not_of_head(connection: Connection) -> str | None:
    """What to say of a database whose schema is not this program's; None for one that is."""
    current = schema_of(connection)
    if current is None:
        return FOREIGN if inspect(connection).get_table_names() else "is empty; name another database"
    if (said := newer(current)) is not None or current == head():
        return said
    return f"is of schema {current}, of an earlier version; any command of this version, such as monitor hits, mends it"
