"""``monitor canary``: test articles through the whole path, now, on a database of their own."""

from __future__ import annotations

import os
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from monitor.cli.options import ConfigOption, DatabaseOption, JsonOption, examples, now, place

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from monitor.cli.options import Place
    from monitor.model import Fate

NOTHING = "nothing to send: no topic has an example that must hit"


def add_to(cli: typer.Typer) -> None:
    """Add this command to the root."""
    cli.command("canary", epilog=examples("monitor canary", "monitor canary --json"))(canary)


def canary(
    context: typer.Context,
    json: JsonOption = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Send test articles through the whole path: feed, page, extraction, topics, outbox, channel.

    One article for each configured topic and each script that the topic has an example in, as the daemon does every
    day (`watch: {canary: ...}`). Here they go through a database of their own, and nobody's sources or channels are
    used. Exit code 1 when one does not come out, or when there is nothing to send.
    """
    from monitor.cli import show
    from monitor.cli.logs import configure

    found = place(context, config, database)
    configure(found.environment.log, verbose=False)
    started = now()
    fates = _sent(found)
    if json:
        show.as_json([asdict(fate) for fate in fates])
    elif not fates:
        show.console().print(NOTHING)
    else:
        _table(fates, started)
    raise typer.Exit(int(not fates or not all(fate.out for fate in fates)))


def _sent(found: Place) -> Sequence[Fate]:
    from tempfile import TemporaryDirectory

    from monitor.app import build_empty
    from monitor.canary import Canary, CanaryServer

    with TemporaryDirectory(prefix="monitor-canary-") as folder, CanaryServer(now) as server:
        url = f"sqlite:///{folder}/canary.db"
        with build_empty(found.config, url, os.environ, server.place, now) as app:
            own = Canary(server)
            own.begin(app, now())
            app.round()
            return own.fates(app)


def _table(fates: Sequence[Fate], started: datetime) -> None:
    from monitor.cli import show

    out = show.console()
    rows = [[*_about(fate), show.one_line(fate.words), _took(fate, started)] for fate in fates]
    out.print(show.table(("script", "topic", "language", "how far", "s"), rows, flexible=3, width=out.width))
    out.print(f"{sum(fate.out for fate in fates)} of {len(fates)} came out")


def _about(fate: Fate) -> tuple[str, str, str]:
    return fate.article.family, fate.article.topic, fate.article.language


def _took(fate: Fate, started: datetime) -> str:
    return "" if fate.at is None else f"{(fate.at - started).total_seconds():.1f}"
