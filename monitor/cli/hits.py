"""``monitor hits``: list, show, mark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import ConfigOption, DatabaseOption, JsonOption, group, now, parse_time, place, review
from monitor.errors import MonitorError, UsageError

if TYPE_CHECKING:
    from monitor.model import HitView

hits = group(help="The stored hits: list, show, mark. Without a word: list.")
STATES = ("new", "relevant", "irrelevant", "starred")


def add_to(cli: typer.Typer) -> None:
    """Add this noun to the root."""
    cli.add_typer(hits, name="hits")


@hits.command("list")
def list_hits(  # noqa: PLR0913, PLR0917 - one option a question
    context: typer.Context,
    topic: Annotated[str | None, typer.Option(help="Only this topic.")] = None,
    language: Annotated[str | None, typer.Option(help="Only this language, such as uk.")] = None,
    source: Annotated[str | None, typer.Option(help="Only articles first seen in this source.")] = None,
    state: Annotated[str | None, typer.Option(help="new, relevant, irrelevant or starred.")] = None,
    since: Annotated[str | None, typer.Option(help="From this time on: 24h, 14d, 2026-05-04.")] = None,
    until: Annotated[str | None, typer.Option(help="Before this time.")] = None,
    search: Annotated[
        str | None, typer.Option(help="Words in title or text, in any script, also parts of words.")
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help="At most so many; 0 for all.")] = 50,
    json: JsonOption = False,
    csv: Annotated[bool, typer.Option("--csv", help="For spreadsheets: CSV on stdout.")] = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """List the hits, newest first."""
    from monitor.model import HitFilter

    at = now()
    if state is not None and state not in STATES:
        raise UsageError(f'--state: expected one of {", ".join(STATES)}, got "{state}"')
    wanted = HitFilter(
        topic=topic,
        language=language,
        source=source,
        state=state,
        since=parse_time(since, at),
        until=parse_time(until, at),
        search=search,
        limit=limit or None,
    )
    with review(place(context, config, database)) as store:
        found = list(store.hits(wanted))
    _write(found, json=json, csv=csv)


@hits.command("show")
def show_hit(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="ID")],
    json: JsonOption = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Show one hit: its text with the matched words marked, why it matched, and what became of it."""
    from monitor.cli import show
    from monitor.formats import hit_json

    with review(place(context, config, database)) as store:
        hit = store.hit(number)
    if hit is None:
        raise _no_hit(number)
    if json:
        show.as_json({**hit_json(hit), "text": hit.text, "why": list(hit.why)})
        return
    _show(hit)


@hits.command("mark")
def mark(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="ID")],
    state: Annotated[str, typer.Argument(help="new, relevant, irrelevant or starred.")],
    note: Annotated[str | None, typer.Option(help="A note to keep with it.")] = None,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Record a decision on a hit."""
    if state not in STATES:
        raise UsageError(f'expected one of {", ".join(STATES)}, got "{state}"')
    with review(place(context, config, database)) as store:
        if not store.mark(number, state, note, now()):
            raise _no_hit(number)
    typer.echo(f"hit {number} is {state}")


def _no_hit(number: int) -> MonitorError:
    return MonitorError(f"no hit number {number}; `monitor hits` lists them")


def _write(found: list[HitView], *, json: bool, csv: bool) -> None:
    import sys

    from monitor.cli import show
    from monitor.formats import csv_lines, hit_json

    if csv:
        sys.stdout.writelines(csv_lines(found))
    elif json:
        show.as_json([hit_json(hit) for hit in found])
    else:
        _list(found)


def _list(found: list[HitView]) -> None:
    from rich.text import Text

    from monitor.cli import show

    out = show.console()
    if not found:
        out.print("No hits. `monitor sources` shows whether the sources answer; --since and --topic narrow the list.")
    for hit in found:
        first, *rest = show.hit_lines(hit, now())
        out.print(Text(f"{hit.id:>5}  ").append_text(first), no_wrap=True, overflow="ellipsis")
        for line in rest:
            out.print(Text("       ").append_text(line), soft_wrap=False)


def _show(hit: HitView) -> None:
    from rich.text import Text

    from monitor.cli import show

    out = show.console()
    whole = f"{hit.title}\n\n{hit.text}"
    out.print(Text(hit.title, style="bold"))
    out.print(Text(f"{hit.source} · {hit.language or '?'} · published {show.moment(hit.published)}", style="dim"))
    out.print(Text(hit.url or "no address", style="dim"), soft_wrap=True)
    out.print(Text(f"{hit.topic}: {hit.grade}, score {hit.score:g} · {hit.state} · read: {hit.extraction}"))
    if hit.also_in:
        out.print(Text(f"also in: {', '.join(hit.also_in)}"))
    if hit.note:
        out.print(Text(f"note: {hit.note}"))
    spans = [(term.start, term.end) for term in hit.terms if term.field != "url"]
    out.print()
    out.print(show.marked(_pieces(whole, spans)))
    out.print()
    for reason in hit.why:
        out.print(Text(f"why: {reason}", style="dim"))


def _pieces(text: str, spans: list[tuple[int, int]]) -> list[tuple[str, bool]]:
    """The whole text, cut where a match begins or ends."""
    pieces, at = [], 0
    for start, end in sorted(spans):
        if start >= at:
            pieces += [(text[at:start], False), (text[start:end], True)]
            at = end
    return [*pieces, (text[at:], False)]
