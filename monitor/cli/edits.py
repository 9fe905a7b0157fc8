"""What was edited in an article, for a terminal: removed words as ``[-words-]``, added ones as ``[+words+]``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.text import Text

from monitor.cli.show import moment, paragraph
from monitor.difference import Edit, Piece, edits
from monitor.model import Ledger
from monitor.text import clean

_MARKS = {"same": ("", "", ""), "removed": ("[-", "-]", "red"), "added": ("[+", "+]", "green")}


def write_edits(out: Console, ledger: Ledger, margin: int) -> None:
    """Print each edit, newest first, ``margin`` cells from the left."""
    found = edits(ledger)
    for edit in found:
        paragraph(out, f"{moment(edit.noticed)}, edit {edit.number}", first="  edited".ljust(margin))
        for line in _lines(edit):
            paragraph(out, line, first=" " * margin)
    if more := len(ledger.revisions) - len(found):
        paragraph(out, f"{more} earlier edits; --json has all that it said", first=" " * margin)


def _lines(edit: Edit) -> Iterator[Text]:
    if edit.title:
        yield Text("headline: ").append_text(_changed(edit.title))
    if edit.text:
        yield from _changed(edit.text).split("\n")
    if not edit.known:
        yield Text("what it says since then is no longer stored")
    elif not edit.title and not edit.text:
        yield Text("only spaces changed")


def _changed(pieces: Iterable[Piece]) -> Text:
    out = Text()
    for piece in pieces:
        if piece.kind == "left_out":
            out.append(" … ")
            continue
        before, after, style = _MARKS[piece.kind]
        out.append(before + clean(piece.text) + after, style=style)
    return out
