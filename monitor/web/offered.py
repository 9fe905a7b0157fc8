"""What the filters of the list offer: the values that stored hits have, with their names. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.deliver.cards import topic_name
from monitor.deliver.names import country_name, language_name
from monitor.model import Choices

UNKNOWN = {"und": "unknown", "-": "unknown"}

Option = tuple[str, str]
"""A value and its words."""


@dataclass(frozen=True, slots=True)
class Offered:
    """The options of each filter; what is set is always among them."""

    topics: list[Option]
    languages: list[Option]
    countries: list[Option]
    sources: list[Option]
    tags: list[Option]


def offered(choices: Choices, given: Mapping[str, str], configured: Sequence[str]) -> Offered:
    """The options, by their words."""
    return Offered(
        _options(topics(choices, configured), given.get("topic"), topic_name),
        _options(choices.languages, given.get("language"), language_name),
        _options(choices.countries, given.get("country"), country_name),
        _options(choices.sources, given.get("source"), str),
        _options(choices.tags, given.get("tag"), str),
    )


def topics(choices: Choices, configured: Sequence[str]) -> list[str]:
    """The topics that have hits or could have some."""
    return sorted({*choices.topics, *configured})


def _options(values: Iterable[str], current: str | None, name: Callable[[str], str]) -> list[Option]:
    known = {*values, *filter(None, [current])}
    return sorted(((value, UNKNOWN.get(value) or name(value)) for value in known), key=lambda one: one[1].casefold())
