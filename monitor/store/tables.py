"""The tables. Rows stay in this folder: a table model does not validate and is tied to its session.

States are words with a CHECK, times are UTC, lists are JSON. A change here needs a migration beside it
(``migrations/versions``); a test compares the two.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON as SQL_JSON
from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from monitor.store.columns import Utc

ARTICLE_STATES = ("pending", "again", "done")
REVIEW_STATES = ("new", "relevant", "irrelevant", "starred")
WAITING, READ = "state IN ('pending', 'again')", "state = 'done'"
_LEASED = "lease_until IS NOT NULL"
ON_PAGE = "url_key >= 'entry:' AND url_key < 'entry;'"
"""Condition on articles that share their page with others, so that its address is not their key."""
_IN_LIST = ("found", "id", "topic", "grade", "language", "source_id", "country", "state", "withdrawn")


def one_of(column: str, states: tuple[str, ...]) -> CheckConstraint:
    """The CHECK of a column of states."""
    words = ", ".join(f"'{state}'" for state in states)
    return CheckConstraint(f"{column} IN ({words})", name=f"{column}_known")


def time(*, index: bool = False) -> Any:
    """A column for a point in time that may be unknown."""
    return Field(default=None, sa_column=Column(Utc, nullable=True, index=index))


def json() -> Any:
    """A column for a list."""
    return Field(default_factory=_empty, sa_column=Column(SQL_JSON, nullable=False))


def _empty() -> list[Any]:
    """A plain function: pydantic looks at the signature of ``list`` itself anew for each row, at half of its cost."""
    return []


def _partial(name: str, where: str, *columns: str) -> Index:
    """Return an index of the rows of which this holds."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


class SourceRow(SQLModel, table=True):
    """What we learnt of a source; what the user wrote stays in sources.yaml."""

    __tablename__: ClassVar[str] = "source"
    __table_args__: ClassVar[Any] = (_partial("source_leased", _LEASED, "polite"),)

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    url: str
    address: str | None = None
    """Where it is polled when that is no longer ``url``: a permanent move that was taken over."""
    kind: str
    host: str
    polite: str = ""
    """The key of ``pace`` for its requests."""
    active: bool = True
    due: datetime = Field(sa_column=Column(Utc, nullable=False, index=True))
    lease_until: datetime | None = time()
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    whole: datetime | None = time()
    """When it was last asked without validators."""
    failures: int = 0
    """Failed polls in a row."""
    passing: int = 0
    soft: int = 0
    hard: int = 0
    """Those of them by what they say: trouble on the way, an answer that is no feed, a refusal."""
    walls: int = 0
    """Article pages in a row that were a wall."""
    health: str = "new"
    health_since: datetime | None = time()
    moved_to: str | None = None
    moved_since: datetime | None = time()
    moved_seen: int = 0
    interval: float | None = None
    """Seconds between polls, as adapted to the source."""
    arrivals: list[float] = json()
    """When its last new entries were found, as seconds since 1970, oldest first."""
    planned: datetime | None = time()
    """When the last poll was due."""
    identity: str | None = None
    """What tells its entries apart: ``guid``, ``url`` or ``title``."""
    trail: list[str] = json()
    """Addresses still to be read back for a gap."""
    outcome: str | None = None
    error: str | None = None
    error_kind: str | None = None
    title: str | None = None
    language: str | None = None
    country: str | None = None
    notes: list[str] = json()
    entries: int = 0
    articles: int = 0
    """Articles that it was the first to show."""
    first_poll: datetime | None = time()
    last_poll: datetime | None = time()
    last_ok: datetime | None = time()
    last_new: datetime | None = time()
    paused: datetime | None = time()
    """Since when a person has it not polled."""
    paused_by: str = ""


class PaceRow(SQLModel, table=True):
    """When a host may next be called; shared by every process on this database."""

    __tablename__: ClassVar[str] = "pace"

    key: str = Field(primary_key=True)
    """``host:<name>``, ``domain:<name>`` or ``source:<name>``."""
    next_at: datetime = Field(sa_column=Column(Utc, nullable=False))


class ArticleRow(SQLModel, table=True):
    """Every article ever seen, what became of it, and why."""

    __tablename__: ClassVar[str] = "article"
    __table_args__: ClassVar[Any] = (
        one_of("state", ARTICLE_STATES),
        _partial("article_done", READ, "due", "id"),
        _partial("article_waiting", WAITING, "due", "id", "polite", "lease_until", "source_id", "state"),
        _partial("article_leased", _LEASED, "polite", "lease_until"),
        _partial("article_near", "near IS NOT NULL", "found", "id", "language", "source_id"),
        _partial("article_canonical", "canonical_url IS NOT NULL", "canonical_url"),
        _partial("article_on_page", ON_PAGE, "url"),
    )

    id: int | None = Field(default=None, primary_key=True)
    url_key: str = Field(unique=True)
    url: str | None = None
    page_url: str | None = None
    """Where it is read when that is not ``url``."""
    host: str | None = None
    polite: str | None = None
    """The key of ``pace`` for its page."""
    source_id: int = Field(foreign_key="source.id", index=True)
    title: str
    heading: str | None = None
    """What its feed calls it now; ``title`` is what it was read under."""
    feed_text: str = ""
    author: str | None = None
    published: datetime | None = time()
    language: str | None = None
    found: datetime = Field(sa_column=Column(Utc, nullable=False))
    state: str = "pending"
    """``again`` waits to be read once more, for corrections."""
    due: datetime = Field(sa_column=Column(Utc, nullable=False))
    """Of one that is done: when it was read last, or 1970 once its details were dropped."""
    lease_until: datetime | None = time()
    attempts: int = 0
    revision: int = 1
    edited: datetime | None = time()
    """When its entry was last seen changed."""
    blocked: str | None = None
    """What stood in front of its page."""
    read_at: datetime | None = time()
    extraction: str | None = None
    canonical_url: str | None = None
    error: str | None = None
    verdicts: list[dict[str, Any]] = json()
    notes: list[str] = json()
    outlet: str | None = None
    """Site that its entry names as the one it was taken from."""
    near: str | None = None
    """Why a person may want to look at it although it is no hit."""


class SightingRow(SQLModel, table=True):
    """One entry of one source: where and when an article was seen."""

    __tablename__: ClassVar[str] = "sighting"
    __table_args__: ClassVar[Any] = (
        Index("sighting_fingerprint", "source_id", "fingerprint"),
        Index(
            "sighting_of_nets",
            "source_id",
            "article_id",
            "seen",
            "control",
            sqlite_where=text("control IS 1"),
            postgresql_where=text("control IS true"),
        ),
    )

    source_id: int = Field(foreign_key="source.id", primary_key=True)
    key: str = Field(primary_key=True)
    article_id: int = Field(foreign_key="article.id", index=True)
    guid: str | None = None
    title: str = ""
    published: datetime | None = time()
    seen: datetime = Field(sa_column=Column(Utc, nullable=False))
    fingerprint: str | None = None
    """Title and date, where they can tell the entry from others of its source."""
    letters: str | None = None
    """Hash of what its entry says, without digits: another one is an edit."""
    control: bool = False
    """Shown by a second net; what only those have shown alerts when it is ruled missed."""


class TextRow(SQLModel, table=True):
    """The text of a page that was read, compressed with zlib; a hit's is kept, others for ``keep: text``."""

    __tablename__: ClassVar[str] = "text"

    article_id: int = Field(foreign_key="article.id", primary_key=True)
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class HitRow(SQLModel, table=True):
    """An article that a topic matched."""

    __tablename__: ClassVar[str] = "hit"
    __table_args__: ClassVar[Any] = (
        one_of("state", REVIEW_STATES),
        UniqueConstraint("article_id", "topic"),
        Index("hit_listed", *_IN_LIST, "story_id"),  # whatever a filter asks is answered by the index alone
        Index("hit_of_story", "story_id", *_IN_LIST, "article_id"),
        Index("hit_of_source", "source_id", "found", "id", "withdrawn"),
        Index("hit_kind", "language", "topic", "source_id", "withdrawn"),
    )

    id: int | None = Field(default=None, primary_key=True)
    article_id: int = Field(foreign_key="article.id")
    source_id: int | None = Field(default=None, foreign_key="source.id")
    story_id: int | None = Field(default=None, foreign_key="story.id")
    language: str | None = None
    country: str | None = None
    """These four are its article's, kept here for the lists."""
    topic: str
    grade: str
    score: float
    terms: list[dict[str, Any]] = json()
    why: list[str] = json()
    found: datetime = Field(sa_column=Column(Utc, nullable=False))
    state: str = "new"
    note: str = ""
    revision: int = 1
    """The revision of the article that matched first."""
    withdrawn: bool = False
    """Changed rules no longer match it; kept with its history, listed no more."""


class DecisionRow(SQLModel, table=True):
    """The history of decisions on a hit; append-only."""

    __tablename__: ClassVar[str] = "decision"

    id: int | None = Field(default=None, primary_key=True)
    """Decisions are numbered in the order in which they were made."""
    hit_id: int = Field(foreign_key="hit.id", index=True)
    at: datetime = Field(sa_column=Column(Utc, nullable=False, index=True))
    state: str
    note: str = ""
    who: str = ""
    """Who decided; empty where nobody had to say."""
    tags: list[str] = json()
    """The hit's tags from then on."""
    undoes: int | None = None
    """The decision that this one takes back."""
