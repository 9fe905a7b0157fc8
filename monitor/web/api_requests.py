"""What a program may ask of the API: parameters and bodies, each with its bounds. Pydantic checks, OpenAPI shows them.

Must not: know what is stored. What a filter means is said by ``monitor.query``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from monitor.model import Grade, Judgement, ReviewState, Target
from monitor.model.review import LONGEST_FILTER_NAME, LONGEST_NOTE, LONGEST_QUERY, LONGEST_TAG, MOST_TAGS
from monitor.query import LONGEST
from monitor.urls import LONGEST as LONGEST_URL

MOST = 200
"""Items of one answer, and targets of one change."""
LARGEST = 2**63 - 1
"""The largest number that a database knows."""

Number = Annotated[int, Field(ge=1, le=LARGEST)]
Tag = Annotated[str, Field(max_length=LONGEST_TAG)]
DeliveryState = Literal["pending", "held", "sending", "failed", "sent", "expired", "dead", "suppressed", "cancelled"]


class _Known(BaseModel):
    """Values whose names are all known; of another name is said which there are."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown(cls, given: Any) -> Any:
        unknown = given.keys() - cls.model_fields.keys() if isinstance(given, dict) else ()
        if unknown:
            names = ", ".join(sorted(str(name)[:40] for name in unknown)[:5])
            raise ValueError(f"there is no {names} here; known are {', '.join(cls.model_fields) or 'none'}")
        return given


class Nothing(_Known):
    """No parameters at all."""


Cursor = Annotated[
    str | None,
    Field(
        pattern=r"^[0-9]{8}T[0-9]{6}\.[0-9]{6}Z-[0-9]{1,19}$",
        description="Where to go on: `next` of the answer before.",
        examples=["20260212T134000.123456Z-17"],
    ),
]
Limit = Annotated[int, Field(ge=1, le=MOST, description="At most so many.")]
Token = Annotated[str | None, Field(max_length=LONGEST, description="An API token, where no header can be sent.")]


class _ArticleQuery(_Known):
    """What hits and near misses can be asked for."""

    language: str | None = Field(
        None, max_length=LONGEST, description="Only this language; `und` where it is not known.", examples=["uk"]
    )
    country: str | None = Field(
        None,
        pattern="^([A-Za-z]{2}|-)$",
        description="Only publishers of this country; `-` where it is not known.",
        examples=["UA"],
    )
    source: str | None = Field(None, max_length=LONGEST, description="Only articles first seen in this source.")
    since: str | None = Field(
        None, max_length=40, description="Found from this time on: a span such as 24h, or ISO 8601.", examples=["7d"]
    )
    until: str | None = Field(
        None, max_length=40, description="Found before this time, in the same form.", examples=["2026-02-12"]
    )

    def written(self) -> dict[str, str]:
        """The filter that is given, as an address has it; where the list goes on is a part of it."""
        kept = self.model_dump(exclude_none=True, exclude={"limit", "bom", "token"})
        return {name: str(value) for name, value in kept.items()}


class FilterQuery(_ArticleQuery):
    """The filter, as in the address of the page."""

    topic: str | None = Field(None, max_length=LONGEST, description="Only this topic.", examples=["ramstein"])
    grade: Grade | None = Field(None, description="Only hits of this grade.")
    state: ReviewState | None = Field(None, description="Only hits that were decided on so.")
    tag: str | None = Field(None, max_length=LONGEST, description="Only hits with this tag.")
    q: str | None = Field(
        None,
        max_length=LONGEST,
        description="Words that all have to be in headline or text, parts of words too, in any script; a phrase in"
        " double quotes.",
        examples=["контактна група"],
    )
    story: int | None = Field(None, ge=1, lt=10**15, description="Only the articles of this story.")


class ListQuery(FilterQuery):
    """A filter, and which piece of the list."""

    after: Cursor = None
    limit: Limit = 50


class NearQuery(_ArticleQuery):
    """What near misses can be asked for, and which piece of the list."""

    after: Cursor = None
    limit: Limit = 50


class DeliveryQuery(_Known):
    """Which deliveries."""

    state: DeliveryState | None = Field(None, description="Only those in this state.")
    alert: str | None = Field(None, max_length=LONGEST, description="Only those of this alert.")
    limit: Limit = 50


class WhyQuery(_Known):
    """Which article."""

    url: str = Field(min_length=1, max_length=LONGEST_URL, description="The address of the article.")


class FeedQuery(FilterQuery):
    """A filter, how many entries, and the token of whoever cannot send a header."""

    token: Token = None
    limit: Limit = 50


class ExportQuery(FilterQuery):
    """A filter of which everything is wanted, and the token of whoever cannot send a header."""

    token: Token = None
    bom: bool = Field(default=False, description="CSV for Excel, which takes it for UTF-8 by this mark.")


# --- bodies ----------------------------------------------------------------------------------------


class _Body(_Known):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class JudgementBody(_Body):
    """What is said of a hit; a part that is left out stays as it is."""

    state: ReviewState | None = Field(None, description="What it is.")
    note: str | None = Field(None, max_length=LONGEST_NOTE, description="The whole note; empty takes it away.")
    tags: list[Tag] | None = Field(None, max_length=MOST_TAGS, description="All its tags from now on.")
    add: list[Tag] = Field(default=[], max_length=MOST_TAGS, description="Tags to put on.")
    remove: list[Tag] = Field(default=[], max_length=MOST_TAGS, description="Tags to take off.")

    def judgement(self) -> Judgement | None:
        """The same for the store; None when nothing is said."""
        tags = None if self.tags is None else tuple(self.tags)
        said = Judgement(self.state, self.note, tags, tuple(self.add), tuple(self.remove))
        return None if said == Judgement() else said


class _Aim(_Body):
    story: bool = Field(default=False, description="Its whole story.")
    newest: Number | None = Field(
        None, description="With `story`: hits with a greater number were not seen and are left as they are."
    )
    stamp: int | None = Field(
        None,
        ge=0,
        le=LARGEST,
        description="The `stamp` that was read: if somebody has decided since, nothing is changed (409). Left out:"
        " whatever was decided is overruled.",
    )


class TargetBody(_Aim):
    """What a decision is about."""

    hit: Number = Field(description="The number of the hit.")

    def target(self) -> Target:
        """The same for the store."""
        return Target(self.hit, self.story, self.newest, self.stamp)


class DecisionBody(JudgementBody, _Aim):
    """A decision on one hit, or on its story."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"state": "relevant", "note": "first", "stamp": 0}]})

    def target(self, hit: int) -> Target:
        """What it is about."""
        return Target(hit, self.story, self.newest, self.stamp)


class DecisionsBody(JudgementBody):
    """One decision on many."""

    targets: list[TargetBody] = Field(min_length=1, max_length=MOST, description="What it is about.")

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"state": "irrelevant", "targets": [{"hit": 17, "stamp": 0}, {"hit": 18}]}]}
    )


class UndoBody(_Body):
    """Decisions to take back."""

    decisions: list[Number] = Field(min_length=1, max_length=MOST, description="Their numbers, as `done` has them.")


class FilterBody(_Body):
    """A filter to save."""

    name: str = Field(min_length=1, max_length=LONGEST_FILTER_NAME, examples=["Air defence"])
    query: str = Field(
        min_length=1,
        max_length=LONGEST_QUERY,
        description="As in the address of the page.",
        examples=["topic=ramstein"],
    )
