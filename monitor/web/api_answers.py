"""What the API answers of hits and articles: the shapes that OpenAPI shows, filled from the model by their names.

Web addresses in what went wrong are cut to their host, since a key may stand in the rest. Must not: ask the database.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema

from monitor.formats import iso
from monitor.web.show import hosts_only

Moment = Annotated[
    datetime, PlainSerializer(iso), WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization")
]
Said = Annotated[str, AfterValidator(hosts_only)]


class Answer(BaseModel):
    """A shape that is filled from a value of the model."""

    model_config = ConfigDict(from_attributes=True)


class Term(Answer):
    """One matched form; offsets count code points of title, two line feeds, text in NFC."""

    concept: str
    form: str
    start: int
    end: int
    field: str


class Hit(Answer):
    """A stored hit."""

    id: int
    url: str | None
    title: str
    source: str
    language: str | None
    topic: str
    grade: str
    score: float
    terms: list[Term]
    published: Moment | None
    found: Moment
    state: str
    story: int | None
    country: str | None
    tags: list[str]
    note: str
    stamp: int = Field(description="The number of the last decision on it; 0 when there is none.")


class HitList(Answer):
    """A piece of the list of hits, newest first."""

    hits: list[Hit]
    next: str | None = Field(description="Give this as `after` for the next piece; null at the end.")


class Story(Answer):
    """A story: its newest hit that fits the filter, and how much there is of it."""

    head: Hit
    articles: int
    outlets: int
    languages: list[str]
    states: dict[str, int]
    newest: int
    stamp: int


class StoryList(Answer):
    """A piece of the list of stories."""

    stories: list[Story]
    next: str | None


class Carrier(Answer):
    """Another article of a story."""

    hit_id: int
    source: str
    language: str | None
    title: str
    url: str | None
    found: Moment
    how: str
    why: str


class SeenIn(Answer):
    """One source that carried an article."""

    source: str
    seen: Moment
    guid: str | None
    published: Moment | None


class Verdict(Answer):
    """What one topic said of an article."""

    topic: str
    hit: bool
    grade: str | None
    score: float
    terms: list[Term]
    why: list[str]
    version: str = Field(description="Of the topic's definition that said so; empty where that was not noted.")


class Revision(Answer):
    """What an article said before it was edited."""

    number: int
    until: Moment
    title: str
    text: str


class Delivery(Answer):
    """One article, or one notice of the monitor about itself, on one channel."""

    id: int
    hit_id: int | None
    alert: str
    topic: str
    title: Said
    url: str | None
    state: str
    attempts: int
    created: Moment
    due: Moment
    sent: Moment | None
    error: Said | None
    held: str | None
    story: int | None
    update: bool
    kind: str


class Ledger(Answer):
    """Everything that became of one article."""

    article_id: int
    url: str | None
    title: str
    found: Moment
    published: Moment | None
    language: str | None
    state: str
    extraction: str | None
    read_at: Moment | None
    attempts: int
    next_try: Moment | None
    error: Said | None
    seen_in: list[SeenIn]
    verdicts: list[Verdict]
    deliveries: list[Delivery]
    notes: list[Said]
    blocked: Said | None
    awaits_ruling: bool


class Article(Ledger):
    """The ledger of any article ever seen, with its hits and what it said."""

    hits: list[Hit]
    revisions: list[Revision]
    text: str


class Decision(Answer):
    """One decision."""

    id: int
    hit_id: int
    at: Moment
    who: str
    state: str
    was: str
    note: str
    tags: list[str]
    undoes: int | None


class FullHit(Hit):
    """A hit with all that is known of it."""

    article_id: int
    text: str
    why: list[str]
    author: str | None
    extraction: str
    edited: bool
    also_in: list[str]
    how: str
    linked: str
    others: list[Carrier]
    revisions: list[Revision]
    ledger: Ledger
    history: list[Decision]


class Decided(Answer):
    """What came of a decision on each of its targets."""

    done: list[Decision] = Field(description="The decisions made; `/undo` takes them back by their numbers.")
    overtaken: list[Decision] = Field(description="Who decided what since; these targets are as they were.")
    missing: list[int] = Field(description="Numbers that there are not.")


class NearMiss(Answer):
    """An article that was no hit, but that a person may want to look at."""

    article_id: int
    url: str | None
    title: str
    source: str
    language: str | None
    topic: str | None
    score: float
    reason: Said
    terms: list[Term]
    published: Moment | None
    found: Moment


class NearList(Answer):
    """A piece of the list of near misses, newest first."""

    near: list[NearMiss]
    next: str | None


class Mistake(Answer):
    """One parameter or field that cannot be used."""

    name: str
    place: str = Field(description="`query`, `path` or `body`.")
    detail: str


class Problem(BaseModel):
    """Why there is no answer (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[Mistake] | None = None
    overtaken: list[Decision] | None = Field(None, description="With 409: who decided what.")
    missing: list[int] | None = None
