"""Words written in two alphabets that look alike: ``Рaмштaйн`` with Latin a, ``Oυκρανία`` with Latin O.

Works on the normal form (lower case). Must not: touch a word in one script, or change a word's length.
"""

from __future__ import annotations

from monitor.match.script import CYRILLIC, GREEK, LATIN

_LONGEST = 64
_CYRILLIC_LATIN = dict(zip("аеорсухіјѕвнкмтһԁѵԛԝ", "aeopcyxijsbhkmthdvqw", strict=True))
_GREEK_LATIN = dict(zip("αορεικντυχημζβ", "aopeikvtyxhmzb", strict=True))
_LATIN_CYRILLIC = {latin: cyrillic for cyrillic, latin in reversed(_CYRILLIC_LATIN.items())} | {"h": "н"}
_LATIN_GREEK = {latin: greek for greek, latin in _GREEK_LATIN.items()} | {"n": "ν"}
_TO = {
    LATIN: {LATIN: {}, CYRILLIC: _CYRILLIC_LATIN, GREEK: _GREEK_LATIN},
    CYRILLIC: {
        CYRILLIC: {},
        LATIN: _LATIN_CYRILLIC,
        GREEK: {greek: _LATIN_CYRILLIC[latin] for greek, latin in _GREEK_LATIN.items() if latin in _LATIN_CYRILLIC},
    },
    GREEK: {
        GREEK: {},
        LATIN: _LATIN_GREEK,
        CYRILLIC: {cyr: _LATIN_GREEK[latin] for cyr, latin in _CYRILLIC_LATIN.items() if latin in _LATIN_GREEK},
    },
}


def respell(word: str, classes: bytes) -> tuple[str, int] | None:
    """Return the word in the script most of its letters have, and that script; None when that cannot be done.

    A tie goes to the alphabet that is not Latin. A word stays as it is when one of its letters has no twin.
    """
    if len(word) > _LONGEST:
        return None
    scripts = sorted((GREEK, CYRILLIC, LATIN), key=classes.count, reverse=True)
    for script in scripts[: 1 + (classes.count(scripts[0]) == classes.count(scripts[1]))]:
        letters = [
            char if own == script else _TO[script][own].get(char) for char, own in zip(word, classes, strict=True)
        ]
        if all(letters):
            return "".join(letter or "" for letter in letters), script
    return None


def look_alikes() -> list[frozenset[str]]:
    """Return the groups of letters that ``respell`` may turn into one another."""
    groups: list[set[str]] = []
    for twins in ({char, twin} for own in _TO.values() for table in own.values() for char, twin in table.items()):
        joined = [group for group in groups if group & twins]
        groups = [group for group in groups if not group & twins] + [twins.union(*joined)]
    return [frozenset(group) for group in groups]
