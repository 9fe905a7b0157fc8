"""``monitor hits``: list, show, mark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import near as near_misses
from monitor.cli.options import (
    LARGEST,
    ConfigOption,
    DatabaseOption,
    JsonOption,
    examples,
    noun,
    now,
    parse_time,
    place,
    review,
)
from monitor.errors import MonitorError, UsageError

if TYPE_CHECKING:
    from monitor.model import DeliveryView, HitView, SuggestionView

hits = noun(
    "The stored hits: list, show, mark. Without a word: list.",
    "monitor hits --since 24h --topic ramstein",
    "monitor hits show 17",
    'monitor hits mark 17 relevant --note "first report of the date"',
)
STATES = ("new", "relevant", "irrelevant", "starred")
_STATES_SAID = "new, relevant, irrelevant or starred"


def add_to(cli: typer.Typer) -> None:
    """Add this noun to the root."""
    cli.add_typer(hits, name="hits")


@hits.command(
    "list",
    epilog=examples(
        "monitor hits --since 24h                          what came in since yesterday",
        "monitor hits --language uk --state new            not yet decided on, in Ukrainian",
        'monitor hits --search "Рамштайн" --limit 0        all that have this word in title or text',
        "monitor hits --story 12                           every article of one story",
        "monitor hits --since 2026-05-01 --until 2026-06-01 --csv > may.csv",
    ),
)
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
    story: Annotated[int | None, typer.Option(min=1, max=LARGEST, help="Only the articles of this story.")] = None,
    near: Annotated[bool, typer.Option("--near", help="Near misses instead: no hits, but worth a look.")] = False,
    limit: Annotated[int, typer.Option(min=0, max=LARGEST, help="At most so many; 0 for all.")] = 50,
    json: JsonOption = False,
    csv: Annotated[bool, typer.Option("--csv", help="For spreadsheets: CSV on stdout.")] = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """List the hits, newest first."""
    from monitor.model import HitFilter

    at = now()
    if state is not None and state not in STATES:
        raise UsageError(f'--state: expected {_STATES_SAID}, got "{state}"')
    if json and csv:
        raise UsageError("--json and --csv: choose one of them")
    wanted = HitFilter(
        topic=topic,
        language=language,
        source=source,
        state=state,
        since=parse_time(since, at, "--since"),
        until=parse_time(until, at, "--until"),
        search=search,
        story=story,
        limit=limit or None,
    )
    with review(place(context, config, database)) as store:
        if near:
            near_misses.write(store.near_misses(wanted), json=json)
            return
        found = list(store.hits(wanted))
    _write(found, json=json, csv=csv)


@hits.command("show")
def show_hit(
    context: typer.Context,
    number: Annotated[
        int, typer.Argument(metavar="ID", min=1, max=LARGEST, help="The hit's number, as `monitor hits` shows it.")
    ],
    json: JsonOption = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Show one hit whole. Its text with the matched words marked, why it matched, its story, and its alerts."""
    from monitor.cli import show
    from monitor.cli.stories import as_values
    from monitor.formats import hit_json

    with review(place(context, config, database)) as store:
        hit = store.hit(number)
        ledger = store.ledger(hit.article_id) if hit else None
        maybe = store.stories.suggestions(hit.article_id) if hit else []
    if hit is None or ledger is None:
        raise _no_hit(number)
    if json:
        more = {"text": hit.text, "why": list(hit.why), "note": hit.note, "also_in": list(hit.also_in)}
        show.as_json({**hit_json(hit), **more, **as_values(hit, maybe)})
        return
    _show(hit, [delivery for delivery in ledger.deliveries if delivery.hit_id == hit.id], maybe)


@hits.command("mark")
def mark(
    context: typer.Context,
    number: Annotated[
        int, typer.Argument(metavar="ID", min=1, max=LARGEST, help="The hit's number, as `monitor hits` shows it.")
    ],
    state: Annotated[str, typer.Argument(metavar="STATE", help="new, relevant, irrelevant or starred.")],
    note: Annotated[str | None, typer.Option(help="A note to keep with it.")] = None,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Record a decision on a hit. Without --note the note of before stays."""
    if state not in STATES:
        raise UsageError(f'STATE: expected {_STATES_SAID}, got "{state}"')
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
    from monitor.cli import show

    out = show.console()
    if not found:
        out.print("No hits here. Fewer filters show more; `monitor sources` tells whether the sources answer.")
    for hit in found:
        first, *rest = show.hit_lines(hit, now())
        show.paragraph(out, first, first=f"{hit.id:>5}  ")
        for line in rest:
            show.paragraph(out, line, indent=7)


def _show(hit: HitView, deliveries: list[DeliveryView], maybe: list[SuggestionView]) -> None:
    from rich.text import Text

    from monitor.cli import show, stories
    from monitor.cli.why import delivery_lines

    out = show.console()
    spans = [(term.start, term.end) for term in hit.terms if term.field != "url"]
    below = len(hit.title) + 2
    show.paragraph(out, show.marked(_pieces(hit.title, [span for span in spans if span[1] <= len(hit.title)])))
    show.paragraph(out, Text(f"{hit.source} · {hit.language or '?'} · published {show.moment(hit.published)}", "dim"))
    out.print(Text(hit.url or "no address", style="dim"), soft_wrap=True)
    show.paragraph(out, f"{hit.topic}: {hit.grade}, score {hit.score:g} · {hit.state} · read: {hit.extraction}")
    if hit.also_in:
        show.paragraph(out, ", ".join(hit.also_in), first="also in: ")
    if hit.note:
        show.paragraph(out, hit.note, first="note: ")
    out.print()
    show.paragraph(out, show.marked(_pieces(hit.text, [(a - below, b - below) for a, b in spans if a >= below])))
    out.print()
    for reason in hit.why:
        show.paragraph(out, Text(reason, style="dim"), first="why: ")
    for line in delivery_lines(deliveries):
        show.paragraph(out, Text(line, style="dim"), first="alert: ")
    stories.write(out, hit, maybe)


def _pieces(text: str, spans: list[tuple[int, int]]) -> list[tuple[str, bool]]:
    """The whole text, cut where a match begins or ends."""
    pieces, at = [], 0
    for start, end in sorted(spans):
        if start >= at:
            pieces += [(text[at:start], False), (text[start:end], True)]
            at = end
    return [*pieces, (text[at:], False)]
