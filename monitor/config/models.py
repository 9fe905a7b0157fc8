"""The keys of sources.yaml: which there are, what each means, of which type its value is (pydantic, for checking only).

The descriptions here are also those of the JSON Schema. Must not: look at more than one entry, know line numbers.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from monitor.config import readers as of


class _Keys(BaseModel):
    """A mapping whose keys are all known; a key that is not written is None."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Fetch(_Keys):
    """How documents are fetched."""

    allow_private_addresses: of.Boolean = Field(default=False, description="Allow addresses of the own network.")
    contact: of.Contact = Field(default="", description="Who operates this monitor; sent in the User-Agent header.")
    pace: of.DurationOrZero = Field(
        default=timedelta(seconds=1), description="Least time between two requests to one host."
    )
    connections: of.Connections = Field(default=2, description="Most requests to one host under way at once, 1 to 8.")
    user_agent: of.UserAgent | None = Field(
        default=None, description="Sent in the User-Agent header, before the program's own name."
    )
    proxy: of.Proxy | None = Field(
        default=None, description="URL of a proxy, http or https, that all documents come by."
    )
    obey_robots: of.Boolean = Field(
        default=True, description="Do not fetch article pages and listings that robots.txt forbids."
    )


class Deliver(_Keys):
    """How messages are sent."""

    telegram_api_base: of.WebUrl | None = Field(default=None, description="Base URL of an own Telegram Bot API server.")
    review_url: of.WebUrl | None = Field(
        default=None, description="Address of the review page as readers reach it, for links."
    )


class Keep(_Keys):
    """How long what is kept; hits are kept for ever."""

    text: of.Duration = Field(
        default=timedelta(days=14), description="How long the text of an article without a hit is kept."
    )
    revisions: of.Kept = Field(
        default=timedelta(days=90), description="How long what such an article said before it was edited is kept."
    )
    articles: of.Kept = Field(
        default=None,
        description="How long the details of such an article are kept; that it was seen, when and with what result"
        " always is.",
    )
    attempts: of.Kept = Field(default=timedelta(days=365), description="How long the single tries to send are kept.")
    notices: of.Kept = Field(
        default=timedelta(days=365), description="How long it is kept what the monitor said of itself."
    )
    source_days: of.Kept = Field(
        default=timedelta(days=90), description="How long it is kept what each source brought by day."
    )


class SourceKeys(_Keys):
    """One place that publishes articles."""

    name: of.Name = Field(description="Unique name, shown with every article.")
    url: of.WebUrl = Field(description="Address of the feed.")
    kind: of.Kind = Field(default="feed", description="What is found at the address.")
    selector: of.Selector | None = Field(
        default=None, description="For kind listing: CSS selector of the links, or of elements that hold one each."
    )
    language: of.Language | None = Field(
        default=None, description="Language of the articles, such as uk; detected where absent."
    )
    country: of.Country | None = Field(default=None, description="Country of the publisher, two letters.")
    tier: of.Tier | None = Field(default=None, description="How much its word counts: 1, 2 or 3, as you see it.")
    interval: of.Duration | None = Field(default=None, description="How often it is polled.")
    interval_min: of.Duration | None = Field(
        default=None, description="The interval follows the source, but never below this."
    )
    interval_max: of.Duration | None = Field(
        default=None, description="The interval follows the source, but never above this."
    )
    alert_backlog: of.DurationOrZero | None = Field(default=None, description="As in defaults.")
    control: of.Boolean = Field(
        default=False,
        description="true: a second net, compared with what the others bring; it alerts only when they miss something.",
    )
    polite: of.Polite = Field(
        default="host", description="What requests are spaced by: its host, its registrable domain, or itself alone."
    )
    pace: of.DurationOrZero | None = Field(default=None, description="Least time between two such requests.")
    connections: of.Connections | None = Field(
        default=None, description="Most such requests under way at once, 1 to 8."
    )
    user_agent: of.UserAgent | None = Field(
        default=None, description="Sent in the User-Agent header, before the program's own name."
    )
    headers: of.Headers | None = Field(
        default=None, description="Further request headers, sent to the source's own origin only; may hold ${NAME}."
    )
    http: of.Http = Field(default="1.1", description="2: HTTP/2 where the server has it.")
    proxy: of.Proxy | None = Field(
        default=None, description="URL of a proxy, http or https; none goes past that of fetch."
    )
    enabled: of.Boolean = Field(default=True, description="false: keep what is stored, poll no more.")


class AlertRules(_Keys):
    """What goes to a channel, and when: the keys that defaults.alerts may hold too."""

    topics: of.OneOrMore[of.Name] | None = Field(
        default=None, description="Topics that alert here; all of them where absent."
    )
    grade: of.OneOrMore[of.Grade] | None = Field(
        default=None, description="Only hits of this grade: certain, probable; all where absent."
    )
    languages: of.OneOrMore[of.Language] | None = Field(
        default=None, description="Only articles in these languages, and those whose language is unknown."
    )
    countries: of.OneOrMore[of.Country] | None = Field(
        default=None, description="Only from sources of these countries, and from those without a country."
    )
    tiers: of.OneOrMore[of.Tier] | None = Field(
        default=None, description="Only from sources of these tiers, and from those without a tier."
    )
    fields: of.OneOrMore[of.Where] | None = Field(
        default=None, description="Only hits with a term in one of these: title, lead, text (lead included), url."
    )
    filter: of.OneOrMore[of.FilterName] | None = Field(
        default=None,
        description="Only hits that fit the filter saved under this name on the review page; of several, any of them.",
    )
    when: of.When = Field(
        default="now", description='now, or a cron line of five fields for a digest, such as "0 8 * * 1-5".'
    )
    quiet: of.Quiet = Field(
        default=None, description='Local hours in which nothing is sent, such as "22:00-06:00"; or never.'
    )
    urgent: of.AnyNumber[of.Urgent] = Field(
        default=("spike",), description="What breaks through: spike, certain, title, tier-1, notice; [] for nothing."
    )
    cooldown: of.Cooldown = Field(
        default=timedelta(0),
        description="Least time between two messages, at most 24h; what comes in between goes out as one.",
    )
    max_per_hour: of.MaxPerHour = Field(
        default=30, description="Messages within an hour; what comes beyond goes out as one."
    )
    updates: of.Updates = Field(
        default=timedelta(hours=6), description="Least time between two messages on one story; never: only the first."
    )
    notices: of.Boolean = Field(default=True, description="Whether the monitor tells here how it fares itself.")
    timezone: of.Timezone | None = Field(default=None, description="As in defaults.")
    expires: of.Duration | None = Field(default=None, description="As in defaults.")

    def written(self) -> dict[str, Any]:
        """The rules that are written, by the name that the alert has for them."""
        named = {"grade": "grades", "filter": "filters"}
        rules = self.model_fields_set & AlertRules.model_fields.keys()
        return {named.get(key, key): getattr(self, key) for key in sorted(rules)}


class _Channel(_Keys):
    name: of.Name = Field(description="Unique name of the channel.")
    url: of.OneOrMore[of.ChannelUrl] = Field(
        description="Apprise URL of the channel, or several; take secrets from the environment by ${NAME}."
    )


class AlertKeys(AlertRules, _Channel):
    """One channel, or several that get the same."""

    templates: of.Folder | None = Field(
        default=None, description="Folder with your own message templates, relative to this file."
    )
    enabled: of.Boolean = Field(default=True, description="false: send nothing here.")


class Watch(_Keys):
    """How the monitor watches itself."""

    heartbeat_url: of.Heartbeat | None = Field(
        default=None, description="Address that is called after each healthy round: a dead man's switch."
    )
    heartbeat_every: of.Duration = Field(default=timedelta(minutes=1), description="At most so often.")
    alive: of.Calendar = Field(
        default="0 9 * * 1", description='When "still alive" is said, with figures: a cron line, or never.'
    )
    canary: of.Calendar = Field(
        default="30 5 * * *",
        description="When made-up articles are sent through the whole path: a cron line, or never.",
    )
    canary_within: of.Duration = Field(
        default=timedelta(minutes=15), description="Time in which they must come out at the other end."
    )
    low_disk: of.Size = Field(default=500_000_000, description="Less free space than this is told.")
    backlog: of.Duration = Field(
        default=timedelta(minutes=30), description="Articles or alerts that wait for longer than this are told."
    )


class UserKeys(_Keys):
    """A person who logs in by name."""

    name: of.Name = Field(description="Unique name, written beside what this person decides.")
    password: of.PasswordHash = Field(description="argon2id hash of the password; monitor config password makes it.")


class TokenKeys(_Keys):
    """A program that needs no login."""

    name: of.Name = Field(description="Unique name, written beside what the program decides.")
    token: of.Token = Field(
        description="At least 24 characters, sent as Authorization: Bearer ...; take it from the environment."
    )
    scopes: of.OneOrMore[of.Scope] = Field(
        default=("read",), description="read: see everything. review: see, decide and change."
    )


class Web(_Keys):
    """Who may see the review page."""

    users: tuple[UserKeys, ...] = Field(default=(), description="People who log in by name.")
    tokens: tuple[TokenKeys, ...] = Field(default=(), description="Programs that read or change by the API.")
    sessions: of.Duration = Field(
        default=timedelta(days=30), description="How long a login lasts after the last visit."
    )
    https: of.Boolean | None = Field(
        default=None, description="Whether readers reach the page by https; as deliver.review_url says where absent."
    )


class Defaults(_Keys):
    """What holds for every source and alert that does not say otherwise."""

    interval: of.Duration = Field(default=timedelta(minutes=15), description="How often a source is polled.")
    alert_backlog: of.DurationOrZero = Field(
        default=timedelta(days=1),
        description="What a new source already holds alerts only if it is younger than this.",
    )
    language: of.Language | None = Field(default=None, description="Language of the sources; detected where absent.")
    country: of.Country | None = Field(default=None, description="Country of the sources, two letters.")
    timezone: of.Timezone = Field(default="UTC", description="Time zone of cron lines, quiet hours and messages.")
    expires: of.Duration = Field(
        default=timedelta(days=7), description="How long an alert is tried before it counts as failed."
    )
    alerts: AlertRules = Field(
        default=AlertRules(), description="Any key of alerts but name, url, templates and enabled, for all of them."
    )


class File(_Keys):
    """The whole of sources.yaml."""

    defaults: Defaults = Field(default=Defaults(), description="What holds where an entry does not say otherwise.")
    fetch: Fetch = Field(default=Fetch(), description="How documents are fetched.")
    deliver: Deliver = Field(default=Deliver(), description="How messages are sent.")
    watch: Watch = Field(default=Watch(), description="How the monitor watches itself.")
    keep: Keep = Field(default=Keep(), description="How long what is kept.")
    web: Web = Field(default=Web(), description="Who may see the review page.")
    topics: Annotated[
        tuple[Any, ...],
        WithJsonSchema({"type": "array", "minItems": 1, "items": {"type": ["string", "object"]}}),
    ] = Field(default=(), description="Shipped names, ./path.yaml of topic files, or inline definitions.")
    sources: tuple[SourceKeys, ...] = Field(default=(), description="What is polled.")
    alerts: tuple[AlertKeys, ...] = Field(default=(), description="Channels that are alerted.")


MAPPINGS: dict[tuple[str, ...], type[_Keys]] = {
    (): File,
    ("defaults",): Defaults,
    ("defaults", "alerts"): AlertRules,
    ("fetch",): Fetch,
    ("deliver",): Deliver,
    ("watch",): Watch,
    ("keep",): Keep,
    ("web",): Web,
    ("web", "users"): UserKeys,
    ("web", "tokens"): TokenKeys,
    ("sources",): SourceKeys,
    ("alerts",): AlertKeys,
}
"""Which keys are known where: the path without list positions."""
