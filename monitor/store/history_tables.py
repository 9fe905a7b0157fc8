"""What became of sources and articles over time: gaps, notices, revisions. Rows stay in this folder."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Column, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from monitor.store.columns import Utc
from monitor.store.tables import one_of

GAP_STATES = ("reading", "closed", "open")


class GapRow(SQLModel, table=True):
    """A time in which a source's feed rotated further than it shows: entries may be missing."""

    __tablename__: ClassVar[str] = "gap"
    __table_args__: ClassVar[Any] = (one_of("state", GAP_STATES),)

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="source.id", index=True)
    noticed: datetime = Field(sa_column=Column(Utc, nullable=False))
    since: datetime = Field(sa_column=Column(Utc, nullable=False))
    until: datetime = Field(sa_column=Column(Utc, nullable=False))
    state: str = "reading"
    steps: int = 0
    """Documents read back."""
    read_back: int = 0
    """Entries found by reading back."""
    words: str = ""


class NoticeRow(SQLModel, table=True):
    """A change of state that the operator should know of, once; append-only."""

    __tablename__: ClassVar[str] = "notice"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_column=Column(Utc, nullable=False, index=True))
    kind: str = "source"
    subject: str
    """The source, the alert, or what else it is about: ``network``, ``disk`` ..."""
    was: str
    state: str
    words: str
    topic: str | None = None
    language: str | None = None
    told: bool = Field(default=False, index=True)
    """Whether its deliveries were made."""


class RevisionRow(SQLModel, table=True):
    """What an article said before it was edited; the present words are those of ``article`` and ``text``."""

    __tablename__: ClassVar[str] = "revision"
    __table_args__: ClassVar[Any] = (UniqueConstraint("article_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    article_id: int = Field(foreign_key="article.id", index=True)
    number: int
    until: datetime = Field(sa_column=Column(Utc, nullable=False))
    """When the next one was read."""
    title: str
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """The text, compressed with zlib."""
