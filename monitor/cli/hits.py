"""``monitor hits``: list, show; ``deciding`` has mark and undo."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import asking, deciding
from monitor.cli import near as near_misses
from monitor.cli.options import (
    LARGEST,
    ConfigOption,
    DatabaseOption,
    JsonOption,
    examples,
    noun,
    now,
    place,
    review,
)
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.model import DeliveryView, HitView, SuggestionView

hits = noun(
    "The stored hits: list, show, mark, undo. Without a word: list.",
    "monitor hits --since 24h --topic ramstein",
    "monitor hits show 17",
    'monitor hits mark 17 relevant --note "first report of the date"',
)


def add_to(cli: typer.Typer) -> None:
    """Add this noun to the root."""
    deciding.add_to(hits)
    cli.add_typer(hits, name="hits")


@hits.command(
    "list",
    epilog=examples(
        "monitor hits --since 24h                          what came in since yesterday",
        "monitor hits --language uk --state new            not yet decided on, in Ukrainian",
        'monitor hits --search "Рамштайн" --limit 0        all that have this word in title or text',
        "monitor hits --story 12                           every article of one story",
        'monitor hits --saved "Air defence" --state new   a saved filter, and of it what is new',
        "monitor hits --since 2026-05-01 --until 2026-06-01 --csv > may.csv",
    ),
)
def list_hits(  # noqa: PLR0913, PLR0917 - one option a question
    context: typer.Context,
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
    near: Annotated[bool, typer.Option("--near", help="Near misses instead: no hits, but worth a look.")] = False,
    limit: Annotated[int, typer.Option(min=0, max=LARGEST, help="At most so many; 0 for all.")] = 50,
    json: JsonOption = False,
    csv: Annotated[bool, typer.Option("--csv", help="For spreadsheets: CSV on stdout.")] = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """List the hits, newest first."""
    at = now()
    if json and csv:
        raise UsageError("--json and --csv: choose one of them")
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
        wanted, of_near = asking.with_saved(replace(wanted, limit=limit or None), saved, store, at)
        if near or of_near:
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
        history = store.decisions.history(number)
    if hit is None or ledger is None:
        raise deciding.no_hit(number)
    if json:
        more = {"text": hit.text, "why": list(hit.why), "note": hit.note, "also_in": list(hit.also_in)}
        past = {"tags": list(hit.tags), "history": [asdict(one) for one in history]}
        show.as_json({**hit_json(hit), **more, **past, **as_values(hit, maybe)})
        return
    _show(hit, [delivery for delivery in ledger.deliveries if delivery.hit_id == hit.id], maybe)
    for line in deciding.shown(hit, history):
        show.paragraph(show.console(), line)


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
