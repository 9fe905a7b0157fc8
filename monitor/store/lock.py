"""The instance lock: one process polls and sends for an SQLite database.

Whoever holds it knows that no other sender lives, so work left in hand by a dead process is free at once. On
PostgreSQL several processes share the work, and the leases alone decide.
"""

from __future__ import annotations

import fcntl
import os
import platform
from pathlib import Path
from typing import IO

from monitor.errors import AlreadyRunningError
from monitor.store.engines import sqlite_path


class InstanceLock:
    """An exclusive lock beside the database file; the kernel gives it back when the process dies."""

    def __init__(self, url: str) -> None:
        path = sqlite_path(url)
        self._path = None if path is None else Path(f"{path}.lock")
        self._file: IO[str] | None = None

    def take(self) -> bool:
        """True when the lock is ours; False when another process holds it or the database knows no such lock."""
        if self._path is None:
            return False
        file = self._path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return False
        file.seek(0)
        file.truncate()
        file.write(f"pid {os.getpid()} on {platform.node()}\n")
        file.flush()
        self._file = file
        return True

    def demand(self) -> bool:
        """Like ``take``, but raises AlreadyRunningError with the holder's name when another process has it."""
        if self.take() or self._path is None:
            return self._file is not None
        holder = self._path.read_text(encoding="utf-8").strip()
        raise AlreadyRunningError(f"already running on this database ({holder}); stop that one first")

    def release(self) -> None:
        """Give the lock back."""
        if self._file is not None:
            self._file.close()
            self._file = None
