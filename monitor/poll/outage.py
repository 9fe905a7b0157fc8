"""Our own network: when most sources fail at once, it is not the sources."""

from __future__ import annotations

import math
from datetime import datetime

MOST = 0.6
LEAST, ENOUGH = 3, 10
"""Hosts that must fail, without one answer in between, before it counts as our own network."""


class Outage:
    """What the last polls say of our own network. One instance for the whole desk, used by its saving thread alone."""

    def __init__(self, hosts: int) -> None:
        """``hosts`` is on how many hosts there are sources."""
        self._needed = max(LEAST, min(ENOUGH, math.ceil(MOST * hosts)))
        self._failed: set[str] = set()
        self.since: datetime | None = None
        self.down = False

    def failed(self, host: str, now: datetime) -> bool:
        """Note that a host could not be reached; True when this is what makes it our own network."""
        self.since = self.since or now
        self._failed.add(host)
        found = not self.down and len(self._failed) >= self._needed
        self.down = self.down or found
        return found

    def answered(self) -> datetime | None:
        """Note that a host answered, whatever it said. Returns since when the network was down, if it was."""
        ended = self.since if self.down else None
        self._failed.clear()
        self.since, self.down = None, False
        return ended
