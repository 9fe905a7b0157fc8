"""``run``, ``poll`` and ``demo``: the commands that work."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import ConfigOption, DatabaseOption, JsonOption, Place, examples, now, place
from monitor.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.app import App
    from monitor.cli.logs import Mask
    from monitor.cli.page import ReviewPage
    from monitor.loading import Loaded
    from monitor.model import CanaryPlace, Event, RoundSum
    from monitor.reload import Reload

_SHOWN = 20
"""Hits, and failures, that a round names at most; all of them are in the lists."""


def add_to(cli: typer.Typer) -> None:
    """Add these commands to the root."""
    cli.command("run", epilog=examples("monitor run", "MONITOR_PORT=9000 MONITOR_LOG=json monitor run"))(run)
    cli.command("poll", epilog=examples("monitor poll", "monitor poll --all --json"))(poll)
    cli.command("demo")(demo)


def run(
    context: typer.Context,
    root_path: Annotated[
        str | None,
        typer.Option(
            "--root-path", metavar="PATH", help="Where a proxy shows the page, such as /monitor ($MONITOR_ROOT_PATH)."
        ),
    ] = None,
    page: Annotated[
        bool, typer.Option("--page", help="The review page alone, where `monitor worker` does the work.")
    ] = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Run the daemon: scheduler, desks and review page. SIGTERM or Ctrl-C ends it in order.

    A changed sources.yaml or topic file is taken over within seconds, at once after SIGHUP; a bad one is told and never
    replaces a good one.

    The page listens on MONITOR_HOST and MONITOR_PORT (127.0.0.1:8000); beyond loopback it needs MONITOR_PASSWORD, or
    users under web in sources.yaml.
    A second daemon on one database ends with exit code 3; `monitor poll` may run beside a daemon.
    """
    from monitor.footprint import for_good

    with for_good():
        from monitor import daemon
        from monitor.canary import Canary, CanaryServer
        from monitor.cli.page import ReviewPage, demand_page
        from monitor.cli.worker import demand_server
        from monitor.clockwork import Resting, ticking
        from monitor.reload import Reload
        from monitor.web.pulse import Pulse

    found, root = place(context, config, database), _root(root_path)
    loaded = _read(found)
    # The page's port is tried before the database is made; a daemon that runs already is the better reason to name.
    try:
        demand_page(found, loaded)
    except UsageError:
        _demand_alone(found)
        raise
    if page:
        demand_server(found, "monitor run --page")
    with CanaryServer(now) as own:
        app, mask = wired(found, alone=not page, verbose=True, canary=None if page else own.place, loaded=loaded)
        with app:
            pulse, reload = Pulse(), Reload(found.config, os.environ, app.loaded, now)
            server = ReviewPage(found, app, pulse, reload, found.environment.root_path if root is None else root)
            adopt = _adopting(mask, server, reload)
            adopt(app)
            canary = Canary(own)

            def work(one: App, started: datetime) -> daemon.Working:
                return Resting() if page else ticking(one, pulse, canary, started)

            raise typer.Exit(daemon.run(app, reload, server, adopt, work))


def _adopting(mask: Mask, page: ReviewPage, reload: Reload) -> Callable[[App], None]:
    """What is told that another program works now: the log, the page, and what looks for changes."""

    def adopt(new: App) -> None:
        mask.hide(new.settings.secrets() | new.loaded.environment.secrets())
        page.adopt(new)
        reload.adopted()

    return adopt


def poll(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Poll every source, due or not.")] = False,
    json: JsonOption = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Do one whole round, then exit. Due sources are polled, their articles read, the alerts sent.

    The last line is the sum. Exit code 0 when the round was done, 1 when not one source or not one channel could be
    used.
    """
    from monitor.cli.progress import Progress

    app, mask = wired(place(context, config, database), alone=False)
    with app:
        worth: list[Event] = []
        with Progress(quiet=json) as progress:

            def seen(event: Event) -> None:
                progress.step(event)
                if event.hits or not event.ok:
                    worth.append(replace(event, outcome=mask.clean(event.outcome)))

            done = app.round(seen, everything=everything)
    _tell(done, worth, as_json=json)
    raise typer.Exit(_code(done, [event for event in worth if not event.ok]))


def demo(
    once: Annotated[bool, typer.Option("--once", help="End when everything was shown.")] = False,
) -> None:
    """Show the whole job on this machine alone. It needs no network and no configuration."""
    from monitor.cli.demo import run as run_demo
    from monitor.cli.show import console

    raise typer.Exit(run_demo(once=once, console=console()))


def wired(
    found: Place,
    *,
    alone: bool,
    verbose: bool = False,
    canary: CanaryPlace | None = None,
    loaded: Loaded | None = None,
) -> tuple[App, Mask]:
    """The program for this installation with its log set up, and what hides its secrets; warnings are told.

    ``loaded`` is its configuration where that was read already.
    """
    from monitor.app import build
    from monitor.cli.logs import configure
    from monitor.footprint import hold_little
    from monitor.store.file_checks import demand_whole

    hold_little()
    mask = configure(found.environment.log, verbose=verbose)
    if alone:
        demand_whole(found.database)
    app = build(found.config, found.database, os.environ, alone=alone, canary=canary, loaded=loaded)
    mask.hide(app.settings.secrets() | found.environment.secrets())
    for warning in (*found.environment.warnings, *app.settings.warnings):
        print(f"warning: {warning}", file=sys.stderr)  # noqa: T201 - told once, before anything runs
    return app, mask


def _read(found: Place) -> Loaded | None:
    """The configuration; None where it is bad, which is told later with all that is wrong with it."""
    from monitor.errors import ConfigError
    from monitor.loading import load

    with suppress(ConfigError):
        return load(found.config, os.environ, trusting=True)
    return None


def _root(given: str | None) -> str | None:
    from monitor.config.environment import root_path

    try:
        return None if given is None else root_path(given)
    except ValueError as error:
        raise UsageError(f"--root-path: {error}") from None


def _demand_alone(found: Place) -> None:
    """Raise AlreadyRunningError when another daemon works on this database; leave nothing behind when none does."""
    from monitor.store.engines import sqlite_path
    from monitor.store.lock import InstanceLock

    path = sqlite_path(found.database)
    if path is not None and path.exists():
        lock = InstanceLock(found.database)
        lock.demand()
        lock.release()


def _tell(done: RoundSum, worth: list[Event], *, as_json: bool) -> None:
    from dataclasses import asdict

    from rich.text import Text

    from monitor.cli import show

    if as_json:
        show.as_json(asdict(done))
        return
    out = show.console()
    hits = [event for event in worth if event.hits]
    wrong = [event for event in worth if not event.ok and not event.hits]
    for events, style in ((hits, "green"), (wrong, "yellow")):
        for event in events[:_SHOWN]:
            subject = show.cut(show.one_line(event.subject), 80)
            words = Text(f"{subject}: {show.one_line(event.outcome)}", style=style)
            show.paragraph(out, words, first=f"{event.desk:8}  ")
        if len(events) > _SHOWN:
            out.print(
                f"          … and {len(events) - _SHOWN} more; see `monitor hits`, `sources` and `alerts`", style=style
            )
    out.print(
        f"sources {done.sources}, articles {done.articles}, hits {done.hits}, "
        f"delivered {done.delivered}, failed {done.failed}"
    )


def _code(done: RoundSum, wrong: list[Event]) -> int:
    """1 when all polls failed, or when messages failed and none got through."""
    polls = sum(event.desk == "poll" for event in wrong)
    messages = sum(event.desk == "deliver" for event in wrong)
    return int((done.sources > 0 and polls == done.sources) or (messages > 0 and done.delivered == 0))
