"""How values look in a terminal: tables of 100 columns, times, matched words in context.

Widths are counted in the cells of a terminal, so that wide and combining scripts stay aligned where it follows Unicode.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from rich.cells import cell_len
from rich.console import Console, Group
from rich.text import Text

from monitor.advice import span_words
from monitor.deliver.outlets import elsewhere
from monitor.model import HitView, Term
from monitor.text import ELLIPSIS, clean, snippet

WIDTH = 100
EXTRACT = 180
"""Cells of the extract shown with a hit: two lines."""
_GAP = 2
_FLEXIBLE_LEAST = 24
"""Cells that a table's flexible column gets in any case."""


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


def table(titles: Sequence[str], rows: Iterable[Sequence[str]], *, flexible: int, width: int = WIDTH) -> Group:
    """A table without decoration; the column number ``flexible`` gives way when the room ends, cut at a word."""
    lines = [[one_line(cell) for cell in row] for row in rows]
    widths = _widths([[*titles], *lines], flexible, width)
    head = Text(_row(titles, widths), style="dim", no_wrap=True, overflow="crop")
    return Group(head, *(Text(_row(line, widths), no_wrap=True, overflow="crop") for line in lines))


def paragraph(out: Console, body: Text | str, *, first: str = "", indent: int | None = None) -> None:
    """Print a text wrapped at words, its first line behind ``first`` and the others as far to the right."""
    text = Text(clean(body)) if isinstance(body, str) else body
    margin = cell_len(first) if indent is None else indent
    for line in text.wrap(out, max(out.width - margin, 20)):
        line.rstrip()
        out.print(Text(first.ljust(margin)).append_text(line), soft_wrap=True)
        first = ""


def one_line(text: str) -> str:
    """The text without control characters, its white space as single spaces."""
    return " ".join(clean(text).split())


def cut(text: str, cells: int) -> str:
    """At most so many cells of the text, cut at a word where one ends near, with an ellipsis."""
    if cell_len(text) <= cells:
        return text
    used, end = 1, 0
    while end < len(text) and used + cell_len(text[end]) <= cells:
        used += cell_len(text[end])
        end += 1
    space = text.rfind(" ", end // 2, end + 1)
    if space > 0:
        return text[:space].rstrip(" ,;:") + ELLIPSIS
    while end > 1 and unicodedata.category(text[end])[0] == "M":  # not between a letter and its marks
        end -= 1
    return text[:end].rstrip() + ELLIPSIS


def ago(moment: datetime | None, now: datetime) -> str:
    """Relative under a day, the date otherwise."""
    if moment is None:
        return "-"
    age = now - moment
    if abs(age) >= timedelta(days=1):
        return f"{moment:%d %b %Y %H:%M} UTC"
    return f"in {_span(-age)}" if age < timedelta(0) else f"{_span(age)} ago"


def moment(value: datetime | None) -> str:
    """A time in full, or a dash."""
    return "-" if value is None else f"{value:%d %b %Y %H:%M:%S} UTC"


def context(title: str, text: str, terms: Sequence[Term], cells: int = EXTRACT) -> Text:
    """The matched words in their context, marked: those of the text, or the headline's where it has none."""
    spans = [(term.start, term.end) for term in terms if term.field != "url"]
    offset = len(title) + 2
    in_text = [(start - offset, end - offset) for start, end in spans if start >= offset]
    if in_text:
        return marked(_extract(text, in_text, cells))
    return marked(_extract(title, spans, cells) if spans else [])


def marked(pieces: Iterable[tuple[str, bool]]) -> Text:
    """Pieces of a text with the matched ones standing out, also without colour."""
    out = Text()
    for piece, is_match in pieces:
        shown = clean(piece)
        out.append(f"[{shown}]" if is_match else shown, style="bold yellow" if is_match else "")
    return out


def hit_lines(hit: HitView, now: datetime) -> Iterator[Text]:
    """A hit in four paragraphs: headline, where and when with its story, matched words, why."""
    when = ago(hit.published or hit.found, now)
    state = ("" if hit.state == "new" else f" · {hit.state}") + (" · edited" if hit.edited else "")
    yield Text(one_line(hit.title), style="bold")
    yield Text(
        f"{hit.source} · {hit.language or '?'} · {when} · {hit.topic} {hit.grade}, score {hit.score:g}{state}"
        f"{story_words(hit)}",
        style="dim",
    )
    words = context(hit.title, hit.text, hit.terms)
    if words:
        yield words
    yield Text(cut(f"why: {'; '.join(hit.why[:2])}", EXTRACT), style="dim")


def story_words(hit: HitView) -> str:
    """`` · story 12, +14 outlets (pl, cs, ja)``: the other outlets that have it, and in which other languages."""
    others = elsewhere(hit)
    names = len({one.outlet for one in others})
    languages = ", ".join(dict.fromkeys(one.lang for one in others if one.lang))
    more = f"+{names} outlet{'s' * (names > 1)}" + f" ({languages})" * bool(languages) if names else ""
    said = ", ".join(filter(None, (f"story {hit.story}" if hit.story and hit.others else "", more)))
    return f" · {said}" if said else ""


def _widths(lines: Sequence[Sequence[str]], flexible: int, width: int) -> list[int]:
    """Cells of each column: what its longest cell needs, and for the flexible one what is left."""
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    fixed = [at for at in range(len(widths)) if at != flexible]
    least = min(widths[flexible], _FLEXIBLE_LEAST)
    while (room := width - _GAP * len(fixed) - sum(widths[at] for at in fixed)) < least:
        widest = max(fixed, key=lambda at: widths[at])
        if widths[widest] <= 4:
            break
        widths[widest] -= 1
    widths[flexible] = min(widths[flexible], max(room, 4))
    return widths


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    shown = [cut(cell, room) for cell, room in zip(cells, widths, strict=True)]
    padded = (cell + " " * (room - cell_len(cell) + _GAP) for cell, room in zip(shown, widths, strict=True))
    return "".join(padded).rstrip()


def _extract(text: str, spans: Sequence[tuple[int, int]], cells: int) -> list[tuple[str, bool]]:
    """As much round the spans as fits; in scripts whose characters take two cells that is half as many."""
    pieces = snippet(text, spans, cells)
    used = sum(cell_len(piece) + 2 * marked for piece, marked in pieces)  # each mark brings its two brackets
    return pieces if used <= cells else snippet(text, spans, cells * cells // used)


def _span(age: timedelta) -> str:
    seconds = int(age.total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 3600 else f"{seconds // 3600} h"


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, timedelta):
        return span_words(value)
    raise TypeError(f"not for JSON: {type(value).__name__}")
