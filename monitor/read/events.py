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

LINK = 12.0
"""Evidence, in nats, from which articles in different languages are linked."""
HARD = 5.0
"""How much of it must come from numbers, dates and the like."""
COVERED = 0.5
"""Share of the numerals of the article with fewer that the other one has too."""
SUGGEST = 7.0
"""Evidence from which a link is suggested."""
LINK_WINDOW = timedelta(hours=36)
MAX_SUGGESTIONS = 3

_LOOKED_AT = 20
_IMAGINED = 20
"""Stories imagined beside those known, with marks as likely as below: what is rare shows only among many."""
_LIKELY = {"number": 0.05, "date": 0.15, "code": 0.1, "ordinal": 0.1, "name": 0.1}
_SMALL = 0.3
_ALIKE = 0.55
_FADE = 24.0
"""Hours in which evidence loses a third by the distance in time."""


@dataclass(frozen=True, slots=True)
class _Tie:
    """What speaks for one event with a known article."""

    one: Known
    evidence: float
    hard: float
    covered: float
    common: tuple[str, ...]


def same_event(new: Print, near: Sequence[Known]) -> Linking:
    """Return the story of the same event, else a new one with the stories that may be of it."""
    ties = _ties(new, near)
    sure = next((tie for tie in ties if _is_sure(tie, new)), None)
    if sure:
        score = min(sure.evidence / (2 * LINK), 1.0)
        return Linking(sure.one.story_id, "translation", round(score, 3), _why(sure, new))
    return Linking(suggestions=_suggestions(ties, new))


def _suggestions(ties: Sequence[_Tie], new: Print) -> tuple[Suggestion, ...]:
    found: dict[int, Suggestion] = {}
    for tie in ties:
        if tie.evidence >= SUGGEST and tie.one.story_id not in found and len(found) < MAX_SUGGESTIONS:
            score = round(min(tie.evidence / (2 * LINK), 0.99), 3)
            found[tie.one.story_id] = Suggestion(tie.one.story_id, score, _why(tie, new))
    return tuple(found.values())


def _is_sure(tie: _Tie, new: Print) -> bool:
    old = tie.one.print
    apart = abs(old.when - new.when)
    return (
        tie.evidence >= LINK
        and tie.hard >= HARD
        and tie.covered >= COVERED
        and None not in {old.language, new.language}
        and old.language != new.language
        and apart <= LINK_WINDOW
    )


def _ties(new: Print, near: Sequence[Known]) -> list[_Tie]:
    """Return the ties with the likeliest known articles, the strongest first."""
    if not near or not new.marks:
        return []
    found = marks.shared(new.marks, [one.print.signature[SIZE : SIZE + marks.HASHED] for one in near])
    weights = _weights(new, near, found)
    rough = (found * weights).sum(axis=1)
    likeliest = np.argsort(-rough, kind="stable")[:_LOOKED_AT].tolist()
    ties = [_tie(new, near[place], found[place], weights[place]) for place in likeliest if rough[place] >= SUGGEST]
    ties = [tie for tie in ties if not ordinals_differ(tie.one.print.marks, new.marks)]
    return sorted(ties, key=lambda tie: (-tie.evidence, tie.one.article_id))


def _weights(new: Print, near: Sequence[Known], found: Array) -> Array:
    """Return what each mark says for each known article: how rare it is among the other stories."""
    _, story = np.unique([one.story_id for one in near], return_inverse=True)
    has = np.zeros((story.max() + 1, found.shape[1]), dtype=bool)
    np.logical_or.at(has, story, found)
    others = has.sum(axis=0)[None, :] - has[story]
    likely = np.array([_likely(mark) for mark in new.marks])
    return np.log((len(has) + _IMAGINED) / (others + _IMAGINED * likely))


def _likely(mark: str) -> float:
    kind = marks.kind(mark)
    if kind == "number" and float(mark.partition(":")[2]) < 13:
        return _SMALL
    if kind == "name" and len(marks.key(mark)) < len("name:KST"):
        return _SMALL
    return _LIKELY[kind]


def _tie(new: Print, one: Known, found: Array, weights: Array) -> _Tie:
    theirs = {marks.key(mark): mark for mark in one.print.marks}
    pairs = [(place, mark, theirs.get(marks.key(mark))) for place, mark in enumerate(new.marks) if found[place]]
    common = [(place, mark) for place, mark, other in pairs if other and _alike(mark, other)]
    fade = 1 / (1 + abs((one.print.when - new.when) / timedelta(hours=_FADE)) / 2)
    evidence = {mark: float(weights[place]) * fade for place, mark in common}
    hard = sum(value for mark, value in evidence.items() if marks.kind(mark) != "name")
    return _Tie(one, sum(evidence.values()), hard, _covered(new.marks, one.print.marks), tuple(evidence))


def _alike(mark: str, other: str) -> bool:
    if marks.kind(mark) != "name":
        return True
    return likeness(consonants(marks.spelt(mark)), consonants(marks.spelt(other))) >= _ALIKE


def _covered(first: Sequence[str], second: Sequence[str]) -> float:
    one, other = ({mark for mark in some if marks.kind(mark) != "name"} for some in (first, second))
    return len(one & other) / max(min(len(one), len(other)), 1)


def _why(tie: _Tie, new: Print) -> str:
    hours = round(abs(tie.one.print.when - new.when) / timedelta(hours=1))
    return f"both name {said(tie.common)}, {hours} hours apart"
