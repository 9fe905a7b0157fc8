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
from monitor.match.forms import LONGEST_JOINT
from monitor.match.script import EDGELESS, GLUING, HANGUL, glued_start, word_end

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from monitor.match.forms import Atom, Form
    from monitor.match.normalise import Normal

_UNSEARCHED = -1
_NOWHERE: frozenset[int] = frozenset()
Spans = list[tuple[int, int]]

_NUMBER_BEFORE = re.compile(r"(?:^|[^0-9.,])[0-9]{1,2}(?:-?[^\W\d]{1,4})?[.]?[ '(-]{0,3}$")
_NUMBER_AFTER = re.compile(r"[ ']{0,2}-[ ]?[0-9]{1,2}(?![0-9])")
_NUMBER_REACH = 12
_JOINT = re.compile(r"[ \n'()/-]*")
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
        numbers: dict[Atom, int] = {}
        self._parts = [
            tuple(
                _UNSEARCHED if place in form.little else numbers.setdefault(atom, len(numbers))
                for place, atom in enumerate(form.atoms)
            )
            for form in forms
        ]
        self._atoms = list(numbers)
        self._single: dict[int, list[int]] = defaultdict(list)
        self._phrases: dict[int, list[int]] = defaultdict(list)
        for place, form in enumerate(forms):
            self._file(place, form)
        readings: dict[str, tuple[list[int], list[int]]] = {}
        for number, atom in enumerate(self._atoms):
            readings.setdefault(atom.literal, ([], []))[atom.free_start].append(number)
        self._readings = list(readings.values())
        self._automaton = Automaton(list(readings))

    def _file(self, place: int, form: Form) -> None:
        parts = self._parts[place]
        if len(parts) == 1 and not any(form.numbered):
            self._single[parts[0]].append(place)
        else:
            searched = (part for part in parts if part != _UNSEARCHED)
            rarest = max(searched, key=lambda part: len(self._atoms[part].literal))
            self._phrases[rarest].append(place)

    def find(self, normal: Normal, *, any_case: bool = False, page: bool = False) -> dict[int, list[Seen]]:
        """Return the occurrences by concept, in the order of the text, one at each place.

        ``any_case`` finds acronyms in small letters too (for URLs). ``page`` is for a page's text, where nobody can
        tell whether a word ends at a tag: it then ends there and goes on as well.
        """
        spans = self._spans(normal, any_case=any_case, page=page)
        seen: dict[int, dict[tuple[int, int], int]] = defaultdict(dict)
        for number, places in spans.items():
            for form in self._single.get(number, ()):
                seen[self._concepts[form]].update(dict.fromkeys(places, form))
            for form in self._phrases.get(number, ()):
                seen[self._concepts[form]].update(dict.fromkeys(self._joined(form, spans, normal), form))
        return {
            concept: sorted(Seen(start, end, form) for (start, end), form in found.items())
            for concept, found in seen.items()
            if found
        }

    def _spans(self, normal: Normal, *, any_case: bool, page: bool) -> dict[int, Spans]:
        text, classes, soft = normal.text, normal.classes, normal.soft
        spans: dict[int, Spans] = defaultdict(list)
        for literal, start, end in self._automaton.find(text):
            edged, free = self._readings[literal]
            first: int | None = start
            # is_word_start, written out: this line decides most of a text's time.
            if start and classes[start - 1] == classes[start] and classes[start] not in EDGELESS and start not in soft:
                first = glued_start(text, classes, start) if classes[start] in GLUING else None
                if first is None and not free:
                    continue
            last = word_end(classes, soft, end)
            lasts = {last, word_end(classes, _NOWHERE, end)} if page and last in soft else (last,)
            for last in lasts:
                for number in edged if first is not None else ():
                    if self._counts(number, normal, start, end, last, any_case=any_case):
                        spans[number].append((first or 0, last))
                for number in free:
                    if self._counts(number, normal, start, end, last, any_case=any_case):
                        spans[number].append((start if first is None else first, last))
        return spans

    def _counts(self, number: int, normal: Normal, start: int, end: int, last: int, *, any_case: bool) -> bool:
        """Tell whether this occurrence has no longer ending than its atom admits, and the right capitals."""
        atom = self._atoms[number]
        if last - end > atom.ending >= 0:
            return False
        return not atom.capitals or any_case or _is_acronym(normal, start, end)

    def _joined(self, place: int, spans: Mapping[int, Spans], normal: Normal) -> Spans:
        form, parts = self._forms[place], self._parts[place]
        if not all(part in spans for part in parts if part != _UNSEARCHED):
            return []
        found = spans[parts[0]]
        for part, gap, atom in zip(parts[1:], form.gaps, form.atoms[1:], strict=True):
            after = _looked_up(found, atom, normal) if part == _UNSEARCHED else spans[part]
            found = list(_follow(found, after, gap, normal))
        return [span for span in found if _numbered(form.numbered, span, normal.text)]


def _is_acronym(normal: Normal, start: int, end: int) -> bool:
    first, last = normal.span(start, end)
    source = normal.source
    if not source[first:last].isupper() or source[max(0, first - 1) : first].isdigit():
        return False
    if source[last : last + 1].isdigit():
        return False
    low, high = max(0, first - 2 * _BASE64_LENGTH), last + 2 * _BASE64_LENGTH
    runs = (found[0] for found in _BASE64.finditer(source, low, high) if found.start() < last and first < found.end())
    return not any(map(_is_base64, runs))


def _is_base64(run: str) -> bool:
    return len(run) >= _BASE64_LENGTH and any(map(str.isdigit, run)) and any(map(str.islower, run))


def _follow(found: Iterable[tuple[int, int]], after: Spans, gap: int, normal: Normal) -> Iterable[tuple[int, int]]:
    """Return each span lengthened by the first one that follows it within reach."""
    starts = [start for start, _ in after]
    for start, end in found:
        place = bisect_left(starts, end)
        if place < len(after) and _reaches(normal, end, after[place][0], gap):
            yield start, after[place][1]


def _looked_up(found: Iterable[tuple[int, int]], atom: Atom, normal: Normal) -> Spans:
    """Return where a little word stands right behind these spans."""
    after = []
    for _, end in found:
        joint = _JOINT.match(normal.text, end, end + LONGEST_JOINT)
        start = joint.end() if joint else end
        stop = start + len(atom.literal)
        if normal.text.startswith(atom.literal, start):
            last = word_end(normal.classes, normal.soft, stop)
            if atom.ending < 0 or last - stop <= atom.ending:
                after.append((start, last))
    return after


def _reaches(normal: Normal, end: int, start: int, gap: int) -> bool:
    if start - end > (gap or LONGEST_JOINT):
        return False
    between = normal.text[end:start]
    if gap or "\n\n" in between:
        return "\n\n" not in between
    joint = _KOREAN_JOINT if normal.classes[end - 1] == HANGUL else _JOINT
    return joint.fullmatch(between) is not None


def _numbered(numbered: tuple[bool, bool], span: tuple[int, int], text: str) -> bool:
    before, after = numbered
    start, end = span
    if before and not _NUMBER_BEFORE.search(text[max(0, start - _NUMBER_REACH) : start]):
        return False
    return not after or _NUMBER_AFTER.match(text, end) is not None
