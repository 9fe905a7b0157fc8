"""How the demo looks: tables and paragraphs made from what was found. Nothing here acts.

Matched words are marked by colour on a terminal and by [brackets] elsewhere, so that a pipe shows them too.
Must not: print, poll, know the seeds.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from monitor.cli.demo.outlets import DOWN_NAME
from monitor.deliver.cards import HEADLINE, Reader, card
from monitor.deliver.names import language_name
from monitor.text import shorten, snippet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.cli.demo.outlets import Site
    from monitor.cli.demo.receivers import Received
    from monitor.model import Event, HitView, RoundSum, SourceView

WIDTH = 100
MARK = "black on yellow"
DIM = "dim"
INDENT = 4
REASONS = 2
QUIET = "-"
REASON_WIDTH = WIDTH - INDENT - len("Why: ")
WORDS: Mapping[str, str] = MappingProxyType(
    {"not modified": "304 not modified", "the same bytes as before": "200, same bytes"}
)
"""Outcomes that the table says in other words, as a person who knows HTTP reads them."""


def sources_table(
    sites: Sequence[Site],
    views: Mapping[str, SourceView],
    first: Mapping[str, Event],
    second: Mapping[str, Event],
) -> Table:
    """One line a source: what it is and what became of it in the two rounds (events by source name)."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in ("Source", "Language", "Format", "Entries", "First round", "Second round"):
        table.add_column(heading, justify="right" if heading == "Entries" else "left", no_wrap=True)
    rows = [(site.name, language_name(site.language), site.format) for site in sites]
    for name, language, form in [*rows, (DOWN_NAME, QUIET, QUIET)]:
        entries = str(views[name].entries) if name in views and form != QUIET else QUIET
        table.add_row(name, language, form, entries, outcome(first.get(name)), outcome(second.get(name)))
    return table


def outcome(event: Event | None) -> Text:
    """What one poll came to, in few words."""
    if event is None:
        return Text("not due", DIM)
    if event.ok:
        return Text(WORDS.get(event.outcome, event.outcome))
    kind, _, reason = event.outcome.partition(": ")
    if kind != "connect":
        return Text(f"failed: {event.outcome}", "red")
    return Text("down: refused" if "refused" in reason.casefold() else "down: cannot connect", "red")


def hit_lines(hit: HitView, *, colour: bool) -> Text:
    """One hit: headline, where and when, the matched words in context, and why in one line."""
    shown = card(hit, Reader("UTC"))
    facts = f"{shown.outlet} · {shown.language} · {shown.when} · {shown.topic}: {shown.grade}"
    text = Text()
    text.append_text(headline(hit, colour=colour)).append("\n")
    text.append(facts, DIM).append("\n")
    text.append_text(marked(shown.snippet, colour=colour)).append("\n")
    text.append(f"Why: {shorten(' · '.join(shown.why[:REASONS]), REASON_WIDTH)}", DIM)
    return text


def headline(hit: HitView, *, colour: bool) -> Text:
    """The headline, with its matched words marked."""
    spans = [(term.start, term.end) for term in hit.terms if term.field == "title"]
    text = marked(snippet(hit.title, spans, HEADLINE), colour=colour)
    text.stylize_before("bold")
    return text


def marked(pieces: Sequence[tuple[str, bool]], *, colour: bool) -> Text:
    """Pieces of text with the matched ones marked."""
    text = Text()
    for piece, is_match in pieces:
        text.append(f"[{piece}]" if is_match and not colour else piece, MARK if is_match and colour else "")
    return text


def mail_lines(received: Sequence[Received]) -> Text:
    """The subjects of the mails, one a line."""
    lines = [Text.assemble((f"{one.at:%H:%M:%S} ", DIM), one.subject) for one in received]
    for line in lines:
        line.truncate(WIDTH - 2 * INDENT, overflow="ellipsis")
    return Text("\n").join(lines)


def telegram_panel(received: Sequence[Received]) -> Panel | Text:
    """The first Telegram message whole."""
    if not received:
        return Text("none")
    return Panel(Text(received[0].text.strip()), title="Telegram", title_align="left", width=WIDTH - 2 * INDENT)


def sum_line(first: RoundSum, second: RoundSum, seconds: float) -> str:
    """One line: what both rounds did and how long that took."""
    done = f"sources {first.sources}, articles {first.articles}, hits {first.hits}, delivered {first.delivered}"
    again = f"second round: articles {second.articles}, hits {second.hits}"
    return f"{done}, failed {first.failed}; {again}; {seconds:.1f} s"


def next_steps(example_url: str, database_url: str, *, stays: bool) -> str:
    """What to do next, as commands."""
    lines = ["What next"]
    steps = [
        ("edit sources.yaml", "the sources to watch, and your mail or Telegram address under alerts:"),
        ("monitor config check", "names every mistake with its line"),
        ("monitor run", "the daemon: polls, reads, alerts; serves the review page"),
        ("monitor match FILE", "does this text hit, with which words, and why"),
        ("monitor why URL", "what became of one article, step by step"),
    ]
    lines += [f"  {command:<22}{meaning}" for command, meaning in steps]
    if stays and example_url:
        lines += ["", "While this demo runs, its own database can be asked from another terminal:"]
        lines += [f"  monitor why {example_url} \\", f"    --database {database_url}"]
    return "\n".join(lines)
