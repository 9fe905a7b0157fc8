"""What the monitor sees of itself: the facts that its notices rest on, and the figures of its week."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Waiting:
    """Work of one kind that is due, held back by nothing, and not taken up yet."""

    number: int
    oldest: datetime | None
    """When the first of it was due."""


@dataclass(frozen=True, slots=True)
class TopicHits:
    """How much a topic hit lately."""

    topic: str
    hour: int
    """New articles that it hit within the last hour."""
    usual: float | None
    """The same in a usual hour of the last two weeks; None while it was not watched for a day."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is measured each minute."""

    free: int | None
    """Bytes free where the database is; None where that is another machine."""
    folder: str
    """Where that is."""
    waiting: Mapping[str, Waiting]
    """By what is waited for: ``polling``, ``reading``, ``delivering``."""
    hits: tuple[TopicHits, ...]
    log: int = 0
    """Bytes of the log beside an SQLite database; it grows while somebody reads in one go."""


@dataclass(frozen=True, slots=True)
class ChannelFigures:
    """What became of the deliveries to one alert."""

    alert: str
    sent: int
    waiting: int
    lost: int
    """Those that died or expired."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What was done since a point in time, and how things stand."""

    since: datetime
    sources: int
    answering: int
    articles: int
    """Articles read."""
    hits: Mapping[str, int]
    """By language, most first; an empty name where it is unknown."""
    channels: tuple[ChannelFigures, ...]
    slowest: tuple[tuple[str, timedelta], ...]
    """Sources whose articles are found longest after they are published: the median of each."""
    gaps: int
    open_gaps: int
    size: int
    """Bytes of the database."""
    dead: tuple[tuple[str, str], ...]
    """Sources of which nothing was read for a week, with their state."""
    paused: tuple[str, ...] = ()
    """Sources that a person has not polled; they are in none of the other counts."""
