"""``monitor sources``: list with health, dry-run check."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import ConfigOption, DatabaseOption, JsonOption, Place, group, now, place, review
from monitor.errors import MonitorError, UsageError

if TYPE_CHECKING:
    from monitor.model import PollResult, Source, SourceView

sources = group(help="The sources: list with health, check one. Without a word: list.")


def add_to(cli: typer.Typer) -> None:
    """Add this noun to the root."""
    cli.add_typer(sources, name="sources")


@sources.command("list")
def list_sources(
    context: typer.Context,
    json: JsonOption = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """List the sources with their health, those with trouble first."""
    from monitor.cli import show

    views = _views(place(context, config, database))
    if json:
        show.rows_json(views)
        return
    ordered = sorted(views, key=lambda view: (not view.active, view.health != "failing", view.name.casefold()))
    out = show.console()
    out.print(
        show.table(("health", "source", "lang", "last poll", "entries", "hits", "says"), map(_row, ordered), flexible=6)
    )
    failing = sum(view.health == "failing" for view in views if view.active)
    out.print(f"{sum(view.active for view in views)} sources, {failing} failing")


@sources.command("check")
def check(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME")],
    pages: Annotated[int, typer.Option(min=0, help="How many of the entries' pages to read as well.")] = 3,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Try a source without storing anything: what it answers, its entries, and the verdicts on them."""
    from monitor.cli import show
    from monitor.cli.trial import try_source

    found = place(context, config, None)
    result, verdicts = try_source(found.config, os.environ, name, pages)
    if json:
        from dataclasses import asdict

        show.as_json({**asdict(result), "verdicts": verdicts})
    else:
        _print(result, verdicts)
    if result.outcome == "failed":
        raise typer.Exit(1)


def _views(found: Place) -> list[SourceView]:
    """What the database knows, or the configured sources when nothing was polled yet."""
    from monitor.store.database import sqlite_path

    path = sqlite_path(found.database)
    if path is not None and not path.exists():
        return [_unpolled(source) for source in _configured(found.config)]
    with review(found) as store:
        return store.sources()


def _configured(config: Path) -> tuple[Source, ...]:
    from monitor.app import load

    return load(config, os.environ).settings.sources


def _unpolled(source: Source) -> SourceView:
    from monitor.model import SourceView

    return SourceView(
        source.name,
        source.url,
        source.kind,
        source.language,
        active=source.enabled,
        health="new",
        outcome=None,
        error=None,
        failures=0,
        last_poll=None,
        last_ok=None,
        last_new=None,
        next_poll=None,
        entries=0,
        hits=0,
    )


def _row(view: SourceView) -> tuple[str, ...]:
    from monitor.cli.show import ago

    health = view.health if view.active else "off"
    says = view.error or ("; ".join(view.notes) if view.notes else "")
    dot = {"ok": "●", "failing": "✕", "new": "○"}.get(health, "–")
    polled = ago(view.last_poll, now())
    return (f"{dot} {health}", view.name, view.language or "", polled, str(view.entries), str(view.hits), says)


def _print(result: PollResult, verdicts: list[dict[str, object]]) -> None:
    from monitor.cli import show

    out = show.console()
    if result.outcome == "failed":
        raise MonitorError(f"{result.source}: {result.error}")
    out.print(f"{result.source}: {len(result.sightings)} entries, {result.title or 'no title'}", markup=False)
    for note in result.notes:
        out.print(f"  note: {note}", style="yellow", markup=False)
    rows = [(str(item["published"] or "-"), str(item["verdict"]), str(item["title"])) for item in verdicts]
    out.print(show.table(("published", "verdict", "entry"), rows, flexible=2))
    if not result.sightings:
        raise UsageError(f"{result.source}: answered, but holds no entries; is it the right address?")
