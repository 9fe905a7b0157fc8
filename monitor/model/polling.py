"""The values of the poll stage, in the order of the flow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model.wanted import Source


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the last recorded poll of a source stands: its validators."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None


@dataclass(frozen=True, slots=True)
class SourceState:
    """What was learnt of a source besides its cursor."""

    health: str = "new"
    interval: timedelta | None = None
    """The interval in force; None before it was adapted."""
    arrivals: tuple[datetime, ...] = ()
    """When its last new entries were found, oldest first."""
    moved: Moved | None = None
    whole: datetime | None = None
    """When it was last asked without validators."""
    due: datetime | None = None
    """When this poll was due."""
    last_ok: datetime | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A permanent redirect of a source's address, as seen so far."""

    url: str
    since: datetime
    seen: int
    """Polls in a row that were sent there."""


@dataclass(frozen=True, slots=True)
class DueSource:
    """A source claimed for polling: what the user wrote and what we learnt."""

    source: Source
    cursor: Cursor
    failures: int
    """Polls failed in a row."""
    first: bool
    """True when no poll of this source was ever recorded."""
    state: SourceState = SourceState()


@dataclass(frozen=True, slots=True)
class Document:
    """What a server answered: the body is whole, inflated and within its limit."""

    url: str
    """The final URL, after redirects."""
    requested: str
    status: int
    headers: Mapping[str, str]
    """Lower-case names."""
    body: bytes
    redirects: tuple[tuple[int, str], ...] = ()
    """Each hop: status and the URL it led to."""

    @property
    def not_modified(self) -> bool:
        """True for a 304: nothing new since the validators that were sent."""
        return self.status == 304

    @property
    def content_type(self) -> str:
        """The Content-Type header as sent, or an empty string."""
        return self.headers.get("content-type", "")

    @property
    def etag(self) -> str | None:
        """The validator for If-None-Match, or None."""
        return self.headers.get("etag")

    @property
    def last_modified(self) -> str | None:
        """The validator for If-Modified-Since, or None."""
        return self.headers.get("last-modified")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed, cleaned: plain text, an absolute http(s) URL or none, a date or none."""

    guid: str | None
    url: str | None
    title: str
    summary: str = ""
    """Plain text of the summary, at most 20,000 characters."""
    content: str = ""
    """Plain text of the full content where the feed carries it, at most 20,000 characters."""
    author: str | None = None
    published: datetime | None = None
    date_raw: str | None = None
    """The date as written when it could not be read as one."""
    language: str | None = None
    updated: datetime | None = None
    """When the publisher says that it was last changed; None where that is not said."""


@dataclass(frozen=True, slots=True)
class Hints:
    """What a feed says of when to ask again (RSS 2.0 ttl, skipHours, skipDays; the syndication module)."""

    every: timedelta | None = None
    skip_hours: frozenset[int] = frozenset()
    """Hours of the day in UTC, 0 to 23, in which nothing new is published."""
    skip_days: frozenset[int] = frozenset()
    """Days of the week in UTC, 0 (Monday) to 6."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A parsed feed."""

    title: str
    language: str | None
    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()
    """Everything that was repaired, guessed, capped or dropped, in words: ``encoding guessed: windows-1251``."""
    hints: Hints = Hints()
    older: str | None = None
    """Address of the document with the entries before these (RFC 5005, ``prev-archive`` or ``next``)."""
    documents: tuple[str, ...] = ()
    """Further documents that hold the entries: the sitemaps of an index, newest first."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """An entry about to be stored: its identity is decided."""

    key: str
    """Identity of the entry within its source."""
    url_key: str
    """Identity of the article across sources."""
    entry: Entry


@dataclass(frozen=True, slots=True)
class PollResult:
    """All that one poll found; stored in one transaction, the cursor with it."""

    source: str
    outcome: str
    """``new``, ``unchanged`` (304 or the same bytes) or ``failed``."""
    sightings: tuple[Sighting, ...] = ()
    cursor: Cursor | None = None
    """None leaves the stored validators as they are."""
    error: str | None = None
    error_kind: str | None = None
    notes: tuple[str, ...] = ()
    title: str | None = None
    language: str | None = None
    retry_after: float | None = None
