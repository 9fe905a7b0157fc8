"""What a topic is made of once its file is read: rules, take-backs, and the rulings they lead to.

Values only. Must not: know how concepts are found or how a verdict is worded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.match.find import Seen

FIELDS = ("title", "lead", "text", "url")
Group = tuple[str, ...]
"""Concepts of which any one will do."""
Unit = Literal["characters", "words"]


@dataclass(frozen=True, slots=True)
class Reach:
    """How far apart is still near."""

    number: int
    unit: Unit = "characters"


@dataclass(frozen=True, slots=True)
class Rule:
    """One reason for a hit: all of its conditions must hold."""

    name: str
    says: str
    weights: Mapping[str, float]
    """By field: that of the first concept of ``near``, else of ``all``, else of ``any``."""
    near: tuple[Group, ...] = ()
    within: Reach = Reach(60)
    ordered: bool = False
    paragraph: bool = False
    """The concepts of ``near`` must stand in one paragraph, that is without a line break between them."""
    all: tuple[Group, ...] = ()
    any: Group = ()
    certain: bool = False
    """Nothing takes it back."""

    @property
    def groups(self) -> tuple[Group, ...]:
        """Every group of which a concept must occur."""
        return (*self.near, *self.all, *((self.any,) if self.any else ()))


@dataclass(frozen=True, slots=True)
class TakeBack:
    """What speaks against: it drops occurrences of a concept, or lowers rules."""

    name: str
    says: str
    words: Group
    near: Group = ()
    within: Reach = Reach(60)
    order: str = "either"
    """``before`` or ``after``: on which side of the occurrence the words must stand."""
    drops: str = ""
    takes: float | None = None
    """How much; None takes the whole weight."""
    rules: tuple[str, ...] = ()


class Place(NamedTuple):
    """One occurrence that a ruling rests on."""

    concept: str
    seen: Seen
    field: str


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that holds, where, and with what weight."""

    rule: Rule
    field: str
    weight: float
    told: tuple[Place, ...]
    """The strongest occurrence of each group."""
    places: tuple[Place, ...]
    """Every occurrence that the rule rests on, those first."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A take-back that holds: what it took and from where."""

    unless: TakeBack
    by: Place
    target: Place | None
    amount: float


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a topic's rules give for one text."""

    score: float
    fired: tuple[Fired, ...] = ()
    taken: tuple[Taken, ...] = ()
