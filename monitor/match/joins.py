"""What depends on the neighbours in a text of code points: words in two alphabets, words with signs or breaks inside.

Arrays in, arrays out; linear. Must not: know any word.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from monitor.match.homoglyph import respell
from monitor.match.script import CYRILLIC, DENSE, GREEK, LATIN, NONE, UNSPACED

Array = np.ndarray[Any, Any]

TAG = 0x10FFFF
"""Stands for a tag of a page; no character has this number."""
_HYPHEN, _SOFT_HYPHEN, _SPACE, _NEWLINE, _QUOTE, _OPEN, _CLOSE = 45, 0xAD, 32, 10, 39, 40, 41


def codes_of(text: str) -> Array:
    """Return the code points of a text; lone surrogates included."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def text_of(codes: Array) -> str:
    """Return the text of some code points, which hold no surrogates."""
    return codes.astype("<u4").tobytes().decode("utf-32-le")


def respell_mixed(codes: Array, classes: Array) -> bool:
    """Write words that mix Latin, Cyrillic and Greek letters in one script, in place; tell whether there were any."""
    alphabetic = (classes == LATIN) | (classes == CYRILLIC) | (classes == GREEK)
    mixed = np.flatnonzero((classes[1:] != classes[:-1]) & alphabetic[1:] & alphabetic[:-1])
    if not mixed.size:
        return False
    edges = np.flatnonzero(np.diff(np.concatenate(([0], alphabetic.astype(np.int8), [0]))))
    starts, ends = edges[::2], edges[1::2]
    for word in np.unique(np.searchsorted(starts, mixed, side="right") - 1).tolist():
        start, end = int(starts[word]), int(ends[word])
        spelt = respell(text_of(codes[start:end]), classes[start:end].tobytes())
        if spelt is not None:
            codes[start:end] = codes_of(spelt[0])
            classes[start:end] = spelt[1]
    return True


def join(codes: Array, classes: Array, origin: Array) -> tuple[Array, Array, Array, frozenset[int]]:
    """Delete what stands inside words: soft hyphens, quotes, hyphens at line ends, line breaks in unspaced scripts."""
    if not len(codes):
        return codes, classes, origin, frozenset()
    word = classes != NONE
    gone = (codes == _SOFT_HYPHEN) | (codes == TAG)
    quoted = np.zeros(len(codes), dtype=bool)
    signs = (codes == _QUOTE) | (codes == _OPEN) | (codes == _CLOSE)
    quoted[1:-1] = signs[1:-1] & word[:-2] & word[2:]
    edges = [np.flatnonzero(quoted | (codes == TAG))]
    gone |= quoted
    broken = np.flatnonzero((codes == _NEWLINE) | (codes == TAG))
    if broken.size:
        edges.append(_join_lines(codes, classes, broken, gone))
    if not gone.any():
        return codes, classes, origin, frozenset()
    kept = ~gone
    places = np.cumsum(kept)[np.concatenate(edges)]
    return codes[kept], classes[kept], origin[kept], frozenset(places.tolist())


def _join_lines(codes: Array, classes: Array, broken: Array, gone: Array) -> Array:
    """Mark the line breaks inside words as gone; return the places where that leaves a soft edge."""
    # Round a tag there is no telling how many breaks an extractor makes of it.
    tagged = bool((codes == TAG).any())
    filled = (codes != _SPACE) & ~(tagged & ((codes == TAG) | (codes == _NEWLINE)))
    places = np.arange(len(codes), dtype=np.int32)
    before = np.maximum.accumulate(np.where(filled, places, -1))
    after = np.minimum.accumulate(np.where(filled, places, len(codes))[::-1])[::-1]
    inner = broken[(broken > 0) & (broken < len(codes) - 1)]
    left, right = before[inner - 1], after[inner + 1]
    whole = (left > 0) & (right < len(codes))
    inner, left, right = inner[whole], left[whole], right[whole]
    word = classes != NONE
    hyphen = ((codes[left] == _HYPHEN) | (codes[left] == _SOFT_HYPHEN)) & word[left - 1] & word[right]
    spaceless = (classes == UNSPACED) | (classes == DENSE)
    unspaced = spaceless[left] & spaceless[right]
    change = np.zeros(len(codes) + 1, dtype=np.int32)
    np.add.at(change, left[hyphen], 1)
    np.add.at(change, right[hyphen], -1)
    np.add.at(change, left[unspaced] + 1, 1)
    np.add.at(change, right[unspaced], -1)
    gone |= np.cumsum(change)[:-1] > 0
    soft: Array = left[hyphen]
    return soft
