"""The page on a socket of its own (``port``), in a thread beside the desks. With ``patience`` the door to uvicorn.

Must not: route, decide who may pass, know what a page shows.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import uvicorn

from monitor.loading import Definition
from monitor.match.topic import Topic
from monitor.meter import Meter
from monitor.model import Access, Alert
from monitor.probing.desk import SourceDesk
from monitor.store import ReviewStore
from monitor.web.entry import Entry
from monitor.web.guard import Guard
from monitor.web.health import Health
from monitor.web.metrics import Metrics
from monitor.web.pages import make_app
from monitor.web.patience import Limits, bearing
from monitor.web.port import Port, check_guarded, is_loopback, take
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
    """From ``start()`` to ``stop()`` a thread that answers at a port that was taken; then the port is free again."""

    def __init__(self, port: Port, app: Callable[..., object], limits: Limits) -> None:
        self._socket = port.socket
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

    ``taken`` is that port where it was taken before, ``started`` when the program was, where that was before.
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
        taken: Port | None = None,
        started: datetime | None = None,
    ) -> None:
        check_guarded(host, access)
        self._desk = Desk(review, now, timezone, tuple(topics), watch, sources)
        sessions, exposed = Sessions(review.logins, now), not is_loopback(host)
        self._entry = Entry(
            access, sessions, secret=secrets.token_urlsafe(24), monotonic=monotonic, root=root, exposed=exposed
        )
        site, started = Site(self._desk, Guard(host, self._entry), root), started or now()
        self._site, self._health = site, Health(review.metering, pulse, now, monotonic, started)
        metrics = Metrics(review.metering, meter or Meter(), pulse, self._health, now, monotonic, started)
        self.app = make_app(site, self._health, metrics)
        taken = taken or take(host, port)
        self._listening, self.url = Listening(taken, Rooted(self.app, root), limits or Limits()), taken.url

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
