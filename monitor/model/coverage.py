"""What second nets showed, compared with what the other sources brought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Caught = Literal["found", "later", "missed"]
"""``found``: ours already when a second net showed it; ``later``: ours within a day of that; ``missed``: not."""


ONLY_BY_NET = "found only by a second net: none of the other sources brought it within 24 h"
"""The first reason of a hit that is told for that."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An article that hit, as it was seen by second nets, or as it was seen by the other sources."""

    article_id: int
    title: str
    urls: tuple[str, ...]
    """The addresses by which it is known: the entry's, the page's, the one the page names as its own."""
    outlet: str | None
    """What the entry names as the site it was taken from."""
    language: str | None
    topics: frozenset[str]
    seen: datetime
    """When the first of those sources showed it."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What is to be compared."""

    waiting: tuple[Seen, ...] = ()
    """What second nets showed and nobody has ruled on."""
    ours: tuple[Seen, ...] = ()
    """What the other sources brought in that time."""
    ruled: tuple[Seen, ...] = ()
    """What second nets showed in that time and was ruled on."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What became of an article that a second net showed."""

    article_id: int
    seen: datetime
    caught: Caught
    ours: int | None = None
    """Number of our article; None when it was missed."""
    came: datetime | None = None
    """When ours was first seen; None when it was missed."""
    twin: int | None = None
    """Number of the article of another second net that this one repeats; it is counted and alerted there."""


@dataclass(frozen=True, slots=True)
class Covered:
    """A ruling with what it was about."""

    article: Seen
    caught: Caught
    came: datetime | None
    published: datetime | None


@dataclass(frozen=True, slots=True)
class Missed:
    """An article that was missed, and who had it."""

    article: Seen
    published: datetime | None
    hit_id: int | None
    nets: tuple[tuple[str, datetime], ...]
    """The second nets that showed it and when, the first one first."""
    late: tuple[tuple[str, datetime], ...]
    """The same of our own sources: those that came too late."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """All rulings of a span of time."""

    rows: tuple[Covered, ...]
    """Without repetitions in other second nets."""
    waiting: int
    started: datetime | None
    """When the first of our own sources was read; None before that."""


@dataclass(frozen=True, slots=True)
class Recall:
    """How much of what second nets showed was ours within a day."""

    language: str
    found: int
    later: int
    missed: int
    low: float
    """Lower end of the 95 % Wilson interval of ``share``."""
    high: float
    delay: float | None
    """Median seconds by which those found later came after the second net; None without any."""

    @property
    def size(self) -> int:
        """How many articles were compared."""
        return self.found + self.later + self.missed

    @property
    def share(self) -> float:
        """Measured recall, 0 to 1."""
        return (self.found + self.later) / self.size if self.size else 0.0


@dataclass(frozen=True, slots=True)
class MissedOutlet:
    """An outlet whose articles were missed: one to add."""

    outlet: str
    """Its host, or its name where no address was learnt."""
    missed: int
    languages: tuple[str, ...]
    example: str
    """Headline of the latest."""
    url: str | None
    """An address to look for its feed at."""


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """Measured recall and what to add."""

    since: datetime
    languages: tuple[Recall, ...]
    total: Recall
    waiting: int
    """Shown less than a day ago, not ruled on yet."""
    before: int
    """Published before our sources were first read; counted nowhere."""
    outlets: tuple[MissedOutlet, ...]
