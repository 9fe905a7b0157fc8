"""Surface forms: how a person writes what to look for, and what the automaton looks for.

A form is a word (``Flugtag``), a stem (``контактн*``), the end of a compound (``*kontaktgrupp*``), an acronym in
capitals (``UDCG``), or a phrase of these (``контактн* груп* … оборон*``), where ``…`` is a gap of up to GAP characters,
``#`` a number of one or two digits (``#. Ramstein*``: the fourteenth) and ``Ramstein-#`` a number after a hyphen.
Must not: look at a text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from monitor.match.normalise import normalise
from monitor.match.script import EDGELESS, HANGUL, script_of

if TYPE_CHECKING:
    from collections.abc import Iterable

GAP = 60
LONGEST_JOINT = 4
"""Signs and spaces that may stand between two neighbouring words of a phrase."""
MAX_WORDS = 12
NUMBER = "#"
ENDINGS = frozenset(
    {"az", "bn", "et", "eu", "fi", "gu", "hi", "hu", "hy", "ka", "kk", "kn", "ko", "ky", "ml", "mn", "mr", "ne", "pa"}
    | {"si", "ta", "te", "tk", "tr", "tt", "ug", "uz"}
)
"""Languages that glue endings to words: there a plain word admits one of up to ENDING letters."""
ENDING = 6
LITTLE = 3
"""Words such as ``de`` or ``la`` stand everywhere; they are not searched for but looked up."""
SHORTEST_WITH_ENDING = 5
"""Shorter words take no ending unless ``*`` says so: too many other words begin like them."""

_GAPS = frozenset(("…", "..."))
_NUMBER_AFTER = "-#"


@dataclass(frozen=True, slots=True)
class Atom:
    """One word or stem of a form in normal form; what the automaton finds."""

    literal: str
    free_start: bool = False
    """Letters may stand before it (``*stem``, or glued to the word before)."""
    ending: int = 0
    """How many letters of the same word may follow; -1 for any number."""
    capitals: bool = False
    """Counts only when written in capitals, as a whole token, outside base64."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form as written, with its parts: atoms, numbers and gaps."""

    written: str
    language: str
    """Its language, or several, separated by spaces."""
    atoms: tuple[Atom, ...]
    gaps: tuple[int, ...]
    """For each joint between two atoms: 0 when they are neighbours, else the characters that may stand between."""
    numbered: tuple[bool, bool] = (False, False)
    """A number must stand before the first or, after a hyphen, behind the last atom."""

    @property
    def little(self) -> tuple[int, ...]:
        """Which atoms are too short to search for: they are looked up behind the one before."""
        return tuple(
            place
            for place, atom in enumerate(self.atoms)
            if place
            and not self.gaps[place - 1]
            and len(atom.literal) <= LITTLE
            and not atom.free_start
            and script_of(atom.literal[0]) not in EDGELESS
        )


class FormError(ValueError):
    """The form cannot be understood; the message says what was expected."""


def parse_form(written: str, language: str) -> Form:
    """Return the parts of a form; raise FormError with what was expected."""
    words = written.split()
    before = words[:1] == [NUMBER]
    words = words[1:] if before else words
    after = bool(words) and words[-1].endswith(_NUMBER_AFTER)
    if after:
        words[-1] = words[-1].removesuffix(_NUMBER_AFTER)
    atoms, gaps = _parts(words, language)
    if sum(len(atom.literal) for atom in atoms) < 2 and atoms[0].literal.isascii():
        raise FormError(f"expected at least two letters, got {written!r}")
    return Form(written, language, tuple(atoms), tuple(gaps), (before, after))


def _parts(words: list[str], language: str) -> tuple[list[Atom], list[int]]:
    _refuse_shape(words)
    atoms: list[Atom] = []
    gaps: list[int] = []
    gap = 0
    for word in words:
        if word in _GAPS:
            gap = GAP
            continue
        for place, part in enumerate(_split(word)):
            if atoms:
                gaps.append(0 if place else gap)
            atoms.append(_atom(part, language, neighbour=bool(atoms) and not gaps[-1]))
        gap = 0
    return atoms, gaps


def _refuse_shape(words: list[str]) -> None:
    if not words:
        raise FormError("expected a word, a stem such as контактн* or a phrase, got nothing")
    if words[0] in _GAPS or words[-1] in _GAPS:
        raise FormError("expected a word before and after …")
    if len(words) > MAX_WORDS:
        raise FormError(f"expected at most {MAX_WORDS} words, got {len(words)}")


def _split(word: str) -> list[str]:
    """Split at hyphens and the Japanese middle dot: they may be missing or spaces in a text."""
    parts = [part for part in re.split("[-\u2010-\u2015・]", word) if part]
    return parts or [word]


def _atom(word: str, language: str, *, neighbour: bool) -> Atom:
    stem = word.strip("*")
    if "*" in stem or not stem or word.count("*") > 2:
        raise FormError(f"expected * only at the beginning or the end of a word, got {word!r}")
    normal = normalise(stem)
    literal, classes = normal.text.strip(), normal.classes
    if not literal or " " in literal or not any(classes):
        raise FormError(f"expected letters or digits, got {word!r}")
    if not classes[0]:  # words are looked for where one begins: such a form would be found nowhere
        raise FormError(f"expected a letter or a digit at the beginning of a word, got {word!r}")
    capitals = _is_acronym(stem)
    glued = language in ENDINGS and not capitals and len(literal) >= SHORTEST_WITH_ENDING
    ending = -1 if word.endswith("*") else ENDING if glued else 0
    return Atom(literal, word.startswith("*") or (neighbour and classes[0] == HANGUL), ending, capitals)


def _is_acronym(stem: str) -> bool:
    letters = [char for char in stem if char.isalpha()]
    return len(letters) > 1 and all(char.isupper() for char in letters)


def merged(forms: Iterable[Form]) -> tuple[Form, ...]:
    """Return the forms without twins: one found by the same words in several languages carries all of their names."""
    kept: dict[tuple[object, ...], Form] = {}
    for form in forms:
        key = (form.atoms, form.gaps, form.numbered)
        known = kept.get(key)
        if known is None:
            kept[key] = form
        elif form.language not in known.language.split():
            kept[key] = replace(known, language=f"{known.language} {form.language}")
    return tuple(kept.values())
