"""What the user wrote in sources.yaml: sources and alerts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

Politeness = Literal["host", "domain", "source"]
HttpVersion = Literal["1.1", "2"]


@dataclass(frozen=True, slots=True)
class Manner:
    """How the documents of one source are asked for, where that differs from the rest."""

    user_agent: str | None = None
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Further request headers; may hold a reader's key, and go to the source's own origin only."""
    http: HttpVersion = "1.1"
    """The highest version that is offered to a server."""
    proxy: str | None = field(default=None, repr=False)
    """URL of a proxy (http or https); may hold a password."""
    origin: str | None = None
    """The origin (scheme, host, port) that the headers are for; None: the one that is asked first."""


@dataclass(frozen=True, slots=True)
class Source:
    """One place that publishes articles, as written in sources.yaml."""

    name: str
    url: str
    kind: str = "feed"
    language: str | None = None
    country: str | None = None
    tier: int | None = None
    """1 to 3: how much its word counts, as the user sees it."""
    interval: timedelta = timedelta(minutes=15)
    """How often it is polled to begin with."""
    interval_min: timedelta = timedelta(minutes=3)
    interval_max: timedelta = timedelta(minutes=30)
    """Between these the interval follows the source."""
    alert_backlog: timedelta = timedelta(days=1)
    enabled: bool = True
    control: bool = False
    """A second net: never alerted from at first sight, but compared with what the other sources brought."""
    selector: str | None = None
    """CSS selector of the links that are the entries of a listing; None finds them."""
    polite: Politeness = "host"
    """What requests are spaced by: the host, its registrable domain, or this source alone."""
    pace: timedelta = timedelta(seconds=1)
    """Least time between two requests under that key."""
    connections: int = 2
    """Most requests under way at once under that key."""
    manner: Manner = Manner()


@dataclass(frozen=True, slots=True)
class Alert:
    """One channel to alert, as written in sources.yaml: an Apprise URL and what goes there when."""

    name: str
    url: str = field(repr=False)
    """Apprise URL; holds secrets, is never printed or logged."""
    topics: tuple[str, ...]
    when: str = "now"
    """``now`` or a five-field cron line for a digest."""
    quiet: str | None = None
    """``HH:MM-HH:MM`` local time in which nothing is sent (deliveries are held)."""
    timezone: str = "UTC"
    expires: timedelta = timedelta(days=7)
    grades: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    tiers: tuple[int, ...] = ()
    fields: tuple[str, ...] = ()
    """What a hit must be to go here: its grade, its article's language, its source's country and tier, the fields it
    matched in (``title``, ``lead``, ``text``, ``url``); empty asks nothing."""
    filters: tuple[str, ...] = ()
    """Names of saved filters of which a hit has to fit one; empty asks nothing."""
    urgent: tuple[str, ...] = ("spike",)
    """What breaks through quiet hours and cooldown: ``spike``, ``certain``, ``title``, ``tier-1``, ``notice``."""
    cooldown: timedelta = timedelta(0)
    """Least time between two messages; what comes in between goes out as one."""
    max_per_hour: int = 30
    """Messages beyond which the rest goes out as one."""
    updates: timedelta | None = timedelta(hours=6)
    """Least time between two messages on one story; None: only the first."""
    notices: bool = True
    """Whether the monitor speaks of itself here."""
    templates: str | None = None
    """Folder with own message templates."""
