"""``monitor sources check``: a dry run that shows each step of a poll, each entry and the verdicts."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import ConfigOption, DatabaseOption, JsonOption, place
from monitor.errors import MonitorError

if TYPE_CHECKING:
    from rich.console import Console

    from monitor.probing.trial import Trial, Tried


def check(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The source's name in sources.yaml, or any address.")],
    read: Annotated[
        int, typer.Option("--read", "--pages", min=0, help="How many of the newest entries' pages to read as well.")
    ] = 3,
    kind: Annotated[str, typer.Option(help="What an address that is not in sources.yaml is taken for.")] = "feed",
    json: JsonOption = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Try a source without storing anything. Each step of a poll, its entries, and the verdicts on them.

    No alert goes out. Exit code 1 when it does not answer, or holds no entries.
    """
    from monitor.cli import show
    from monitor.config import values
    from monitor.config.secrets import Masker
    from monitor.errors import UsageError
    from monitor.probing import report
    from monitor.probing.trial import hidden, try_source

    if kind not in values.KINDS:
        raise UsageError(f'--kind: expected one of: {", ".join(values.KINDS)}, got "{kind}"')
    trial = try_source(place(context, config, database).config, os.environ, name, kind=kind, read=read)
    hide = Masker(trial.secrets).mask
    if json:
        show.as_json(hidden(report.values(trial), hide))
        raise typer.Exit(int(bool(report.wrong(trial))))
    _print(trial, hide)


def _print(trial: Trial, hide: Callable[[str], str]) -> None:
    from monitor.cli import show
    from monitor.probing import report

    out, wrong, source = show.console(), report.wrong(trial), trial.look.source
    title = f" in “{show.one_line(trial.look.feed.title)}”" if trial.look.feed and trial.look.feed.title else ""
    if not wrong:
        show.paragraph(out, f"{source.name}: {len(trial.tried)} entries{hide(title)}")
    for step, says in report.steps(trial):
        show.paragraph(out, show.one_line(hide(says)), first=f"  {step:9}")
    if wrong:
        raise MonitorError(hide(f"{source.name}: {wrong}"))
    rows = [tuple(map(hide, _cells(one))) for one in trial.tried]
    out.print(show.table(("published", "verdict", "known by", "entry"), rows, flexible=3, width=out.width))
    for one in trial.tried:
        if one.page:
            _print_read(out, one, hide)


def _cells(one: Tried) -> tuple[str, ...]:
    from monitor.probing import report

    entry = one.sighting.entry
    published = f"{entry.published:%d %b %Y %H:%M}" if entry.published else "-"
    return published, report.verdict(one), report.identified(one), entry.title or entry.url or "-"


def _print_read(out: Console, one: Tried, hide: Callable[[str], str]) -> None:
    """What one page gave: how it was read, and why it is a hit or is none."""
    from monitor.cli import show
    from monitor.probing import report

    finding = one.finding
    state = "not read" if finding.error else "blocked" if finding.blocked else "read"
    show.paragraph(out, hide(show.one_line(_cells(one)[-1])), first=f"{state:9}")
    for words in report.reading(finding):
        show.paragraph(out, show.one_line(hide(words)), first=" " * 9)
