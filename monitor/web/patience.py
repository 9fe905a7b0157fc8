"""How long a client may take, and how many there may be: whoever is slower is cut off, so that nobody holds a place.

With ``server`` the only door to uvicorn, whose own limit counts requests; connections that never send one would stay.
Must not: know what is asked for, or what is answered.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

_log = logging.getLogger("monitor.web")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one server bears."""

    connections: int = 128
    """At once; one more is closed at once."""
    answered: int = 64
    """Of these, how many are answered; the others are told 503."""
    request: float = 30.0
    """Seconds in which a request has to be whole, from its first byte or the beginning of the connection."""
    stalled: float = 60.0
    """Seconds in which a client has to take some of what waits for it."""


class _Deadline:
    """A moment at which a connection is cut off, when there is one."""

    def __init__(self) -> None:
        self._timer: asyncio.TimerHandle | None = None

    def set(self, seconds: float, of: H11Protocol) -> None:
        """Cut the connection off in so many seconds, unless an earlier moment is set."""
        if self._timer is None:
            self._timer = of.loop.call_later(seconds, of.transport.abort)

    def unset(self) -> None:
        """Let it be."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None


class _Crowd:
    """Tells of connections that are refused, at most once a minute: a flood of them must not flood the log as well."""

    def __init__(self) -> None:
        self._quiet_until = 0.0
        self._refused = 0

    def refuse(self, now: float, limits: Limits) -> None:
        """Count one, at ``now`` on the loop's clock."""
        self._refused += 1
        if now >= self._quiet_until:
            words = "%d connections to the review page were refused: %d are answered at once"
            _log.warning(words, self._refused, limits.answered)
            self._refused, self._quiet_until = 0, now + 60


class PatientProtocol(H11Protocol):
    """HTTP/1.1 on one connection, with deadlines."""

    limits = Limits()
    crowd = _Crowd()

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._deadline, self._stalled = _Deadline(), _Deadline()

    def connection_made(self, transport: Any) -> None:
        """Take a connection, unless there are too many: one that is refused is never counted among them."""
        if len(self.connections) + 1 >= self.limits.answered:
            self.crowd.refuse(self.loop.time(), self.limits)
        if len(self.connections) >= self.limits.connections:
            self.transport = transport
            transport.abort()
        else:
            super().connection_made(transport)
            self._watch()

    def data_received(self, data: bytes) -> None:
        """Take what has come; a request that is whole has no deadline any more."""
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """After an answer, what the client has sent of its next request counts from now."""
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """The end, whoever made it."""
        self._deadline.unset()
        self._stalled.unset()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """The client takes less than it gets."""
        super().pause_writing()
        self._stalled.set(self.limits.stalled, self)

    def resume_writing(self) -> None:
        """The client has taken what waited."""
        self._stalled.unset()
        super().resume_writing()

    def _watch(self) -> None:
        """Set the deadline where a request is under way, once; a connection kept idle is uvicorn's to close."""
        cycle: Any = self.cycle
        fresh = cycle is None
        begun = not fresh and (cycle.more_body or (cycle.response_complete and self.timeout_keep_alive_task is None))
        if fresh or begun:
            self._deadline.set(self.limits.request, self)
        else:
            self._deadline.unset()


def bearing(limits: Limits) -> type[PatientProtocol]:
    """The protocol with these limits; uvicorn makes one for each connection."""
    return type("BoundProtocol", (PatientProtocol,), {"limits": limits, "crowd": _Crowd()})
