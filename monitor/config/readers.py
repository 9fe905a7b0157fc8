"""The types of the values of sources.yaml: how each is read, and its JSON Schema (pydantic, for checking only).

Must not: know any key; what a value means is said by ``values.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, GetJsonSchemaHandler, WithJsonSchema

from monitor.config import access, manners, values
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


class _OrOne:
    """In the JSON Schema, one value in place of a list."""

    def __get_pydantic_json_schema__(self, core: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        many = handler(core)
        return {"anyOf": [many["items"], many]}


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _filled(value: object) -> object:
    if value == []:
        raise ValueError("is empty; list at least one, or remove the key")
    return _listed(value)


AnyNumber = Annotated[tuple[T, ...], BeforeValidator(_listed), _OrOne()]
"""A list, or one value in its place."""
OneOrMore = Annotated[tuple[T, ...], BeforeValidator(_filled), _OrOne()]
"""The same, but not empty."""

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
FilterName = Annotated[str, _reader(values.filter_name, "the name of a saved filter"), _text(minLength=1, maxLength=60)]
WebUrl = Annotated[str, _reader(values.web_url, "a URL"), _text(pattern=r"^(https?://|\$\{)")]
ChannelUrl = Annotated[str, _reader(values.channel_url, "an Apprise URL"), _text(pattern=r"^([A-Za-z]|\$\{)")]
Kind = Annotated[str, _reader(values.kind, "a kind of source"), _text(enum=list(values.KINDS))]
Selector = Annotated[str, _reader(values.selector, "a CSS selector"), _text(minLength=1, maxLength=500)]
Language = Annotated[str, _reader(values.language, "a language code"), _text(pattern="^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$")]
Country = Annotated[str, _reader(values.country, "a country"), _text(pattern="^[A-Za-z]{2}$")]
Contact = Annotated[str, _reader(values.contact, "a contact"), _text(maxLength=200)]
When = Annotated[str, _reader(values.when, "now or a cron line"), _text()]
Quiet = Annotated[
    str | None,
    _reader(values.quiet, "never or hours"),
    _text(pattern="^[0-2][0-9]:[0-5][0-9] ?- ?[0-2][0-9]:[0-5][0-9]$|^never$"),
]
Calendar = Annotated[str | None, _reader(values.calendar, "never or a cron line"), _text()]
Cooldown = Annotated[timedelta, _reader(values.cooldown, "a duration such as 10m"), _text(pattern=_DURATION)]
Updates = Annotated[
    timedelta | None, _reader(values.updates, "never or a duration such as 6h"), _text(pattern=f"{_DURATION}|^never$")
]
Kept = Annotated[
    timedelta | None, _reader(values.kept, "never or a duration such as 90d"), _text(pattern=f"{_DURATION}|^never$")
]
Heartbeat = Annotated[str, _reader(values.heartbeat_url, "a URL"), _text(pattern=r"^(https?://|\$\{)")]
Size = Annotated[int, _reader(values.size, "a size such as 500MB"), _text(pattern="^[0-9]{1,9} ?[KMGTkmgt][Ii]?[Bb]$")]
MaxPerHour = Annotated[
    int,
    _reader(values.max_per_hour, "a number such as 30"),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 1000}),
]
Grade = Annotated[str, _reader(values.grade, "a grade"), _text(enum=list(values.GRADES))]
Where = Annotated[str, _reader(values.field, "a field"), _text(enum=list(values.FIELDS))]
Urgent = Annotated[str, _reader(values.urgent, "what is urgent"), _text(enum=list(values.URGENT))]
Folder = Annotated[str, _reader(str, "a folder"), _text(minLength=1)]
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
PasswordHash = Annotated[str, _reader(access.password_hash, "an argon2id hash"), _text(pattern=r"^(\$argon2id\$|\$\{)")]
Token = Annotated[str, _reader(access.token, "a token"), _text(minLength=1)]
Scope = Annotated[str, _reader(access.scope, "a scope"), _text(enum=list(access.SCOPES))]
Timezone = Annotated[str, _reader(values.timezone, "a time zone"), _text()]
