"""Listening: the page on a socket of its own, in a thread beside the desks. With ``patience`` the door to uvicorn.

Must not: route, decide who may pass, know what a page shows.
"""

from __future__ import annotations

import errno
import ipaddress
import secrets
import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import uvicorn

from monitor.errors import UsageError
from monitor.loading import Definition
from monitor.match.topic import Topic
from monitor.meter import Meter
from monitor.model import Access, Alert
from monitor.probing.desk import SourceDesk
from monitor.store import ReviewStore
from monitor.web.credentials import Credentials
from monitor.web.entry import Entry
from monitor.web.guard import Guard
from monitor.web.health import Health
from monitor.web.metrics import Metrics
from monitor.web.pages import make_app
from monitor.web.patience import Limits, bearing
from monitor.web.pulse import Pulse
from monitor.web.roots import Rooted
from monitor.web.sessions import Sessions
from monitor.web.site import Configuration, Desk, Site

__all__ = ["Access", "Configuration", "Limits", "Pulse", "WebServer"]

GRACE = 2
"""Seconds that answers under way get to end when the server stops."""
_HEAD = 32 * 1024
"""Bytes of a request's head at most."""


class Listening:
    """A socket that is taken at once, and from ``start()`` to ``stop()`` a thread that answers there.

    Raises UsageError when the port cannot be taken.
    """

    def __init__(self, host: str, port: int, app: Callable[..., object], limits: Limits) -> None:
        self._socket = _listen(host, port)
        self.url = _url(host, self._socket.getsockname()[1])
        self._server = uvicorn.Server(_config(app, limits))
        self._thread: threading.Thread | None = None

    @property
    def connections(self) -> int:
        """How many there are at present."""
        return len(self._server.server_state.connections)

    def start(self) -> None:
        """Answer requests from now on."""
        self._thread = threading.Thread(target=self._run, name="web", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take no more requests, let those under way end, free the port. Does nothing the second time."""
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(GRACE + 3)
            self._thread = None
        self._socket.close()

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])


class WebServer:
    """The review page at ``url`` from ``start()`` to ``stop()``; the port is taken as soon as this is made.

    Raises UsageError when the port cannot be taken, and for a host beyond loopback without a login.
    """

    what = "review page"

    def __init__(  # noqa: PLR0913 - what the page needs, each named at the one place that makes it
        self,
        host: str,
        port: int,
        review: ReviewStore,
        pulse: Pulse,
        *,
        access: Access,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        timezone: str = "UTC",
        topics: Sequence[str] = (),
        root: str = "",
        limits: Limits | None = None,
        sources: SourceDesk | None = None,
        watch: float = 5.0,
        meter: Meter | None = None,
    ) -> None:
        check_guarded(host, access)
        self._desk = Desk(review, now, timezone, tuple(topics), watch, sources)
        sessions, exposed = Sessions(review.logins, now), not is_loopback(host)
        self._entry = Entry(
            access, sessions, secret=secrets.token_urlsafe(24), monotonic=monotonic, root=root, exposed=exposed
        )
        site = Site(self._desk, Guard(host, self._entry), root)
        self._site, self._health = site, Health(review.metering, pulse, now, monotonic)
        metrics = Metrics(review.metering, meter or Meter(), pulse, self._health, now, monotonic)
        self.app = make_app(site, self._health, metrics)
        self._listening = Listening(host, port, Rooted(self.app, root), limits or Limits())
        self.url = self._listening.url

    @property
    def connections(self) -> int:
        """How many there are at present."""
        return self._listening.connections

    @property
    def access(self) -> Access:
        """Who may pass at present."""
        return self._entry.access

    def start(self) -> None:
        """Answer requests from now on, in a thread of its own."""
        self._listening.start()
        for one in self._site.beside:
            one.start()

    def show(self, timezone: str, topics: Sequence[str], access: Access) -> None:
        """Show times in this zone, offer these topics, and let in whom this names from now on."""
        self._desk.timezone, self._desk.topics = timezone, tuple(topics)
        self._entry.adopt(access)
        self._health.configured = True

    def define(self, topics: Sequence[Topic], definitions: Sequence[Definition]) -> None:
        """Propose examples for these topics, each with its file, from now on."""
        self._desk.definitions = tuple(zip(topics, definitions, strict=True))

    def route(self, alerts: Iterable[Alert]) -> None:
        """Know from now on which saved filters decide what goes to these alerts."""
        self._desk.filters = {alert.name: alert.filters for alert in alerts if alert.filters}

    def offer(self, sources: SourceDesk) -> None:
        """Have sources tried and added by this configuration from now on."""
        self._desk.sources = sources

    def explain(self, configuration: Configuration) -> None:
        """Show this as the configuration in force from now on."""
        self._desk.configuration = configuration

    def stop(self) -> None:
        """Take no more requests, let those under way end, free the port. Does nothing the second time."""
        self._site.watcher.close()
        self._listening.stop()
        for one in self._site.beside:
            one.stop()


def is_loopback(host: str) -> bool:
    """True when only this machine can reach a server that listens at ``host``."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _config(app: Callable[..., object], limits: Limits) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="asyncio",
        http=bearing(limits),
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=limits.connections,  # accepted in one go: more would take files from the desks for a moment
        limit_concurrency=limits.answered,
        timeout_graceful_shutdown=GRACE,
        h11_max_incomplete_event_size=_HEAD,
    )


def try_port(host: str, port: int) -> None:
    """Raise UsageError when the page could not listen there; nothing is kept."""
    _listen(host, port).close()


def check_guarded(host: str, access: Access) -> None:
    """Raise UsageError for a host that others can reach while nobody has to log in; tokens alone are no login."""
    if is_loopback(host) or Credentials(access).exist:
        return
    raise UsageError(
        f"MONITOR_HOST={host} can be reached from outside, and there is no password; list users under web in"
        " sources.yaml (`monitor config password` makes the hashes), set MONITOR_PASSWORD, or MONITOR_HOST to 127.0.0.1"
    )


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket; UsageError with the mend when there is none to be had."""
    where = host.strip("[]")
    try:
        family = socket.getaddrinfo(where, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        listening = socket.create_server((where, port), family=family)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else an answer's last part waits 40 ms
    except OSError as error:
        raise UsageError(_refusal(host, port, error)) from error
    else:
        return listening


def _refusal(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"{host}:{port} is in use; choose another port with MONITOR_PORT"
    if error.errno == errno.EACCES:
        return f"{host}:{port} is not ours to use; choose a port above 1023 with MONITOR_PORT"
    return f"{host} is no address of this machine; set MONITOR_HOST, such as 127.0.0.1 or 0.0.0.0"


def _url(host: str, port: int) -> str:
    return f"http://[{host.strip('[]')}]:{port}" if ":" in host else f"http://{host}:{port}"
