"""What people bring to what was found: tags, saved filters, logins; and what lists and charts are made from.

Rows stay in this folder.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from monitor.store.columns import Utc


class HitTextRow(SQLModel, table=True):
    """What is searched of a hit: headline and text in folded form (``monitor.store.search``)."""

    __tablename__: ClassVar[str] = "hit_text"

    hit_id: int = Field(foreign_key="hit.id", primary_key=True)
    folded: str


class HitTagRow(SQLModel, table=True):
    """A word that a person put on a hit."""

    __tablename__: ClassVar[str] = "hit_tag"

    hit_id: int = Field(foreign_key="hit.id", primary_key=True)
    tag: str = Field(primary_key=True, index=True)


class FilterRow(SQLModel, table=True):
    """A filter that a person saved under a name."""

    __tablename__: ClassVar[str] = "saved_filter"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    query: str
    """As in the address of the page: ``topic=ramstein&language=uk``."""
    who: str = ""
    created: datetime = Field(sa_column=Column(Utc, nullable=False))


class LoginRow(SQLModel, table=True):
    """A browser that has logged in."""

    __tablename__: ClassVar[str] = "login"

    key: str = Field(primary_key=True)
    """Hash of what its cookie holds; the cookie itself is not stored."""
    who: str
    proof: str = ""
    """Hash of the password it was let in by: another password ends it."""
    created: datetime = Field(sa_column=Column(Utc, nullable=False))
    expires: datetime = Field(sa_column=Column(Utc, nullable=False, index=True))


class SourceDayRow(SQLModel, table=True):
    """What one source brought on one day, in UTC."""

    __tablename__: ClassVar[str] = "source_day"

    source_id: int = Field(foreign_key="source.id", primary_key=True)
    day: str = Field(primary_key=True)
    """``2026-02-12``."""
    entries: int = 0
    hits: int = 0
