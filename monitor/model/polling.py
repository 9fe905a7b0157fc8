"""The values of the poll stage, in the order of the flow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from monitor.model.wanted import Source


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the last recorded poll of a source stands: its validators."""

    etag: str | None = None
    """Empty where "not modified" has proved wrong: no validators are sent."""
    last_modified: str | None = None
    body_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A permanent redirect of a source's address, as seen so far."""

    url: str
    since: datetime
    seen: int
    """Polls in a row that were sent there."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which a feed rotated further than it shows, while it is read back."""

    noticed: datetime
    since: datetime
    """The last poll before it."""
    until: datetime
    """The date of the oldest entry behind it."""
    steps: int = 0
    """Documents read back so far."""
    read_back: int = 0
    """Entries found by that."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What was learnt of a source besides its cursor; each poll makes a new one of the last."""

    health: str = "new"
    """``new ok late silent blocked moved rotated failing gone back``."""
    since: datetime | None = None
    """When it became that."""
    failures: int = 0
    """Polls failed in a row; of those by kind:"""
    passing: int = 0
    soft: int = 0
    hard: int = 0
    interval: timedelta | None = None
    """The interval in force; None before the first poll."""
    arrivals: tuple[float, ...] = ()
    """When its last new entries were found, as seconds since 1970, oldest first."""
    moved: Moved | None = None
    address: str | None = None
    """Where it is polled since a permanent move was taken over."""
    whole: datetime | None = None
    """When its document was last read; "not modified" proves nothing."""
    walls: int = 0
    """Article pages in a row that were a wall."""
    identity: str | None = None
    """What tells its entries apart: ``guid``, ``url`` or ``title``."""
    trail: tuple[str, ...] = ()
    """Documents still to be read: those of an index, or those behind a gap."""
    gap: Gap | None = None
    barren: datetime | None = None
    """When a gap was last noticed for which the site offered nothing older."""
    last_poll: datetime | None = None
    last_ok: datetime | None = None
    planned: datetime | None = None
    """When the last poll was due."""


NoticeKind = Literal[
    "source", "network", "channel", "config", "disk", "backlog", "topic", "filter", "canary", "spike", "alive"
]


@dataclass(frozen=True, slots=True)
class Notice:
    """A change of state that the operator should know of, once."""

    subject: str
    """The source, the alert, or what else it is about: ``network``, ``disk`` ..."""
    was: str
    state: str
    words: str
    at: datetime
    kind: NoticeKind = "source"
    topic: str | None = None
    language: str | None = None
    """What a spike is of."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What the entries of one poll turned out to be."""

    new: int = 0
    """Articles that nobody carried before."""
    known: int = 0
    """Entries that this source had shown before."""
    linked: int = 0
    """Entries new to this source of articles that another one carried first."""
    edited: int = 0
    """Known entries that say something else now."""
    earlier: int = 0
    """Known entries that were seen before the gap that is read back."""
    by_guid: int = 0
    """Known entries that were known by their GUID."""

    @property
    def fresh(self) -> int:
        """Entries that this source had not shown before."""
        return self.new + self.linked


@dataclass(frozen=True, slots=True)
class After:
    """What follows from one poll: stored in the transaction that stores its entries."""

    standing: Standing
    """Its gap is the one that ``gap`` is said of, also when that ends it."""
    due: datetime
    notice: Notice | None = None
    gap: str | None = None
    """``reading``, ``closed`` or ``open``: what becomes of the gap; None leaves it."""
    gap_words: str = ""


@dataclass(frozen=True, slots=True)
class DueSource:
    """A source claimed for polling: what the user wrote and what we learnt."""

    source: Source
    cursor: Cursor
    first: bool
    """True when no poll of this source ever succeeded."""
    at: datetime
    """When it was claimed."""
    due: datetime
    """When it was due."""
    standing: Standing = Standing()

    @property
    def reading_back(self) -> bool:
        """True when a further document is to be read instead of the source's own."""
        return bool(self.standing.trail)

    @property
    def url(self) -> str:
        """The address to ask."""
        return self.standing.trail[0] if self.standing.trail else self.standing.address or self.source.url


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
    outlet: str | None = None
    """Site that the entry was taken from, where a feed collects those of others: its address, else its name."""


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
    fingerprint: str | None = None
    """Title and date, where they can tell the entry from others of its source."""


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
    status: int = 0
    """HTTP status of a failure; 0 where none was answered."""
    notes: tuple[str, ...] = ()
    title: str | None = None
    language: str | None = None
    retry_after: float | None = None
    whole: bool = False
    """True when the document itself was read, not merely called unchanged."""
    moved: str | None = None
    """Where the source's address leads by permanent redirects alone."""
    fresh: timedelta | None = None
    """How long the answer stays fresh by its headers."""
    hints: Hints = Hints()
    older: str | None = None
    documents: tuple[str, ...] = ()
