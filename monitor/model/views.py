"""What people see: stored hits, deliveries, the ledger of an article."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.model.words import Term, Verdict


@dataclass(frozen=True, slots=True)
class Carrier:
    """An article of a story, where another one is shown."""

    hit_id: int
    source: str
    language: str | None
    title: str
    url: str | None
    found: datetime
    how: str = "copy"
    """``first``, ``copy`` or ``translation``; see ``Linking``."""
    why: str = ""
    """For a person."""


@dataclass(frozen=True, slots=True)
class HitView:
    """A stored hit with its article: what lists, messages and pages show."""

    id: int
    article_id: int
    url: str | None
    title: str
    text: str
    source: str
    language: str | None
    topic: str
    grade: str
    score: float
    terms: tuple[Term, ...]
    why: tuple[str, ...]
    published: datetime | None
    found: datetime
    """When the hit was stored."""
    state: str
    extraction: str
    note: str = ""
    also_in: tuple[str, ...] = ()
    """Names of the other sources that carried the same article."""
    author: str | None = None
    edited: bool = False
    """True when it was an edit that made the article match."""
    country: str | None = None
    """The publisher's country, two letters."""
    story: int | None = None
    others: tuple[Carrier, ...] = ()
    """The other articles of its story, first one first."""
    how: str = "first"
    """How it came into its story; see ``Linking``."""
    linked: str = ""
    """Why it did, for a person."""
    tags: tuple[str, ...] = ()
    stamp: int = 0
    """The number of the last decision on it; 0 when there is none."""


@dataclass(frozen=True, slots=True)
class Revision:
    """What an article said before it was edited."""

    number: int
    until: datetime
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """A row of the outbox; one about the monitor itself has no hit, its words stand in ``title``."""

    id: int
    hit_id: int | None
    alert: str
    topic: str
    title: str
    url: str | None
    state: str
    attempts: int
    unknown: int
    created: datetime
    due: datetime
    sent: datetime | None
    error: str | None
    """What went wrong at the last try, or why it was not sent."""
    held: str | None = None
    """Why it waits until it is due."""
    story: int | None = None
    update: bool = False
    """True when the channel was told of its story before."""
    kind: str = "hit"
    """``hit``, or the kind of a notice."""


@dataclass(frozen=True, slots=True)
class ChannelView:
    """A channel of the outbox: how it stands, and what waits for it."""

    alert: str
    health: str
    """``ok``, ``failing`` or ``refused``."""
    since: datetime | None
    error: str | None
    next_at: datetime | None
    waiting: int
    """Deliveries pending, held or failed."""
    dead: int
    oldest: datetime | None
    """When the oldest of what waits was stored."""
    last_sent: datetime | None


@dataclass(frozen=True, slots=True)
class SuggestionView:
    """An article that may belong to another story; a person decides."""

    id: int
    hit_id: int
    title: str
    source: str
    language: str | None
    story: int
    """The story it may belong to."""
    story_hit_id: int
    """The first hit of that story."""
    story_title: str
    score: float
    why: str
    story_source: str = ""
    story_language: str | None = None


@dataclass(frozen=True, slots=True)
class SeenIn:
    """One source that carried an article."""

    source: str
    seen: datetime
    guid: str | None
    published: datetime | None


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything that became of one article, and why."""

    article_id: int
    url: str | None
    title: str
    found: datetime
    published: datetime | None
    language: str | None
    state: str
    extraction: str | None
    read_at: datetime | None
    attempts: int
    next_try: datetime | None
    error: str | None
    seen_in: tuple[SeenIn, ...]
    verdicts: tuple[Verdict, ...]
    hits: tuple[HitView, ...]
    deliveries: tuple[DeliveryView, ...]
    notes: tuple[str, ...] = ()
    blocked: str | None = None
    """What stood in front of its page at the last try."""
    page_url: str | None = None
    """Where it is read when that is not ``url``."""
    revisions: tuple[Revision, ...] = ()
    """What it said before, oldest first; empty when it was never edited."""
    text: str = ""
    """What it says now."""
    awaits_ruling: bool = False
    """True while only second nets have shown it and nobody was told: other sources have a day to bring it."""


@dataclass(frozen=True, slots=True)
class NearMiss:
    """An article that was no hit, but that a person may want to look at."""

    article_id: int
    url: str | None
    title: str
    source: str
    language: str | None
    topic: str | None
    """None when it is near for another reason than a score."""
    score: float
    reason: str
    """``score 2``, ``unreadable: ...`` or ``unknown language``."""
    terms: tuple[Term, ...]
    published: datetime | None
    found: datetime


@dataclass(frozen=True, slots=True)
class StoredText:
    """The text of an article as it was matched, and what one topic said of it."""

    article_id: int
    url: str | None
    title: str
    text: str
    source: str
    language: str | None
    published: datetime | None
    found: datetime
    hit: bool
    """Whether the topic has a hit on it now."""


@dataclass(frozen=True, slots=True)
class Change:
    """A hit that new rules gain or lose."""

    stored: StoredText
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Kept:
    """How much text is stored."""

    texts: int
    bytes: int
