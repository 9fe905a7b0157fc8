"""The table of the recall gauge, as those of ``tables.py`` are."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Column
from sqlmodel import Field, SQLModel

from monitor.store.columns import Utc


class CoverageRow(SQLModel, table=True):
    """What became of an article that a second net showed: written once, when it is ruled on."""

    __tablename__: ClassVar[str] = "coverage"
    __table_args__: ClassVar[Any] = (CheckConstraint("caught IN ('found', 'later', 'missed')", name="caught_known"),)

    article_id: int = Field(foreign_key="article.id", primary_key=True)
    seen: datetime = Field(sa_column=Column(Utc, nullable=False, index=True))
    """When the first second net showed it."""
    caught: str
    ours: int | None = Field(default=None, foreign_key="article.id")
    came: datetime | None = Field(default=None, sa_column=Column(Utc, nullable=True))
    """When the first of our own sources showed ours."""
    twin: int | None = Field(default=None, foreign_key="article.id")
    """The article of another second net that it repeats."""
    ruled: datetime = Field(sa_column=Column(Utc, nullable=False))
