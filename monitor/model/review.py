"""What people ask of the stored hits, and what they decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from monitor.model.views import HitView

LONGEST_NOTE = 2000
LONGEST_TAG = 32
"""Characters of a note and of a tag."""
MOST_TAGS = 20
"""Tags of one hit."""
LONGEST_FILTER_NAME = 60
LONGEST_QUERY = 4000
MOST_FILTERS = 500
"""Characters of a saved filter's name and of its query; how many there may be."""


@dataclass(frozen=True, slots=True)
class HitFilter:
    """Which hits are wanted; an empty field asks nothing."""

    topic: str | None = None
    grade: str | None = None
    language: str | None = None
    """A code such as ``uk``; ``und`` for those whose language is not known."""
    country: str | None = None
    """Two letters; ``-`` for those whose publisher's country is not known."""
    source: str | None = None
    state: str | None = None
    tag: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    search: str | None = None
    """Words that all have to be in headline or text, parts of words too; a phrase stands in double quotes."""
    story: int | None = None
    limit: int | None = 200
    offset: int = 0


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a list that is sorted by when a hit was found, then by its number."""

    found: datetime
    id: int


@dataclass(frozen=True, slots=True)
class StoryView:
    """A story in the list: its newest hit that fits the filter, and how much there is of it."""

    head: HitView
    """Without ``others``."""
    articles: int = 1
    """Articles of the story with a hit, whether they fit the filter or not."""
    outlets: int = 1
    languages: tuple[str, ...] = ()
    """The head's first, then by how many articles have them."""
    states: Mapping[str, int] = field(default_factory=dict)
    """How many of its hits are in each state."""
    newest: int = 0
    """The greatest number of its hits: what came later was not shown."""
    stamp: int = 0
    """The number of the last decision on any of its hits; 0 when there is none."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many fit; when there are more than anybody counts, ``more`` is true and the numbers are the least."""

    hits: int
    stories: int
    more: bool = False


@dataclass(frozen=True, slots=True)
class StoryPage:
    """A piece of the list of stories."""

    stories: tuple[StoryView, ...]
    next: Position | None
    """Where the next piece begins; None at the end."""
    count: Count | None = None
    """How many there are in the whole list, where that was asked for."""


@dataclass(frozen=True, slots=True)
class HitPage:
    """A piece of the list of hits."""

    hits: tuple[HitView, ...]
    next: Position | None


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters can be set to: the values that stored hits have."""

    topics: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """What a decision is about: one hit, or its whole story as far as it was shown."""

    hit_id: int
    story: bool = False
    newest: int | None = None
    """With ``story``: hits with a greater number were not shown and are left as they are."""
    stamp: int | None = None
    """The last decision that was shown, 0 for none; None: whatever was decided is overruled."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person says of a hit; None leaves a part as it is."""

    state: str | None = None
    note: str | None = None
    tags: tuple[str, ...] | None = None
    """All its tags from now on."""
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    """Tags to put on and to take off; what bulk changes say."""


@dataclass(frozen=True, slots=True)
class DecisionView:
    """One decision of a hit's history."""

    id: int
    hit_id: int
    at: datetime
    who: str
    state: str
    was: str
    """The state before."""
    note: str
    tags: tuple[str, ...]
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of a decision on several targets."""

    done: tuple[DecisionView, ...] = ()
    """The decisions made; what an undo takes back."""
    overtaken: tuple[DecisionView, ...] = ()
    """Targets on which somebody decided since they were shown, with that decision; they are left as they are."""
    missing: tuple[int, ...] = ()
    """Numbers of hits (of an undo: of decisions) that there are not."""


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """A filter that a person saved under a name."""

    id: int
    name: str
    query: str
    """As in the address of the page: ``topic=ramstein&language=uk``."""
    who: str
    created: datetime
