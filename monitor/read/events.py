"""Whether articles in different languages tell of the same event, by what a translation keeps.

Each mark that two articles share speaks for one event as much as it is rare among the stories of these days: a date and
a sum that nobody else names say much, the names that every article of the topic has say nothing. Enough evidence of
several kinds, close in time, makes a link; less makes a suggestion, and so does any between articles in one language.

Must not: link across different ordinals of the meeting. Source of the weighting: Spärck Jones, "A statistical
interpretation of term specificity" (1972).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np

from monitor.model import Known, Linking, Print, Suggestion
from monitor.read import marks
from monitor.read.copies import ordinals_differ
from monitor.read.likeness import likeness
from monitor.read.names import consonants
from monitor.read.sketch import SIZE
from monitor.read.spoken import said

Array = np.ndarray[Any, Any]

FIGURES = 2.0
"""Telling figures in common from which little more is needed to be sure."""
SURE_BY_FIGURES = 8.0
"""Evidence, in nats, that links with so many telling figures in common."""
SURE_BY_MEETING = 10.5
"""Evidence that links two reports of one meeting, known by its ordinal, that differ in no figure."""
SURE = 12.5
"""Evidence that links with one telling figure in common."""
COVERED = 0.6
"""Share of the numerals of the article with fewer that the other one must have too."""
SUGGEST = 7.0
"""Evidence from which a link is suggested, when a numeral is part of it."""
SUGGEST_BY_NAMES = 9.0
"""Evidence from which it is without."""
LINK_WINDOW = timedelta(hours=36)
MAX_SUGGESTIONS = 3

_LOOKED_AT = 20
_IMAGINED = 20
"""Stories imagined beside those known, with marks as likely as below: what is rare shows only among many."""
_LIKELY = {"number": 0.05, "date": 0.15, "code": 0.1, "ordinal": 0.1, "name": 0.1}
_COMMON = 0.3
"""How likely a number below _MIDDLING is."""
_MIDDLING, _LARGE = 13, 1_000
_ALIKE = 0.55
_FADE = 24.0
"""Hours in which evidence loses a third by the distance in time."""


@dataclass(frozen=True, slots=True)
class _Tie:
    """What speaks for one event with a known article."""

    one: Known
    common: tuple[str, ...]
    evidence: float
    figures: float
    """Telling figures in common; a number that may mean many things is half of one."""
    covered: float
    """Share of the numerals of the article with fewer that are common."""
    agreed: float
    """Share of the numerals of both that are common."""

    @property
    def numerals(self) -> bool:
        return any(marks.kind(mark) != marks.NAME for mark in self.common)

    @property
    def meeting(self) -> bool:
        return any(marks.kind(mark) == marks.ORDINAL for mark in self.common)


def same_event(new: Print, near: Sequence[Known]) -> Linking:
    """Return the story of the same event, else a new one with the stories that may be of it."""
    ties = _ties(new, near)
    sure = next((tie for tie in ties if _is_sure(tie, new)), None)
    if sure:
        return Linking(sure.one.story_id, "translation", round(_score(sure), 3), _why(sure, new))
    return Linking(suggestions=_suggestions(ties, new))


def _suggestions(ties: Sequence[_Tie], new: Print) -> tuple[Suggestion, ...]:
    found: dict[int, Suggestion] = {}
    for tie in ties:
        if _is_likely(tie) and tie.one.story_id not in found and len(found) < MAX_SUGGESTIONS:
            found[tie.one.story_id] = Suggestion(tie.one.story_id, round(_score(tie), 3), _why(tie, new))
    return tuple(found.values())


def _is_sure(tie: _Tie, new: Print) -> bool:
    old = tie.one.print
    if None in {old.language, new.language} or old.language == new.language:
        return False
    if abs(old.when - new.when) > LINK_WINDOW or tie.covered < COVERED:
        return False
    if tie.figures >= FIGURES:
        return tie.evidence >= SURE_BY_FIGURES
    if tie.meeting and tie.agreed == 1:
        return tie.evidence >= SURE_BY_MEETING
    return tie.figures >= 1 and tie.evidence >= SURE


def _is_likely(tie: _Tie) -> bool:
    return tie.evidence >= (SUGGEST if tie.numerals else SUGGEST_BY_NAMES)


def _score(tie: _Tie) -> float:
    """Return the evidence between 0 and 1: 7 nats are a half."""
    return 1 - math.exp(-tie.evidence / 10)


def _ties(new: Print, near: Sequence[Known]) -> list[_Tie]:
    """Return the ties with the likeliest known articles, the strongest first."""
    if not near or not new.marks:
        return []
    found = marks.shared(new.marks, [one.print.signature[SIZE : SIZE + marks.HASHED] for one in near])
    weights = _weights(new, near, found)
    rough = (found * weights).sum(axis=1)
    ties = [_tie(new, near[place], found[place], weights[place]) for place in _likeliest(rough, near)]
    ties = [tie for tie in ties if not ordinals_differ(tie.one.print.marks, new.marks)]
    return sorted(ties, key=lambda tie: (-tie.evidence, tie.one.article_id))


def _likeliest(rough: Array, near: Sequence[Known]) -> list[int]:
    """Return where the articles with most evidence are, one for each story and language."""
    places: dict[tuple[int, str | None], int] = {}
    for place in np.argsort(-rough, kind="stable").tolist():
        if rough[place] < SUGGEST or len(places) == _LOOKED_AT:
            break
        places.setdefault((near[place].story_id, near[place].print.language), place)
    return list(places.values())


def _weights(new: Print, near: Sequence[Known], found: Array) -> Array:
    """Return what each mark says for each known article: how rare it is among the other stories."""
    _, story = np.unique([one.story_id for one in near], return_inverse=True)
    has = np.zeros((story.max() + 1, found.shape[1]), dtype=bool)
    np.logical_or.at(has, story, found)
    others = has.sum(axis=0)[None, :] - has[story]
    likely = np.array([_likely(mark) for mark in new.marks])
    weights: Array = np.log((len(has) + _IMAGINED) / (others + _IMAGINED * likely))
    return weights


def _likely(mark: str) -> float:
    """Return in what share of stories a mark is expected before any is known."""
    return _COMMON if _is_small(mark) else _LIKELY[marks.kind(mark)]


def _tie(new: Print, one: Known, found: Array, weights: Array) -> _Tie:
    theirs = {marks.key(mark): mark for mark in one.print.marks}
    pairs = [(place, mark, theirs.get(marks.key(mark))) for place, mark in enumerate(new.marks) if found[place]]
    common = [(place, mark) for place, mark, other in pairs if other and _alike(mark, other)]
    fade = 1 / (1 + abs((one.print.when - new.when) / timedelta(hours=_FADE)) / 2)
    evidence = {mark: float(weights[place]) * fade for place, mark in common}
    figures = sum(_telling(mark) for mark in evidence)
    covered, agreed = _overlap(new.marks, one.print.marks)
    return _Tie(one, tuple(evidence), sum(evidence.values()), figures, covered, agreed)


def _telling(mark: str) -> float:
    """Tell how much a figure means: 300 million or F-16 one thing, 50 one of many, 6 anything."""
    if marks.kind(mark) == "code":
        return 1
    value = float(mark.partition(":")[2]) if marks.kind(mark) == "number" else 0
    return 1 if value >= _LARGE or value % 1 else 0.5 if value >= _MIDDLING else 0


def _alike(mark: str, other: str) -> bool:
    if marks.kind(mark) != "name":
        return True
    return likeness(consonants(marks.spelt(mark)), consonants(marks.spelt(other))) >= _ALIKE


def _overlap(first: Sequence[str], second: Sequence[str]) -> tuple[float, float]:
    """Return the share of common numerals in those of the one with fewer, and in all; small numbers do not count."""
    one, other = (
        {mark for mark in some if marks.kind(mark) != marks.NAME and not _is_small(mark)} for some in (first, second)
    )
    common = len(one & other)
    return common / max(min(len(one), len(other)), 1), common / max(len(one | other), 1)


def _is_small(mark: str) -> bool:
    return marks.kind(mark) == "number" and float(mark.partition(":")[2]) < _MIDDLING


def _why(tie: _Tie, new: Print) -> str:
    hours = round(abs(tie.one.print.when - new.when) / timedelta(hours=1))
    apart = "within the hour" if hours < 1 else f"{hours} hour{'s' * (hours > 1)} apart"
    return f"both name {said(tie.common)}, {apart}"
