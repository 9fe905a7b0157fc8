"""Connections by manner: one pool for everybody, one for each of a few proxies, and single ones for HTTP/2.

A pool of httpcore would send the requests of several threads over one HTTP/2 connection. There they depend on each
other: the time-out of one ends them all, a server that lowers its number of streams stops them for ever, and a body
that is given up half-way leaves the window of the others shut. So HTTP/2 has a connection for each request, closed
after it: our limits and deadlines then hold as with HTTP/1.1. The limits of the protocol itself are httpcore's to
set: 64 KiB of headers, no pushed answers, windows (so also one frame that waits for its end) of 16 MiB.

Behind a proxy the guard knows only what is asked for, not where it leads: names are resolved by the proxy. Addresses
and names of a private network are refused as written (``addresses.unseen``); the rest is the proxy's own policy.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import replace
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit
from zlib import crc32

import httpcore

from monitor.fetch.network import GuardedNetwork
from monitor.fetch.resolver import Resolver
from monitor.fetch.transport import PoolTransport, SafePool
from monitor.model import Manner

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

    from monitor.fetch.settings import FetchSettings

PROXIES = 8
"""Proxies whose connections are kept; further ones have a connection for each request."""
_POOLS = 64
"""Pools among which hosts are divided: a pool of httpcore looks at all its connections twice a request."""
_CONNECTIONS = 12
"""Connections that each of them has at most."""
_THROUGH_PROXY = 128
"""The same of a proxy, through which all hosts are reached."""
_KEPT_ALIVE = 20.0


class Pools:
    """Hands out the transport for a manner; thread-safe."""

    def __init__(self, settings: FetchSettings, monotonic: Callable[[], float]) -> None:
        self._settings = settings
        self._monotonic = monotonic
        self._resolver = Resolver(settings.resolver, monotonic)
        self._lock = Lock()
        self._direct = [self._made(Manner()) for _ in range(_POOLS)]
        self._proxied: dict[str, PoolTransport] = {}

    @contextmanager
    def transport(self, manner: Manner, host: str) -> Iterator[PoolTransport]:
        """The transport for requests in this manner to this host; one that is not kept is closed at the end."""
        kept = self._kept(manner, host)
        if kept is not None:
            yield kept
            return
        with closing(self._made(manner)) as single:
            yield single

    def close(self) -> None:
        """Close all connections."""
        for transport in (*self._direct, *self._proxied.values()):
            transport.close()

    def _kept(self, manner: Manner, host: str) -> PoolTransport | None:
        if manner.http == "2":
            return None
        if manner.proxy is None:
            return self._direct[crc32(host.encode()) % _POOLS]
        with self._lock:
            if manner.proxy not in self._proxied and len(self._proxied) < PROXIES:
                self._proxied[manner.proxy] = self._made(manner)
            return self._proxied.get(manner.proxy)

    def _made(self, manner: Manner) -> PoolTransport:
        options: dict[str, Any] = {
            "ssl_context": self._secure_2 if manner.http == "2" else self._secure,
            "http2": manner.http == "2",
            "max_connections": _THROUGH_PROXY if manner.proxy else _CONNECTIONS,
            "keepalive_expiry": _KEPT_ALIVE,
        }
        if manner.proxy is None:
            return PoolTransport(SafePool(self._monotonic, network_backend=self._network(self._settings), **options))
        # Whoever wrote the configuration named this address, so it may be of the own network, on any port.
        network = self._network(replace(self._settings, allow_private_addresses=True))
        return PoolTransport(_proxy(manner.proxy, self._secure, network_backend=network, **options))

    def _network(self, settings: FetchSettings) -> GuardedNetwork:
        return GuardedNetwork(settings, self._resolver, self._monotonic)

    @cached_property
    def _secure(self) -> ssl.SSLContext:
        return _context(self._settings.certificates)

    @cached_property
    def _secure_2(self) -> ssl.SSLContext:
        """One of its own, since httpcore writes the protocols that a connection offers into the context."""
        return _context(self._settings.certificates)


def _context(certificates: str | None) -> ssl.SSLContext:
    context = httpcore.default_ssl_context()
    if certificates:
        context.load_verify_locations(certificates)
    return context


def _proxy(url: str, secure: ssl.SSLContext, **options: Any) -> httpcore.HTTPProxy:
    """A pool whose connections all go to this proxy; user and password are sent to it alone."""
    parts = urlsplit(url)
    user = (unquote(parts.username or "").encode(), unquote(parts.password or "").encode())
    return httpcore.HTTPProxy(
        f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}",
        proxy_auth=user if any(user) else None,
        proxy_ssl_context=secure if parts.scheme == "https" else None,
        **options,
    )
