"""The canary at work: a server of our own on loopback, and who sends it out and looks for it, once a day.

The server shows the feed and the pages of what is out, and takes the messages of its channel; nothing else. It listens
on 127.0.0.1, on a port that the system gives, under a path that nobody can guess, and changes nothing when it is asked.
The standard library's http.server is enough for that.
"""

from __future__ import annotations

import json
import logging
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Final, Self

from monitor.app import App
from monitor.config.cron import next_cron
from monitor.keep import canary
from monitor.model import CANARY, CanaryArticle, CanaryPlace, Fate

HOST: Final = "127.0.0.1"
_LARGEST: Final = 1 << 20
"""Bytes of one message."""
_MOST: Final = 10_000
"""Messages that are kept of one time out."""
_PATIENCE: Final = 30.0
"""Seconds for which a silent client is listened to."""
_NEVER: Final = timedelta(days=36_500)

_log = logging.getLogger("monitor.canary")


class CanaryServer:
    """Serves what is out and keeps what arrives. A context manager; ``close`` ends it."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._pages: Mapping[str, tuple[str, bytes]] = {}
        self._arrived: list[tuple[str, datetime]] = []
        self._now = now
        self._server = ThreadingHTTPServer((HOST, 0), _handler(self))
        self._server.daemon_threads = True
        self.place = CanaryPlace(HOST, self._server.server_port, secrets.token_hex(16))
        self._thread = threading.Thread(target=self._server.serve_forever, name="canary", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def arrived(self) -> Sequence[tuple[str, datetime]]:
        """The messages that came since the last ``show``, with when."""
        return tuple(self._arrived)

    def show(self, out: Sequence[CanaryArticle], at: datetime) -> None:
        """Serve these articles and their feed, in place of what was served; forget what arrived."""
        pages = {one.url: ("text/html; charset=utf-8", canary.page(one, at)) for one in out}
        self._pages = pages | {self.place.feed: ("application/rss+xml", canary.feed(out, at))}
        self._arrived = []

    def page(self, path: str) -> tuple[str, bytes] | None:
        """Content type and body of what is served at a path; None for everything else."""
        return self._pages.get(f"http://{self.place.host}:{self.place.port}{path}")

    def take(self, path: str, body: bytes) -> bool:
        """Keep a message that came to the channel; False when it is none."""
        if path != f"/{self.place.secret}/sink" or len(self._arrived) >= _MOST:
            return False
        try:
            self._arrived.append((str(json.loads(body)["message"]), self._now()))
        except (ValueError, TypeError, KeyError, RecursionError):
            return False
        return True

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _handler(server: CanaryServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = _PATIENCE

        def do_GET(self) -> None:
            found = server.page(self.path)
            self._answer(404, "text/plain", b"") if found is None else self._answer(200, *found)

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not (length.isascii() and length.isdigit() and len(length) < 9 and int(length) <= _LARGEST):
                self._answer(413, "text/plain", b"")
                return
            taken = server.take(self.path, self.rfile.read(int(length)))
            self._answer(200 if taken else 404, "application/json", b"{}")

        def _answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's own name
            del format, args  # its own log has a word on how it went

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:  # the other end went away
                self.close_connection = True

    return Handler


@dataclass(frozen=True)
class Outing:
    """What is out, since when."""

    articles: tuple[CanaryArticle, ...]
    since: datetime


class Canary:
    """Sends the canary out when it is due and looks for it until its time is up; one thread at a time.

    The program is given each time, since a new configuration is a new one.
    """

    def __init__(self, server: CanaryServer) -> None:
        self._server = server
        self._outing: Outing | None = None

    def step(self, app: App, now: datetime) -> tuple[Fate, ...]:
        """Do what is to be done at ``now``. Returns how far each article came, once, when that is known.

        The canary is back when all of it came out, or when ``canary_within`` is over. What changed since the last
        time is told. One that a dead process left out is sent out again at once.
        """
        if self._outing is not None:
            return self._look(app, self._outing, now)
        due, coming = app.canary.due(), _coming(app, now)
        if due is None or due > coming:
            app.canary.plan(self._server.place, coming)
        elif due <= now and app.settings.watch.canary is not None:
            self.begin(app, now)
        return ()

    def begin(self, app: App, now: datetime) -> int:
        """Send it out. Returns how many articles that is; 0 when no topic has an example."""
        out = canary.articles(app.loaded.topics, self._server.place, now)
        if not out:
            _log.warning("%s: stays in, since no topic has an example that must hit", CANARY)
            app.canary.plan(self._server.place, _coming(app, now))
            return 0
        self._server.show(out, now)
        app.canary.begin(self._server.place, now)
        self._outing = Outing(out, now)
        return len(out)

    def fates(self, app: App) -> tuple[Fate, ...]:
        """How far what is out has come."""
        out = self._outing.articles if self._outing else ()
        return canary.fates(out, app.canary.traces(one.url for one in out), self._server.arrived)

    def _look(self, app: App, outing: Outing, now: datetime) -> tuple[Fate, ...]:
        done = self.fates(app)
        late = now - outing.since >= app.settings.watch.canary_within
        if not (late or all(fate.out for fate in done)):
            return ()
        notices = canary.changes(done, app.canary.told(), now)
        app.canary.end(notices, _coming(app, now), now)
        self._outing = None
        _tell(done, now - outing.since)
        return done


def _coming(app: App, now: datetime) -> datetime:
    """When it is to go out next by the calendar."""
    line = app.settings.watch.canary
    return now + _NEVER if line is None else next_cron(line, now, app.settings.timezone)


def _tell(done: Sequence[Fate], took: timedelta) -> None:
    """One line for the log, and one for each article that got stuck."""
    stuck = [fate for fate in done if not fate.out]
    level = logging.WARNING if stuck else logging.INFO
    came, seconds = len(done) - len(stuck), took.total_seconds()
    _log.log(level, "%s: %d of %d articles came out within %.0f s", CANARY, came, len(done), seconds)
    for fate in stuck:
        _log.warning("%s: %s, %s: %s", CANARY, fate.article.family, fate.article.topic, fate.words)
