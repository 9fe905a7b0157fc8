"""``monitor sources``: the list with health; its other words stand in modules of their own."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import ConfigOption, DatabaseOption, JsonOption, Place, examples, noun, now, place, review
from monitor.cli.sources_add import add
from monitor.cli.sources_check import check
from monitor.cli.sources_opml import export, import_opml
from monitor.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from monitor.model import Source, SourceView

sources = noun(
    "The sources: list with health, check one, add, import, export. Without a word: list.",
    "monitor sources --health failing",
    "monitor sources add https://www.pravda.com.ua",
    'monitor sources check "Ukrinform EN"',
)


HEALTH = ("new", "ok", "late", "silent", "blocked", "moved", "rotated", "failing", "gone", "back")
_CALM = frozenset({"new", "ok", "back"})
_DOTS = {"ok": "●", "back": "●", "new": "○", "off": "–"}


def add_to(cli: typer.Typer) -> None:
    """Add this noun to the root."""
    sources.command("check", epilog=examples('monitor sources check "Ukrinform EN" --read 10'))(check)
    sources.command("add", epilog=examples("monitor sources add pravda.com.ua --interval 5m"))(add)
    sources.command("import", epilog=examples("monitor sources import feeds.opml --check"))(import_opml)
    sources.command("export", epilog=examples("monitor sources export --opml > feeds.opml"))(export)
    cli.add_typer(sources, name="sources")


@sources.command("list")
def list_sources(
    context: typer.Context,
    health: Annotated[list[str] | None, typer.Option(help="Only those of this health; may be repeated.")] = None,
    language: Annotated[str | None, typer.Option(help="Only those of this language, such as uk.")] = None,
    json: JsonOption = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """List the sources with their health, those with trouble first."""
    from monitor.cli import show

    views = _views(place(context, config, database))
    _refuse_unknown(health or [], views)
    wanted = [view for view in views if _asked(view, health or [], language)]
    if json:
        show.rows_json(wanted)
        return
    ordered = sorted(wanted, key=lambda view: (not view.active, view.health in _CALM, view.name.casefold()))
    out, at = show.console(), now()
    rows = ([cell(view, at) for _, cell in COLUMNS] for view in ordered)
    titles = [title for title, _ in COLUMNS]
    out.print(show.table(titles, rows, flexible=titles.index("says"), width=out.width))
    out.print(_sum(wanted))


def _asked(view: SourceView, health: list[str], language: str | None) -> bool:
    if health and _health(view) not in health:
        return False
    return language is None or (view.language or "").partition("-")[0].lower() == language.partition("-")[0].lower()


def _refuse_unknown(health: list[str], views: list[SourceView]) -> None:
    """Raise UsageError for a health that no source can be in: a misspelt one must not look like good news."""
    known = dict.fromkeys((*HEALTH, "off", *(view.health for view in views)))
    for word in health:
        if word not in known:
            raise UsageError(f'--health: expected one of: {", ".join(known)}, got "{word}"')


def _views(found: Place) -> list[SourceView]:
    """What the database knows, and what sources.yaml has besides, without secrets."""
    from monitor.config.secrets import Masker
    from monitor.config.settings import load
    from monitor.store.database import sqlite_path

    path = sqlite_path(found.database)
    views: list[SourceView] = []
    if path is None or path.exists():
        with review(found) as store:
            views = list(store.sources())
    try:
        settings = load(found.config, os.environ)
    except ConfigError:
        if path is not None and not path.exists():
            raise
        return [_shown(view, None) for view in views]
    known = {view.name for view in views}
    views += [_unpolled(source) for source in settings.sources if source.name not in known]
    hide = Masker(settings.secrets()).mask
    return [_shown(view, hide) for view in views]


def _shown(view: SourceView, hide: Callable[[str], str] | None) -> SourceView:
    """The source without secrets; where they are not known, for want of a good sources.yaml, only its host."""
    from monitor.config.secrets import HIDDEN, mask_web
    from monitor.urls import host_of

    if hide is None:
        return replace(view, url=f"{view.url.partition(':')[0]}://{host_of(view.url)}/{HIDDEN}")
    error = None if view.error is None else hide(view.error)
    return replace(view, url=mask_web(hide(view.url)), error=error, notes=tuple(map(hide, view.notes)))


def _sum(views: list[SourceView]) -> str:
    active = [view for view in views if view.active]
    trouble = Counter(view.health for view in active if view.health not in _CALM)
    words = ", ".join(f"{number} {health}" for health, number in trouble.most_common()) or "0 failing"
    waiting = sum(view.health == "new" for view in active)
    more = f", {waiting} not polled yet: `monitor poll` or `monitor run` does" if waiting else ""
    return f"{len(active)} source{'' if len(active) == 1 else 's'}, {words}{more}"


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


def _health(view: SourceView) -> str:
    return view.health if view.active else "off"


def _state(view: SourceView, _at: datetime) -> str:
    health = _health(view)
    return f"{_DOTS.get(health, '✕')} {health}"


def _last(view: SourceView, at: datetime) -> str:
    from monitor.cli.show import ago

    return ago(view.last_poll, at)


def _next(view: SourceView, at: datetime) -> str:
    """When it is polled next; where that has passed, how late it is."""
    from monitor.cli.show import ago

    if view.next_poll is None or not view.active:
        return "-"
    return ago(view.next_poll, at).replace(" ago", " late")


COLUMNS: tuple[tuple[str, Callable[[SourceView, datetime], str]], ...] = (
    ("health", _state),
    ("source", lambda view, _at: view.name),
    ("lang", lambda view, _at: view.language or ""),
    ("last", _last),
    ("next", _next),
    ("entries", lambda view, _at: str(view.entries)),
    ("hits", lambda view, _at: str(view.hits)),
    ("says", lambda view, _at: view.error or "; ".join(view.notes)),
)
"""The columns of the list: title and cell."""
