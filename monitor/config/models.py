"""The keys of sources.yaml: which there are, what each means, how its value is read (pydantic, for checking only).

The descriptions here are also those of the JSON Schema. Must not: look at more than one entry, know line numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from monitor.config import values

T = TypeVar("T")


def _reader(read: Callable[[str], T], what: str) -> BeforeValidator:
    """Return the validator that hands a trimmed, non-empty string to ``read``."""

    def before(value: object) -> T:
        if not isinstance(value, str):
            raise ValueError(f"expected {what}, got {values.show(value)}")  # noqa: TRY004 - pydantic wants ValueError
        if not value.strip():
            raise ValueError("is empty; write a value or remove the key")
        return read(value.strip())

    return BeforeValidator(before)


def _text(**schema: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", **schema})


_DURATION = "^[0-9]{1,9}[smhdw]$"

Boolean = Annotated[
    bool,
    _reader(values.boolean, "true or false"),
    WithJsonSchema({"anyOf": [{"type": "boolean"}, {"enum": ["yes", "no", "on", "off"]}]}),
]
Duration = Annotated[timedelta, _reader(values.duration, "a duration such as 15m"), _text(pattern=_DURATION)]
DurationOrZero = Annotated[
    timedelta,
    _reader(values.duration_or_zero, "a duration such as 15m"),
    _text(pattern=_DURATION),
]
Name = Annotated[str, _reader(values.name, "a name"), _text(minLength=1, maxLength=100)]
WebUrl = Annotated[str, _reader(values.web_url, "a URL"), _text(pattern=r"^(https?://|\$\{)")]
ChannelUrl = Annotated[str, _reader(values.channel_url, "an Apprise URL"), _text(pattern=r"^([A-Za-z]|\$\{)")]
Kind = Annotated[str, _reader(values.kind, "a kind of source"), _text(enum=list(values.KINDS))]
Language = Annotated[str, _reader(values.language, "a language code"), _text(pattern="^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$")]
Country = Annotated[str, _reader(values.country, "a country"), _text(pattern="^[A-Za-z]{2}$")]
Contact = Annotated[str, _reader(values.contact, "a contact"), _text(maxLength=200)]
When = Annotated[str, _reader(values.when, "now or a cron line"), _text()]
Quiet = Annotated[
    str, _reader(values.quiet, "hours"), _text(pattern="^[0-2][0-9]:[0-5][0-9] ?- ?[0-2][0-9]:[0-5][0-9]$")
]
Timezone = Annotated[str, _reader(values.timezone, "a time zone"), _text()]


class _Keys(BaseModel):
    """A mapping whose keys are all known; a key that is not written is None."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Defaults(_Keys):
    """What holds for every source and alert that does not say otherwise."""

    interval: Duration = Field(default=timedelta(minutes=15), description="How often a source is polled.")
    alert_backlog: DurationOrZero = Field(
        default=timedelta(days=1),
        description="What a new source already holds alerts only if it is younger than this.",
    )
    language: Language | None = Field(default=None, description="Language of the sources; detected where absent.")
    country: Country | None = Field(default=None, description="Country of the sources, two letters.")
    timezone: Timezone = Field(default="UTC", description="Time zone of cron lines, quiet hours and messages.")
    expires: Duration = Field(
        default=timedelta(days=7), description="How long an alert is tried before it counts as failed."
    )


class Fetch(_Keys):
    """How documents are fetched."""

    allow_private_addresses: Boolean = Field(default=False, description="Allow addresses of the own network.")
    contact: Contact = Field(default="", description="Who operates this monitor; sent in the User-Agent header.")
    pace: DurationOrZero = Field(
        default=timedelta(seconds=1), description="Least time between two requests to one host."
    )
    obey_robots: Boolean = Field(default=True, description="Do not fetch article pages that robots.txt forbids.")


class Deliver(_Keys):
    """How messages are sent."""

    telegram_api_base: WebUrl | None = Field(default=None, description="Base URL of an own Telegram Bot API server.")
    review_url: WebUrl | None = Field(
        default=None, description="Address of the review page as readers reach it, for links."
    )


class Keep(_Keys):
    """How long what is kept."""

    text: Duration = Field(
        default=timedelta(days=14), description="How long the text of an article without a hit is kept."
    )


class SourceKeys(_Keys):
    """One place that publishes articles."""

    name: Name = Field(description="Unique name, shown with every article.")
    url: WebUrl = Field(description="Address of the feed.")
    kind: Kind = Field(default="feed", description="What is found at the address.")
    language: Language | None = Field(
        default=None, description="Language of the articles, such as uk; detected where absent."
    )
    country: Country | None = Field(default=None, description="Country of the publisher, two letters.")
    interval: Duration | None = Field(default=None, description="How often it is polled.")
    alert_backlog: DurationOrZero | None = Field(default=None, description="As in defaults.")
    enabled: Boolean = Field(default=True, description="false: keep what is stored, poll no more.")


class AlertKeys(_Keys):
    """One channel."""

    name: Name = Field(description="Unique name of the channel.")
    url: ChannelUrl = Field(description="Apprise URL of the channel; take secrets from the environment by ${NAME}.")
    topics: tuple[Name, ...] | None = Field(
        default=None, description="Topics that alert here; all of them where absent."
    )
    when: When = Field(
        default="now", description='now, or a cron line of five fields for a digest, such as "0 8 * * 1-5".'
    )
    quiet: Quiet | None = Field(
        default=None, description='Local hours in which nothing is sent, such as "22:00-06:00".'
    )
    timezone: Timezone | None = Field(default=None, description="As in defaults.")
    expires: Duration | None = Field(default=None, description="As in defaults.")
    enabled: Boolean = Field(default=True, description="false: send nothing here.")


class File(_Keys):
    """The whole of sources.yaml."""

    defaults: Defaults = Field(default=Defaults(), description="What holds where an entry does not say otherwise.")
    fetch: Fetch = Field(default=Fetch(), description="How documents are fetched.")
    deliver: Deliver = Field(default=Deliver(), description="How messages are sent.")
    keep: Keep = Field(default=Keep(), description="How long what is kept.")
    topics: Annotated[
        tuple[Any, ...],
        WithJsonSchema({"type": "array", "minItems": 1, "items": {"type": ["string", "object"]}}),
    ] = Field(default=(), description="Shipped names, ./path.yaml of topic files, or inline definitions.")
    sources: tuple[SourceKeys, ...] = Field(default=(), description="What is polled.")
    alerts: tuple[AlertKeys, ...] = Field(default=(), description="Channels that are alerted.")


MAPPINGS: dict[tuple[str, ...], type[_Keys]] = {
    (): File,
    ("defaults",): Defaults,
    ("fetch",): Fetch,
    ("deliver",): Deliver,
    ("keep",): Keep,
    ("sources",): SourceKeys,
    ("alerts",): AlertKeys,
}
"""Which keys are known where: the path without list positions."""
