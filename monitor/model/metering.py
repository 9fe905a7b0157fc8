"""What is measured of a running installation: whether it makes progress, and how everything stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Overdue:
    """Work that nothing holds back, and that has waited for longer than it should."""

    what: str
    """``polling`` or ``delivering``."""
    oldest: datetime
    """When the first of it was due."""
    last: datetime | None
    """When a piece of such work was last done."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What tells a monitor that works from one that only runs."""

    overdue: tuple[Overdue, ...]
    reading: datetime | None
    """When the first article that could be read was due; None when there is none."""
    written: datetime | None
    """When the database was last proved to be writable."""
    disk: str
    """``ok``, or what was said last of the space that is left."""
    counts: Mapping[str, int]
    """Articles, those of them that wait to be read, hits."""


@dataclass(frozen=True, slots=True)
class SourceMeter:
    """How one source stands."""

    name: str
    health: str
    """As in ``Standing``; ``paused`` where a person has it not polled."""
    late: timedelta
    """How long it is due without being polled."""
    interval: timedelta | None
    last_ok: datetime | None
    failures: int
    """Failed polls in a row."""
    articles: int
    """Articles that it was the first to show."""


@dataclass(frozen=True, slots=True)
class ChannelMeter:
    """How one channel stands."""

    alert: str
    health: str
    failures: int
    """Failed tries in a row."""
    waited: timedelta
    """How long the oldest of its deliveries is due without being sent."""
    last_sent: datetime | None
    deliveries: Mapping[str, int]
    """By state."""


@dataclass(frozen=True, slots=True)
class QueueMeter:
    """What is due at one desk."""

    due: int
    oldest: timedelta
    """How long the first of it is due; nothing where nothing is."""


@dataclass(frozen=True, slots=True)
class Room:
    """What the database takes, and what is left; bytes."""

    database: int
    log: int
    """The write-ahead log; 0 where the database is a server's."""
    free: int | None
    """None where the database is a server's."""


@dataclass(frozen=True, slots=True)
class Standings:
    """How everything stands."""

    sources: tuple[SourceMeter, ...]
    unlisted: int
    """Sources that are watched but not among these: those in trouble come first."""
    channels: tuple[ChannelMeter, ...]
    articles: Mapping[str, int]
    """By state."""
    queues: Mapping[str, QueueMeter]
    """By desk."""
    room: Room
    written: datetime | None
