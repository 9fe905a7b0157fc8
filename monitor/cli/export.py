"""``monitor export``: the hits as JSONL, CSV or Atom."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import ConfigOption, DatabaseOption, examples, now, parse_time, place, review
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.model import HitView


def add_to(cli: typer.Typer) -> None:
    """Add this command to the root."""
    lines = (
        "monitor export > hits.jsonl",
        "monitor export --format csv --since 14d > hits.csv",
        "monitor export --format atom --topic ramstein > ramstein.xml",
    )
    cli.command("export", epilog=examples(*lines))(export)


def export(
    context: typer.Context,
    kind: Annotated[str, typer.Option("--format", help="jsonl, csv or atom.")] = "jsonl",
    topic: Annotated[str | None, typer.Option(help="Only this topic.")] = None,
    since: Annotated[str | None, typer.Option(help="From this time on: 24h, 14d, 2026-05-04.")] = None,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Write the hits as JSONL, CSV or Atom to stdout. Newest first, in short reads that block nobody."""
    from monitor.formats import atom, csv_lines
    from monitor.model import HitFilter

    at = now()
    wanted = HitFilter(topic=topic, since=parse_time(since, at, "--since"), limit=None)
    writers: dict[str, Callable[[Iterable[HitView]], Iterator[str]]] = {
        "jsonl": _jsonl,
        "csv": csv_lines,
        "atom": partial(atom, title="Ramstein monitor: hits", updated=at),
    }
    if kind not in writers:
        raise UsageError(f'--format: expected jsonl, csv or atom, got "{kind}"')
    with review(place(context, config, database)) as store:
        for piece in writers[kind](store.hits(wanted)):
            sys.stdout.write(piece)


def _jsonl(hits: Iterable[HitView]) -> Iterator[str]:
    import json

    from monitor.formats import hit_json

    for hit in hits:
        yield json.dumps(hit_json(hit), ensure_ascii=False) + "\n"
