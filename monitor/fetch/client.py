"""The fetcher: follows redirects itself, reads bodies within their limits, and turns every failure into a FetchError.

Redirects are followed here, hop by hop, and their bodies are never read. Messages name the host at most: paths and
queries may hold a reader's key.
"""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import h2.exceptions
import httpcore

from monitor.errors import FetchError
from monitor.fetch import headers
from monitor.fetch.addresses import unseen
from monitor.fetch.ask import Ask, towards
from monitor.fetch.inflate import body, too_large
from monitor.fetch.network import timeouts
from monitor.fetch.pools import Pools
from monitor.fetch.robots import Robots
from monitor.model import Document, Manner
from monitor.text import clean
from monitor.urls import check_url, place_of, resolve

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from monitor.fetch.settings import FetchSettings

MIB = 1 << 20
LIMIT = 10 * MIB
DEADLINE = 30.0
_TRANSPORT = (
    *(httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError),
    *(httpcore.ConnectionNotAvailable, h2.exceptions.H2Error),
)
_BROKEN = (httpcore.ReadError, httpcore.WriteError, httpcore.RemoteProtocolError)
_CONNECTED = "connection.connect_tcp.started"  # events of httpcore's trace extension
_ANSWERED = "http11.receive_response_headers.complete"
_ROBOTS_LIMIT = MIB // 2
_ROBOTS_DEADLINE = 10.0


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
        self._pools = Pools(settings, monotonic)
        self._robots = Robots(self._fetch_robots, monotonic)

    def fetch(  # noqa: PLR0913 - what may differ from one document to the next, each by name
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        limit: int = LIMIT,
        deadline: float = DEADLINE,
        accept: str = headers.ACCEPT,
        robots: bool = False,
        manner: Manner = Manner(),
    ) -> Document:
        """The document at ``url``, at most ``limit`` bytes inflated, within ``deadline`` seconds in all.

        With a validator (``etag``, ``last_modified``) the answer may be a 304 without a body. ``robots`` asks the
        site's robots.txt first, at every hop. The headers of ``manner`` go to its origin only (where it names none,
        to that of ``url``), and no further once a redirect has led away from it.

        Raises:
            FetchError: always, when it is not a whole document with status 200 (or 304 where validators were sent).

        """
        ask = self._ask(check_url(url), manner, accept, limit, deadline)
        ask = replace(ask, etag=etag, last_modified=last_modified)
        redirects: list[tuple[int, str]] = []
        while len(redirects) <= self._settings.redirects:
            if robots:
                self._robots.check(ask.url, self._settings.product, ask.end - self._monotonic(), manner)
            answer = self._exchange(ask)
            if answer.status not in headers.REDIRECTS:
                return Document(ask.url, url, answer.status, answer.headers, answer.body, tuple(redirects))
            ask = ask.at(resolve(ask.url, answer.headers["location"]))
            redirects.append((answer.status, ask.url))
        raise FetchError("too_many_redirects", f"more than {self._settings.redirects} redirects")

    def close(self) -> None:
        """Close all connections."""
        self._pools.close()

    def _ask(self, url: str, manner: Manner, accept: str, limit: int, deadline: float) -> Ask:
        agent = self._settings.named(manner.user_agent)
        return Ask(url, accept, limit, self._monotonic() + deadline, agent, towards(url, manner))

    def _fetch_robots(self, url: str, left: float, manner: Manner) -> Document:
        return self.fetch(
            url,
            limit=_ROBOTS_LIMIT,
            deadline=min(_ROBOTS_DEADLINE, left),
            accept="text/plain, */*;q=0.1",
            manner=replace(manner, headers=()),
        )

    def _exchange(self, ask: Ask) -> _Answer:
        """One request and its answer; every way in which the transport fails becomes a FetchError.

        Servers close kept connections without a word. Such a request is sent again; the closed connection has left
        the pool by then, so this ends at the latest with a new one.
        """
        seen: set[str] = set()
        try:
            return self._send(ask, seen)
        except (*_TRANSPORT, OSError, ValueError) as error:
            if not isinstance(error, _BROKEN) or seen & {_CONNECTED, _ANSWERED}:
                raise _failure(ask.subject, error) from error
        return self._exchange(ask)

    def _send(self, ask: Ask, seen: set[str]) -> _Answer:
        if ask.manner.proxy:
            self._refuse_unseen(ask)
        request = ask.request(self._timeouts(ask), lambda event, _: seen.add(event))
        with (
            self._pools.transport(ask.manner, ask.host) as transport,
            closing(transport.handle_request(request)) as response,
        ):
            return _read(response, ask, self._settings.wire_limit)

    def _refuse_unseen(self, ask: Ask) -> None:
        """Refuse what can be told to be of the own network by its name; the proxy alone knows the address."""
        reason = None if self._settings.allow_private_addresses else unseen(ask.host)
        if reason:
            raise FetchError("blocked_address", f"{ask.host} is {reason}", permanent=True)
        self._settings.check_port(*place_of(ask.url))

    def _timeouts(self, ask: Ask) -> dict[str, float]:
        now = self._monotonic()
        if now >= ask.end:
            raise FetchError("timeout", f"{ask.subject} took too long")
        return timeouts(ask.end, now)


def _failure(host: str, error: Exception) -> FetchError:
    """What a failure of the transport is called; httpcore lets some of OpenSSL's and h11's own errors through."""
    if isinstance(error, httpcore.TimeoutException | TimeoutError):
        return FetchError("timeout", f"{host} took too long")
    if isinstance(error, httpcore.ProxyError):
        return FetchError("proxy", f"the proxy did not connect to {host.partition(' ')[0]}: {clean(str(error), 99)}")
    if isinstance(error, httpcore.ConnectError):
        return FetchError("connect", f"{host}: {_reason(error)}")
    if isinstance(error, httpcore.NetworkError | OSError):
        return FetchError("reset", f"{host}: {_reason(error)}")
    return FetchError("protocol", f"{host} does not speak HTTP: {clean(str(error), 150)}")


def _read(response: httpx.Response, ask: Ask, wire: int) -> _Answer:
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


def _reason(error: Exception) -> str:
    """What the system said, without addresses or paths."""
    cause = error.__cause__ or next(iter(error.args), error)
    return (getattr(cause, "strerror", None) or type(error).__name__).lower()
