"""The review page of a daemon: its port is taken before anything runs, all else is made when the desks are at work.

To make it takes as long as to start the desks, and no source has to wait for it; who asks for the page meanwhile does.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from monitor.cli.options import Place, now
from monitor.web.port import check_guarded, take, try_port

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.config.settings import Settings
    from monitor.loading import Loaded
    from monitor.model import Access
    from monitor.reload import Reload
    from monitor.web.pulse import Pulse
    from monitor.web.server import WebServer


class ReviewPage:
    """The page of one installation from ``start()`` to ``stop()``; its port is ours as soon as this is made.

    Raises UsageError when the port cannot be taken.
    """

    what = "review page"

    def __init__(self, found: Place, app: App, pulse: Pulse, reload: Reload, root: str) -> None:
        self._found, self._app, self._pulse, self._reload, self._root = found, app, pulse, reload, root
        self._started = now()
        self._port = take(found.environment.host, found.environment.port)
        self._server: WebServer | None = None
        self.url = self._port.url

    def start(self) -> None:
        """Make the page, with the topics in force, and answer from now on."""
        self._server = self._made()
        self._show(self._server)
        self._server.start()

    def adopt(self, app: App) -> None:
        """Show what this program does from now on."""
        self._app = app
        if self._server is not None:
            self._show(self._server)

    def stop(self) -> None:
        """Answer no more, free the port. Does nothing the second time."""
        if self._server is not None:
            self._server.stop()
        self._port.socket.close()

    def _made(self) -> WebServer:
        from monitor.web.server import WebServer

        app, known = self._app, self._found.environment
        return WebServer(
            known.host,
            known.port,
            app.review,
            self._pulse,
            access=accessed(app.settings, known.password),
            now=now,
            monotonic=time.monotonic,
            root=self._root,
            meter=app.meter,
            taken=self._port,
            started=self._started,
        )

    def _show(self, server: WebServer) -> None:
        from monitor.in_force import report
        from monitor.probing.desk import SourceDesk
        from monitor.web.server import Configuration

        app, reload, environment = self._app, self._reload, self._found.environment
        settings, password = app.settings, app.loaded.environment.password
        server.show(settings.timezone, [topic.name for topic in app.loaded.topics], accessed(settings, password))
        server.define(app.loaded.topics, app.loaded.definitions)
        server.route(settings.alerts)
        server.offer(SourceDesk(self._found.config, os.environ, settings, now, time.monotonic))
        server.explain(Configuration(partial(report, app.loaded, environment), lambda: reload.standing))


def demand_page(found: Place, loaded: Loaded | None) -> None:
    """Raise UsageError when the page cannot be served: its port is taken, or all the world could read it.

    ``loaded`` is the configuration; None where it is bad, which is told later with all that is wrong with it.
    """
    known = found.environment
    if loaded is not None:
        check_guarded(known.host, accessed(loaded.settings, known.password))
    try_port(known.host, known.port)


def accessed(settings: Settings, password: str | None) -> Access:
    """Who may pass: what sources.yaml says, with the shared password and the address that readers know."""
    return replace(settings.web, password=password, public=settings.deliver.review_url)
