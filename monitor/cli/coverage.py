"""``monitor coverage``: measured recall per language against the second nets, and what to add."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.options import ConfigOption, DatabaseOption, JsonOption, examples, now, parse_time, place, stored

if TYPE_CHECKING:
    from rich.console import Console

    from monitor.model import CoverageReport, MissedOutlet, Recall

SHOWN = 20
"""Outlets listed; how many more there are is said."""
ABSENT = "Nothing to compare: no second net (a source with `control: true`) has shown an article that hit."


def add_to(cli: typer.Typer) -> None:
    """Add this command to the root."""
    cli.command("coverage", epilog=examples("monitor coverage --since 30d", "monitor coverage --json"))(coverage)


def coverage(
    context: typer.Context,
    since: Annotated[str, typer.Option(help="Articles that second nets showed from this time on: 30d, 2026-05-04.")] = (
        "30d"
    ),
    json: JsonOption = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Show how much of what second nets show our own sources brought within a day, per language.

    A second net is a source with `control: true`. Recall is a share of a sample, so the 95 % interval (Wilson) is
    shown beside it. It measures the sources, not the topics. Outlets that were missed are proposed for adding.
    """
    from monitor.cli import show
    from monitor.keep.recall import report
    from monitor.store import CoverageStore

    start = parse_time(since, now(), "--since") or now()
    with stored(place(context, config, database)) as kept:
        made = report(CoverageStore(kept, ()).coverage(start), start)
    if json:
        show.as_json(_values(made))
    else:
        _print(show.console(), made)


def _values(made: CoverageReport) -> dict[str, Any]:
    return {
        **asdict(made),
        "languages": [_recall(one) for one in made.languages],
        "total": _recall(made.total),
        "outlets": [{**asdict(one), "command": command(one)} for one in made.outlets],
    }


def _recall(one: Recall) -> dict[str, Any]:
    return {**asdict(one), "size": one.size, "share": one.share if one.size else None}


def command(outlet: MissedOutlet) -> str | None:
    """The line that adds an outlet; None where no address of it is known."""
    return f"monitor sources add {outlet.url}" if outlet.url else None


def _print(out: Console, made: CoverageReport) -> None:
    from monitor.cli import show

    if not made.total.size and not made.waiting and not made.before:
        show.paragraph(out, ABSENT)
        return
    titles = ("language", "recall", "95 % interval", "found", "later", "missed", "articles", "median delay")
    rows = [*made.languages, made.total] if made.total.size else []
    out.print(show.table(titles, map(_row, rows), flexible=0, width=out.width))
    for line in _rest(made):
        show.paragraph(out, line)
    if made.outlets:
        out.print("missed most:", style="bold")
    for outlet in made.outlets[:SHOWN]:
        languages = ", ".join(outlet.languages) or "?"
        show.paragraph(out, f"{outlet.missed} × {outlet.outlet} ({languages}): {outlet.example}", first="  ")
        show.paragraph(out, command(outlet) or "no address is known; look for its feed by name", first="      ")


def _row(one: Recall) -> tuple[str, ...]:
    percent = f"{one.share:.0%}", f"{one.low:.0%} to {one.high:.0%}"
    counts = (one.found, one.later, one.missed, one.size)
    return (one.language, *percent, *map(str, counts), "-" if one.delay is None else _minutes(one.delay))


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def _rest(made: CoverageReport) -> list[str]:
    """What the table leaves out, in words."""
    lines = {
        f"{made.waiting} shown less than a day ago are not ruled on yet": made.waiting,
        f"{made.before} published before our sources were first read are not counted": made.before,
        f"{len(made.outlets) - SHOWN} more outlets: --json lists them": max(len(made.outlets) - SHOWN, 0),
    }
    return [line for line, number in lines.items() if number]
