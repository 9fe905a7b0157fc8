"""The keys of sources.yaml: which there are, what each means, how its value is read (pydantic, for checking only).

The descriptions here are also those of the JSON Schema. Must not: look at more than one entry, know line numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from monitor.config import manners, values
from monitor.model.wanted import HttpVersion, Politeness

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
Selector = Annotated[str, _reader(values.selector, "a CSS selector"), _text(minLength=1, maxLength=500)]
Language = Annotated[str, _reader(values.language, "a language code"), _text(pattern="^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$")]
Country = Annotated[str, _reader(values.country, "a country"), _text(pattern="^[A-Za-z]{2}$")]
Contact = Annotated[str, _reader(values.contact, "a contact"), _text(maxLength=200)]
When = Annotated[str, _reader(values.when, "now or a cron line"), _text()]
Quiet = Annotated[
    str, _reader(values.quiet, "hours"), _text(pattern="^[0-2][0-9]:[0-5][0-9] ?- ?[0-2][0-9]:[0-5][0-9]$")
]
Tier = Annotated[int, _reader(values.tier, "1, 2 or 3"), WithJsonSchema({"enum": [1, 2, 3]})]
Connections = Annotated[
    int,
    _reader(values.connections, "a number from 1 to 8"),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 8}),
]
Polite = Annotated[Politeness, _reader(values.polite, "host, domain or source"), _text(enum=list(values.POLITE))]
UserAgent = Annotated[str, _reader(manners.user_agent, "a User-Agent"), _text(maxLength=300)]
Headers = Annotated[
    tuple[tuple[str, str], ...],
    BeforeValidator(manners.headers),
    WithJsonSchema({"type": "object", "additionalProperties": {"type": ["string", "number"]}}),
]
Http = Annotated[HttpVersion, _reader(manners.http, "1.1 or 2"), WithJsonSchema({"enum": ["1.1", "2", 1.1, 2]})]
Proxy = Annotated[str, _reader(manners.proxy, "a proxy"), _text(pattern=r"^(https?://|\$\{|none$)")]
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
    connections: Connections = Field(default=2, description="Most requests to one host under way at once, 1 to 8.")
    user_agent: UserAgent | None = Field(
        default=None, description="Sent in the User-Agent header, before the program's own name."
    )
    proxy: Proxy | None = Field(default=None, description="URL of a proxy, http or https, that all documents come by.")
    obey_robots: Boolean = Field(
        default=True, description="Do not fetch article pages and listings that robots.txt forbids."
    )


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
    selector: Selector | None = Field(
        default=None, description="For kind listing: CSS selector of the links, or of elements that hold one each."
    )
    language: Language | None = Field(
        default=None, description="Language of the articles, such as uk; detected where absent."
    )
    country: Country | None = Field(default=None, description="Country of the publisher, two letters.")
    tier: Tier | None = Field(default=None, description="How much its word counts: 1, 2 or 3, as you see it.")
    interval: Duration | None = Field(default=None, description="How often it is polled.")
    interval_min: Duration | None = Field(
        default=None, description="The interval follows the source, but never below this."
    )
    interval_max: Duration | None = Field(
        default=None, description="The interval follows the source, but never above this."
    )
    alert_backlog: DurationOrZero | None = Field(default=None, description="As in defaults.")
    control: Boolean = Field(
        default=False,
        description="true: a second net, compared with what the others bring; it alerts only when they miss something.",
    )
    polite: Polite = Field(
        default="host", description="What requests are spaced by: its host, its registrable domain, or itself alone."
    )
    pace: DurationOrZero | None = Field(default=None, description="Least time between two such requests.")
    connections: Connections | None = Field(default=None, description="Most such requests under way at once, 1 to 8.")
    user_agent: UserAgent | None = Field(
        default=None, description="Sent in the User-Agent header, before the program's own name."
    )
    headers: Headers | None = Field(
        default=None, description="Further request headers, sent to the source's own origin only; may hold ${NAME}."
    )
    http: Http = Field(default="1.1", description="2: HTTP/2 where the server has it.")
    proxy: Proxy | None = Field(
        default=None, description="URL of a proxy, http or https; none goes past that of fetch."
    )
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
