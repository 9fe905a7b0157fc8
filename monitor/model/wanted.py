"""What the user wrote in sources.yaml: sources and alerts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Source:
    """One place that publishes articles, as written in sources.yaml."""

    name: str
    url: str
    kind: str = "feed"
    language: str | None = None
    country: str | None = None
    interval: timedelta = timedelta(minutes=15)
    alert_backlog: timedelta = timedelta(days=1)
    enabled: bool = True


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
