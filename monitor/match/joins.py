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
_HYPHEN, _SOFT_HYPHEN, _SPACE, _NEWLINE, _QUOTE, _CLOSE = 45, 0xAD, 32, 10, 39, 41
_INDENTATION = 40
"""Spaces round a line break over which the halves of a word are still found."""


def codes_of(text: str) -> Array:
    """Return the code points of a text; lone surrogates included."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def text_of(codes: Array) -> str:
    """Return the text of some code points, which hold no surrogates."""
    return codes.astype("<u4").tobytes().decode("utf-32-le")


def respell_mixed(codes: Array, classes: Array) -> bool:
    """Write words that mix Latin, Cyrillic and Greek letters in one script, in place; tell whether there were any."""
    alphabetic = (classes == LATIN) | (classes == CYRILLIC) | (classes == GREEK)
    mixed = ((classes[1:] != classes[:-1]) & alphabetic[1:] & alphabetic[:-1]).nonzero()[0]
    if not mixed.size:
        return False
    letters, done = alphabetic.tobytes(), 0
    for place in mixed.tolist():
        if place < done:
            continue
        start, done = letters.rfind(b"\0", 0, place) + 1, letters.find(b"\0", place)
        end = done = done if done >= 0 else len(letters)
        spelt = respell(text_of(codes[start:end]), classes[start:end].tobytes())
        if spelt is not None:
            codes[start:end] = codes_of(spelt[0])
            classes[start:end] = spelt[1]
    return True


def join(codes: Array, classes: Array, origin: Array) -> tuple[Array, Array, Array, frozenset[int]]:
    """Delete what stands inside words: tags, soft hyphens, quotes, hyphens and line breaks where words are broken.

    Returns what is left, and the places in it where that leaves a soft edge.
    """
    signs = ((codes >= _QUOTE) & (codes <= _CLOSE)).nonzero()[0]
    inner = signs[(signs > 0) & (signs < len(codes) - 1)]
    quoted = inner[(classes[inner - 1] != NONE) & (classes[inner + 1] != NONE)]
    tags = (codes == TAG).nonzero()[0]
    soft_hyphens = (codes == _SOFT_HYPHEN).nonzero()[0]
    breaks = (codes == _NEWLINE).nonzero()[0]
    broken = np.concatenate((breaks, tags)) if tags.size else breaks
    if not (quoted.size or soft_hyphens.size or broken.size):
        return codes, classes, origin, frozenset()
    starts, ends, hyphens = _line_joins(codes, classes, broken, tagged=bool(tags.size))
    if not (quoted.size or tags.size or soft_hyphens.size or starts.size):
        return codes, classes, origin, frozenset()
    kept = np.ones(len(codes), dtype=bool)
    kept[quoted] = kept[tags] = kept[soft_hyphens] = False
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        kept[start:end] = False
    softened, rest = np.concatenate((quoted, tags, hyphens)), kept.nonzero()[0]
    places = np.searchsorted(rest, softened)
    return codes.take(rest), classes.take(rest), origin.take(rest), frozenset(places.tolist())


def _line_joins(codes: Array, classes: Array, broken: Array, *, tagged: bool) -> tuple[Array, Array, Array]:
    """Return the ranges that stand between the halves of words broken over lines, and where hyphens stood."""
    left, right = _round_tags(codes, broken) if tagged else _round_breaks(codes, broken)
    whole = (left > 0) & (right < len(codes))
    left, right = left[whole], right[whole]
    signs, before, after = codes[left], classes[left], classes[right]
    hyphen = ((signs == _HYPHEN) | (signs == _SOFT_HYPHEN)) & (after != NONE)
    if hyphen.any():
        hyphen &= classes[left - 1] != NONE
    spaceless = ((before == UNSPACED) | (before == DENSE)) & ((after == UNSPACED) | (after == DENSE))
    starts = np.concatenate((left[hyphen], left[spaceless] + 1))
    return starts, np.concatenate((right[hyphen], right[spaceless])), left[hyphen]


def _round_breaks(codes: Array, broken: Array) -> tuple[Array, Array]:
    """Return the places left and right of line breaks, past the spaces of an indentation."""
    inner = broken[(broken > 0) & (broken < len(codes) - 1)]
    left, right = inner - 1, inner + 1
    for _ in range(_INDENTATION):
        spaces_left = (codes[left] == _SPACE) & (left > 0)
        spaces_right = (codes[right] == _SPACE) & (right < len(codes) - 1)
        if not (spaces_left.any() or spaces_right.any()):
            break
        left, right = left - spaces_left, right + spaces_right
    return left, right


def _round_tags(codes: Array, broken: Array) -> tuple[Array, Array]:
    """Return the places left and right of tags and line breaks, past any number of them and of spaces.

    Round a tag there is no telling how many breaks an extractor makes of it.
    """
    filled = (codes != _SPACE) & (codes != TAG) & (codes != _NEWLINE)
    places = filled.nonzero()[0]
    if not places.size:
        return broken[:0], broken[:0]
    after = np.searchsorted(places, broken)
    inner = (after > 0) & (after < len(places))
    left, right = places[after[inner] - 1], places[after[inner]]
    first = np.concatenate(([True], left[1:] != left[:-1])) if left.size else np.zeros(0, dtype=bool)
    return left[first], right[first]
