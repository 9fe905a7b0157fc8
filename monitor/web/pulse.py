"""When each desk last showed that it is at work. Must not: know a clock or a desk."""

from __future__ import annotations

import threading


class Pulse:
    """The last beat of each desk, in seconds of a monotonic clock. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._beats: dict[str, float] = {}

    def beat(self, name: str, at: float) -> None:
        """Note that the desk ``name`` was at work at ``at``."""
        with self._lock:
            self._beats[name] = at

    def age(self, now: float) -> float:
        """Seconds since the beat of the desk that has been quiet longest; 0.0 before the first beat of all."""
        return max((now - at for at in self.desks().values()), default=0.0)

    def desks(self) -> dict[str, float]:
        """The last beat of each desk by name."""
        with self._lock:
            return dict(self._beats)
