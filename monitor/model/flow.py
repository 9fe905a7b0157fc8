"""The values that pass between the stages, in the order of the flow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from monitor.model.views import HitView
from monitor.model.wanted import Source
from monitor.model.words import Verdict

# --- poll ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the last recorded poll of a source stands: its validators."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None


@dataclass(frozen=True, slots=True)
class DueSource:
    """A source claimed for polling: what the user wrote and what we learnt."""

    source: Source
    cursor: Cursor
    failures: int
    """Polls failed in a row."""
    first: bool
    """True when no poll of this source was ever recorded."""


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


@dataclass(frozen=True, slots=True)
class Feed:
    """A parsed feed."""

    title: str
    language: str | None
    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()
    """Everything that was repaired, guessed, capped or dropped, in words: ``encoding guessed: windows-1251``."""


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


# --- read ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DueArticle:
    """An article claimed for reading: what the feed said of it."""

    id: int
    url: str | None
    title: str
    feed_text: str
    """Plain text of the feed's summary and content."""
    author: str | None
    published: datetime | None
    language: str | None
    """The feed's or the user's word for it."""
    source: str
    found: datetime
    attempts: int
    """Reads of the page tried before this one."""
    backlog: timedelta
    """Younger hits than this alert; older ones are stored only."""


@dataclass(frozen=True, slots=True)
class Page:
    """The article as read from its page."""

    title: str
    text: str
    extraction: Literal["full", "degraded", "skipped", "none"]
    """``full``: the extractor found the article; ``degraded``: the whole page's text stands in for it;
    ``skipped``: the prefilter proved that nothing on the page can match; ``none``: no page."""
    author: str | None = None
    published: datetime | None = None
    language: str | None = None
    canonical_url: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    r"""What is matched. Offsets count code points in NFC of ``title + "\n\n" + text``."""

    title: str
    text: str
    url: str = ""
    language: str | None = None
    published: datetime | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """All that one reading found; stored in one transaction with its hits and deliveries."""

    article_id: int
    title: str
    text: str
    """The text that the verdicts' offsets count in (with the title)."""
    extraction: str
    verdicts: tuple[Verdict, ...]
    language: str | None = None
    author: str | None = None
    published: datetime | None = None
    canonical_url: str | None = None
    error: str | None = None
    """Why the page could not be read, in words; the feed's own text was matched instead."""
    retry_in: timedelta | None = None
    """When to try the page again; None when the reading is final."""
    notes: tuple[str, ...] = ()


# --- deliver -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A delivery to be stored with its hit."""

    topic: str
    alert: str
    due: datetime
    expires: datetime
    suppressed: str | None = None
    """Why this one is stored but not sent, in words; None when it is to be sent."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """Deliveries of one channel claimed together: one message. Single alerts hold one hit, a digest several."""

    alert: str
    delivery_ids: tuple[int, ...]
    hits: tuple[HitView, ...]
    attempts: int
    repeated: bool
    """True when an earlier try may already have arrived."""
    key: str
    """Stable identity of this message for the receiver (mail Message-ID)."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a channel sends: the same words as plain text and as HTML."""

    subject: str
    text: str
    html: str
    telegram: str
    """Telegram's HTML subset, at most 3,500 UTF-16 units."""
    key: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one try to send a parcel ended."""

    ok: bool
    error: str | None = None
    permanent: bool = False
    unknown: bool = False
    retry_after: float | None = None


# --- sums ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Event:
    """One piece of work done at a desk: a line for the log, a step of the progress bar, a part of the sum."""

    desk: Literal["poll", "read", "deliver"]
    subject: str
    """The source, the article's headline or the alert."""
    outcome: str
    """In words, for a person: ``5 new``, ``hit: ramstein (certain)``, ``sent``."""
    ok: bool = True
    hits: int = 0
    delivered: int = 0


@dataclass(frozen=True, slots=True)
class RoundSum:
    """What one round did."""

    sources: int = 0
    articles: int = 0
    hits: int = 0
    delivered: int = 0
    failed: int = 0
