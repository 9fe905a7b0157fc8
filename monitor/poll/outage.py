"""Our own network: when most sources fail at once, it is not the sources. Values only, no I/O."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from monitor.urls import host_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from monitor.model import DueSource, Standing

MOST = 0.6
LEAST, ENOUGH = 3, 10
"""Hosts that were well and fail now, before it counts as our own network."""
AGAINST = 4
"""One host that answers speaks against so many that fail; a source on our own side of the network always answers."""


class Outage:
    """What the last polls say of our own network. One instance for the whole desk, used by its saving thread alone."""

    def __init__(self, hosts: int, since: datetime | None = None) -> None:
        """``hosts``: on how many hosts there are sources; ``since``: when the network went down, if it is known to be.

        A process that starts while the network is down so goes on where the last one ended.
        """
        self._hosts = hosts
        self._failed: set[str] = set()
        self._dead: set[str] = set()
        self._answered: set[str] = set()
        self._before: dict[str, Standing] = {}
        self.since = since
        self.down = since is not None

    @property
    def before(self) -> Mapping[str, Standing]:
        """What was known of the sources that failed since then, before they did, by name."""
        return self._before

    def failed(self, due: DueSource, now: datetime) -> datetime | None:
        """Note that a host could not be reached. Returns since when, if this is what makes it our own network.

        A host that had been failing before proves nothing.
        """
        host = host_of(due.url)
        if due.standing.passing and host not in self._failed:
            self._dead.add(host)
            return None
        self.since = self.since or now
        self._failed.add(host)
        self._answered.discard(host)
        self._before.setdefault(due.source.name, due.standing)
        if self.down or len(self._failed) < self._needed():
            return None
        self.down = True
        return self.since

    def answered(self, due: DueSource) -> datetime | None:
        """Note that a host answered, whatever it said. Returns since when the network was down, if this ends it."""
        host = host_of(due.url)
        self._dead.discard(host)
        if self.since is None:
            return None
        self._answered.add(host)
        if host not in self._failed and self._failed and len(self._answered) * AGAINST <= len(self._failed):
            return None
        ended = self.since if self.down else None
        for known in (self._failed, self._answered, self._before):
            known.clear()
        self.since, self.down = None, False
        return ended

    def _needed(self) -> int:
        return max(LEAST, min(ENOUGH, math.ceil(MOST * (self._hosts - len(self._dead)))))
