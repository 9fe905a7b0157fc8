"""``worker``: one of many processes that do the work on one PostgreSQL database."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import typer

from monitor.cli.daemon import wired
from monitor.cli.options import ConfigOption, DatabaseOption, Place, examples, now, place
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.web.pulse import Pulse
    from monitor.web.watch_server import WatchServer


def add_to(cli: typer.Typer) -> None:
    """Add this command to the root."""
    cli.command(
        "worker",
        epilog=examples(
            "monitor --database postgresql://monitor:secret@db/monitor worker", "MONITOR_PORT=9001 monitor worker"
        ),
    )(worker)


def worker(context: typer.Context, config: ConfigOption = None, database: DatabaseOption = None) -> None:
    """Poll, read and deliver as one of many workers on one PostgreSQL database. SIGTERM ends it in order.

    Start as many as you want, on as many machines; they share the work and take over from each other. All of them need
    the same sources.yaml. `monitor run --page` shows the review page beside them.

    /healthz, /readyz and /metrics are at MONITOR_HOST and MONITOR_PORT (127.0.0.1:8000).
    """
    from monitor import daemon
    from monitor.canary import Canary, CanaryServer
    from monitor.cli.page import accessed
    from monitor.reload import Reload
    from monitor.web.port import try_port
    from monitor.web.pulse import Pulse
    from monitor.worker import Worker

    found = place(context, config, database)
    demand_server(found, "monitor worker")
    try_port(found.environment.host, found.environment.port)
    with CanaryServer(now) as own:
        app, mask = wired(found, alone=False, verbose=True, canary=own.place)
        with app:
            pulse, canary, reload = Pulse(), Canary(own), Reload(found.config, os.environ, app.loaded, now)
            server = _server(found, app, pulse)

            def adopt(new: App) -> None:
                mask.hide(new.settings.secrets() | new.loaded.environment.secrets())
                server.show(accessed(new.settings, new.loaded.environment.password))
                reload.adopted()

            adopt(app)
            raise typer.Exit(
                daemon.run(app, reload, server, adopt, lambda one, at: Worker(one, found.database, pulse, canary, at))
            )


def _server(found: Place, app: App, pulse: Pulse) -> WatchServer:
    import time

    from monitor.cli.page import accessed
    from monitor.web.watch_server import WatchServer

    known = found.environment
    return WatchServer(
        known.host,
        known.port,
        app.review,
        pulse,
        access=accessed(app.settings, app.loaded.environment.password),
        now=now,
        monotonic=time.monotonic,
        meter=app.meter,
    )


def demand_server(found: Place, command: str) -> None:
    """Raise UsageError for a database that is a file: one process alone works on it."""
    from monitor.store.engines import sqlite_path

    if sqlite_path(found.database) is not None:
        raise UsageError(
            f"{command} needs a PostgreSQL database; an SQLite file has one daemon, `monitor run`."
            " `monitor db copy URL` moves an installation to PostgreSQL"
        )
