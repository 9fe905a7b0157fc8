"""``monitor sources pause`` and ``resume``: having a source polled no more for a time, and again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import ConfigOption, DatabaseOption, now, place
from monitor.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.store.sources import Asked

    Ask = Callable[[str, str, datetime], Asked]

WHO = "the command line"
Names = Annotated[list[str], typer.Argument(metavar="NAME...", help="The names in sources.yaml.")]


def pause(context: typer.Context, names: Names, config: ConfigOption = None, database: DatabaseOption = None) -> None:
    """Poll sources no more until they are resumed. It holds through restarts and changes of sources.yaml.

    What they published before is read and alerted as always. A paused source is listed as that, and alarms nobody.
    """
    from monitor.cli.options import review

    with review(place(context, config, database)) as store:
        said = {"done": "paused", "already": "paused already", "off": "not watched, so it is not polled anyway"}
        _each(names, store.watched.pause, [head.name for head in store.watched.heads()], said)


def resume(context: typer.Context, names: Names, config: ConfigOption = None, database: DatabaseOption = None) -> None:
    """Poll paused sources again, now. What they showed meanwhile and show no more is recorded as a gap."""
    from monitor.cli.options import review

    with review(place(context, config, database)) as store:
        said = {"done": "goes on; it is due now", "already": "is not paused"}
        _each(names, store.watched.resume, [head.name for head in store.watched.heads()], said)


def _each(names: Sequence[str], ask: Ask, known: Sequence[str], said: dict[str, str]) -> None:
    """Ask it for each of the sources; for none where one of the names is wrong."""
    from monitor.cli.show import one_line
    from monitor.cli.sources_watch import guess

    for name in names:
        if name not in known:
            raise UsageError(f'no source "{name}" was ever watched{guess(name, known)}')
    for name in dict.fromkeys(names):
        typer.echo(one_line(f"{name}: {said[ask(name, WHO, now())]}"))
