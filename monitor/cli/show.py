"""How values look in a terminal: tables of 100 columns, times, matched words in context."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from monitor.model import HitView, Term
from monitor.text import snippet

WIDTH = 100


def console() -> Console:
    """Where people read: as wide as the terminal up to 100 columns, and plain in a pipe."""
    wide = Console(highlight=False)
    return wide if wide.is_terminal and wide.width <= WIDTH else Console(highlight=False, width=WIDTH)


def as_json(value: Any) -> None:
    """Write JSON for programs, times in ISO 8601 (UTC)."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=_plain)
    sys.stdout.write("\n")


def rows_json(rows: Iterable[Any]) -> None:
    """Write frozen values as one JSON array."""
    as_json([asdict(row) for row in rows])


def table(titles: Sequence[str], rows: Iterable[Sequence[str | Text]], *, flexible: int) -> Table:
    """A table without decoration; the column number ``flexible`` gives way when the room ends."""
    shown = Table(box=None, pad_edge=False, header_style="dim", expand=False)
    for index, title in enumerate(titles):
        fold = index == flexible
        shown.add_column(title, no_wrap=True, overflow="ellipsis", ratio=1 if fold else None)
    for row in rows:
        shown.add_row(*(cell if isinstance(cell, Text) else escape(cell) for cell in row))
    return shown


def ago(moment: datetime | None, now: datetime) -> str:
    """Relative under a day, the date otherwise."""
    if moment is None:
        return "-"
    age = now - moment
    if age < timedelta(0):
        return f"in {_span(-age)}"
    return f"{_span(age)} ago" if age < timedelta(days=1) else f"{moment:%d %b %Y %H:%M} UTC"


def moment(value: datetime | None) -> str:
    """A time in full, or a dash."""
    return "-" if value is None else f"{value:%d %b %Y %H:%M:%S} UTC"


def context(title: str, text: str, terms: Sequence[Term], width: int = 240) -> Text:
    """The first matched words in their context, the words marked."""
    whole = f"{title}\n\n{text}"
    spans = [(term.start, term.end) for term in terms if term.field != "url"]
    in_text = [span for span in spans if span[0] > len(title)] or spans
    return marked(snippet(whole, in_text, width) if in_text else [])


def marked(pieces: Iterable[tuple[str, bool]]) -> Text:
    """Pieces of a text with the matched ones standing out, also without colour."""
    out = Text()
    for piece, is_match in pieces:
        out.append(f"[{piece}]" if is_match else piece, style="bold yellow" if is_match else "")
    return out


def hit_lines(hit: HitView, now: datetime) -> Iterable[Text]:
    """A hit in four lines."""
    when = ago(hit.published or hit.found, now)
    yield Text(hit.title, style="bold")
    yield Text(f"{hit.source} · {hit.language or '?'} · {when} · {hit.topic} {hit.grade} {hit.score:g}", style="dim")
    words = context(hit.title, hit.text, hit.terms)
    if words:
        yield words
    yield Text(f"why: {'; '.join(hit.why[:2])}", style="dim")


def _span(age: timedelta) -> str:
    seconds = int(age.total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 3600 else f"{seconds // 3600} h"


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, timedelta):
        return str(value)
    raise TypeError(f"not for JSON: {type(value).__name__}")
