"""What was changed in a text: pieces that stayed, were added or removed. Pure, bounded in time whatever the texts.

Words that each text has once hold the two together; what lies between is compared by difflib, as far as that is cheap.
Must not: know where a text comes from, mark it up.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from itertools import groupby, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from monitor.model import Ledger

BUDGET = 4_000_000
"""Steps that the search for what stayed may take at most; beyond them a part of the text counts as replaced whole."""
AROUND = 120
"""Characters of unchanged text shown on either side of a change."""
SHOWN = 10
"""Edits of one article whose difference is worked out."""

_CLOSE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Kana and Han: written without spaces, so each character is a word."""
_STOPS = '.,;:!?…"«»“”„()\\[\\]、。，；：！？「」『』؟،؛।'
_WORD = re.compile(rf"[{_CLOSE}]|[{_STOPS}]++|[^\s{_CLOSE}{_STOPS}]++|\s++")

Kind = Literal["same", "removed", "added", "left_out"]
Block = tuple[bool, str, str]
"""Whether it stayed, what it was, what it is."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the text and what became of it; ``left_out`` stands for a part that stayed and is not shown."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit of an article: what changed in the headline and in the text. No pieces: nothing changed there."""

    number: int
    """Of the edit: 1 for the first."""
    noticed: datetime
    title: tuple[Piece, ...]
    text: tuple[Piece, ...]
    known: bool = True
    """False when what it said afterwards is no longer stored."""


def difference(old: str, new: str, budget: int = BUDGET) -> tuple[Piece, ...]:
    """Return what leads from the old text to the new one, word by word.

    All but the added pieces joined are the old text, all but the removed ones the new text. Takes at most about
    ``budget`` steps besides sorting the words once.
    """
    blocks: list[Block] = []
    left = budget
    for one, other in _between(_WORD.findall(old), _WORD.findall(new)):
        found, left = _compared(one, other, left)
        blocks += found
    return tuple(_pieces(_joined(_readable(_joined(blocks)))))


def applied(pieces: Iterable[Piece]) -> str:
    """Return the new text."""
    return "".join(piece.text for piece in pieces if piece.kind != "removed")


def shortened(pieces: Sequence[Piece], around: int = AROUND) -> tuple[Piece, ...]:
    """Return the changes with so many characters of what stayed round each; nothing when nothing changed."""
    if all(piece.kind == "same" for piece in pieces):
        return ()
    return tuple(
        part
        for at, piece in enumerate(pieces)
        for part in (_cut(piece, around, at > 0, at < len(pieces) - 1) if piece.kind == "same" else (piece,))
    )


def edits(ledger: Ledger, most: int = SHOWN) -> tuple[Edit, ...]:
    """Return the last edits of an article, newest first, at most ``most``, each with what it changed."""
    said = [(old.number, old.until, old.title, old.text) for old in ledger.revisions]
    if not said:
        return ()
    said.append((said[-1][0] + 1, said[-1][1], ledger.title, ledger.text))
    known = {said[-1][0]: bool(ledger.text or not said[-2][3])}
    return tuple(
        Edit(
            before[0],
            before[1],
            shortened(difference(before[2], after[2], BUDGET // most)),
            shortened(difference(before[3], after[3], BUDGET // most)) if known.get(after[0], True) else (),
            known=known.get(after[0], True),
        )
        for before, after in list(pairwise(said))[: -most - 1 : -1]
    )


def _between(one: Sequence[str], other: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Yield the two texts in parts that belong together, each part but the first beginning with one word of both."""
    at = to = 0
    for start, here in (*_anchors(one, other), (len(one), len(other))):
        yield one[at:start], other[to:here]
        at, to = start, here


def _anchors(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    """Return where words stand that each text has once, as many as stand in the same order in both (patience)."""
    seen, ahead = Counter(one), Counter(other)
    places = {word: at for at, word in enumerate(other) if ahead[word] == 1}
    pairs = [(at, places[word]) for at, word in enumerate(one) if seen[word] == 1 and word in places]
    return _rising(pairs)


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest part of the pairs whose second numbers rise; the first ones do (n log n steps)."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (_, place) in enumerate(pairs):
        at = bisect_left(ends, place)
        ends[at : at + 1] = [place]
        last[at : at + 1] = [number]
        before.append(last[at - 1] if at else -1)
    out, number = [], last[-1] if last else -1
    while number >= 0:
        out.append(pairs[number])
        number = before[number]
    return out[::-1]


def _compared(one: Sequence[str], other: Sequence[str], left: int) -> tuple[list[Block], int]:
    """Return the blocks of one part, and the steps still left after it."""
    head = _alike(one, other)
    tail = _alike(one[head:][::-1], other[head:][::-1])
    old, new = one[head : len(one) - tail], other[head : len(other) - tail]
    cost = _cost(old, new)
    codes: Sequence[tuple[str, int, int, int, int]] = [("replace", 0, len(old), 0, len(new))]
    if 0 < cost <= left:
        codes, left = SequenceMatcher(str.isspace, old, new, autojunk=False).get_opcodes(), left - cost
    middle = [(kind == "equal", "".join(old[a:b]), "".join(new[c:d])) for kind, a, b, c, d in codes]
    first, end = "".join(one[:head]), "".join(one[len(one) - tail :])
    return [(True, first, first), *middle, (True, end, end)], left


def _cost(old: Sequence[str], new: Sequence[str]) -> int:
    """Return the most steps that SequenceMatcher can take, nothing when no word is in both.

    Each of its searches passes all pairs of equal words at most, and finds one word at least; spaces it skips.
    """
    ahead = Counter(new)
    pairs = sum(ahead[word] for word in old if not word.isspace())
    return (pairs + len(old)) * min(len(old), len(new)) if pairs else 0


def _alike(old: Sequence[str], new: Sequence[str]) -> int:
    """Return how many words are the same from the beginning."""
    pairs = zip(old, new, strict=False)
    return next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(old), len(new)))


def _joined(blocks: Iterable[Block]) -> list[Block]:
    """Join neighbours that stayed, and neighbours that did not."""
    out = []
    for same, run in groupby((block for block in blocks if block[1] or block[2]), key=itemgetter(0)):
        found = list(run)
        out.append((same, "".join(block[1] for block in found), "".join(block[2] for block in found)))
    return out


def _readable(blocks: Sequence[Block]) -> list[Block]:
    """Count what stayed between two longer changes as replaced with them: islands of one word are no help."""
    sizes = [0, *(max(len(old), len(new)) for _, old, new in blocks), 0]
    return [
        (same and len(old) > min(sizes[at], sizes[at + 2]) // 2, old, new) for at, (same, old, new) in enumerate(blocks)
    ]


def _pieces(blocks: Iterable[Block]) -> Iterator[Piece]:
    for same, old, new in blocks:
        if same:
            yield Piece("same", old)
            continue
        if old:
            yield Piece("removed", old)
        if new:
            yield Piece("added", new)


def _cut(piece: Piece, around: int, before: bool, after: bool) -> tuple[Piece, ...]:
    """Keep the end of what stayed where a change follows, its beginning where one goes before."""
    text = piece.text
    if len(text) <= around * (before + after) + around // 2:
        return (piece,)
    head = _space(text, around) if before else 0
    tail = _space(text, len(text) - around) if after else len(text)
    parts = (Piece("same", text[:head]), Piece("left_out", text[head:tail]), Piece("same", text[tail:]))
    return tuple(part for part in parts if part.text)


def _space(text: str, at: int) -> int:
    """Return where a word ends near ``at``, else ``at``."""
    found = text.find(" ", at, at + 20)
    return at if found < 0 else found
