"""Copies of a database file (SQLite), made while others write to it, checked before they get their name.

``VACUUM INTO`` reads one state of the database in one transaction, so writers go on and nothing has to begin anew, as a
copy page by page has to after every write; what was deleted does not go into the copy, and it can be ended in the
middle (https://www.sqlite.org/lang_vacuum.html#vacuum_with_an_into_clause).

Must not: read a clock; know PostgreSQL, which ``server_copies`` copies.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from monitor.errors import StoreError, UsageError
from monitor.model import Copied, Held
from monitor.store.engines import words
from monitor.store.soundness import Tell, held, opened, whole

_NAME = "monitor-%Y%m%dT%H%M%SZ.db"
_NAMES = re.compile(r"monitor-[0-9]{8}T[0-9]{6}Z\.db")
SOURCE = "so the database may be: monitor check tells more"
BESIDE = ("", "-wal", "-shm", "-journal", ".lock")
"""What belongs to a database, by the end of its name."""


def back_up(database: Path, target: Path, tell: Tell = lambda _words: None, *, force: bool = False) -> Copied:
    """Copy a database into a new file that nobody else can read; with ``force`` in place of an older one.

    Raises UsageError where the file is there already or cannot be one, StoreError where no whole copy can be made; the
    file is then as it was.
    """
    _refuse(database, target, force=force)
    found = copy(database, target, tell)
    return Copied(found)


def back_up_into(database: Path, folder: Path, keep: int | None, now: datetime, tell: Tell) -> Copied:
    """Copy a database into a folder, under a name with the time; of such names the newest ``keep`` stay."""
    target = dated(folder, now)
    _refuse(database, target, force=False)
    found = copy(database, target, tell)
    return Copied(found, tuple(removed(folder, keep)))


def copy(database: Path, target: Path, tell: Tell = lambda _words: None, mend: str = SOURCE) -> Held:
    """Copy a database over ``target``, at once and whole, or not at all; the copy may be of an earlier schema.

    ``mend``: what is said where it is damaged.
    """
    with opened(database) as connection:
        needed = held(database, connection).size
    demand_room(target.parent, needed)
    with partial(target) as made:
        _vacuum_into(database, made, needed, tell, mend)
        found = whole(made, mend, lambda: tell("checking the copy"))
        sync(made)
        made.replace(target)
        sync(target.parent)
    return Held(str(target), target.stat().st_size, found.schema, found.articles, found.hits)


def demand_room(folder: Path, size: int) -> None:
    """Raise StoreError where less than so many bytes are free."""
    free = shutil.disk_usage(folder).free
    if free < size:
        raise StoreError(f"{folder}: {_megabytes(free)} are free, {_megabytes(size)} are needed; free some space there")


def sync(path: Path) -> None:
    """Have a file, or a folder's list of names, on the disk for certain."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def refuse_target(target: Path, *, force: bool) -> None:
    """Raise UsageError where no file can be made, or one is there already and it is not to be overwritten."""
    if not target.parent.is_dir():
        raise UsageError(f"{target.parent}: no such folder; make it first")
    if target.is_dir():
        raise UsageError(f"{target}: is a folder; name a file, or keep several there with --keep 7")
    if target.exists() and not force:
        raise UsageError(f"{target}: is there already; name another file, or overwrite it with --force")


def dated(folder: Path, now: datetime) -> Path:
    """The file of a copy that is named by the time."""
    return folder / now.astimezone(UTC).strftime(_NAME)


def _refuse(database: Path, target: Path, *, force: bool) -> None:
    if target.resolve() in {Path(f"{database}{end}").resolve() for end in BESIDE}:
        raise UsageError(f"{target}: is the database itself; name another file")
    refuse_target(target, force=force)


@contextlib.contextmanager
def partial(target: Path) -> Iterator[Path]:
    """An empty file beside the target, ours alone; gone at the end. What a dead process left is written over."""
    made = target.with_name(f".{target.name}.partial")
    try:
        number = os.open(made, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise StoreError(f"{made}: cannot be written: {error.strerror}; check the rights of its folder") from error
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.fchmod(number, 0o600)
        os.ftruncate(number, 0)
        yield made
    except BlockingIOError as error:
        raise StoreError(f"{target}: another process makes this copy; wait until it has ended") from error
    except BaseException:
        made.unlink(missing_ok=True)
        raise
    finally:
        os.close(number)


def _vacuum_into(database: Path, target: Path, size: int, tell: Tell, mend: str) -> None:
    def told() -> None:
        share = target.stat().st_size / max(size, 1)
        tell(f"copying {_megabytes(size)}: {min(share, 1):.0%}")

    with opened(database, told) as connection:
        try:
            connection.execute("VACUUM INTO ?", (str(target),))
        except sqlite3.Error as error:
            said = words(error) if "full" in str(error) else f"{error}; {mend}"
            raise StoreError(f"{database}: cannot be copied: {said}") from error


def removed(folder: Path, keep: int | None) -> Iterator[str]:
    """Remove all copies but the newest ones; a name tells the time, so it tells which these are."""
    if keep is not None:
        made = sorted(path for path in folder.iterdir() if _NAMES.fullmatch(path.name) and path.is_file())
        for path in made[:-keep]:
            path.unlink()
            yield str(path)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
