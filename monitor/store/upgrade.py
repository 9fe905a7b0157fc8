"""Before a database file is brought up to date (SQLite): one process at a time, and a copy of what was there.

Two processes that start at once: one migrates, the other waits at a lock beside the file and finds all done. Must not:
migrate (``migrate`` does), know PostgreSQL, where the migration's own transaction is the lock.
"""

from __future__ import annotations

import fcntl
import logging
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from monitor.errors import StoreError
from monitor.store.backup import copy, demand_room
from monitor.store.lock import InstanceLock
from monitor.store.schema import head, newer
from monitor.store.soundness import opened, schema_in

KEPT = 3
"""Copies from before an upgrade that are kept."""
_log = logging.getLogger("monitor.upgrade")


@contextmanager
def before_upgrade(path: Path | None) -> Iterator[None]:
    """What is done in the block may bring the database up to date; nothing is done before where it is so already.

    ``path``: the file; None for a database on a server.

    Raises StoreError where there is no room for the copy and for the upgrade itself.
    """
    if path is None or _is_older(path) is None:
        yield
        return
    lock = Path(f"{path}.upgrade")
    with lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if (schema := _is_older(path)) is not None:
            _demand_alone(path)
            _keep_copy(path, schema)
        yield
        if schema is not None:
            _log.info("database: the upgrade to schema %s is done", head())
        lock.unlink(missing_ok=True)  # whoever waits at it finds all done


def _is_older(path: Path) -> str | None:
    """The schema of a database that this program would change; None for a new one, and for one that it refuses."""
    if not path.is_file() or not path.stat().st_size:
        return None
    with opened(path) as connection:
        try:
            schema = schema_in(connection)
        except sqlite3.OperationalError:  # it has no such table
            return None
    return None if schema is None or schema == head() or newer(schema) is not None else schema


def _demand_alone(path: Path) -> None:
    """Raise AlreadyRunningError where an earlier version is at work: another schema would be pulled from under it."""
    lock = InstanceLock(f"sqlite:///{path}")
    lock.demand()
    lock.release()


def _keep_copy(path: Path, schema: str) -> None:
    """Copy the database; its name says which schema it has and when it was last changed."""
    size = path.stat().st_size
    with opened(path) as connection:
        articles = connection.execute("SELECT count(*) FROM article").fetchone()[0]
    if not articles:
        _log.info("database: schema %s is brought up to %s; it holds nothing that a copy would save", schema, head())
        return
    try:
        demand_room(path.parent, 2 * size)  # for the copy, and for the upgrade's own log beside the file
    except StoreError as error:
        raise StoreError(f"the upgrade to schema {head()} waits: {error}") from None
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    target = path.with_name(f"{path.name}.before-{head()}-{changed:%Y%m%dT%H%M%SZ}")
    _log.info("database: schema %s is brought up to %s; a copy is made first: %s", schema, head(), target)
    copy(path, target, Spoken())
    for old in _copies(path)[:-KEPT]:
        old.unlink()
        _log.info("database: removed %s, an older copy", old)


class Spoken:
    """Logs how far a copy is, a few lines in all."""

    def __init__(self) -> None:
        self._said = ""

    def __call__(self, words: str) -> None:
        """Log it when it is ten per cent further."""
        share = re.search(r"([0-9]*)[0-9]%", words)
        said = share[1] if share else words
        if said != self._said:
            self._said = said
            _log.info("database: %s", words)


def _copies(path: Path) -> list[Path]:
    """Those of this database, the oldest first: the copies tell by their own times, since schemas may repeat."""
    made = path.parent.glob(f"{_literal(path.name)}.before-*")
    return sorted((file for file in made if not file.name.startswith(".")), key=lambda file: file.stat().st_mtime)


def _literal(name: str) -> str:
    return re.sub(r"([\[*?])", r"[\1]", name)
