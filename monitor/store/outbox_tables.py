"""The outbox's tables: deliveries, each try, the channels. Rows stay in this folder."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from monitor.store.columns import Utc
from monitor.store.tables import json, one_of, time

DELIVERY_STATES = (
    "pending",
    "held",
    "sending",
    "failed",
    "sent",
    "expired",
    "dead",
    "suppressed",
    "cancelled",
)
WAITING = ("pending", "held", "failed")
CHANNEL_HEALTH = ("ok", "failing", "refused")


class DeliveryRow(SQLModel, table=True):
    """The outbox: one row is one article, or one notice of the monitor about itself, on one channel."""

    __tablename__: ClassVar[str] = "delivery"
    __table_args__: ClassVar[Any] = (
        one_of("state", DELIVERY_STATES),
        UniqueConstraint("article_id", "alert"),
        UniqueConstraint("notice_id", "alert"),
        Index("delivery_queue", "state", "due"),
        Index("delivery_of_alert", "alert", "state"),
        Index("delivery_of_story", "story_id", "alert"),
        Index("delivery_sent", "sent"),
        Index("delivery_in_state", "state", "id"),
        Index("delivery_on_alert", "alert", "id"),
        Index("delivery_last", "alert", "sent"),
    )

    id: int | None = Field(default=None, primary_key=True)
    hit_id: int | None = Field(default=None, foreign_key="hit.id", index=True)
    article_id: int | None = Field(default=None, foreign_key="article.id")
    notice_id: int | None = Field(default=None, foreign_key="notice.id")
    story_id: int | None = Field(default=None, foreign_key="story.id")
    alert: str
    batch: str | None = None
    """Deliveries with the same word go out as one message."""
    is_update: bool = False
    """The channel was told of its story before; such rows of a story go out as one message."""
    urgent: bool = False
    """Breaks through quiet hours and cooldown."""
    alone: bool = False
    """Was refused together with others; is tried with those of its batch alone."""
    put_off: bool = False
    """Was held back by quiet hours, a cooldown or the hour's limit; such rows go out together."""
    refused: bool = False
    """Died because it was refused for good; sent again when a channel that refused all takes messages again."""
    wakes: int = 0
    """How often it was."""
    key: str
    """Stable identity of the message; the same on every try."""
    state: str = "pending"
    created: datetime = Field(sa_column=Column(Utc, nullable=False))
    due: datetime = Field(sa_column=Column(Utc, nullable=False))
    expires: datetime = Field(sa_column=Column(Utc, nullable=False))
    lease_until: datetime | None = time()
    attempts: int = 0
    unknown: int = 0
    """Tries whose outcome nobody knows: the message may have arrived."""
    sent: datetime | None = time()
    error: str | None = None
    held: str | None = None
    """Why it waits until it is due."""


class AttemptRow(SQLModel, table=True):
    """Each try to send, append-only."""

    __tablename__: ClassVar[str] = "attempt"
    __table_args__: ClassVar[Any] = (Index("attempt_of_alert", "alert", "ended"),)

    id: int | None = Field(default=None, primary_key=True)
    delivery_id: int = Field(foreign_key="delivery.id", index=True)
    alert: str = ""
    message: str = ""
    """The key of the message it was part of."""
    ended: datetime = Field(sa_column=Column(Utc, nullable=False))
    outcome: str
    error: str | None = None


class ChannelRow(SQLModel, table=True):
    """How a channel stands, and when it may next be called; those with one address share their pace."""

    __tablename__: ClassVar[str] = "channel"
    __table_args__: ClassVar[Any] = (one_of("health", CHANNEL_HEALTH),)

    alert: str = Field(primary_key=True)
    address: str = Field(index=True)
    health: str = "ok"
    since: datetime | None = time()
    failures: int = 0
    next_at: datetime | None = time()
    lease_until: datetime | None = time()
    recent: list[float] = json()
    """When its last messages were sent, as seconds since 1970, oldest first."""
    error: str | None = None
    told: bool = False
