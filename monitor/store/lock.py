"""Who works on a database: the instance lock of an SQLite file, and who leads the workers on PostgreSQL.

Whoever holds an instance lock knows that no other sender lives, so work left in hand by a dead process is free at once.
On PostgreSQL several processes share the work, and the leases alone decide; one of them leads, for as long as its
connection lives.
"""

from __future__ import annotations

import fcntl
import os
import platform
from contextlib import suppress
from pathlib import Path
from typing import IO

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from monitor.errors import AlreadyRunningError
from monitor.store.engines import engine, sqlite_path

LEADING = 0x6C656164
"""The advisory lock of the process that leads: "lead"."""


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


class Leadership:
    """A lock of a PostgreSQL session: the server gives it back when the process dies or is cut off."""

    def __init__(self, url: str) -> None:
        self._engine = engine(url, writer=False)
        self._held: Connection | None = None

    def hold(self) -> bool:
        """Whether this process leads: it did and its connection still lives, or nobody else does."""
        try:
            return self._still() if self._held is not None else self._taken()
        except SQLAlchemyError:
            self.release()
            return False

    def release(self) -> None:
        """Lead no more; another can from now on."""
        held, self._held = self._held, None
        if held is None:
            return
        with suppress(SQLAlchemyError):  # of a closed connection the server learns a little later
            held.exec_driver_sql(f"SELECT pg_advisory_unlock({LEADING})")
        held.invalidate()  # the lock goes with the session, and the session with its connection
        held.close()

    def close(self) -> None:
        """Lead no more, and give the connection back."""
        self.release()
        self._engine.dispose()

    def _still(self) -> bool:
        assert self._held is not None  # noqa: S101 - for the type checker
        self._held.exec_driver_sql("SELECT 1")
        return True

    def _taken(self) -> bool:
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            taken = bool(connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({LEADING})").scalar_one())
        except SQLAlchemyError:
            connection.close()
            raise
        if taken:
            self._held = connection
        else:
            connection.close()
        return taken
