"""Names in a text of any script, reduced to their consonants in Latin letters. The door to anyascii.

A name keeps its consonants, roughly, from script to script: Austin, Остін, أوستن, অস্টিন all give ``ASTN``. Consonants
that scripts confuse are one letter in a key, so equal keys are a beginning; ``consonants`` tell more. Which words are
names shows in scripts with capitals; in the others every word may be one, and of Japanese those in katakana. Chinese,
Korean and Thai give none: there a name is neither marked nor, mostly, spelt by its sound.

Must not: know any name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from anyascii import anyascii

from monitor.match.script import ARABIC, DENSE, HANGUL, HEBREW, LATIN, NONE, UNSPACED, script_of

NAME = "name"
LONGEST = 24
MIN_KEY = 3

_SPELT = str.maketrans(
    {
        **dict.fromkeys("çčćţțşšśșżžź", "s"), "җ": "ж", "ў": "в", "ђ": "ж", "ћ": "ч",
    }
)  # fmt: skip
_GREEK = (("μπ", "π"), ("ντ", "τ"), ("γκ", "κ"), ("γγ", "κ"), ("τζ", "σ"), ("τσ", "σ"), ("ου", "ο"))
_SOUNDS = (
    ("ce", "se"), ("ci", "si"), ("cy", "sy"), ("dzh", "j"), ("tsch", "j"), ("sch", "j"), ("tch", "j"), ("shch", "j"),
    ("sh", "j"), ("zh", "j"), ("cz", "j"), ("sz", "j"), ("ch", "c"), ("th", "t"), ("ph", "f"), ("gh", "g"), ("kh", "k"),
    ("dh", "d"), ("bh", "b"), ("ts", "s"), ("tz", "s"), ("dz", "s"), ("ck", "k"),
)  # fmt: skip
_CLASSES = str.maketrans(
    {
        **dict.fromkeys("bpfvw", "P"), **dict.fromkeys("td", "T"), **dict.fromkeys("kgqxhc", "K"),
        **dict.fromkeys("szj", "S"), **dict.fromkeys("lr", "L"), "m": "M", "n": "N",
        **dict.fromkeys("aeiouy", ""),
    }
)  # fmt: skip
_SOFT_J = frozenset({"en", "fr", "tr", "pt", "ro", "az", "id", "ms", "ar", "fa", "ur", "hi", "bn", "ja", "mr", "ta"})
_ENDINGS = re.compile("(?<=....)(?:om|em|im|ym|omu|emu|ovi|evi|owi|ami|ou|oyu|eyu)$")
_TAILS = {
    "ka": re.compile("(?<=....)(?:ma|is|it|s|tan|ze|dan|shi|sa)$"),
    "bn": re.compile("(?<=....)(?:er|ke|te)$"),
}
_INFLECTED = frozenset({"uk", "ru", "be", "pl", "cs", "sk", "sr", "hr", "sl", "bs", "mk"})
_TWICE = re.compile(r"(.)\1+")
_PREFIXES = {ARABIC: "وبلفك", HEBREW: "ובלהמשכ"}
_KATAKANA = re.compile("[\u30a1-\u30fa\u30fc]{3,}")
MAX_CASELESS = 160
"""Words taken of a text without capitals."""
_ARTICLE = "ال"
_WORD = re.compile(r"[^\s\d_\-–—/.,:;!?()\[\]{}\"«»„“”…|<>+*=%#@&।॥،؛؟、。！？：；（）「」『』・]{2,40}")
_KATA_RUN = re.compile("([\u30a1-\u30fa\u30fc]+)")


def romanised(text: str) -> str:
    """Return the text in small Latin letters, near enough to how it sounds."""
    text = text.casefold().translate(_SPELT)
    for letters, sound in _GREEK:
        text = text.replace(letters, sound)
    return "".join(char for char in anyascii(text).casefold() if char.isascii() and char.isalnum())


def names(title: str, text: str, language: str | None) -> Iterator[str]:
    """Yield a mark for each name, those of the text first; the same one may come twice.

    A word that is written with a capital only where every word would be, at a sentence's beginning or in a headline of
    capitals, is left out.
    """
    words = list(_words(text))
    certain = {word for word, sure in words if sure}
    if not _shouts(title):
        words += _words(title)
        certain.update(word for word, sure in words if sure)
    for word, _ in words:
        if word in certain:
            yield from _marks(word, language or "")


def _words(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the words that may be names, and whether that is sure; without capitals it is taken to be."""
    caseless = 0
    text = _KATA_RUN.sub(r" \1 ", text)
    for found in _WORD.finditer(text):
        word = re.split("['’ʼ`]", found[0], maxsplit=1)[0] if found[0][0] not in "'’ʼ`" else found[0][1:]
        first = word[:1]
        if first.isupper():
            yield word, not _begins(text, found.start())
        elif first.title() == first and script_of(first) not in {NONE, HANGUL, UNSPACED} and caseless < MAX_CASELESS:
            caseless += 1
            yield word, True


def _begins(text: str, start: int) -> bool:
    before = text[max(start - 4, 0) : start].rstrip(" \"'«“„‘(—–-")
    return not before or before[-1] in ".!?…\n:;·"


def _shouts(title: str) -> bool:
    """Tell whether a headline has nearly all words in capitals, as English ones have."""
    words = [word for word in _WORD.findall(title) if len(word) > 3]
    return len(words) > 2 and sum(word[0].isupper() for word in words) > 0.75 * len(words)


def _marks(word: str, language: str) -> Iterator[str]:
    script = script_of(word[0])
    caseless = not word[0].isupper()
    if script == DENSE and not _KATAKANA.fullmatch(word):
        return
    for form in filter(None, _unglued(word, script)):
        for latin in _bases(_latin(form, script, language), language):
            key = key_of(latin)
            if len(key) >= MIN_KEY + caseless:
                yield f"{NAME}:{key}:{latin[:LONGEST]}"


def _unglued(word: str, script: int) -> Iterator[str]:
    """Yield the word, and what stays when it begins with an article or a particle."""
    yield word
    if script == ARABIC and word.startswith(_ARTICLE):
        yield word[len(_ARTICLE) :]
    elif word[0] in _PREFIXES.get(script, ""):
        yield word[1:]


def _latin(word: str, script: int, language: str) -> str:
    if script == HEBREW:
        word = word[0] + word[1:].replace("ו", "")
    latin = romanised(word.replace("ու", "u").replace("Ու", "U"))
    if script == ARABIC:
        latin = (latin[:1] if word[0] == "و" else "") + latin[word[0] == "و" :].replace("w", "")
    if word[0] in "אעاأإآع":
        latin = "a" + latin.removeprefix("a")
    elif script == LATIN and language not in _SOFT_J:
        latin = latin.replace("j", "y")
    return latin


def _bases(latin: str, language: str) -> Iterator[str]:
    """Yield the word, and what stays without a case's ending."""
    yield latin
    endings = _ENDINGS if language in _INFLECTED else _TAILS.get(language)
    if endings and endings.search(latin):
        yield endings.sub("", latin)


def key_of(latin: str) -> str:
    """Return the classes of a name's consonants, after an ``A`` where it begins with a vowel."""
    classes = _TWICE.sub(r"\1", _sounds(latin).translate(_CLASSES))
    return ("A" if latin[:1] in "aeiouy" else "") + classes


def consonants(latin: str) -> str:
    """Return a name's consonants, those apart that a key makes one."""
    return re.sub("[aeiouy]", "", _sounds(latin))


def _sounds(latin: str) -> str:
    for letters, sound in _SOUNDS:
        latin = latin.replace(letters, sound)
    return latin
