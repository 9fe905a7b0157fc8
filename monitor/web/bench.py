"""Looks at sources that a person asked for: one at a time, in a thread of its own, so that no page waits for a server.

What came of the last few is kept for who asked, until the program ends. Must not: know what a look is.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from monitor.errors import MonitorError

KEPT = 20
"""Results kept; the newest."""
_BROKEN = "something went wrong while looking; the log of the monitor says more"
_log = logging.getLogger("monitor.web")


@dataclass(frozen=True, slots=True)
class Work:
    """One look: what is looked at, and what came of it once it is done."""

    number: int
    kind: str
    """What ``result`` is."""
    subject: str
    begun: datetime
    done: bool = False
    result: Any = None
    error: str = ""
    """Why there is no result, in words."""
    source: int = 0
    """The number of the source that is looked at, where it is known already."""


class Bench:
    """The look under way and the last ones that are done. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._works: dict[int, Work] = {}
        self._last = 0

    def begin(self, kind: str, subject: str, look: Callable[[], Any], now: datetime, source: int = 0) -> Work | None:
        """Begin a look; None while another one is under way."""
        with self._lock:
            if any(not work.done for work in self._works.values()):
                return None
            self._last += 1
            work = self._works[self._last] = Work(self._last, kind, subject, now, source=source)
            for old in sorted(self._works)[:-KEPT]:
                del self._works[old]
        threading.Thread(target=self._look, args=(work, look), name="look", daemon=True).start()
        return work

    def under_way(self) -> Work | None:
        """The look that is not done yet."""
        with self._lock:
            return next((work for work in self._works.values() if not work.done), None)

    def at(self, number: int) -> Work | None:
        """A look by its number; None for one that is forgotten."""
        with self._lock:
            return self._works.get(number)

    def put(self, work: Work) -> None:
        """Keep what a look has become."""
        with self._lock:
            self._works[work.number] = work

    def _look(self, work: Work, look: Callable[[], Any]) -> None:
        try:
            self.put(replace(work, done=True, result=look()))
        except (MonitorError, OSError) as error:
            self.put(replace(work, done=True, error=str(error)))
        except Exception:  # noqa: BLE001 - the boundary of a thread: whatever broke is logged, and the next look can begin
            _log.exception("a look at %r broke off", work.subject)
            self.put(replace(work, done=True, error=_BROKEN))
