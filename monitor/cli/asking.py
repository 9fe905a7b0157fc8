"""Which hits a command is about: the options that all of them share, a saved filter's name among them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import LARGEST, parse_time
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.model import HitFilter, SavedFilter
    from monitor.store import ReviewStore

STATES = ("new", "relevant", "irrelevant", "starred")
STATES_SAID = "new, relevant, irrelevant or starred"

TopicOption = Annotated[str | None, typer.Option("--topic", help="Only this topic.")]
GradeOption = Annotated[str | None, typer.Option("--grade", help="certain or probable.")]
LanguageOption = Annotated[str | None, typer.Option("--language", help="Only this language, such as uk.")]
CountryOption = Annotated[
    str | None, typer.Option("--country", help="Only publishers of this country, such as UA; - where it is not known.")
]
SourceOption = Annotated[str | None, typer.Option("--source", help="Only articles first seen in this source.")]
StateOption = Annotated[str | None, typer.Option("--state", help=f"{STATES_SAID}.")]
TagOption = Annotated[str | None, typer.Option("--tag", help="Only hits with this tag.")]
SinceOption = Annotated[str | None, typer.Option("--since", help="From this time on: 24h, 14d, 2026-05-04.")]
UntilOption = Annotated[str | None, typer.Option("--until", help="Before this time.")]
SearchOption = Annotated[
    str | None, typer.Option("--search", help="Words in title or text, in any script, also parts of words.")
]
StoryOption = Annotated[
    int | None, typer.Option("--story", min=1, max=LARGEST, help="Only the articles of this story.")
]
SavedOption = Annotated[
    str | None,
    typer.Option("--saved", metavar="NAME", help="The saved filter of this name; other options change a part of it."),
]


def asked(  # noqa: PLR0913 - one option a question
    at: datetime,
    *,
    topic: str | None = None,
    grade: str | None = None,
    language: str | None = None,
    country: str | None = None,
    source: str | None = None,
    state: str | None = None,
    tag: str | None = None,
    since: str | None = None,
    until: str | None = None,
    search: str | None = None,
    story: int | None = None,
) -> HitFilter:
    """The filter that these options make; ``at`` is now. Raises UsageError for what cannot be asked."""
    from monitor.model import HitFilter

    "".join(filter(None, (topic, language, source, tag, search))).encode()  # raises for what is no UTF-8 text
    _one_of("state", state, STATES, STATES_SAID)
    _one_of("grade", grade, ("certain", "probable"), "certain or probable")
    if country is not None and country != "-" and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise UsageError(f'--country: expected two letters such as UA, or -, got "{country}"')
    return HitFilter(
        topic=topic,
        grade=grade,
        language=language,
        country=country and country.upper(),
        source=source,
        state=state,
        tag=tag,
        since=parse_time(since, at, "--since"),
        until=parse_time(until, at, "--until"),
        search=search,
        story=story,
        limit=None,
    )


def with_saved(wanted: HitFilter, name: str | None, store: ReviewStore, at: datetime) -> tuple[HitFilter, bool]:
    """The saved filter of this name with what ``wanted`` asks in place of its own; True where it is of near misses.

    Without a name it is ``wanted`` alone. Raises UsageError where nothing is saved under it.
    """
    from monitor.query import read_query

    if name is None:
        return wanted, False
    question = read_query(find(store, name).query, at, "UTC")
    given = {key: getattr(wanted, key) for key in wanted.__slots__ if key not in {"limit", "offset"}}
    changed = {key: value for key, value in given.items() if value is not None}
    return replace(question.wanted, **changed, limit=wanted.limit, offset=0), question.near


def find(store: ReviewStore, name: str) -> SavedFilter:
    """The saved filter of this name. Raises UsageError where there is none, with the names that there are."""
    found = store.filters.named(name)
    if found is None:
        known = ", ".join(f'"{saved.name}"' for saved in store.filters.all()) or "none yet"
        raise UsageError(f'no saved filter "{name}"; saved are: {known}')
    return found


def _one_of(option: str, value: str | None, known: tuple[str, ...], said: str) -> None:
    if value is not None and value not in known:
        raise UsageError(f'--{option}: expected {said}, got "{value}"')
