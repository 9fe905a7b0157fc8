"""``monitor backup`` and ``monitor restore``: a copy of the database while it is used, and putting one back.

A copy is one file whichever engine the database is of, and can be put back into either.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import ConfigOption, DatabaseOption, JsonOption, examples, now, place
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.model import Copied, Held, PutBack
    from monitor.store.soundness import Tell


def add_to(cli: typer.Typer) -> None:
    """Add these commands to the root."""
    lines = ("monitor backup monitor-copy.db", "monitor backup --keep 7 backups", "monitor backup --force nightly.db")
    cli.command("backup", epilog=examples(*lines))(backup)
    cli.command("restore", epilog=examples("monitor restore monitor-copy.db"))(restore)


def backup(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(metavar="FILE", help="The file to make; with --keep a folder.")],
    keep: Annotated[
        int | None,
        typer.Option(min=1, max=10_000, help="FILE is a folder: name the copy by the time, keep the newest so many."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite FILE.")] = False,
    json: JsonOption = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Copy the database into FILE. The monitor may run meanwhile; the copy is of one moment, and it is checked.

    The copy gets its name once it is whole: what has the name can be put back with `monitor restore`. Only its owner
    can read it. Copying the file with cp while the monitor runs makes a damaged copy.
    """
    from monitor.cli.progress import waiting
    from monitor.store.engines import sqlite_path

    url = place(context, config, database).database
    path = sqlite_path(url)
    if path is not None and not path.exists():
        raise UsageError(f"{path}: no database yet; `monitor poll` or `monitor run` makes it")
    if keep is not None:
        _demand_folder(target, force=force)
    with waiting("copying the database") as tell:
        if path is None:
            made = _of_server(url, target, keep, tell, force=force)
        else:
            made = _of_file(path, target, keep, tell, force=force)
    _tell_copied(made, as_json=json)


def _of_file(path: Path, target: Path, keep: int | None, tell: Tell, *, force: bool) -> Copied:
    from monitor.store.backup import back_up, back_up_into

    return back_up(path, target, tell, force=force) if keep is None else back_up_into(path, target, keep, now(), tell)


def _of_server(url: str, target: Path, keep: int | None, tell: Tell, *, force: bool) -> Copied:
    from monitor.store.server_copies import back_up_server, back_up_server_into

    if keep is None:
        return back_up_server(url, target, tell, force=force)
    return back_up_server_into(url, target, keep, now(), tell)


def restore(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(metavar="FILE", help="A copy that `monitor backup` made.")],
    force: Annotated[
        bool, typer.Option("--force", help="PostgreSQL: also where data is; it is set aside in the same database.")
    ] = False,
    json: JsonOption = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Put a copy in the place of the database. Stop the monitor first; the copy is checked before anything changes.

    A copy of either engine can be put into either.

    The database that was there is kept beside it, under a name that is printed. A copy of an earlier schema is brought
    up to date at the next start; one that a newer version has written is refused.
    """
    from monitor.store.engines import sqlite_path, where

    url = place(context, config, database).database
    path = sqlite_path(url)
    done = _into_server(source, url, force=force) if path is None else _into_file(source, path, url)
    _tell_put_back(done, where(url), as_json=json)


def _into_file(source: Path, path: Path, url: str) -> PutBack:
    from monitor.cli.progress import waiting
    from monitor.store.restore import put_back
    from monitor.store.still import alone

    _demand_file(source)
    path.parent.mkdir(parents=True, exist_ok=True)
    with alone(url), waiting(f"checking {source.name}") as tell:
        return put_back(source, path, now(), tell)


def _into_server(source: Path, url: str, *, force: bool) -> PutBack:
    from monitor.cli.progress import waiting
    from monitor.store.server_copies import go_back, is_aside, put_back_on_server

    if is_aside(str(source)) and not source.exists():
        return go_back(str(source), url, now())
    _demand_file(source)
    with waiting(f"checking {source.name}") as tell:
        return put_back_on_server(source, url, now(), tell, force=force)


def _demand_file(source: Path) -> None:
    if not source.is_file():
        raise UsageError(f"{source}: no such file; name a copy that `monitor backup` made")


def _demand_folder(folder: Path, *, force: bool) -> None:
    if force:
        raise UsageError("--force: a folder of copies overwrites nothing; leave one of --keep and --force out")
    if not folder.is_dir():
        raise UsageError(f"{folder}: --keep wants a folder that is there; make it first")


def _tell_copied(made: Copied, *, as_json: bool) -> None:
    from monitor.cli import show

    if as_json:
        show.as_json({**asdict(made.held), "removed": made.removed})
        return
    out = show.console()
    show.paragraph(out, f"{made.held.path}: {_words(made.held)}; checked: it is whole")
    for path in made.removed:
        show.paragraph(out, f"removed {path}, an older copy")


def _tell_put_back(done: PutBack, name: str, *, as_json: bool) -> None:
    from monitor.cli import show

    if as_json:
        show.as_json({**asdict(done.held), "database": name, "aside": done.aside, "older": done.older})
        return
    out = show.console()
    show.paragraph(out, f"{name} is now the copy {done.held.path}: {_words(done.held)}")
    if done.older:
        show.paragraph(out, "It is of an earlier version; the next start brings it up to date.")
    if done.aside is not None:
        show.paragraph(out, f"The database that was there is kept: {done.aside}")
        out.print(f"To go back: monitor restore {_quoted(done.aside)}", markup=False, highlight=False, soft_wrap=True)
    show.paragraph(out, "What was found after the copy was made is found and alerted again, as far as feeds show it.")


def _words(held: Held) -> str:
    size = f"{held.size / 1e6:,.1f} MB"
    return f"{size}, {held.articles:,} articles, {held.hits:,} hits, schema {held.schema}"


def _quoted(path: str) -> str:
    return path if re.fullmatch(r"[\w@%+=:,./-]+", path, re.ASCII) else "'" + path.replace("'", "'\\''") + "'"
