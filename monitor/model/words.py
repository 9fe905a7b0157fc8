"""What a topic says of a text: the smallest values, used by all others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Grade = Literal["certain", "probable"]
ReviewState = Literal["new", "relevant", "irrelevant", "starred"]


@dataclass(frozen=True, slots=True)
class Term:
    """One matched form: which concept, as written in the text, and where."""

    concept: str
    form: str
    """The words of the text, cut out at ``start:end``."""
    start: int
    end: int
    field: str = "text"
    """``title``, ``lead``, ``text`` or ``url`` (offsets of the last are into the URL)."""
    rule: str = ""
    """The pattern of the topic file that matched."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one topic says of one text, and why."""

    topic: str
    hit: bool
    grade: Grade | None
    score: float
    terms: tuple[Term, ...] = ()
    why: tuple[str, ...] = ()
    """For a person: each rule that fired with its weight, what was taken back, or why nothing did."""
    version: str = ""
    """Of the topic's definition that said so (a hash); empty where that was not noted."""


def as_values(verdict: Verdict) -> dict[str, Any]:
    """A verdict as plain values, for JSON; ``dataclasses.asdict`` copies each of them, at ten times the cost."""
    terms = [{name: getattr(term, name) for name in Term.__slots__} for term in verdict.terms]
    return {**{name: getattr(verdict, name) for name in Verdict.__slots__}, "terms": terms}
