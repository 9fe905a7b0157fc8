"""The values that pass between the stages behind the poll, in the order of the flow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from monitor.model.stories import Print
from monitor.model.wanted import Manner
from monitor.model.words import Verdict

# --- spread over many machines -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offered:
    """A due row that was leased to be taken up by another process."""

    number: int
    own: bool
    """Whether this process alone can do it: the canary's."""


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
    page_url: str | None = None
    """Where the article is read instead of its URL: an AMP or print version, what a redirecting link led to."""
    manner: Manner = Manner()
    """How its page is asked for; the source's own headers are for the source's own site."""


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
    blocked: str | None = None
    """What stood in front of the page, in words: a bot wall, a consent page, a login. The page itself was answered."""
    page_url: str | None = None
    """Where to read it at the next try, or where it was read, when that is not its URL."""
    print: Print | None = None
    """What tells its story from others; only of an article with a hit."""


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
    noticed: bool = False
    """True when it tells of a change of state that the operator should know of."""
    result: str = ""
    """One word of a few, for counting: ``new``, ``unchanged``, ``hit``, ``sent``, ``failed`` ..."""


@dataclass(frozen=True, slots=True)
class RoundSum:
    """What one round did."""

    sources: int = 0
    articles: int = 0
    hits: int = 0
    delivered: int = 0
    failed: int = 0
