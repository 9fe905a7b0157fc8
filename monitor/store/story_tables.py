"""Stories: which articles tell of one thing, and which may. Rows stay in this folder."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Column, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from monitor.store.columns import Utc
from monitor.store.tables import json, one_of, time

SUGGESTION_STATES = ("open", "merged", "rejected")


class StoryRow(SQLModel, table=True):
    """One thing that articles tell of."""

    __tablename__: ClassVar[str] = "story"

    id: int | None = Field(default=None, primary_key=True)
    opened: datetime = Field(sa_column=Column(Utc, nullable=False))


class PrintRow(SQLModel, table=True):
    """An article with a hit, in its story, and what tells whether another one belongs there."""

    __tablename__: ClassVar[str] = "print"

    article_id: int = Field(foreign_key="article.id", primary_key=True)
    story_id: int = Field(foreign_key="story.id", index=True)
    when: datetime = Field(sa_column=Column("at", Utc, nullable=False, index=True))
    language: str | None = None
    title: str
    length: int
    signature: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    marks: list[str] = json()
    how: str = "first"
    score: float = 1.0
    why: str = ""


class SuggestionRow(SQLModel, table=True):
    """A story that an article may belong to as well; a person decides."""

    __tablename__: ClassVar[str] = "suggestion"
    __table_args__: ClassVar[Any] = (
        one_of("state", SUGGESTION_STATES),
        UniqueConstraint("article_id", "story_id"),
        Index("suggestion_open", "state", "score"),
    )

    id: int | None = Field(default=None, primary_key=True)
    article_id: int = Field(foreign_key="article.id", index=True)
    story_id: int = Field(foreign_key="story.id", index=True)
    score: float
    why: str
    state: str = "open"
    decided: datetime | None = time()
