"""``monitor check``: whether the database is whole and in step with itself, and mending what can be."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
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
    """The checks one after the other; what the database holds is looked at only when it is whole and of our schema."""
    from monitor.keep.checking import checks_of_server, checks_within
    from monitor.store.checking import CheckStore
    from monitor.store.database import open_existing
    from monitor.store.engines import sqlite_path
    from monitor.store.server_checks import ServerChecks, check_schema

    path = sqlite_path(found.database)
    whole = path is None or (yield from _of_file(path, tell, repair=repair))
    kept = open_existing(found.database) if whole else None
    if kept is None:
        return
    with closing(kept):
        tell("looking at what it holds")
        schema, ours = check_schema(kept)
        yield schema
        if not ours:
            return
        if path is None:
            yield from checks_of_server(ServerChecks(kept), time.monotonic, repair=repair)
        yield from checks_within(CheckStore(kept), now(), time.monotonic, thorough=thorough, repair=repair)


def _of_file(path: Path, tell: Callable[[str], None], *, repair: bool) -> Generator[Checked, None, bool]:
    """The checks of a file; returns whether it can be opened: it is whole, and opening it does not change it."""
    from monitor.keep.checking import checks_of_file
    from monitor.store.server_checks import older
    from monitor.store.soundness import held, is_older, opened

    if not path.exists():
        raise UsageError(f"{path}: no database yet; `monitor poll` or `monitor run` makes it")
    whole = True
    for one in checks_of_file(path, time.monotonic, lambda: tell("looking at the file"), repair=repair):
        whole = whole and (one.mended or not one.wrong)
        yield one
    if not whole:
        return False
    with opened(path) as connection:
        known = held(path, connection)
    if is_older(known):
        yield older(known.schema)
    return not is_older(known)


@contextmanager
def _alone(found: Place, *, wanted: bool) -> Iterator[None]:
    """Have nobody else at work where something may be changed. Raises AlreadyRunningError while a monitor runs."""
    from monitor.store.still import alone

    if not wanted:
        yield
        return
    with alone(found.database):
        yield


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
