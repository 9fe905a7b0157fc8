"""Pure helpers on text: cleaning, HTML to plain text, the extract shown with a hit. The door to selectolax.

Must not: know where a text comes from, decide what matches, raise on any input.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_MARKS = 8
"""Combining marks kept in a row; no script needs more, and canonical ordering is quadratic in them."""

ELLIPSIS = "…"

_NEWLINES = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # C0 and C1 without tab and line breaks
    "\u202a-\u202e\u2066-\u2069"  # bidirectional embeddings, overrides, isolates
    "\ud800-\udfff"  # lone surrogates
    "\ufdd0-\ufdef\ufffe\uffff]"  # non-characters
)
_DROPPED = ["script", "style", "noscript", "template"]
BREAK = "\x0c"
"""Marks the bounds of blocks in a page: white space to the parser, and as good as never in a page."""
_BLOCKS = {
    "d": "iv|l|t|d|etails",
    "a": "rticle|side|ddress",
    "l": "i",
    "s": "ection|ummary",
    "p": "|re",
    "h": "[1-6]|r|eader",
    "u": "l",
    "t": "d|r|h|able|body|itle|head|foot",
    "b": "r|lockquote",
    "o": "l|ption",
    "f": "igure|igcaption|ooter|orm|ieldset",
    "n": "av",
    "m": "ain",
    "c": "aption",
}
"""The elements that break a line, by their first letter: most tags are told from all of them by that alone."""
_NAMES = "|".join(f"{first}(?:{rests})" for first, rests in _BLOCKS.items())
BLOCK = rf"/?+(?:{_NAMES}|(?=[a-z]*+[A-Z])(?i:{_NAMES}))(?=[\s/>])"
"""A pattern of how their tags begin, behind the bracket."""
# In bytes, begun by one letter and replaced without groups: half of what the plain way costs.
_BLOCK_TAGS = re.compile(rf"<(?={BLOCK})".encode())


def clean(text: str, limit: int | None = None) -> str:
    """Return the text in NFC, without control characters, direction overrides, surrogates and non-characters.

    Tab and line feed stay; every other line break becomes a line feed. More than MAX_MARKS combining marks in a row
    are cut. With ``limit`` the result has at most that many code points, is cut at a word where one ends near, and
    then ends in an ellipsis. Idempotent.
    """
    if not text.replace("\n", " ").isprintable():  # nothing that is forbidden, and no line break, is printable
        text = _FORBIDDEN.sub("", _NEWLINES.sub("\n", text))
    if not text.isascii():
        text = _composed(text)
    return text if limit is None else shorten(text, limit)


def shorten(text: str, limit: int) -> str:
    """Return at most ``limit`` code points of the text, cut at a word where one ends near, with an ellipsis."""
    if len(text) <= limit:
        return text
    if limit < 1:
        return ""
    return text[: _word_end(text, 0, limit - 1)].rstrip() + ELLIPSIS


def html_to_text(html: str) -> str:
    """Return the visible text of a page or fragment: one line a block, entities resolved, cleaned.

    Scripts, styles, templates and noscript parts are left out. The work is linear in the length, but not in the depth
    of nesting: run hostile pages in the pool.
    """
    parser = LexborHTMLParser(_BLOCK_TAGS.sub(BREAK.encode() + b"<", html.encode("utf-8", "ignore")))
    parser.strip_tags(_DROPPED, recursive=True)
    root = parser.body or parser.root
    return in_lines(root.text() if root else "")


def in_lines(text: str) -> str:
    """Return a text whose blocks are bounded by BREAK: one line a block, single spaces, cleaned."""
    lines = [line for line in map(str.strip, text.split(BREAK)) if line]
    # Of all white space only the plain space is printable.
    even = [line if line.isprintable() and "  " not in line else " ".join(line.split()) for line in lines]
    return clean("\n".join(even))


def snippet(text: str, spans: Sequence[tuple[int, int]], width: int) -> list[tuple[str, bool]]:
    """Return the words round the spans as (piece, marked) pairs, at most ``width`` characters of the text.

    ``spans`` are half-open code point ranges, in any order, and may overlap; without any, the text's beginning is
    shown. Where they do not all fit, the place with the most different marked words is shown, the first such. White
    space becomes a space. Where the text goes on, an ellipsis stands at the end in question.
    """
    marks = _merged(text, spans)
    start, end = _window(text, _densest(text, marks, width), max(width, 1))
    pieces = [(ELLIPSIS + " ", False)] if start > 0 else []
    at = start
    for left, right in ((max(a, start), min(b, end)) for a, b in marks if a < end and b > start):
        pieces += [(text[at:left], False), (text[left:right], True)]
        at = right
    pieces.append((text[at:end], False))
    if end < len(text):
        pieces.append((" " + ELLIPSIS, False))
    return [(re.sub(r"\s", " ", piece), marked) for piece, marked in pieces if piece]


def _merged(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the spans sorted, within the text, overlapping ones joined, empty ones left out."""
    out: list[tuple[int, int]] = []
    for start, end in sorted((max(a, 0), min(b, len(text))) for a, b in spans):
        if start >= end:
            continue
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return out


def _densest(text: str, marks: Sequence[tuple[int, int]], width: int) -> tuple[int, int]:
    """Return the mark from which on most different words are marked within two thirds of the width."""
    best, most = (0, 0), 0
    words: Counter[str] = Counter()
    ahead = 0
    for start, end in marks:
        while ahead < len(marks) and (marks[ahead][1] <= start + width * 2 // 3 or marks[ahead][0] == start):
            words[text[slice(*marks[ahead])].casefold()] += 1
            ahead += 1
        if len(words) > most:
            best, most = (start, end), len(words)
        word = text[start:end].casefold()
        words[word] -= 1
        if not words[word]:
            del words[word]
    return best


def _window(text: str, mark: tuple[int, int], width: int) -> tuple[int, int]:
    """Return where the extract begins and ends: a third of the spare room before the mark, the rest after it."""
    spare = max(width - (mark[1] - mark[0]), 0)
    start = max(min(mark[0] - spare // 3, len(text) - width), 0)
    if start > 0:
        start = _word_start(text, start, mark[0])
    end = min(start + width, len(text))
    if end < len(text):
        end = max(_word_end(text, start, end), mark[1] if mark[1] <= end else 0)
    return start, end


def _word_start(text: str, start: int, stop: int) -> int:
    """Return the first word's beginning in the first half of ``start:stop``, else ``start``, never inside a cluster."""
    if text[start - 1].isspace():
        return start
    for at in range(start, start + (stop - start) // 2):
        if text[at].isspace():
            return at + 1
    while start < stop and unicodedata.combining(text[start]):
        start += 1
    return start


def _word_end(text: str, start: int, end: int) -> int:
    """Return the last word's end in the last half of ``start:end``, else ``end``, not inside a cluster if one fits."""
    if text[end].isspace():
        return end
    for at in range(end - 1, start + (end - start) // 2, -1):
        if text[at].isspace():
            return at
    whole = end
    while whole > start and unicodedata.combining(text[whole]):
        whole -= 1
    return whole if whole > start else end


def _composed(text: str) -> str:
    """Return the text in NFC, without too many marks in a row."""
    text = _cut_marks(text)
    if unicodedata.is_normalized("NFC", text):
        return text
    return _cut_marks(unicodedata.normalize("NFC", text))  # NFC can make one mark into two


def _cut_marks(text: str) -> str:
    mark, suspect, exact = _mark_runs()
    if not mark.search(text[:: MAX_MARKS + 1]):  # every run that is too long shows in what stands that far apart
        return text
    return exact.sub(r"\1", text) if suspect.search(text) else text


@cache
def _mark_runs() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Return patterns of what may be a mark, of too many of those in a row, and of too many marks; group 1 stays.

    A class with many characters beyond U+FFFF is some fifty times slower than one with a single range of them.
    """
    # Every character with a combining class lies below U+1F000.
    marks = [chr(code) for code in range(0x300, 0x1F000) if unicodedata.combining(chr(code))]
    low = "".join(mark for mark in marks if mark <= "\uffff")
    suspicious = f"[{low}\U00010000-\U0001efff]"
    suspect = re.compile(f"{suspicious}{suspicious}{{{MAX_MARKS}}}")  # what begins with a class is searched fastest
    exact = re.compile(f"([{''.join(marks)}]{{{MAX_MARKS}}})[{''.join(marks)}]+")
    return re.compile(suspicious), suspect, exact
