"""What people see of the sources: their health, what they brought, their gaps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source and what we learnt of it."""

    name: str
    url: str
    kind: str
    language: str | None
    active: bool
    """False when sources.yaml no longer has it, or has it disabled."""
    health: str
    """``new ok late silent blocked moved rotated failing gone back``; see ``monitor.poll.health``."""
    outcome: str | None
    error: str | None
    failures: int
    last_poll: datetime | None
    last_ok: datetime | None
    last_new: datetime | None
    next_poll: datetime | None
    entries: int
    """Entries ever seen."""
    hits: int
    notes: tuple[str, ...] = ()
    health_since: datetime | None = None
    interval: timedelta | None = None
    """The interval in force; None before the first poll."""
    lateness: timedelta | None = None
    """How long after it was due the last poll was done."""
    address: str | None = None
    """Where it is polled since it moved, when that is not ``url``."""
    moving_to: str | None = None
    """Where a permanent redirect leads that is not believed yet."""
    identity: str | None = None
    walls: int = 0
    """Article pages in a row that were a wall."""
    gaps: tuple[GapView, ...] = ()
    """Newest first."""
    paused: datetime | None = None
    """Since when a person has it not polled."""
    paused_by: str = ""
    country: str | None = None
    days: tuple[tuple[int, int], ...] = ()
    """Entries and hits of each of the last 30 days, oldest first; empty where nobody asked."""
    id: int = 0
    """0 for one that the database does not know yet."""
    first_poll: datetime | None = None
    longest_pause: timedelta | None = None
    """The longest time without anything new among the last arrivals; None while there are few of them."""


@dataclass(frozen=True, slots=True)
class SourceArticle:
    """An article that a source brought first, in short."""

    title: str
    url: str | None
    language: str | None
    found: datetime
    state: str
    """``pending``, ``again`` or ``done``; see ``Ledger``."""
    trouble: str | None
    """Why its page could not be read."""
    hit_id: int | None
    """A hit on it that stands."""


@dataclass(frozen=True, slots=True)
class SourceHead:
    """What sources are sorted and filtered by."""

    id: int
    name: str
    url: str
    language: str | None
    country: str | None
    active: bool
    health: str
    paused: datetime | None = None


@dataclass(frozen=True, slots=True)
class GapView:
    """A time in which entries of a source may have been missed."""

    source: str
    noticed: datetime
    since: datetime
    until: datetime
    state: str
    """``reading``, ``closed`` or ``open``."""
    read_back: int
    words: str
