"""Names in a text of any script, reduced to their consonants in Latin letters. The door to anyascii.

A name keeps its consonants, roughly, from script to script: Austin, Остін, أوستن, অস্টিন all give ``ASTN``. Consonants
that scripts confuse are one letter here, so equal keys are a beginning; ``alike`` looks closer. Which words are names
shows in scripts with capitals; in the others every word may be one. Chinese and Thai, which have neither capitals nor
spaces, give none.

Must not: know any name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from anyascii import anyascii

from monitor.match.script import ARABIC, CYRILLIC, DENSE, GREEK, HANGUL, HEBREW, LATIN, NONE, UNSPACED, script_of

NAME = "name"
LONGEST = 24
MIN_KEY = 3

_SPELT = str.maketrans(
    {
        **dict.fromkeys("çčćţțşšśșżžźſ", "s"), **dict.fromkeys("ÇČĆŢȚŞŠŚȘŻŽŹ", "S"),
        "җ": "ж", "ў": "в", "ђ": "ж", "ћ": "ч", "ç": "s",
    }
)  # fmt: skip
_GREEK = (("μπ", "π"), ("ντ", "τ"), ("γκ", "κ"), ("γγ", "κ"), ("τζ", "σ"), ("τσ", "σ"), ("ου", "ο"))
_SOUNDS = (
    ("dzh", "j"), ("tsch", "j"), ("sch", "j"), ("tch", "j"), ("shch", "j"), ("sh", "j"), ("zh", "j"), ("cz", "j"),
    ("sz", "j"), ("ch", "c"), ("th", "t"), ("ph", "f"), ("gh", "g"), ("kh", "k"), ("dh", "d"), ("bh", "b"), ("ts", "s"),
    ("tz", "s"), ("dz", "s"), ("ck", "k"), ("ce", "se"), ("ci", "si"), ("cy", "sy"),
)  # fmt: skip
_CLASSES = str.maketrans(
    {
        **dict.fromkeys("bpfvw", "P"), **dict.fromkeys("td", "T"), **dict.fromkeys("kgqxhc", "K"),
        **dict.fromkeys("szj", "S"), **dict.fromkeys("lr", "L"), "m": "M", "n": "N",
        **dict.fromkeys("aeiouy", ""),
    }
)  # fmt: skip
_SOFT_J = frozenset({"en", "fr", "tr", "pt", "ro", "az", "id", "ms", "ar", "fa", "ur", "hi", "bn", "ja", "mr", "ta"})
_ENDINGS = re.compile("(?<=.{4})(?:om|em|im|ym|omu|emu|ovi|evi|owi|ami|ou|oyu|eyu)$")
_TAILS = {
    "ka": re.compile("(?<=.{4})(?:ma|is|it|s|tan|ze|dan|shi|sa)$"),
    "bn": re.compile("(?<=.{4})(?:er|ke|te)$"),
}
_INFLECTED = frozenset({"uk", "ru", "be", "pl", "cs", "sk", "sr", "hr", "sl", "bs", "mk"})
_TWICE = re.compile(r"(.)\1+")
_PREFIXES = {ARABIC: "وبلفك", HEBREW: "ובלהמשכ"}
_ARTICLE = "ال"
_WORD = re.compile(r"[^\s\d_\-–—/.,:;!?()\[\]{}\"«»„“”…|<>+*=%#@&।॥،؛؟、。！？：；（）「」『』・]{2,40}")


def romanised(text: str) -> str:
    """Return the text in small Latin letters, near enough to how it sounds."""
    text = text.casefold().translate(_SPELT)
    for letters, sound in _GREEK:
        text = text.replace(letters, sound)
    return "".join(char for char in anyascii(text).casefold() if char.isascii() and char.isalnum())
