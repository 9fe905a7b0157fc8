"""``monitor db``: the database as a whole, moved to another engine."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import ConfigOption, DatabaseOption, JsonOption, check_database, examples, noun, place
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.model import CopiedDatabase, CopiedTable

_LINES = (
    "monitor db copy postgresql://monitor:secret@db.example.org/monitor",
    "monitor --database postgresql://monitor@db.example.org/monitor db copy sqlite:///data/monitor.db",
)
db = noun("The database as a whole.", *_LINES, default=False)


def add_to(cli: typer.Typer) -> None:
    """Add this noun to the root."""
    cli.add_typer(db, name="db")


@db.command("copy", epilog=examples(*_LINES))
def copy(
    context: typer.Context,
    target: Annotated[str, typer.Argument(metavar="URL", help="The database to copy into: an empty one.")],
    json: JsonOption = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Copy all that this installation's database holds into another one, SQLite or PostgreSQL, and compare the two.

    Stop the monitor first: it refuses to begin while one works on either, and nobody can write to this database while
    it copies. This database stays as it is. A copy that was cut off goes on where it stopped when it is started again;
    until it is whole no monitor starts on it. A password that is left out of the URL is looked up in ~/.pgpass.

    Exit code 1 when something differs: the copy cannot be used then, and is made anew when it is started again.
    """
    from monitor.cli.progress import waiting
    from monitor.store.copying import copy_database
    from monitor.store.engines import sqlite_path

    found = place(context, config, database)
    check_database(target, "URL")
    path = sqlite_path(found.database)
    if path is not None and not path.exists():
        raise UsageError(f"{path}: no database yet; `monitor poll` or `monitor run` makes it")
    with waiting("looking at both databases") as tell:
        made = copy_database(found.database, target, tell)
    _tell(made, as_json=json)
    raise typer.Exit(int(not made.same))


def _tell(made: CopiedDatabase, *, as_json: bool) -> None:
    from monitor.cli import show

    if as_json:
        show.as_json({**asdict(made), "same": made.same})
        return
    out = show.console()
    titles = ("table", "rows", "in the copy", "differing", "the first of them")
    out.print(show.table(titles, map(_row, made.tables), flexible=4, width=out.width))
    if made.resumed:
        show.paragraph(out, "An earlier copy was gone on with.")
    if made.cleaned:
        show.paragraph(out, f"NUL characters, which PostgreSQL cannot keep, were taken out of {made.cleaned:,} rows.")
    rows = sum(table.rows for table in made.tables)
    show.paragraph(out, _well(made, rows) if made.same else _ill(made))


def _row(table: CopiedTable) -> tuple[str, ...]:
    return (
        table.name,
        f"{table.rows:,}",
        f"{table.there:,}",
        f"{table.differing:,}" if table.differing else "-",
        table.first,
    )


def _well(made: CopiedDatabase, rows: int) -> str:
    return (
        f"{made.target} holds all of {made.source}: {rows:,} rows, each compared. Set MONITOR_DATABASE_URL to it and"
        " start the monitor there alone: two would alert twice."
    )


def _ill(made: CopiedDatabase) -> str:
    return (
        f"{made.target} is not what {made.source} holds and cannot be used. If the source was changed after the copy"
        " was begun, start the copy again: it is made anew."
    )
