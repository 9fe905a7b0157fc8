"""``monitor check``: whether the database is whole and in step with itself, and mending what can be."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import ConfigOption, DatabaseOption, JsonOption, Place, examples, now, place
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.model import Checked


def add_to(cli: typer.Typer) -> None:
    """Add this command to the root."""
    lines = ("monitor check", "monitor check --thorough", "monitor check --repair")
    cli.command("check", epilog=examples(*lines))(check)


def check(
    context: typer.Context,
    repair: Annotated[bool, typer.Option("--repair", help="Mend what can be mended; stop the monitor first.")] = False,
    thorough: Annotated[bool, typer.Option("--thorough", help="Look up every text in the search index.")] = False,
    json: JsonOption = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Look the database over: pages and indexes, references, search, counts, leases. One line each, with its time.

    The monitor may run meanwhile, but not with --repair. Damaged pages cannot be mended: `monitor restore FILE` puts a
    copy back. Exit code 1 when something is wrong that was not mended.
    """
    from monitor.cli import show
    from monitor.cli.progress import waiting

    found = place(context, config, database)
    with _alone(found, wanted=repair), waiting("looking at the file") as tell:
        made = list(_checks(found, tell, thorough=thorough, repair=repair))
    if json:
        show.as_json([asdict(one) for one in made])
    else:
        _show(made)
    raise typer.Exit(int(any(one.wrong and not one.mended for one in made)))


def _checks(found: Place, tell: Callable[[str], None], *, thorough: bool, repair: bool) -> Iterator[Checked]:
    """The checks one after the other; what the database holds is looked at only when its file is whole."""
    from monitor.keep.checking import checks_of_file, checks_within
    from monitor.model import Checked
    from monitor.store.checking import CheckStore
    from monitor.store.database import open_existing
    from monitor.store.engines import sqlite_path
    from monitor.store.soundness import held, is_older, opened

    path = sqlite_path(found.database)
    if path is not None:
        if not path.exists():
            raise UsageError(f"{path}: no database yet; `monitor poll` or `monitor run` makes it")
        whole = True
        for one in checks_of_file(path, time.monotonic, lambda: tell("looking at the file"), repair=repair):
            whole = whole and (one.mended or not one.wrong)
            yield one
        if not whole:
            return
        with opened(path) as connection:
            known = held(path, connection)
        if is_older(known):
            yield Checked("schema", f"{known.schema}, of an earlier version: the next start brings it up to date")
            return
    kept = open_existing(found.database)
    if kept is None:
        return
    with closing(kept):
        tell("looking at what it holds")
        yield from checks_within(CheckStore(kept), now(), time.monotonic, thorough=thorough, repair=repair)


@contextmanager
def _alone(found: Place, *, wanted: bool) -> Iterator[None]:
    """Hold the instance lock where something may be changed. Raises AlreadyRunningError while a monitor runs."""
    from monitor.store.lock import InstanceLock

    if not wanted:
        yield
        return
    lock = InstanceLock(found.database)
    lock.demand()
    try:
        yield
    finally:
        lock.release()


def _show(made: list[Checked]) -> None:
    from rich.text import Text

    from monitor.cli import show

    out = show.console()
    for one in made:
        state = "mended" if one.mended else "WRONG" if one.wrong else "ok"
        style = "yellow" if one.mended else "red" if one.wrong else "green"
        words = Text(f"{one.words} ({one.seconds:.1f} s)")
        show.paragraph(out, words, first=f"{state:7} {one.name:12} ")
        if one.wrong and not one.mended:
            show.paragraph(out, Text(f"mend: {one.mend}", style=style), first=" " * 21)
