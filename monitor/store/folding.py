"""The folded form of a text: what people type, in any script and on any keyboard, stands in it as they typed it.

Compatibility form (NFKC, https://www.unicode.org/reports/tr15/) without case, accents, vowel points and what cannot be
seen; letters that one keyboard has and another has not are one letter; every digit is one of ten. Folding a folded
text changes nothing. Texts are stored folded: to fold otherwise takes a migration that folds them anew.

Must not: be shown to people; it is no spelling.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from unicodedata import category, decimal, normalize

_MARKS = (
    ("\u0300", "\u036f"),  # Latin, Cyrillic, Greek
    ("\u0483", "\u0487"),
    ("\u0591", "\u05bd"),  # Hebrew cantillation and niqqud
    ("\u05bf", "\u05bf"),
    ("\u05c1", "\u05c2"),
    ("\u05c4", "\u05c5"),
    ("\u05c7", "\u05c7"),
    ("\u0610", "\u061a"),  # Arabic harakat, hamza above and below, Quranic signs
    ("\u064b", "\u065f"),
    ("\u0670", "\u0670"),
    ("\u06d6", "\u06dc"),
    ("\u06df", "\u06e4"),
    ("\u06e7", "\u06e8"),
    ("\u06ea", "\u06ed"),
    ("\u08d3", "\u08ff"),
    ("\u115f", "\u1160"),  # Hangul fillers
    ("\u1ab0", "\u1aff"),
    ("\u1dc0", "\u1dff"),
    ("\u20d0", "\u20ff"),
    ("\ufe00", "\ufe0f"),  # variation selectors
    ("\ufe20", "\ufe2f"),
    ("\U000e0100", "\U000e01ef"),
)
_NUKTAS = "\u093c\u09bc\u0a3c\u0abc\u0b3c\u0cbc"
_QUOTES = "'\"`´‘’‚‛“”„‟‹›«»′″‴ʹʺʻʼʽˈˊˋ՚׳״「」『』〈〉《》〝〞〟\u0640"
"""Apostrophes and quotation marks of all kinds, and the Arabic stroke that makes a word longer."""
_HYPHENS = "‐‑‒–—―−⁃־᠆⸺⸻〜"
_LETTERS = {
    **dict.fromkeys(_QUOTES + _NUKTAS, ""),
    **dict.fromkeys(_HYPHENS, "-"),
    **dict(zip("đðøłħŧıƀɨʉɉƶǥəґґ", "ddolhtibiujzgeгг", strict=True)),
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
    **dict(zip("ٱىیېےکڪګہھەةۃ", "اييييككگههههه", strict=True)),
    **dict(zip("ൺൻർൽൾൿ", ("ണ്", "ന്", "ര്", "ല്", "ള്", "ക്"), strict=True)),  # written with or without a joiner
    "ৎ": "ত্",
}
_PARTS = re.compile(r'(?<!\S)["“”„‟«»＂](.+?)(?:["“”„‟«»＂](?!\S)|$)|\S++', re.DOTALL)
"""A phrase between quotation marks, or a word; a mark inside a word is one of its letters, as in Hebrew."""


def fold(text: str) -> str:
    """The folded form; its words are one space apart."""
    plain = normalize("NFKD", normalize("NFKD", text).casefold()).casefold()
    return " ".join(normalize("NFC", plain.translate(_plain_letters(plain))).split())


def words_of(search: str) -> tuple[str, ...]:
    """What a person looks for: folded words and phrases, each once; none where there is nothing that can be found.

    A dash or an ampersand between words is none of them; where there is nothing else, that is what is looked for.
    """
    parts = (found[1] or found[0] for found in _PARTS.finditer(search))
    words = tuple(dict.fromkeys(filter(None, map(fold, parts))))
    return tuple(word for word in words if not all(map(_divides, word))) or words


def _divides(letter: str) -> bool:
    return category(letter).startswith("P")


def _plain_letters(letters: Iterable[str]) -> dict[int, str]:
    return {ord(letter): _plain(letter) for letter in set(letters)}


def _plain(letter: str) -> str:
    known = _LETTERS.get(letter)
    if known is not None:
        return known
    kind = category(letter)
    if kind in {"Cf", "Cs"} or any(first <= letter <= last for first, last in _MARKS):
        return ""
    if kind == "Nd":
        return str(decimal(letter))
    return " " if kind == "Cc" else letter
