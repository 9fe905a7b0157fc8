r"""Scripts, and where a word begins and ends in each.

Word edges are a matter of script: none in Chinese, Japanese, Thai, Lao, Khmer and Burmese; particles glued to the
right in Korean; prepositions and articles glued to the left in Arabic and Hebrew. A change of script is an edge too
(``UDCGの``, ``Ramsteinом`` apart). Python's ``\\b`` is wrong in all of these. Must not: know any topic.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect

NONE, LATIN, CYRILLIC, GREEK, ARABIC, HEBREW, UNSPACED, DENSE, HANGUL, DIGIT, OTHER = range(11)
"""Classes of a character in the normal form.

NONE is no part of a word. UNSPACED: Thai, Lao, Khmer, Burmese, Tibetan; DENSE: Han and kana, where a character says
about twice as much as a letter. OTHER: any other script with spaces between words.
"""
EDGELESS = frozenset((UNSPACED, DENSE, HANGUL))
"""Where a word may begin and end between any two characters."""
GLUING = frozenset((ARABIC, HEBREW))
"""Where particles are written together with the word that follows."""

_RANGES = (
    (0x0041, 0x024F, LATIN),
    (0x0250, 0x02AF, LATIN),
    (0x0370, 0x03FF, GREEK),
    (0x0400, 0x052F, CYRILLIC),
    (0x0590, 0x05FF, HEBREW),
    (0x0600, 0x06FF, ARABIC),
    (0x0750, 0x077F, ARABIC),
    (0x08A0, 0x08FF, ARABIC),
    (0x0E00, 0x0EFF, UNSPACED),  # Thai, Lao
    (0x0F00, 0x109F, UNSPACED),  # Tibetan, Burmese
    (0x1100, 0x11FF, HANGUL),
    (0x1780, 0x17FF, UNSPACED),  # Khmer
    (0x1C80, 0x1C8F, CYRILLIC),
    (0x1E00, 0x1EFF, LATIN),
    (0x1F00, 0x1FFF, GREEK),
    (0x2C60, 0x2C7F, LATIN),
    (0x2DE0, 0x2DFF, CYRILLIC),
    (0x2E80, 0x30FF, DENSE),  # radicals, kana
    (0x3105, 0x312F, DENSE),
    (0x3130, 0x318F, HANGUL),
    (0x31A0, 0x9FFF, DENSE),
    (0xA640, 0xA69F, CYRILLIC),
    (0xA720, 0xA7FF, LATIN),
    (0xA9E0, 0xA9FF, UNSPACED),
    (0xAA60, 0xAA7F, UNSPACED),
    (0xAC00, 0xD7FF, HANGUL),
    (0xF900, 0xFAFF, DENSE),
    (0x20000, 0x3FFFF, DENSE),
)
_FIRST = tuple(first for first, _, _ in _RANGES)
_ARABIC_PREFIX = frozenset("وفبلكس")
_HEBREW_PREFIX = frozenset("ובלמהשכ")
_MAX_PREFIX = 4


def script_of(char: str) -> int:
    """Return the class of one character: a script, DIGIT, or NONE for what is no part of a word."""
    category = unicodedata.category(char)
    if category[0] not in "LMN":
        return NONE
    if category[0] == "N" and char.isdigit():
        return DIGIT
    code = ord(char)
    _, last, script = _RANGES[bisect(_FIRST, code) - 1]
    return script if code <= last else OTHER


def glued_start(text: str, classes: bytes, start: int) -> int | None:
    """Return where the word begins when only a glued Arabic or Hebrew prefix stands before ``start``, else None."""
    script = classes[start]
    if script not in GLUING:
        return None
    first = start
    while first and classes[first - 1] == script and start - first <= _MAX_PREFIX:
        first -= 1
    prefix = text[first:start]
    return first if (_is_arabic_prefix if script == ARABIC else _is_hebrew_prefix)(prefix) else None


def _is_arabic_prefix(letters: str) -> bool:
    # One or two of the particles, then perhaps the article, whose alif is lost after li-.
    bare = letters[:-2] if letters.endswith(("ال", "لل")) else letters
    return len(bare) <= 2 and _ARABIC_PREFIX.issuperset(bare)


def _is_hebrew_prefix(letters: str) -> bool:
    return len(letters) <= _MAX_PREFIX and _HEBREW_PREFIX.issuperset(letters)


def word_end(classes: bytes, soft: frozenset[int], end: int, longest: int = 40) -> int:
    """Return where the word that reaches ``end`` ends: past the letters of the same script that follow.

    ``soft`` are places where a quote or a line break inside a word was removed: words may begin and end there. Scripts
    without edges end where the form ends. At most ``longest`` letters are passed.
    """
    script = classes[end - 1]
    if script == NONE or script in EDGELESS:
        return end
    limit = min(len(classes), end + longest)
    while end < limit and classes[end] == script and end not in soft:
        end += 1
    return end
