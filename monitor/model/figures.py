"""What was found, told and decided in a span of days: the numbers behind the charts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

UNKNOWN_LANGUAGE = "und"
"""Stands for the language of hits whose language is not known (ISO 639-2), as in ``HitFilter``."""
UNKNOWN_COUNTRY = "-"
"""Stands for the country of hits whose publisher's country is not known, as in ``HitFilter``."""


@dataclass(frozen=True, slots=True)
class Span:
    """How far back is looked, and in what steps."""

    days: int
    """Days up to and with today."""
    step: int = 1
    """Days of one stretch."""


@dataclass(frozen=True, slots=True)
class Latency:
    """How long something took, in seconds."""

    n: int
    """How many were measured."""
    median: float | None = None
    p95: float | None = None
    """The least time within which 95 % of them were done (nearest rank). Both are None where nothing was measured."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What happened in one step of a span: on one day, or in one week."""

    start: datetime
    end: datetime
    """Midnights of the reader's zone."""
    languages: Mapping[str, int] = field(default_factory=dict)
    topics: Mapping[str, int] = field(default_factory=dict)
    """Hits found, by language and by topic."""
    stories: int = 0
    """Stories that began."""
    decisions: int = 0
    latency: Latency = Latency(0)
    """From publication to the first alert, of what was first alerted then."""

    @property
    def hits(self) -> int:
        """How many hits were found."""
        return sum(self.topics.values())


@dataclass(frozen=True, slots=True)
class OutletFigures:
    """What one outlet brought."""

    name: str
    country: str | None
    hits: int
    first: int
    """Stories of which its article was published before everybody else's."""


@dataclass(frozen=True, slots=True)
class Latencies:
    """How long alerts took, as far as that was measured."""

    first: Latency = Latency(0)
    """From an article's publication to the first alert of it, on whatever channel."""
    seen: Latency = Latency(0)
    """The part of it from publication to when the article was first seen."""
    channels: Mapping[str, Latency] = field(default_factory=dict)
    """From publication to the alert on this channel, by the alert's name."""
    sent: int = 0
    """Deliveries sent in the span."""
    sampled: int = 0
    """Those of them that were looked at: all, or an even sample where there are very many."""


@dataclass(frozen=True, slots=True)
class ReviewFigures:
    """The figures of a span."""

    zone: str
    """IANA name of the zone whose days these are."""
    topic: str | None
    """None: of all topics."""
    stretches: tuple[Stretch, ...]
    """Oldest first, without holes."""
    countries: Mapping[str, int]
    states: Mapping[str, int]
    """Hits by the publisher's country and by what was decided, most first."""
    deciders: Mapping[str, int]
    """Decisions by who made them, most first; the empty name stands for those who did not have to say."""
    outlets: tuple[OutletFigures, ...]
    """Those with the most hits."""
    firsts: tuple[OutletFigures, ...]
    """Those that most often had a story first."""
    known: int
    """Outlets with a hit in the span."""
    latencies: Latencies

    @property
    def hits(self) -> int:
        """Hits found in the span."""
        return sum(stretch.hits for stretch in self.stretches)

    @property
    def stories(self) -> int:
        """Stories that began in the span."""
        return sum(stretch.stories for stretch in self.stretches)

    @property
    def decisions(self) -> int:
        """Decisions made in the span."""
        return sum(stretch.decisions for stretch in self.stretches)

    @property
    def languages(self) -> Mapping[str, int]:
        """Hits by language, most first."""
        return most_first(sum((Counter(stretch.languages) for stretch in self.stretches), Counter()))

    @property
    def topics(self) -> Mapping[str, int]:
        """Hits by topic, most first."""
        return most_first(sum((Counter(stretch.topics) for stretch in self.stretches), Counter()))


def most_first(counts: Mapping[str, int]) -> dict[str, int]:
    """Counts in order, the greatest first, equal ones by name."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
