"""One character to its normal form: what spelling, typing and encoding may vary without changing the word.

The same folding is used for texts and for the forms of a topic, so nothing here can make the two disagree. It looks
at one code point at a time; what depends on the neighbours is in ``normalise``. Must not: know any word or language.

Sources: Unicode Standard Annex 15 (normalisation), CaseFolding.txt, Unicode 15 general categories.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import chain

from monitor.match.script import DENSE, HANGUL, NONE, OTHER, script_of

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
_TATWEEL = 0x0640
_NUKTA = (0x093C, 0x09BC, 0x0A3C, 0x0ABC, 0x0B3C, 0x0CBC)  # never recomposed by NFC: two codings occur
_DROPPED = frozenset(
    map(chr, chain(*(range(first, last + 1) for first, last in _DROPPED_MARKS), _NUKTA, [_TATWEEL])),
)
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

PLAIN = (
    (0x3400, 0x9FFF, DENSE),
    (0xA000, 0xA63F, OTHER),
    (0xAC00, 0xD7A3, HANGUL),
    (0x10000, 0x1CFFF, OTHER),
)
"""Letters that need no folding, with their class: Han, Yi and Vai, Hangul, the scripts beyond the BMP."""


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
    kept = "".join(part for part in unicodedata.normalize("NFD", compatible) if part not in _DROPPED)
    return unicodedata.normalize("NFC", kept)


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


@cache
def table() -> dict[int, str]:
    """Return ``fold`` of every code point below TABLED that is not PLAIN; built once a process, in some 0.05 s."""
    edges = (0, *chain(*((first, last + 1) for first, last, _ in PLAIN)), TABLED)
    others = chain(*map(range, edges[::2], edges[1::2]))
    return {code: fold(chr(code)) for code in others}


def folded(text: str) -> str:
    """Return the text with every code point folded; the slow way, for one form or a few words."""
    return "".join(chain.from_iterable(map(fold, text)))
