"""A copy put in the place of the database (SQLite): checked first, at once, with the one that was there kept aside.

The caller holds the instance lock. At every instant there is a whole database under the name: the new one is complete
beside it before the name passes to it. A log that belongs to the old one must not be found beside the new one, which it
would change (https://www.sqlite.org/howtocorrupt.html#_unlinking_or_renaming_a_database_file_while_in_use).

Must not: read a clock; know PostgreSQL, into which ``server_copies`` puts copies back.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from monitor.errors import StoreError, UsageError
from monitor.model import PutBack
from monitor.store.backup import BESIDE, copy, sync
from monitor.store.soundness import CUT_SHORT, Tell, has_log, is_cut_short, is_older
from monitor.store.volume import refuse_network

_ANOTHER = "nothing was changed; take another copy"
_LOGS = ("-wal", "-shm", "-journal")


def put_back(source: Path, database: Path, now: datetime, tell: Tell = lambda _words: None) -> PutBack:
    """Put a copy in the place of the database; the copy itself stays where it is.

    Raises UsageError for a copy that is the database itself, StoreError for one that is damaged, newer than the program
    or not ours, or where there is no room; the database is then as it was.
    """
    if source.resolve() in {Path(f"{database}{end}").resolve() for end in BESIDE}:
        raise UsageError(f"{source}: is the database itself; name a copy of it")
    if source.is_file() and is_cut_short(source):
        raise StoreError(f"{source}: {CUT_SHORT}; {_ANOTHER}")
    database.parent.mkdir(parents=True, exist_ok=True)
    refuse_network(database.parent)
    ready = database.with_name(f".{database.name}.restoring")
    try:
        found = copy(source, ready, tell, _ANOTHER)
        _take_rights(database, ready)
        aside = _put_aside(database, now) if database.exists() else None
        ready.replace(database)
    finally:
        ready.unlink(missing_ok=True)
    sync(database.parent)
    return PutBack(replace(found, path=str(source)), None if aside is None else str(aside), is_older(found))


def _put_aside(database: Path, now: datetime) -> Path:
    """Keep the database under another name, with what its log holds; its own name stays until the new one takes it."""
    name = f"{database.name}.replaced-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    names = (database.with_name(f"{name}{f'-{number}' if number > 1 else ''}") for number in count(1))
    aside = next(path for path in names if not path.exists())
    _fold_log(database)
    for end in _LOGS:  # what is left of a log belongs to the old one alone
        log = Path(f"{database}{end}")
        if log.exists():
            log.replace(f"{aside}{end}")
    try:
        os.link(database, aside)
    except OSError:  # a file system without hard links
        shutil.copy2(database, aside)
        sync(aside)
    return aside


def _fold_log(database: Path) -> None:
    """Have a whole database hold what its log holds; a damaged one keeps its log beside it."""
    if not has_log(database):
        return
    try:
        with closing(sqlite3.connect(database, timeout=10)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error:
        return


def _take_rights(database: Path, ready: Path) -> None:
    """Give the new file the owner and the rights of the one that it replaces, as far as we may."""
    if not database.exists():
        return
    rights = database.stat()
    ready.chmod(rights.st_mode & 0o777)
    try:
        os.chown(ready, rights.st_uid, rights.st_gid)
    except PermissionError as error:
        if rights.st_uid != os.geteuid():
            raise StoreError(f"{database}: belongs to another user; run this command as that user") from error
