"""The canary: artificial articles of our own that go through the whole path once a day, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

CANARY: Final = "(canary)"
"""The reserved name of its source and of its alert; nothing that bears it is shown to people unless asked for."""


@dataclass(frozen=True, slots=True)
class CanaryPlace:
    """Where the canary is served from and where its alerts go: a server of our own on loopback."""

    host: str
    port: int
    secret: str = field(repr=False)
    """What its paths begin with: nobody else can guess it."""

    @property
    def origin(self) -> tuple[str, int]:
        """Host and port, as the fetcher knows them (``monitor.urls.place_of``)."""
        return self.host, self.port

    @property
    def feed(self) -> str:
        """Address of its feed."""
        return self.page("feed")

    @property
    def sink(self) -> str:
        """Apprise URL of its channel."""
        return f"json://{self.host}:{self.port}/{self.secret}/sink"

    def page(self, name: str) -> str:
        """Address of one of its pages."""
        return f"http://{self.host}:{self.port}/{self.secret}/{name}"


@dataclass(frozen=True, slots=True)
class CanaryArticle:
    """One artificial article."""

    family: str
    """Its script family: ``Latin``, ``Han`` ..."""
    topic: str
    language: str
    title: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Trace:
    """What the database knows of one of them."""

    read: bool
    """Whether it was looked at, be it in vain."""
    trouble: str | None
    """Why its page could not be had, in words."""
    hits: tuple[str, ...]
    """Topics that it hit."""
    why: tuple[tuple[str, str], ...]
    """Topic -> the first reason of its verdict."""
    delivery: str | None
    """State of its delivery; None when none was made."""
    error: str | None
    """What went wrong with that."""


@dataclass(frozen=True, slots=True)
class Traces:
    """What the database knows of all that is out."""

    feed: str | None
    """Why the feed could not be read; None when it was read, or not asked for."""
    found: tuple[tuple[str, Trace], ...]
    """By address; an article that is not among them was not polled."""


@dataclass(frozen=True, slots=True)
class Fate:
    """How far one of them came."""

    article: CanaryArticle
    out: bool
    words: str
    """``came out``, or where it got stuck and why."""
    at: datetime | None = None
    """When it came out."""
