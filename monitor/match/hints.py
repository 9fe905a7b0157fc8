"""Letters that tell where the forms of concepts may stand: the first, cheap look of the prefilter.

Must not: say that a form stands somewhere, only that it stands nowhere else.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from itertools import chain, pairwise
from typing import TYPE_CHECKING, NamedTuple

from monitor.match.automaton import Automaton
from monitor.match.forms import LONGEST_JOINT
from monitor.match.normalise import Skeleton
from monitor.match.script import DENSE, GLUING, HANGUL, LATIN, script_of

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from monitor.match.forms import Form
    from monitor.match.rules import Group
    from monitor.match.topic import Topic

_DENSE_LETTERS = 3
"""A Han character or Korean syllable says as much as about three letters."""

ENDING = 100
"""Letters that a word may have besides those of its stem: before it, behind it."""

Span = tuple[int, int]
Key = tuple[int, str]
"""The number of a topic and the name of one of its concepts."""


class Letters(NamedTuple):
    """What the skeleton of any text shows that holds a form: letters, and for a phrase further ones behind them."""

    first: str
    second: str = ""
    reach: int = 0
    """How many letters may stand between the two."""

    @property
    def telling(self) -> int:
        """How much finding these says, in letters of an alphabet."""
        return _telling(self.first) + _telling(self.second)


class Hints:
    """Finds the letters of the forms of some concepts."""

    def __init__(self, keys: Sequence[Key], topics: Sequence[Topic]) -> None:
        self._keys: dict[Letters, set[Key]] = defaultdict(set)
        for number, name in keys:
            for form in topics[number].concepts[name]:
                self._keys[letters_of(form)].add((number, name))
        self._runs = list(dict.fromkeys(run for letters in self._keys for run in letters[:2] if run))
        self._begun: dict[str, list[Letters]] = defaultdict(list)
        for letters in self._keys:
            self._begun[letters.first].append(letters)
        self._automaton = Automaton(self._runs, fast=True)

    def look(self, text: str) -> Hinted:
        """Return where they stand."""
        skeleton, places = Skeleton(text), defaultdict(list)
        for run, start, end in self._automaton.find(skeleton.text):
            places[self._runs[run]].append((start, end))
        spans: dict[Key, list[Span]] = defaultdict(list)
        for letters in chain.from_iterable(self._begun.get(run, ()) for run in places):
            if found := _found(letters, places):
                for key in self._keys[letters]:
                    spans[key] += found
        return Hinted(skeleton, spans)


def _found(letters: Letters, places: Mapping[str, list[Span]]) -> list[Span]:
    firsts = places[letters.first]
    if not letters.second:
        return firsts
    seconds = places.get(letters.second, [])
    starts = [start for start, _ in seconds]
    found = []
    for start, end in firsts:
        place = bisect_left(starts, end)
        if place < len(starts) and starts[place] - end <= letters.reach:
            found.append((start, seconds[place][1]))
    return found


class Hinted(NamedTuple):
    """Where a text may hold the forms of some concepts."""

    skeleton: Skeleton
    spans: Mapping[Key, list[Span]]

    def around(self, keys: Container[Key], letters: int) -> list[str]:
        """Return the stretches of the text with so many letters on either side of these concepts."""
        spans = [span for key, found in self.spans.items() if key in keys for span in found]
        return self.skeleton.around(spans, letters)


def commonness(group: Group, topic: Topic) -> float:
    """Estimate how often one of a group's forms occurs on a page in Latin letters, as most are."""
    forms = (form for name in group for form in topic.concepts[name])
    latin = (form for form in forms if script_of(form.atoms[0].literal[0]) == LATIN)
    return sum(float(8.0 ** -letters_of(form).telling) for form in latin)


def letters_of(form: Form) -> Letters:
    """Return the most telling letters that stand together in the skeleton of any text that holds the form.

    Neighbours of a phrase are written together where nothing but signs can stand between them; of others two are
    taken, and how far apart they can be.
    """
    runs = [Skeleton(form.atoms[0].literal).text]
    reaches: list[int] = []
    for before, gap, atom in zip(form.atoms, form.gaps, form.atoms[1:], strict=False):
        letters = Skeleton(atom.literal).text
        if gap or before.ending or script_of(atom.literal[0]) in (*GLUING, HANGUL):
            runs.append(letters)
            reaches.append((gap or LONGEST_JOINT) + ENDING)
        else:
            runs[-1] += letters
    pairs = [Letters(*pair, reach) for pair, reach in zip(pairwise(runs), reaches, strict=True)]
    return max(pairs or [Letters(runs[0])], key=lambda letters: letters.telling)


def _telling(letters: str) -> int:
    return sum(_DENSE_LETTERS if script_of(char) in (DENSE, HANGUL) else 1 for char in letters)
