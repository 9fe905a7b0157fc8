"""A database file (SQLite) looked over for ``monitor check``, and its indexes made anew.

Must not: change a page that is damaged; only a copy has what it held.
"""

from __future__ import annotations

import logging
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from monitor.errors import StoreError
from monitor.model import Checked
from monitor.store.engines import sqlite_path, words
from monitor.store.lock import InstanceLock
from monitor.store.soundness import CUT_SHORT, damage, has_log, is_cut_short, lost_references, opened

_log = logging.getLogger("monitor.check")

REPAIR = "monitor check --repair"
RESTORE = "monitor restore FILE, with a copy that monitor backup made"
_OF_INDEX = re.compile("missing from index|entries in index|entry in index")


def demand_whole(url: str) -> None:
    """Look a file over that was not closed in order the last time; it costs a few seconds for each GB.

    Nothing is done where somebody works on it. Raises StoreError for a damaged one, which is left as it is.
    """
    path, lock = sqlite_path(url), InstanceLock(url)
    if path is None or not has_log(path) or not lock.take():
        return
    try:
        _log.info("%s was not closed in order: looking it over (%.1f MB)", path, path.stat().st_size / 1e6)
        with opened(path) as connection:
            faults = damage(connection, thorough=False)
    finally:
        lock.release()
    if faults:
        raise StoreError(f"{path}: is damaged: {faults[0]}; put a copy back with monitor restore FILE")


def check_file(path: Path, tell: Callable[[], None] = lambda: None) -> Checked:
    """Look at every page and every index."""
    if is_cut_short(path):
        return Checked("file", CUT_SHORT, 1, RESTORE)
    try:
        with opened(path, tell) as connection:
            faults = damage(connection)
            number = connection.execute("PRAGMA page_count").fetchone()[0]
    except StoreError as error:
        return Checked("file", str(error), 1, RESTORE)
    faults = [fault for fault in faults if not _is_reference(fault)]
    if not faults:
        return Checked("file", f"{path.stat().st_size / 1e6:,.1f} MB, {number:,} pages, every index")
    of_indexes = all(_OF_INDEX.search(fault) for fault in faults)
    return Checked("file", faults[0], len(faults), REPAIR if of_indexes else RESTORE)


def check_references(path: Path) -> Checked:
    """Look for rows that name others which are not there."""
    with opened(path) as connection:
        lost = lost_references(connection)
    if lost:
        return Checked("references", "; ".join(lost), len(lost), RESTORE)
    return Checked("references", "every row that is named is there")


def mend_indexes(path: Path) -> None:
    """Make every index anew from its table. Raises StoreError where SQLite cannot."""
    try:
        with closing(sqlite3.connect(path, timeout=10)) as connection:
            connection.execute("REINDEX")
    except sqlite3.Error as error:
        raise StoreError(f"{path}: {words(error)}") from error


def _is_reference(fault: str) -> bool:
    return fault.endswith("that is not there")
