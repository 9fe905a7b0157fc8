"""One character to its normal form: what spelling, typing and encoding may vary without changing the word.

The same folding is used for texts and for the forms of a topic, so nothing here can make the two disagree. It looks
at one code point at a time; what depends on the neighbours is in ``normalise``. Must not: know any word or language.

Sources: Unicode Standard Annex 15 (normalisation), CaseFolding.txt, Unicode 15 general categories.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import chain

from monitor.match.script import NONE, script_of

KEPT_SOFT_HYPHEN = "\xad"

_QUOTES = frozenset("\"'`´‘’‚‛“”„‟«»‹›′″‵‶ʹʺʻʼʽʾʿˈˊˋ՚׳״「」『』﹁﹂﹃﹄〝〞〟＂＇·・᾽᾿῾")
_NO_QUOTES = frozenset("・")  # separates words in Japanese, where a middle dot in Catalan joins letters
_BREAKS = frozenset("\n\r\x0b\x0c\x85\u2028\u2029")
_DROPPED_MARKS = (
    (0x0300, 0x036F),  # accents, Latin, Greek, Cyrillic
    (0x0483, 0x0489),
    (0x0591, 0x05C7),  # Hebrew points
    (0x0610, 0x061A),  # Arabic harakat
    (0x064B, 0x065F),
    (0x0670, 0x0670),
    (0x06D6, 0x06ED),
    (0x0711, 0x0711),
    (0x08CA, 0x08FF),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0xFE00, 0xFE0F),  # variation selectors
    (0xFE20, 0xFE2F),
)
_NUKTA = frozenset((0x093C, 0x09BC, 0x0A3C, 0x0ABC, 0x0B3C, 0x0CBC))  # never recomposed by NFC: two codings occur
_LETTERS = {
    # letters that no decomposition makes plain
    "ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "ß": "ss",
    # Cyrillic
    "ґ": "г",
    # Arabic, Persian, Urdu: one letter, several code points
    "ى": "ي", "ی": "ي", "ې": "ي", "ے": "ي", "ۓ": "ي", "ک": "ك", "ڪ": "ك", "ہ": "ه", "ھ": "ه", "ە": "ه", "ة": "ه",
    "ۃ": "ه", "ۀ": "ه", "ۂ": "ه", "ٱ": "ا", "ۇ": "و",
    # Hebrew final letters
    "ך": "כ", "ם": "מ", "ן": "נ", "ף": "פ", "ץ": "צ",
}  # fmt: skip

TABLED = 0x1D800
"""Code points from here on are signs, for all we care: emoji, rare ideographs, private use."""


def fold(char: str) -> str:
    """Return the normal form of one code point: nothing, one or several characters.

    White space becomes a space or, for line breaks, a line feed; quotes ``'``; brackets ``(`` and ``)``; dashes
    ``-``; every other sign outside ASCII a full stop. Marks, invisible and control characters vanish. The soft hyphen
    stays, since only its neighbours tell what becomes of it.
    """
    if char in _BREAKS:
        return "\n"
    if char == KEPT_SOFT_HYPHEN:
        return char
    return "".join(_plain(part) for part in _decomposed(char))


def _decomposed(char: str) -> str:
    if char in _QUOTES:
        return char
    compatible = unicodedata.normalize("NFKC", char).casefold()
    kept = "".join(part for part in unicodedata.normalize("NFD", compatible) if not _dropped(part))
    return unicodedata.normalize("NFC", kept)


def _dropped(char: str) -> bool:
    code = ord(char)
    return code == 0x0640 or code in _NUKTA or any(low <= code <= high for low, high in _DROPPED_MARKS)


def _plain(char: str) -> str:
    if char in _LETTERS:
        return _LETTERS[char]
    if char in _QUOTES:
        return " " if char in _NO_QUOTES else "'"
    category = unicodedata.category(char)
    if category in ("Cf", "Cc", "Cs"):
        return "" if char not in "\t\n" else " "
    if category == "Nd":
        return str(unicodedata.digit(char))
    return char if script_of(char) != NONE else _sign(char, category)


def _sign(char: str, category: str) -> str:
    if category.startswith("Z") or char == "_":
        return " "
    if category == "Pd" or char in "\u2212\u2043":
        return "-"
    if category == "Ps":
        return "("
    if category == "Pe":
        return ")"
    return char if char.isascii() else "."


def is_plain(code: int) -> bool:
    """Tell whether this code point is a letter that needs no folding: Han, Hangul, the scripts beyond the BMP."""
    return 0x3400 <= code <= 0x9FFF or 0xA000 <= code <= 0xA63F or 0xAC00 <= code <= 0xD7A3 or 0x10000 <= code < 0x1D000


@cache
def table() -> tuple[str, ...]:
    """Return ``fold`` of every code point below TABLED; built once a process, in some 0.1 s."""
    return tuple(chr(code) if is_plain(code) else fold(chr(code)) for code in range(TABLED))


def folded(text: str) -> str:
    """Return the text with every code point folded; the slow way, for one form or a few words."""
    return "".join(chain.from_iterable(map(fold, text)))
