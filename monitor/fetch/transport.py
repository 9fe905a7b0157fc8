"""httpx on our own network: its requests and answers over a pool of connections that we open ourselves.

Underneath stands httpcore, the transport inside httpx, with the guarded network as its backend; httpx's own transport
has no place for one. The client above the transport is left out, for what it adds is what a fetcher of hostile URLs
must not have: a cookie jar, proxies and settings from the environment, redirects whose bodies it reads, a log of URLs.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpcore
import httpx

LOOK = 1.0
"""Seconds between two looks at a connection that is kept."""
HANDING = 1.0
"""Seconds that a thread gets to begin a request on the connection that it was given."""


class PoolTransport(httpx.BaseTransport):
    """Hands requests to ``pool``, as httpx's own transport does; errors come out as they are."""

    def __init__(self, pool: httpcore.ConnectionPool) -> None:
        self._pool = pool
        # these log whole requests at DEBUG, and a URL or a header may hold a key
        for name in ("httpcore", "hpack"):
            logging.getLogger(name).setLevel(logging.WARNING)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; the answer's body is still to be read, raw. The caller closes the answer."""
        url, extensions = request.url, dict(request.extensions)
        path = extensions.pop("target", url.raw_path)  # as an extension it would also replace what a proxy is asked for
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=path)
        answer = self._pool.handle_request(
            httpcore.Request(request.method, target, headers=request.headers.raw, extensions=extensions)
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer))

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


class SafePool(httpcore.ConnectionPool):
    """A pool that does not close what it has just handed out."""

    def __init__(self, monotonic: Callable[[], float], **options: Any) -> None:
        super().__init__(**options)
        self._monotonic = monotonic

    def create_connection(self, origin: httpcore.Origin) -> httpcore.ConnectionInterface:
        """A new connection to this origin."""
        return Handed(super().create_connection(origin), self._monotonic)


class Handed(httpcore.ConnectionInterface):
    """A connection that is not idle for a moment after it was found available, for then it was handed out.

    httpcore makes room by closing idle connections, and to it one is idle until the thread that it was given to has
    begun its request. That thread would then read from a closed socket.
    """

    def __init__(self, inner: httpcore.ConnectionInterface, monotonic: Callable[[], float]) -> None:
        self._inner = inner
        self._monotonic = monotonic
        self._until = -math.inf
        self._looked = -math.inf

    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send a request; from its answer on the connection itself knows whether it is idle."""
        try:
            return self._inner.handle_request(request)
        finally:
            self._until = -math.inf

    def close(self) -> None:
        """Close it."""
        self._inner.close()

    def info(self) -> str:
        """What it is, for a log."""
        return self._inner.info()

    def can_handle_request(self, origin: httpcore.Origin) -> bool:
        """Whether it leads there."""
        return self._inner.can_handle_request(origin)

    def is_available(self) -> bool:
        """Whether it takes a request now; whoever asks gives it one."""
        available = self._inner.is_available()
        if available:
            self._until = self._monotonic() + HANDING
        return available

    def has_expired(self) -> bool:
        """Whether it was kept for long enough, or the server has closed it; that is looked for once a second.

        A pool asks this of each of its connections twice a request, and it is a call to the system. What was closed
        within the second is found by the request, which is then sent again.
        """
        now = self._monotonic()
        if now < max(self._until, self._looked + LOOK):
            return False
        self._looked = now
        return self._inner.has_expired()

    def is_idle(self) -> bool:
        """Whether it may be closed to make room."""
        return self._monotonic() >= self._until and self._inner.is_idle()

    def is_closed(self) -> bool:
        """Whether it is closed."""
        return self._inner.is_closed()


class _Body(httpx.SyncByteStream):
    """The raw bytes of an answer, as they come."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        if isinstance(self._answer.stream, Iterable):
            yield from self._answer.stream

    def close(self) -> None:
        """Close without reading what may still come."""
        self._answer.close()
