"""Where the forms of a set of concepts stand in a text: one pass of the automaton, then a look at each place.

The automaton finds literals; here their word edges are checked and phrases are put together. The cost grows with the
text and with what is found in it, not with the number of forms. Must not: know rules or weights.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from monitor.match.automaton import Automaton
from monitor.match.script import HANGUL, NONE, is_word_end, word_end, word_start

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from monitor.match.forms import Atom, Form
    from monitor.match.normalise import Normal

Spans = list[tuple[int, int]]

_NUMBER_BEFORE = re.compile(r"(?:^|[^0-9.,])[0-9]{1,2}(?:-?[^\W\d]{1,4})?[.]?[ '(-]{0,3}$")
_NUMBER_AFTER = re.compile(r"[ ']{0,2}-[ ]?[0-9]{1,2}(?![0-9])")
_JOINT = re.compile(r"[ \n'()/-]{0,4}")
_KOREAN_JOINT = re.compile(r"[\uac00-\ud7a3]{0,2}[ \n'()-]{0,2}")
_BASE64 = re.compile(r"[A-Za-z0-9+/=]+")
_BASE64_LENGTH = 32


class Seen(NamedTuple):
    """One occurrence of a form in the normal form, whole words included."""

    start: int
    end: int
    form: int
    """Its number in the list the finder was made of."""


class Finder:
    """Finds the occurrences of forms; made once for all forms of all topics."""

    def __init__(self, forms: Sequence[Form], concepts: Sequence[int]) -> None:
        self._forms = forms
        self._concepts = concepts
        self._atoms: list[Atom] = []
        self._single: dict[int, list[int]] = defaultdict(list)
        self._phrases: dict[int, list[int]] = defaultdict(list)
        self._parts: list[tuple[int, ...]] = []
        numbers: dict[Atom, int] = {}
        for place, form in enumerate(forms):
            self._parts.append(tuple(self._number(atom, numbers) for atom in form.atoms))
            self._file(place, form)
        literals = list(dict.fromkeys(atom.literal for atom in self._atoms))
        places = {literal: place for place, literal in enumerate(literals)}
        self._readings: list[list[int]] = [[] for _ in literals]
        for number, atom in enumerate(self._atoms):
            self._readings[places[atom.literal]].append(number)
        self._automaton = Automaton(literals)

    def _number(self, atom: Atom, numbers: dict[Atom, int]) -> int:
        if atom not in numbers:
            numbers[atom] = len(self._atoms)
            self._atoms.append(atom)
        return numbers[atom]

    def _file(self, place: int, form: Form) -> None:
        parts = self._parts[place]
        if len(parts) == 1 and form.numbered == (False, False):
            self._single[parts[0]].append(place)
        else:
            rarest = max(parts, key=lambda part: len(self._atoms[part].literal))
            self._phrases[rarest].append(place)

    def find(self, normal: Normal, *, any_case: bool = False) -> dict[int, list[Seen]]:
        """Return the occurrences by concept, in the order of the text. ``any_case``: acronyms too (for URLs)."""
        spans = self._spans(normal, any_case=any_case)
        seen: dict[int, list[Seen]] = defaultdict(list)
        for number, places in spans.items():
            for form in self._single.get(number, ()):
                seen[self._concepts[form]] += [Seen(start, end, form) for start, end in places]
            for form in self._phrases.get(number, ()):
                found = self._joined(form, spans, normal)
                seen[self._concepts[form]] += [Seen(start, end, form) for start, end in found]
        return {concept: sorted(set(found)) for concept, found in seen.items() if found}

    def _spans(self, normal: Normal, *, any_case: bool) -> dict[int, Spans]:
        spans: dict[int, Spans] = defaultdict(list)
        for literal, start, end in self._automaton.find(normal.text):
            for number in self._readings[literal]:
                span = _span(self._atoms[number], normal, start, end, any_case=any_case)
                if span is not None:
                    spans[number].append(span)
        return spans

    def _joined(self, place: int, spans: Mapping[int, Spans], normal: Normal) -> Spans:
        form, parts = self._forms[place], self._parts[place]
        if not all(part in spans for part in parts):
            return []
        found = spans[parts[0]]
        for part, gap in zip(parts[1:], form.gaps, strict=True):
            found = list(_follow(found, spans[part], gap, normal))
        return [span for span in found if _numbered(form.numbered, span, normal.text)]


def _span(atom: Atom, normal: Normal, start: int, end: int, *, any_case: bool) -> tuple[int, int] | None:
    """Return the whole words of this occurrence, or None where its edges or capitals are not right."""
    text, classes, soft = normal.text, normal.classes, normal.soft
    first = word_start(text, classes, soft, start)
    if first is None:
        if not atom.free_start:
            return None
        first = start
    if atom.capitals and not any_case and not _is_acronym(normal, start, end):
        return None
    if atom.ending and classes[end - 1] != HANGUL:
        last = word_end(classes, soft, end)
        return (first, last) if atom.ending < 0 or last - end <= atom.ending else None
    return (first, end) if is_word_end(classes, soft, end) else None


def _is_acronym(normal: Normal, start: int, end: int) -> bool:
    first, last = normal.span(start, end)
    source = normal.source
    if not source[first:last].isupper() or source[first - 1 : first].isdigit() or source[last : last + 1].isdigit():
        return False
    low, high = max(0, first - 2 * _BASE64_LENGTH), last + 2 * _BASE64_LENGTH
    around = (
        next(run for run in _BASE64.finditer(source, low, high) if run.end() >= last)
        if (source[first:last].isascii())
        else None
    )
    return around is None or not _is_base64(around[0])


def _is_base64(run: str) -> bool:
    return len(run) >= _BASE64_LENGTH and any(char.isdigit() for char in run) and any(char.islower() for char in run)


def _follow(found: Iterable[tuple[int, int]], after: Spans, gap: int, normal: Normal) -> Iterable[tuple[int, int]]:
    starts = [start for start, _ in after]
    for start, end in found:
        place = bisect_left(starts, end)
        if place < len(after) and _reaches(normal, end, after[place][0], gap):
            yield start, after[place][1]


def _reaches(normal: Normal, end: int, start: int, gap: int) -> bool:
    between = normal.text[end:start]
    if gap:
        return len(between) <= gap and "\n\n" not in between
    if len(between) > 4:
        return False
    joint = _KOREAN_JOINT if normal.classes[end - 1] == HANGUL else _JOINT
    return joint.fullmatch(between) is not None


def _numbered(numbered: tuple[bool, bool], span: tuple[int, int], text: str) -> bool:
    before, after = numbered
    start, end = span
    if before and not _NUMBER_BEFORE.search(text[max(0, start - 12) : start]):
        return False
    return not after or _NUMBER_AFTER.match(text, end) is not None
