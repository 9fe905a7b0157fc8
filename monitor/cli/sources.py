"""``monitor sources``: the list with health; its other words stand in modules of their own."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.advice import state
from monitor.cli.options import ConfigOption, DatabaseOption, JsonOption, examples, noun, now, place
from monitor.cli.sources_add import add
from monitor.cli.sources_check import check
from monitor.cli.sources_opml import export, import_opml
from monitor.cli.sources_pause import pause, resume
from monitor.cli.sources_watch import notices, poll
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.model import SourceView

sources = noun(
    "The sources: health, what changed, check, poll, pause, resume, add, import, export. Without a word: list.",
    "monitor sources --health failing",
    "monitor sources notices",
    "monitor sources add https://www.pravda.com.ua",
    'monitor sources check "Ukrinform EN"',
)


def add_to(cli: typer.Typer) -> None:
    """Add this noun to the root."""
    sources.command("check", epilog=examples('monitor sources check "Ukrinform EN" --read 10'))(check)
    sources.command("poll", epilog=examples('monitor sources poll "Ukrinform EN"'))(poll)
    sources.command("pause", epilog=examples('monitor sources pause "Ukrinform EN"'))(pause)
    sources.command("resume", epilog=examples('monitor sources resume "Ukrinform EN"'))(resume)
    sources.command("notices", epilog=examples("monitor sources notices --limit 20"))(notices)
    sources.command("add", epilog=examples("monitor sources add pravda.com.ua --interval 5m"))(add)
    sources.command("import", epilog=examples("monitor sources import feeds.opml --check"))(import_opml)
    sources.command("export", epilog=examples("monitor sources export --opml > feeds.opml"))(export)
    cli.add_typer(sources, name="sources")


@sources.command("list", epilog=examples("monitor sources --health blocked", "monitor sources --gaps --json"))
def list_sources(
    context: typer.Context,
    health: Annotated[list[str] | None, typer.Option(help="Only those of this health; may be repeated.")] = None,
    language: Annotated[str | None, typer.Option(help="Only those of this language, such as uk.")] = None,
    gaps: Annotated[
        bool, typer.Option("--gaps", help="Their gaps instead: when entries may have been missed.")
    ] = False,
    json: JsonOption = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """List the sources with their health, those that need a look first. With the reason and what to do about it."""
    from monitor.cli import show, sources_seen, sources_table

    views = sources_seen.views(place(context, config, database))
    _refuse_unknown(health or [])
    wanted = [view for view in views if _asked(view, health or [], language)]
    found = sorted((gap for view in wanted for gap in view.gaps), key=lambda gap: gap.noticed, reverse=True)
    if json:
        show.as_json([asdict(gap) for gap in found] if gaps else [sources_table.values(view) for view in wanted])
    elif gaps:
        sources_table.write_gaps(show.console(), found)
    else:
        sources_table.write(show.console(), wanted, now())


def _asked(view: SourceView, health: list[str], language: str | None) -> bool:
    if health and state(view) not in health:
        return False
    return language is None or (view.language or "").partition("-")[0].lower() == language.partition("-")[0].lower()


def _refuse_unknown(health: list[str]) -> None:
    """Raise UsageError for a health that no source can be in: a misspelt one must not look like good news."""
    from monitor.poll.health import HEALTH

    for word in health:
        if word not in {*HEALTH, "paused", "off"}:
            raise UsageError(f'--health: expected one of: {", ".join(HEALTH)}, paused, off, got "{word}"')
