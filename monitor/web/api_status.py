"""What the API answers of sources, channels, counts and saved filters, as ``api_answers`` does.

Must not: ask the database.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field, PlainSerializer, WithJsonSchema

from monitor.web.api_answers import Answer, Delivery, Moment, Said

Seconds = Annotated[
    timedelta, PlainSerializer(timedelta.total_seconds), WithJsonSchema({"type": "number"}, mode="serialization")
]


class Source(Answer):
    """A source with its health."""

    name: str
    host: str
    kind: str
    language: str | None
    country: str | None
    active: bool
    paused: Moment | None
    health: str
    since: Moment | None
    reason: Said
    mend: str
    last_poll: Moment | None
    last_ok: Moment | None
    last_new: Moment | None
    next_poll: Moment | None
    interval: Seconds | None = Field(description="Seconds between two polls.")
    entries: int
    hits: int
    open_gaps: int


class SourceList(Answer):
    """The sources, what needs a person first."""

    sources: list[Source]


class Channel(Answer):
    """A channel of the outbox."""

    alert: str
    health: str
    since: Moment | None
    error: Said | None
    next_at: Moment | None
    waiting: int
    dead: int
    oldest: Moment | None
    last_sent: Moment | None
    filters: list[str] = Field(description="The saved filters that decide what goes there; of several, any.")


class Alerts(Answer):
    """The channels, and the newest deliveries."""

    channels: list[Channel]
    deliveries: list[Delivery]


class Counts(Answer):
    """How many fit a filter, and how many things need a look."""

    hits: int
    stories: int
    more: bool = Field(description="True when there are more than were counted.")
    sources_in_trouble: int
    channels_in_trouble: int


class Saved(Answer):
    """A saved filter."""

    id: int
    name: str
    query: str
    who: str
    created: Moment
    alerts: list[str] = Field(description="The alerts to which it decides what goes.")
    unused: list[str] = Field(description="Its parameters that say nothing of a new hit; an alert leaves them out.")


class SavedList(Answer):
    """The saved filters by name."""

    filters: list[Saved]
