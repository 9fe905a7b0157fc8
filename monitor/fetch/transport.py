"""httpx on our own network: its requests and answers over a pool of connections that we open ourselves.

Underneath stands httpcore, the transport inside httpx, with the guarded network as its backend; httpx's own transport
has no place for one. The client above the transport is left out, for what it adds is what a fetcher of hostile URLs
must not have: a cookie jar, proxies and settings from the environment, redirects whose bodies it reads, a log of URLs.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator

import httpcore
import httpx


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
