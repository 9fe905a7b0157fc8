"""How the list of sources looks in a terminal: a line each, and under it what is wrong and the mend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from rich.console import Console
from rich.text import Text

from monitor.advice import CALM, SIGNS, advice, by_need, gap_words, open_gaps, span, state
from monitor.cli import show
from monitor.model import GapView, Notice, SourceView

_MARGIN = 11
"""Cells before the source's name."""
_GAP_ENDS = {"reading": "being read back", "closed": "closed", "open": "open"}


def write(out: Console, views: Sequence[SourceView], now: datetime) -> None:
    """Print the sources, those that need a person first, and the sum."""
    ordered = by_need(views)
    titles = [title for title, _ in COLUMNS]
    rows = [[cell(view, now) for _, cell in COLUMNS] for view in ordered]
    head, *lines = show.table(titles, rows, flexible=titles.index("source"), width=out.width).renderables
    out.print(head)
    for view, line in zip(ordered, lines, strict=True):
        out.print(line)
        for words, style in _under(view):
            show.paragraph(out, Text(show.one_line(words), style=style), indent=_MARGIN, first=" " * _MARGIN)
    show.paragraph(out, in_all(views))


def values(view: SourceView) -> dict[str, Any]:
    """A source for programs, with the reason and the mend in words."""
    return {**asdict(view), **asdict(advice(view, told))}


def write_gaps(out: Console, gaps: Sequence[GapView]) -> None:
    """Print the gaps, newest first."""
    if not gaps:
        out.print("No gaps: each poll of each source showed something that was known before, or was the first.")
        return
    for gap in gaps:
        sign = "●" if gap.state == "closed" else "▲"
        out.print(Text(f"{sign} {show.one_line(gap.source)}: {_GAP_ENDS.get(gap.state, gap.state)}"))
        show.paragraph(out, Text(gap_words(gap, told)), first="    ")
        if gap.words:
            show.paragraph(out, Text(show.one_line(gap.words), style="dim"), first="    ")


def write_notices(out: Console, notices: Sequence[Notice]) -> None:
    """Print the changes of state, newest first."""
    if not notices:
        out.print("No source has changed its state in a way that anybody should know of.")
        return
    for notice in notices:
        subject = "our own network" if notice.subject == "network" else show.one_line(notice.subject)
        words = ". ".join(filter(None, (f"{subject}: {notice.was} → {notice.state}", show.one_line(notice.words))))
        show.paragraph(out, Text(words), first=f"{told(notice.at):23}")


def told(moment: datetime) -> str:
    """A moment to the minute."""
    return f"{moment:%d %b %Y %H:%M} UTC"


def in_all(views: Sequence[SourceView]) -> str:
    """The last line: how many sources, how many of each trouble, how many gaps."""
    active = [view for view in views if view.active]
    states = Counter(map(state, active))
    words = ", ".join(f"{states[known]} {known}" for known in SIGNS if states[known] and known not in CALM)
    rest = f", {states['paused']} paused" if states["paused"] else ""
    gaps = sum(len(open_gaps(view)) for view in active)
    waiting = states["new"]
    more = f", {_many(gaps, 'open gap')}: --gaps lists them" if gaps else ""
    more += f", {waiting} not polled yet: `monitor poll` or `monitor run` does" if waiting else ""
    return f"{_many(len(active), 'source')}, {words or '0 failing'}{rest}{more}"


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _under(view: SourceView) -> Iterator[tuple[str, str]]:
    """What stands under a source's line: the reason, the mend, what was noticed while reading it."""
    said = advice(view, told)
    if said.reason:
        yield said.reason, "dim" if state(view) in CALM else ""
    if said.mend:
        yield f"→ {said.mend}", ""
    if view.notes:
        yield "; ".join(view.notes), "dim"


def _health(view: SourceView, _now: datetime) -> str:
    known = state(view)
    return f"{SIGNS.get(known, '▲')} {known}"


def _for(view: SourceView, now: datetime) -> str:
    return "-" if view.health_since is None or not view.active else span(now - view.health_since)


def _last(view: SourceView, now: datetime) -> str:
    return f"{span(now - view.last_poll)} ago" if view.last_poll else "-"


def _next(view: SourceView, now: datetime) -> str:
    """When it is polled next; where that has passed, how late it is."""
    if view.next_poll is None or not view.active:
        return "-"
    wait = view.next_poll - now
    return f"in {span(wait)}" if wait >= timedelta(0) else f"{span(-wait)} late"


COLUMNS: tuple[tuple[str, Callable[[SourceView, datetime], str]], ...] = (
    ("health", _health),
    ("source", lambda view, _now: view.name),
    ("lang", lambda view, _now: view.language or ""),
    ("for", _for),
    ("last", _last),
    ("next", _next),
    ("every", lambda view, _now: span(view.interval) if view.interval else "-"),
    ("gaps", lambda view, _now: str(len(open_gaps(view)) or "")),
    ("entries", lambda view, _now: str(view.entries)),
    ("hits", lambda view, _now: str(view.hits)),
)
"""The columns of the list: title and cell."""
