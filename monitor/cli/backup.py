"""``monitor backup`` and ``monitor restore``: a copy of the database while it is used, and putting one back."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import ConfigOption, DatabaseOption, JsonOption, Place, examples, now, place
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.model import Copied, Held, PutBack

_DUMP = "for PostgreSQL use pg_dump --format=custom, which makes a consistent copy while the monitor runs"
_LOAD = "for PostgreSQL stop the monitor and use pg_restore --clean --if-exists"


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
    from monitor.store.backup import back_up, back_up_into

    path = _file(place(context, config, database), "copied", _DUMP)
    if not path.exists():
        raise UsageError(f"{path}: no database yet; `monitor poll` or `monitor run` makes it")
    if keep is not None and force:
        raise UsageError("--force: a folder of copies overwrites nothing; leave one of --keep and --force out")
    with waiting(f"copying {path.name}") as tell:
        if keep is None:
            made = back_up(path, target, tell, force=force)
        else:
            _demand_folder(target)
            made = back_up_into(path, target, keep, now(), tell)
    _tell_copied(made, as_json=json)


def restore(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(metavar="FILE", help="A copy that `monitor backup` made.")],
    json: JsonOption = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Put a copy in the place of the database. Stop the monitor first; the copy is checked before anything changes.

    The database that was there is kept beside it, under a name that is printed. A copy of an earlier schema is brought
    up to date at the next start; one that a newer version has written is refused.
    """
    from monitor.cli.progress import waiting
    from monitor.store.lock import InstanceLock
    from monitor.store.restore import put_back

    found = place(context, config, database)
    path = _file(found, "put back", _LOAD)
    if not source.is_file():
        raise UsageError(f"{source}: no such file; name a copy that `monitor backup` made")
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = InstanceLock(found.database)
    lock.demand()
    try:
        with waiting(f"checking {source.name}") as tell:
            done = put_back(source, path, now(), tell)
    finally:
        lock.release()
    _tell_put_back(done, path, as_json=json)


def _file(found: Place, what: str, mend: str) -> Path:
    """The database's file. Raises UsageError with the mend for a database that is none."""
    from monitor.store.engines import sqlite_path

    path = sqlite_path(found.database)
    if path is None:
        raise UsageError(f"a database on a server is not {what} by this command; {mend}")
    return path


def _demand_folder(folder: Path) -> None:
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


def _tell_put_back(done: PutBack, path: Path, *, as_json: bool) -> None:
    from monitor.cli import show

    if as_json:
        show.as_json({**asdict(done.held), "database": str(path), "aside": done.aside, "older": done.older})
        return
    out = show.console()
    show.paragraph(out, f"{path} is now the copy {done.held.path}: {_words(done.held)}")
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
