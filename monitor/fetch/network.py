"""The network as httpcore sees it: every address is checked before it is connected to, and everything ends in time.

httpcore's time-outs are lengths, and each read or write gets a new one; a server that sends a byte a second never
ends. Here the number that httpcore hands through for connect, read and write is an *instant* of the monotonic clock
(see ``timeouts``): each operation gets what is left until then. The number travels with the request, not with the
connection, so a kept-alive connection obeys the request that uses it, and no state is shared between threads.
"""

from __future__ import annotations

import os
import select
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

import httpcore

from monitor.errors import FetchError
from monitor.fetch.addresses import refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from socket import socket

    from monitor.fetch.resolver import Resolver
    from monitor.fetch.settings import FetchSettings

CONNECT = 10.0
READ = 15.0
NEXT_ADDRESS = 3.0
"""Seconds after which the next address of a host is tried (a small happy eyeballs, RFC 8305)."""
_ADDRESSES = 4
_AT_ONCE = 1 << 18
"""Bytes that are taken at once where they are there: a page comes in one or two pieces."""


def timeouts(end: float, now: float) -> dict[str, float]:
    """The ``timeout`` extension of a request that must end at ``end``; httpcore itself waits for ``pool``."""
    return {"connect": end, "read": end, "write": end, "pool": end - now}


class GuardedNetwork(httpcore.NetworkBackend):
    """Resolves, checks and connects to the checked address; the name stays with TLS and the Host header."""

    def __init__(self, settings: FetchSettings, resolver: Resolver, monotonic: Callable[[], float]) -> None:
        self._settings = settings
        self._resolver = resolver
        self._monotonic = monotonic
        self._system = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002 -- part of the interface, never set
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect before the instant ``timeout``.

        Raises:
            FetchError: ``bad_port``, ``dns`` or ``blocked_address``.

        """
        self._settings.check_port(host, port)
        end = min(_instant(timeout), self._monotonic() + CONNECT)
        good = self._allowed(host, port, self._resolver.addresses(host, end))
        for address in good[:-1]:
            try:
                return self._connect(address, port, min(end, self._monotonic() + NEXT_ADDRESS), socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connect(good[-1], port, end, socket_options)

    def connect_unix_socket(self, path: str, timeout: float | None = None, socket_options: Any = None) -> NoReturn:  # noqa: ARG002
        """Refuse: the web is not on a Unix socket."""
        raise FetchError("blocked_address", "a Unix socket is not fetched from", permanent=True)

    def _allowed(self, host: str, port: int, addresses: tuple[str, ...]) -> list[str]:
        private = self._settings.allow_private_addresses or (host, port) == self._settings.own
        reasons = {address: refusal(address, private=private) for address in addresses}
        good = [address for address, reason in reasons.items() if reason is None]
        if not good:
            raise FetchError("blocked_address", f"{host} is {next(iter(reasons.values()))}", permanent=True)
        return good[:_ADDRESSES]

    def _connect(self, address: str, port: int, end: float, options: Iterable[Any] | None) -> httpcore.NetworkStream:
        left = _left(end, self._monotonic, httpcore.ConnectTimeout)
        return TimedStream(self._system.connect_tcp(address, port, left, None, options), self._monotonic)


class TimedStream(httpcore.NetworkStream):
    """A connection whose time-outs are instants; no single read takes longer than fifteen seconds."""

    def __init__(self, stream: httpcore.NetworkStream, monotonic: Callable[[], float]) -> None:
        self._stream = stream
        self._monotonic = monotonic
        self._bare: socket | None = None if stream.get_extra_info("ssl_object") else stream.get_extra_info("socket")

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what there is, before the instant ``timeout``."""
        if self._bare is None:
            return self._stream.read(max_bytes, self._left(timeout, httpcore.ReadTimeout))
        return self._taken(self._bare, _AT_ONCE, timeout)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all, before the instant ``timeout``."""
        left = self._left(timeout, httpcore.WriteTimeout)
        rest = buffer[_given(self._bare, buffer) :] if buffer and self._bare is not None else buffer
        self._stream.write(rest, left)

    def close(self) -> None:
        """Close without reading what may still come."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Shake hands before the instant ``timeout``.

        Raises:
            FetchError: ``tls``, with OpenSSL's reason.

        """
        left = _left(_instant(timeout), self._monotonic, httpcore.ConnectTimeout)
        try:
            stream = self._stream.start_tls(ssl_context, server_hostname, min(left, CONNECT))
        except httpcore.ConnectError as error:
            raise _tls_error(error.__cause__) from error
        return TimedStream(stream, self._monotonic)

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks of a connection (is it readable, its TLS object)."""
        return self._stream.get_extra_info(info)

    def _taken(self, bare: socket, most: int, timeout: float | None) -> bytes:
        """What has come on a connection without TLS, at most so many bytes; the protocols take any number.

        httpcore's own stream makes three calls to the system for it, and each lets the threads change places.
        """
        try:
            while True:
                left = self._left(timeout, httpcore.ReadTimeout)
                with suppress(BlockingIOError):
                    return os.read(bare.fileno(), most)
                if not _comes(bare, left):
                    raise httpcore.ReadTimeout("nothing came")
        except OSError as error:
            raise httpcore.ReadError(error.strerror) from error

    def _left(self, timeout: float | None, error: type[Exception]) -> float:
        return min(_left(_instant(timeout), self._monotonic, error), READ)


def _comes(bare: socket, seconds: float) -> bool:
    """Whether something comes, be it the end, within so many seconds."""
    poll = select.poll()
    poll.register(bare, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def _given(bare: socket, buffer: bytes) -> int:
    """How many bytes of it a connection without TLS takes at once: mostly all."""
    try:
        return os.write(bare.fileno(), buffer)
    except BlockingIOError:
        return 0
    except OSError as error:
        raise httpcore.WriteError(error.strerror) from error


def _instant(timeout: float | None) -> float:
    """The instant; httpcore passes None where a request has no time-out; ours always have one."""
    if timeout is None:
        raise FetchError("timeout", "a request without a deadline")
    return timeout


def _left(end: float, monotonic: Callable[[], float], error: type[Exception]) -> float:
    left = end - monotonic()
    if left <= 0:
        raise error("the deadline has passed")
    return left


def _tls_error(cause: BaseException | None) -> FetchError:
    if isinstance(cause, ssl.SSLCertVerificationError):
        return FetchError("tls", f"the certificate is not valid: {cause.verify_message}")
    if isinstance(cause, ssl.SSLError):
        return FetchError("tls", f"no secure connection: {cause.reason or 'the handshake broke off'}")
    return FetchError("reset", "the connection broke while it was being secured")
