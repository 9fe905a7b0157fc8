"""Listening: the review page on a socket of its own, in a thread beside the desks. The only door to uvicorn.

Must not: route, decide who may pass, know what a page shows.
"""

from __future__ import annotations

import errno
import ipaddress
import secrets
import socket
import threading
from collections.abc import Callable, Sequence
from datetime import datetime

import uvicorn

from monitor.errors import UsageError
from monitor.store import ReviewStore
from monitor.web.guard import Guard
from monitor.web.pages import make_app
from monitor.web.pulse import Pulse
from monitor.web.site import Desk, Site

__all__ = ["Pulse", "WebServer"]

CONNECTIONS = 64
"""Connections at once; more are answered 503, so that no client can take the process's files or memory."""
GRACE = 2
"""Seconds that answers under way get to end when the server stops."""
_HEAD = 32 * 1024
"""Bytes of a request's head at most."""


class WebServer:
    """The review page at ``url`` from ``start()`` to ``stop()``; the port is taken as soon as this is made.

    Raises UsageError when the port cannot be taken, and for a host beyond loopback without a password.
    """

    def __init__(  # noqa: PLR0913 - what the page needs, each named at the one place that makes it
        self,
        host: str,
        port: int,
        review: ReviewStore,
        pulse: Pulse,
        *,
        password: str | None,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        timezone: str = "UTC",
        topics: Sequence[str] = (),
    ) -> None:
        password = password if password and password.strip() else None
        if password is None and not is_loopback(host):
            raise UsageError(
                f"MONITOR_HOST={host} can be reached from outside, and there is no password;"
                " set MONITOR_PASSWORD, or MONITOR_HOST to 127.0.0.1"
            )
        self._socket = _listen(host, port)
        self.url = _url(host, self._socket.getsockname()[1])
        guard = Guard(host, password, secrets.token_urlsafe(24), monotonic)
        self._desk = Desk(review, pulse, now, monotonic, timezone, tuple(topics))
        self._server = uvicorn.Server(_config(make_app(Site(self._desk, guard))))
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Answer requests from now on, in a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="web", daemon=True)
        self._thread.start()

    def show(self, timezone: str, topics: Sequence[str]) -> None:
        """Show times in this zone and offer these topics from now on."""
        self._desk.timezone, self._desk.topics = timezone, tuple(topics)

    def stop(self) -> None:
        """Take no more requests, let those under way end, free the port. Does nothing the second time."""
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(GRACE + 3)
            self._thread = None
        self._socket.close()

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])


def is_loopback(host: str) -> bool:
    """True when only this machine can reach a server that listens at ``host``."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _config(app: Callable[..., object]) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=CONNECTIONS,
        timeout_graceful_shutdown=GRACE,
        h11_max_incomplete_event_size=_HEAD,
    )


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket; UsageError with the mend when there is none to be had."""
    where = host.strip("[]")
    try:
        family = socket.getaddrinfo(where, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        return socket.create_server((where, port), family=family)
    except OSError as error:
        raise UsageError(_refusal(host, port, error)) from error


def _refusal(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"{host}:{port} is in use; choose another port with MONITOR_PORT"
    if error.errno == errno.EACCES:
        return f"{host}:{port} is not ours to use; choose a port above 1023 with MONITOR_PORT"
    return f"{host} is no address of this machine; set MONITOR_HOST, such as 127.0.0.1 or 0.0.0.0"


def _url(host: str, port: int) -> str:
    return f"http://[{host.strip('[]')}]:{port}" if ":" in host else f"http://{host}:{port}"
