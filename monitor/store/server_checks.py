"""For ``monitor check``: the schema of any database, and what a server (PostgreSQL) itself knows to be wrong.

The server watches over references and pages by itself; pages are looked at by pg_amcheck, which is its owner's tool
(https://www.postgresql.org/docs/current/app-pgamcheck.html). Must not: look at rows.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from monitor.errors import StoreError
from monitor.model import Checked
from monitor.store.database import Database
from monitor.store.engines import check_server
from monitor.store.numbering import lagging, set_counters
from monitor.store.schema import head, newer, schema_of
from monitor.store.unfinished import refuse_unfinished

REPAIR = "monitor check --repair"
_HERE = "relnamespace = current_schema()::regnamespace"
_INDEXES = f"SELECT relname FROM pg_index JOIN pg_class ON oid = indexrelid WHERE {_HERE} AND NOT indisvalid"  # noqa: S608
_RULES = "SELECT conname FROM pg_constraint WHERE connamespace = current_schema()::regnamespace AND NOT convalidated"


def check_schema(database: Database) -> tuple[Checked, bool]:
    """Whether it is a whole database of this program's schema, and whether anything else can be looked at in it."""
    with database.read() as session:
        connection = session.connection()
        known = schema_of(connection)
        if known == head():
            return _unlike(connection)
    if known is None:
        return Checked("schema", "no monitor database was made here yet", 1, "monitor run, which makes it"), False
    if (said := newer(known)) is not None:
        return Checked("schema", said, 1, "monitor restore FILE, or that version"), False
    return older(known), False


def older(schema: str) -> Checked:
    """What is said of a database of an earlier version, in which nothing is looked at."""
    return Checked("schema", f"{schema}, of an earlier version: the next start brings it up to date")


def _unlike(connection: Connection) -> tuple[Checked, bool]:
    try:
        refuse_unfinished(connection)
        if connection.dialect.name == "postgresql":
            check_server(connection)
    except StoreError as error:
        return Checked("schema", str(error), 1, "docs/backup.md says how"), False
    return Checked("schema", f"{head()}, of this version"), True


class ServerChecks:
    """What only a server knows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def references(self) -> Checked:
        """Whether the server holds every rule and every index for true."""
        with self._database.read() as session:
            wrong = _names(session.connection(), _INDEXES) + _names(session.connection(), _RULES)
        if wrong:
            return Checked(
                "references", f"not valid: {', '.join(wrong)}", len(wrong), "REINDEX, or VALIDATE CONSTRAINT"
            )
        return Checked("references", "the server holds every reference and every index for valid")

    def counters(self) -> Checked:
        """Whether the next row of every table gets a new number."""
        with self._database.read() as session:
            late = lagging(session.connection())
        if late:
            return Checked("counters", f"would give a number again: {', '.join(late)}", len(late), REPAIR)
        return Checked("counters", "every next number is a new one")

    def mend_counters(self) -> None:
        """Have the next row of every table get a new number."""
        with self._database.write() as session:
            set_counters(session.connection())


def _names(connection: Connection, question: str) -> list[str]:
    return [str(name) for (name,) in connection.execute(text(question))]
