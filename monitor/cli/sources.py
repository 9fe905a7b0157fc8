"""``monitor sources``: list with health, dry-run check."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.options import ConfigOption, DatabaseOption, JsonOption, Place, examples, noun, now, place, review
from monitor.errors import ConfigError, MonitorError

if TYPE_CHECKING:
    from monitor.model import PollResult, Source, SourceView

sources = noun(
    "The sources: list with health, check one. Without a word: list.",
    "monitor sources",
    'monitor sources check "Ukrinform EN"',
)


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
    titles = ("health", "source", "lang", "last poll", "entries", "hits", "says")
    out.print(show.table(titles, map(_row, ordered), flexible=6, width=out.width))
    out.print(_sum(views))


@sources.command("check", epilog=examples('monitor sources check "Ukrinform EN" --pages 10'))
def check(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The source's name in sources.yaml, or its address.")],
    pages: Annotated[int, typer.Option(min=0, help="How many of the entries' pages to read as well.")] = 3,
    json: JsonOption = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Try a source without storing anything. What it answers, its entries, and the verdicts on them."""
    from monitor.cli import show
    from monitor.cli.trial import try_source

    found = place(context, config, database)
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
    from monitor.config.settings import load
    from monitor.store.database import sqlite_path

    path = sqlite_path(found.database)
    if path is not None and not path.exists():
        settings = load(found.config, os.environ)
        return [_shown(_unpolled(source), settings.secrets()) for source in settings.sources]
    with review(found) as store:
        views = store.sources()
    try:
        secrets = load(found.config, os.environ).secrets()
    except ConfigError:
        secrets = None
    return [_shown(view, secrets) for view in views]


def _shown(view: SourceView, secrets: frozenset[str] | None) -> SourceView:
    """The source without secrets; where they are not known, for want of a good sources.yaml, only its host."""
    from monitor.config.secrets import HIDDEN, Masker, mask_web
    from monitor.urls import host_of

    if secrets is None:
        return replace(view, url=f"{view.url.partition(':')[0]}://{host_of(view.url)}/{HIDDEN}")
    hide = Masker(secrets).mask
    error = None if view.error is None else hide(view.error)
    return replace(view, url=mask_web(hide(view.url)), error=error, notes=tuple(map(hide, view.notes)))


def _sum(views: list[SourceView]) -> str:
    active = [view for view in views if view.active]
    failing = sum(view.health == "failing" for view in active)
    waiting = sum(view.health == "new" for view in active)
    more = f", {waiting} not polled yet: `monitor poll` or `monitor run` does" if waiting else ""
    return f"{len(active)} source{'' if len(active) == 1 else 's'}, {failing} failing{more}"


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


def _print(result: PollResult, verdicts: list[dict[str, Any]]) -> None:
    from monitor.cli import show

    out = show.console()
    if result.outcome == "failed":
        raise MonitorError(f"{result.source}: {result.error}")
    if not result.sightings:
        raise MonitorError(f"{result.source}: answered, but holds no entries; is it the right address?")
    title = f" in “{show.one_line(result.title)}”" if result.title else ""
    show.paragraph(out, f"{result.source}: {len(result.sightings)} entries{title}")
    for note in result.notes:
        show.paragraph(out, note, first="  note: ")
    titles = ("published", "verdict", "entry")
    out.print(show.table(titles, map(_entry, verdicts), flexible=2, width=out.width))
    for item in verdicts:
        if item["error"]:
            show.paragraph(out, f"{item['title']}: {item['error']}", first="  not read: ")


def _entry(item: dict[str, Any]) -> tuple[str, str, str]:
    published = f"{item['published']:%d %b %Y %H:%M}" if item["published"] else "-"
    return published, item["verdict"], item["title"]
