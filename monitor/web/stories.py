"""A hit's story as the page shows it: who else has it, how each came in, what may be the same event. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from monitor.model import SuggestionView

SHOWN = 6
"""Articles of a story shown at once; the rest is behind a click."""
MOST = 60
"""Articles shown behind that click; a story may have hundreds, and has a list of its own."""
HOW = {"first": "first of the story", "copy": "copy", "translation": "in another language"}
_LIKELY = ((0.5, "very likely"), (0.43, "likely"))
"""From half on, the evidence would make a link by itself where a figure is part of it (``monitor.read.events``)."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of two articles of which each may tell of the other's event."""

    hit_id: int
    title: str
    source: str
    language: str | None


@dataclass(frozen=True, slots=True)
class Pair:
    """A suggestion: two articles, how likely they are of one event, and why."""

    id: int
    one: Side
    other: Side
    likely: str
    why: str


def pairs(suggestions: Iterable[SuggestionView], story: int | None = None) -> list[Pair]:
    """The suggestions in words; the other side is not of ``story``, where one is given."""
    return [_pair(one, turned=story is not None and one.story == story) for one in suggestions]


def likely(score: float) -> str:
    """A score in words."""
    return next((words for least, words in _LIKELY if score >= least), "possible")


def _pair(suggestion: SuggestionView, *, turned: bool) -> Pair:
    mine = Side(suggestion.hit_id, suggestion.title, suggestion.source, suggestion.language)
    its = Side(suggestion.story_hit_id, suggestion.story_title, suggestion.story_source, suggestion.story_language)
    one, other = (its, mine) if turned else (mine, its)
    return Pair(suggestion.id, one, other, likely(suggestion.score), suggestion.why)
