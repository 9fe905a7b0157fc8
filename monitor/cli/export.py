"""``monitor export``: the hits as JSONL, CSV or Atom."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import asking
from monitor.cli.options import ConfigOption, DatabaseOption, examples, now, place, review
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.model import HitView

FORMATS = ("jsonl", "csv", "atom")


def add_to(cli: typer.Typer) -> None:
    """Add this command to the root."""
    lines = (
        "monitor export > hits.jsonl",
        "monitor export --format csv --since 14d --bom > hits.csv      for Excel",
        "monitor export --format atom --topic ramstein > ramstein.xml",
        'monitor export --saved "Air defence" --language uk > air.jsonl',
    )
    cli.command("export", epilog=examples(*lines))(export)


def export(  # noqa: PLR0913, PLR0917 - one option a question
    context: typer.Context,
    kind: Annotated[str, typer.Option("--format", help="jsonl, csv or atom.")] = "jsonl",
    saved: asking.SavedOption = None,
    topic: asking.TopicOption = None,
    grade: asking.GradeOption = None,
    language: asking.LanguageOption = None,
    country: asking.CountryOption = None,
    source: asking.SourceOption = None,
    state: asking.StateOption = None,
    tag: asking.TagOption = None,
    since: asking.SinceOption = None,
    until: asking.UntilOption = None,
    search: asking.SearchOption = None,
    story: asking.StoryOption = None,
    bom: Annotated[bool, typer.Option("--bom", help="CSV for Excel, which takes it for UTF-8 by this mark.")] = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Write the hits as JSONL, CSV or Atom to stdout. Newest first, in short reads that block nobody."""
    if kind not in FORMATS:
        raise UsageError(f'--format: expected {", ".join(FORMATS[:-1])} or {FORMATS[-1]}, got "{kind}"')
    if bom and kind != "csv":
        raise UsageError("--bom: only with --format csv")
    at = now()
    wanted = asking.asked(
        at,
        topic=topic,
        grade=grade,
        language=language,
        country=country,
        source=source,
        state=state,
        tag=tag,
        since=since,
        until=until,
        search=search,
        story=story,
    )
    with review(place(context, config, database)) as store:
        wanted, near = asking.with_saved(wanted, saved, store, at)
        if near:
            raise UsageError(f'--saved: "{saved}" is of near misses, and only hits are exported; see hits --near')
        for piece in _writers()[kind](store.hits(wanted)):
            sys.stdout.write(piece if not bom else _marked(piece))
            bom = False


def _marked(piece: str) -> str:
    from monitor.formats import BOM

    return BOM + piece


def _writers() -> dict[str, Callable[[Iterable[HitView]], Iterator[str]]]:
    from monitor.formats import Feed, atom, csv_lines, jsonl_lines

    def feed(hits: Iterable[HitView]) -> Iterator[str]:
        yield from atom(hits, Feed("Ramstein monitor: hits"), now())

    return {"jsonl": jsonl_lines, "csv": csv_lines, "atom": feed}
