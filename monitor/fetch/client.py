"""The fetcher: follows redirects itself, reads bodies within their limits, and turns every failure into a FetchError.

Redirects are followed here, hop by hop, and their bodies are never read. Messages name the host at most: paths and
queries may hold a reader's key.
"""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpcore
import httpx

from monitor.errors import FetchError
from monitor.fetch import headers
from monitor.fetch.inflate import body, too_large
from monitor.fetch.network import GuardedNetwork, timeouts
from monitor.fetch.resolver import Resolver
from monitor.fetch.robots import Robots
from monitor.fetch.transport import PoolTransport
from monitor.model import Document
from monitor.text import clean
from monitor.urls import check_url, resolve

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.fetch.settings import FetchSettings

MIB = 1 << 20
LIMIT = 10 * MIB
DEADLINE = 30.0
_CONNECTIONS = 128
_KEPT_ALIVE = 20.0
_TRANSPORT = (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, httpcore.ConnectionNotAvailable)
_BROKEN = (httpcore.ReadError, httpcore.WriteError, httpcore.RemoteProtocolError)
_CONNECTED = "connection.connect_tcp.started"  # events of httpcore's trace extension
_ANSWERED = "http11.receive_response_headers.complete"
_ROBOTS_LIMIT = MIB // 2
_ROBOTS_DEADLINE = 10.0


@dataclass(frozen=True, slots=True)
class _Ask:
    """One request to make: where, what with, until when."""

    url: str
    accept: str
    limit: int
    end: float
    etag: str | None = None
    last_modified: str | None = None

    @property
    def conditional(self) -> bool:
        return bool(self.etag or self.last_modified)

    def at(self, url: str) -> _Ask:
        """The same for where a redirect leads; another origin is told nothing that was meant for this one."""
        if _origin(url) == _origin(self.url):
            return replace(self, url=url)
        return replace(self, url=url, etag=None, last_modified=None)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class Fetcher:
    """Fetches documents; thread-safe, keeps connections alive, one is enough for a process."""

    def __init__(self, settings: FetchSettings, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._monotonic = monotonic
        context = httpcore.default_ssl_context()
        if settings.certificates:
            context.load_verify_locations(settings.certificates)
        pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=_CONNECTIONS,
            keepalive_expiry=_KEPT_ALIVE,
            network_backend=GuardedNetwork(settings, Resolver(settings.resolver, monotonic), monotonic),
        )
        self._transport = PoolTransport(pool)
        self._robots = Robots(self._fetch_robots, monotonic)

    def fetch(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        limit: int = LIMIT,
        deadline: float = DEADLINE,
        accept: str = headers.ACCEPT,
        robots: bool = False,
    ) -> Document:
        """The document at ``url``, at most ``limit`` bytes inflated, within ``deadline`` seconds in all.

        With a validator (``etag``, ``last_modified``) the answer may be a 304 without a body. ``robots`` asks the
        site's robots.txt first, at every hop.

        Raises:
            FetchError: always, when it is not a whole document with status 200 (or 304 where validators were sent).

        """
        ask = _Ask(check_url(url), accept, limit, self._monotonic() + deadline, etag, last_modified)
        redirects: list[tuple[int, str]] = []
        while len(redirects) <= self._settings.redirects:
            if robots:
                self._robots.check(ask.url, self._settings.product, ask.end - self._monotonic())
            answer = self._exchange(ask)
            if answer.status not in headers.REDIRECTS:
                return Document(ask.url, url, answer.status, answer.headers, answer.body, tuple(redirects))
            ask = ask.at(resolve(ask.url, answer.headers["location"]))
            redirects.append((answer.status, ask.url))
        raise FetchError("too_many_redirects", f"more than {self._settings.redirects} redirects")

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def _fetch_robots(self, url: str, left: float) -> Document:
        return self.fetch(
            url, limit=_ROBOTS_LIMIT, deadline=min(_ROBOTS_DEADLINE, left), accept="text/plain, */*;q=0.1"
        )

    def _exchange(self, ask: _Ask) -> _Answer:
        """One request and its answer; every way in which the transport fails becomes a FetchError.

        Servers close kept connections without a word. Such a request is sent again; the closed connection has left
        the pool by then, so this ends at the latest with a new one.
        """
        seen: set[str] = set()
        try:
            return self._send(ask, seen)
        except (*_TRANSPORT, OSError, ValueError) as error:
            if not isinstance(error, _BROKEN) or seen & {_CONNECTED, _ANSWERED}:
                raise _failure(_host(ask.url), error) from error
        return self._exchange(ask)

    def _send(self, ask: _Ask, seen: set[str]) -> _Answer:
        extensions = {"timeout": self._timeouts(ask), "trace": lambda event, _: seen.add(event)}
        request = _request(ask.url, self._headers(ask), extensions)
        with closing(self._transport.handle_request(request)) as response:
            return _read(response, ask, self._settings.wire_limit)

    def _headers(self, ask: _Ask) -> list[tuple[str, str]]:
        return headers.request(
            urlsplit(ask.url).netloc,
            self._settings.user_agent,
            ask.accept,
            {"If-None-Match": ask.etag, "If-Modified-Since": ask.last_modified},
        )

    def _timeouts(self, ask: _Ask) -> dict[str, float]:
        now = self._monotonic()
        if now >= ask.end:
            raise FetchError("timeout", f"{_host(ask.url)} took too long")
        return timeouts(ask.end, now)


def _failure(host: str, error: Exception) -> FetchError:
    """What a failure of the transport is called; httpcore lets some of OpenSSL's and h11's own errors through."""
    if isinstance(error, httpcore.TimeoutException | TimeoutError):
        return FetchError("timeout", f"{host} took too long")
    if isinstance(error, httpcore.ConnectError):
        return FetchError("connect", f"{host}: {_reason(error)}")
    if isinstance(error, httpcore.NetworkError | OSError):
        return FetchError("reset", f"{host}: {_reason(error)}")
    return FetchError("protocol", f"{host} does not speak HTTP: {clean(str(error), 150)}")


def _read(response: httpx.Response, ask: _Ask, wire: int) -> _Answer:
    """The answer with its body where it is a document; a redirect's body and an error's are never read."""
    head = headers.answer(response.headers.raw)
    if response.status_code in headers.REDIRECTS and "location" in head:
        return _Answer(response.status_code, head, b"")
    if response.status_code != 200 and not (response.status_code == 304 and ask.conditional):
        raise headers.refusal(response.status_code, head)
    if response.status_code == 304:
        return _Answer(304, head, b"".join(response.iter_raw()))  # empty, whatever its head says (RFC 9110, 15.4.5)
    return _Answer(response.status_code, head, _body(response, head, min(wire, ask.limit), ask.limit))


def _body(response: httpx.Response, head: dict[str, str], wire: int, limit: int) -> bytes:
    length = head.get("content-length", "")
    if length.isdigit() and (len(length) > 15 or int(length) > wire):
        raise too_large(wire)
    taken = body(head.get("content-encoding", ""), wire=wire, limit=limit)
    for piece in response.iter_raw():
        taken.feed(piece)
    return taken.whole()


def _request(url: str, head: list[tuple[str, str]], extensions: dict[str, Any]) -> httpx.Request:
    """The request; its target goes out as written, where httpx would tidy it (``/a/../b``)."""
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        return httpx.Request("GET", url, headers=head, extensions={**extensions, "target": target.encode("ascii")})
    except httpx.InvalidURL as error:
        raise FetchError("bad_url", f"{_host(url)}: {error}", permanent=True) from error


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _reason(error: Exception) -> str:
    """What the system said, without addresses or paths."""
    cause = error.__cause__ or next(iter(error.args), error)
    return (getattr(cause, "strerror", None) or type(error).__name__).lower()
