"""What the decisions say about a topic's rules and forms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import sqrt

_Z = 1.96
"""Quantile of the normal distribution for an interval that holds the true share 19 times of 20."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Which hits were counted: the newest ones."""

    hits: int = 0
    since: datetime | None = None
    """When the oldest of them was found."""
    more: bool = False
    """True when there are older ones, which were not counted."""


@dataclass(frozen=True, slots=True)
class Worth:
    """How one rule or one form did."""

    words: str
    """Of a rule what it says, of a form how the topic file has it."""
    concept: str = ""
    """Of a form."""
    hits: int = 0
    """Of the newest hits, those that it is part of."""
    judged: int = 0
    """Of the newest hits that somebody judged, those that it is part of."""
    irrelevant: int = 0
    """How many of these are irrelevant."""
    wrong: tuple[int, ...] = ()
    """The newest of them."""
    found: str = ""
    """Of a form: what stands most often in the texts."""

    @property
    def at_least(self) -> float:
        """The least share of irrelevant hits that these figures leave likely, so that few of them prove little.

        Lower end of the score interval (E. B. Wilson, J. Am. Stat. Assoc. 22, 1927, 209-212).
        """
        if not self.judged:
            return 0.0
        number, share, square = self.judged, self.irrelevant / self.judged, _Z**2
        spread = _Z * sqrt(share * (1 - share) / number + square / (4 * number**2))
        return max(0.0, (share + square / (2 * number) - spread) / (1 + square / number))


@dataclass(frozen=True, slots=True)
class Learning:
    """What a topic's hits and the decisions on them say about its rules and forms, the worst first."""

    topic: str
    newest: Sample
    """The hits in which is counted how often a rule or form hit."""
    judged: Sample
    """Those with a decision, in which is counted how often it was wrong."""
    irrelevant: int
    rules: tuple[Worth, ...]
    forms: tuple[Worth, ...]
