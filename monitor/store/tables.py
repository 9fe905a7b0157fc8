"""The tables. Rows stay in this folder: a table model does not validate and is tied to its session.

States are words with a CHECK, times are UTC, lists are JSON. A change here needs a migration beside it
(``migrations/versions``); a test compares the two.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON as SQL_JSON
from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from monitor.store.columns import Utc

ARTICLE_STATES = ("pending", "done")
DELIVERY_STATES = ("pending", "sending", "failed", "sent", "expired", "dead", "suppressed")
REVIEW_STATES = ("new", "relevant", "irrelevant", "starred")


def _one_of(column: str, states: tuple[str, ...]) -> CheckConstraint:
    words = ", ".join(f"'{state}'" for state in states)
    return CheckConstraint(f"{column} IN ({words})", name=f"{column}_known")


def _time(*, index: bool = False) -> Any:
    return Field(default=None, sa_column=Column(Utc, nullable=True, index=index))


def _json() -> Any:
    return Field(default_factory=list, sa_column=Column(SQL_JSON, nullable=False))


class SourceRow(SQLModel, table=True):
    """What we learnt of a source; what the user wrote stays in sources.yaml."""

    __tablename__: ClassVar[str] = "source"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    url: str
    kind: str
    host: str
    active: bool = True
    due: datetime = Field(sa_column=Column(Utc, nullable=False, index=True))
    lease_until: datetime | None = _time()
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    failures: int = 0
    outcome: str | None = None
    error: str | None = None
    error_kind: str | None = None
    title: str | None = None
    language: str | None = None
    notes: list[str] = _json()
    entries: int = 0
    first_poll: datetime | None = _time()
    last_poll: datetime | None = _time()
    last_ok: datetime | None = _time()
    last_new: datetime | None = _time()


class PaceRow(SQLModel, table=True):
    """When a host or a channel may next be called; shared by every process on this database."""

    __tablename__: ClassVar[str] = "pace"

    key: str = Field(primary_key=True)
    """``host:<name>`` or ``alert:<name>``."""
    next_at: datetime = Field(sa_column=Column(Utc, nullable=False))


class ArticleRow(SQLModel, table=True):
    """Every article ever seen, what became of it, and why."""

    __tablename__: ClassVar[str] = "article"
    __table_args__: ClassVar[Any] = (
        _one_of("state", ARTICLE_STATES),
        Index("article_queue", "state", "due"),
        Index("article_near", "near", "found"),
    )

    id: int | None = Field(default=None, primary_key=True)
    url_key: str = Field(unique=True)
    url: str | None = None
    host: str | None = None
    source_id: int = Field(foreign_key="source.id", index=True)
    title: str
    feed_text: str = ""
    author: str | None = None
    published: datetime | None = _time()
    language: str | None = None
    found: datetime = Field(sa_column=Column(Utc, nullable=False))
    state: str = "pending"
    due: datetime = Field(sa_column=Column(Utc, nullable=False))
    lease_until: datetime | None = _time()
    attempts: int = 0
    read_at: datetime | None = _time()
    extraction: str | None = None
    canonical_url: str | None = None
    error: str | None = None
    verdicts: list[dict[str, Any]] = _json()
    notes: list[str] = _json()
    near: str | None = None
    """Why a person may want to look at it although it is no hit."""


class SightingRow(SQLModel, table=True):
    """One entry of one source: where and when an article was seen."""

    __tablename__: ClassVar[str] = "sighting"

    source_id: int = Field(foreign_key="source.id", primary_key=True)
    key: str = Field(primary_key=True)
    article_id: int = Field(foreign_key="article.id", index=True)
    guid: str | None = None
    title: str = ""
    published: datetime | None = _time()
    seen: datetime = Field(sa_column=Column(Utc, nullable=False))


class TextRow(SQLModel, table=True):
    """The text of a page that was read, compressed with zlib; a hit's is kept, others for ``keep: text``."""

    __tablename__: ClassVar[str] = "text"

    article_id: int = Field(foreign_key="article.id", primary_key=True)
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class HitRow(SQLModel, table=True):
    """An article that a topic matched."""

    __tablename__: ClassVar[str] = "hit"
    __table_args__: ClassVar[Any] = (_one_of("state", REVIEW_STATES), UniqueConstraint("article_id", "topic"))

    id: int | None = Field(default=None, primary_key=True)
    article_id: int = Field(foreign_key="article.id")
    topic: str = Field(index=True)
    grade: str
    score: float
    terms: list[dict[str, Any]] = _json()
    why: list[str] = _json()
    found: datetime = Field(sa_column=Column(Utc, nullable=False, index=True))
    state: str = "new"
    note: str = ""
    search: str = ""
    """Title and text in folded form, for search."""
    withdrawn: bool = False
    """Changed rules no longer match it; kept with its history, listed no more."""


class DecisionRow(SQLModel, table=True):
    """The history of decisions on a hit; append-only."""

    __tablename__: ClassVar[str] = "decision"

    id: int | None = Field(default=None, primary_key=True)
    hit_id: int = Field(foreign_key="hit.id", index=True)
    at: datetime = Field(sa_column=Column(Utc, nullable=False))
    state: str
    note: str = ""


class DeliveryRow(SQLModel, table=True):
    """The outbox: one row is one article on one channel, under the topic that fits it best."""

    __tablename__: ClassVar[str] = "delivery"
    __table_args__: ClassVar[Any] = (
        _one_of("state", DELIVERY_STATES),
        UniqueConstraint("article_id", "alert"),
        Index("delivery_queue", "state", "due"),
    )

    id: int | None = Field(default=None, primary_key=True)
    hit_id: int = Field(foreign_key="hit.id", index=True)
    article_id: int = Field(foreign_key="article.id")
    alert: str
    batch: str | None = None
    """Deliveries with the same word go out as one message."""
    key: str
    """Stable identity of the message; the same on every try."""
    state: str = "pending"
    created: datetime = Field(sa_column=Column(Utc, nullable=False))
    due: datetime = Field(sa_column=Column(Utc, nullable=False))
    expires: datetime = Field(sa_column=Column(Utc, nullable=False))
    lease_until: datetime | None = _time()
    attempts: int = 0
    unknown: int = 0
    """Tries whose outcome nobody knows: the message may have arrived."""
    sent: datetime | None = _time()
    error: str | None = None


class AttemptRow(SQLModel, table=True):
    """Each try to send, append-only."""

    __tablename__: ClassVar[str] = "attempt"

    id: int | None = Field(default=None, primary_key=True)
    delivery_id: int = Field(foreign_key="delivery.id", index=True)
    ended: datetime = Field(sa_column=Column(Utc, nullable=False))
    outcome: str
    error: str | None = None
