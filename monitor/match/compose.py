"""NFC in linear time, and only for the lines that need it.

``unicodedata.normalize`` is quadratic in a run of unordered combining marks, and costs as much for a text that is in
NFC as for one that is not. Same result, whatever the text. Must not: change anything else.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import numpy as np

from monitor.match.joins import Array, codes_of

_MARK_RUN = 32
_TABLED = 0x1D800
_FIRST_PLAIN, _LAST_PLAIN = 0x3400, 0xD7FF  # Han, Yi, Hangul: nothing here composes or is composed of what follows
_NEWLINE = 10
_COMPOSES = 255


def nfc(text: str) -> str:
    """Return the text in NFC."""
    if text.isascii():
        return text
    codes = codes_of(text)
    ranks = _ranks().take(codes, mode="clip")
    if not ranks.any():
        return text
    falling = (ranks[1:] != 0) & (ranks[:-1] > ranks[1:])
    restless = ((ranks == _COMPOSES) | np.concatenate(([False], falling))).nonzero()[0]
    if not restless.size:
        return text
    if _has_long_run(ranks):
        # Canonical order is a stable sort by class; done here, the library's insertion sort has nothing left to move.
        text = _mark_runs().sub(lambda run: "".join(sorted(run[0], key=unicodedata.combining)), text)
    return _composed_lines(text, codes, restless)


def _composed_lines(text: str, codes: Array, restless: Array) -> str:
    """Compose the lines that hold these places; no character composes with a line break."""
    breaks = (codes == _NEWLINE).nonzero()[0]
    edges = [0, *(breaks + 1).tolist(), len(text)]
    pieces: list[str] = []
    done = 0
    for line in np.unique(np.searchsorted(breaks, restless)).tolist():
        start, end = edges[line], edges[line + 1]
        pieces += (text[done:start], unicodedata.normalize("NFC", text[start:end]))
        done = end
    return "".join((*pieces, text[done:]))


def _has_long_run(ranks: Array) -> bool:
    marks: bytes = (ranks != 0).tobytes()
    return b"\1" * _MARK_RUN in marks


@cache
def _ranks() -> Array:
    """Return the combining class of each code point, or _COMPOSES where it may compose or is never in NFC."""
    ranks = np.zeros(_TABLED + 1, dtype=np.uint8)
    composing = set(range(0x1160, 0x1200))  # Hangul vowels and finals
    for code in (*range(0xA0, _FIRST_PLAIN), *range(_LAST_PLAIN + 1, _TABLED)):
        char = chr(code)
        ranks[code] = unicodedata.combining(char)
        parts = unicodedata.decomposition(char).split()
        if parts and not parts[0].startswith("<"):
            composing.update([int(parts[1], 16)] if len(parts) > 1 else ())
            composing.update({code} if unicodedata.normalize("NFC", char) != char else ())
    ranks[[code for code in composing if code < _TABLED]] = _COMPOSES
    ranks[_TABLED] = _COMPOSES
    return ranks


@cache
def _mark_runs() -> re.Pattern[str]:
    marks = (chr(code) for code in range(0x300, _TABLED) if unicodedata.combining(chr(code)))
    return re.compile(f"[{''.join(marks)}]{{{_MARK_RUN},}}")
