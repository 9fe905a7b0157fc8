"""Whether there is room for what the monitor can do without: texts that nothing was found in.

Asked each time and never remembered, so that it is stored again as soon as it can be; what is said of it, and when, is
``watch``'s. Must not: decide what can be done without.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path


def room(folder: Path | None, limit: int) -> Callable[[], bool]:
    """Tells whether at least ``limit`` bytes are free where the database is; a server minds its own disk (None)."""

    def is_there() -> bool:
        free = free_in(folder)
        return free is None or free >= limit

    return is_there


def free_in(folder: Path | None) -> int | None:
    """Bytes free in a folder; None where that cannot be told, as of a folder that is gone."""
    try:
        return None if folder is None else shutil.disk_usage(folder).free
    except OSError:
        return None
