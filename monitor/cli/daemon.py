"""``run``, ``poll`` and ``demo``: the commands that work."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import ConfigOption, DatabaseOption, JsonOption, Place, now, place

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.model import Event, RoundSum


def add_to(cli: typer.Typer) -> None:
    """Add these commands to the root."""
    cli.command("run")(run)
    cli.command("poll")(poll)
    cli.command("demo")(demo)


def run(context: typer.Context, config: ConfigOption = None, database: DatabaseOption = None) -> None:
    """Run the daemon: scheduler, desks and review page. SIGTERM or Ctrl-C ends it in order.

    The page listens on MONITOR_HOST and MONITOR_PORT (127.0.0.1:8000); beyond loopback it needs MONITOR_PASSWORD.
    """
    import time

    from monitor import daemon
    from monitor.web.server import Pulse, WebServer

    found = place(context, config, database)
    with _app(found, alone=True) as app:
        pulse, known = Pulse(), found.environment
        server = WebServer(
            known.host,
            known.port,
            app.review,
            pulse,
            password=known.password,
            now=now,
            monotonic=time.monotonic,
            timezone=app.settings.timezone,
            topics=[topic.name for topic in app.topics],
        )
        raise typer.Exit(daemon.run(app, server, pulse))


def poll(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Poll every source, due or not.")] = False,
    json: JsonOption = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Do one whole round: due sources, their articles, the deliveries; then exit.

    Exit code 0 when the round was done, 1 when not one source or not one channel could be used.
    """
    from monitor.cli.progress import Progress

    with _app(place(context, config, database), alone=False) as app:
        wrong: list[Event] = []
        with Progress(quiet=json) as progress:

            def seen(event: Event) -> None:
                progress.step(event)
                if not event.ok:
                    wrong.append(event)

            done = app.round(seen, everything=everything)
        _tell(done, wrong, as_json=json)
        raise typer.Exit(_code(done, wrong))


def demo(
    once: Annotated[bool, typer.Option("--once", help="End when everything was shown.")] = False,
) -> None:
    """Show the whole job without network or configuration, on articles served from this machine."""
    from monitor.cli.demo import run as run_demo
    from monitor.cli.show import console

    raise typer.Exit(run_demo(once=once, console=console()))


def _app(found: Place, *, alone: bool) -> App:
    from monitor.app import build
    from monitor.cli.logs import configure

    masker = configure(found.environment.log, verbose=alone)
    app = build(found.config, found.database, os.environ, alone=alone)
    masker.hide(app.settings.secrets() | found.environment.secrets())
    for warning in (*found.environment.warnings, *app.settings.warnings):
        print(warning, file=sys.stderr)  # noqa: T201 - told once, before anything runs
    return app


def _tell(done: RoundSum, wrong: list[Event], *, as_json: bool) -> None:
    from dataclasses import asdict

    from monitor.cli import show

    if as_json:
        show.as_json(asdict(done))
        return
    out = show.console()
    for event in wrong[:20]:
        out.print(f"{event.desk}: {event.subject}: {event.outcome}", style="yellow", markup=False)
    if len(wrong) > 20:
        out.print(f"… and {len(wrong) - 20} more; see monitor sources and monitor alerts", style="yellow")
    out.print(
        f"sources {done.sources}, articles {done.articles}, hits {done.hits}, "
        f"delivered {done.delivered}, failed {done.failed}"
    )


def _code(done: RoundSum, wrong: list[Event]) -> int:
    """1 when all polls failed, or when messages failed and none got through."""
    polls = sum(event.desk == "poll" for event in wrong)
    messages = sum(event.desk == "deliver" for event in wrong)
    return int((done.sources > 0 and polls == done.sources) or (messages > 0 and done.delivered == 0))
