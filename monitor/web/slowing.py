"""How long whoever guesses has to wait: each wrong login more makes the wait twice as long, and time makes it shorter.

Counted for several things at once, such as an address and a user's name; the longest wait counts. Since one wrong login
a minute is forgiven, an endless attack settles at about one guess a minute, and nobody is shut out for long.
Must not: know a clock, a request, a password.
"""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

TRIES = 10
"""Wrong logins that cost no wait."""
FORGIVEN = 60.0
"""Seconds after which one wrong login is forgotten."""
_HARDEST = 10
_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class _Tally:
    wrong: float
    at: float

    def left(self, now: float) -> float:
        """Wrong logins that are not forgiven yet."""
        return max(self.wrong - (now - self.at) / FORGIVEN, 0.0)

    def until(self) -> float:
        """When the next try may come."""
        return self.at + 2 ** min(self.wrong - TRIES, _HARDEST) if self.wrong > TRIES - 1 else self.at


class Slowing:
    """The wrong logins of one server. Thread-safe."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._tallies: dict[str, _Tally] = {}

    def wait(self, keys: Iterable[str]) -> float:
        """Seconds to wait before a try that counts for these; 0.0 when it may be made."""
        now = self._monotonic()
        with self._lock:
            found = [self._tallies[key] for key in keys if key in self._tallies]
        return max([0.0, *(tally.until() - now for tally in found)])

    def wrong(self, keys: Iterable[str]) -> float:
        """Count a wrong login for each of these. Returns the seconds to wait from now on."""
        now, keys = self._monotonic(), tuple(keys)
        with self._lock:
            for key in keys:
                before = self._tallies.pop(key, _Tally(0.0, now)).left(now)
                self._tallies[key] = _Tally(before + 1, now)
            if len(self._tallies) > _KEPT:
                self._forget(now)
        return self.wait(keys)

    def __len__(self) -> int:
        return len(self._tallies)

    def _forget(self, now: float) -> None:
        """Drop what is forgiven; when that is not enough, what was counted longest ago."""
        left = {key: tally for key, tally in self._tallies.items() if tally.left(now)}
        self._tallies = dict(list(left.items())[-_KEPT // 2 :])


def network(address: str) -> str:
    """What an address counts as: itself, or the whole /64 that one subscriber has in IPv6 (RFC 6177)."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    if mapped is not None or isinstance(found, ipaddress.IPv4Address):
        return str(mapped or found)
    return str(ipaddress.ip_network((int(found), 64), strict=False))
