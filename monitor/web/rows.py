"""The lines of the list: a story, a single hit or a near miss in words. Pure.

A line carries what a decision on it needs: the hit it shows, the newest hit that was shown of its story, and the number
of the last decision on any of them (``Target``), written ``17.20.5``; ``17..5`` is about one hit alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.model import Count, HitView, NearMiss, StoryView, Target
from monitor.web import marking
from monitor.web.marking import Piece

NAMED = 4
"""Languages named in a line."""
MOST = 1000
"""Targets of one decision."""
_TARGET = re.compile(r"([1-9]\d{0,14})\.([1-9]\d{0,14})?\.(0|[1-9]\d{0,14})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Row:
    """One line."""

    hit: HitView
    headline: list[Piece]
    extract: list[Piece]
    target: str
    state: str
    """``new`` as long as anything of the story is."""
    split: str = ""
    """``3 of 6 new`` where not all of a story is in one state."""
    outlets: str = ""
    """``6 outlets · uk, pl``; empty where nobody else has it."""
    articles: int = 1


@dataclass(frozen=True, slots=True)
class Near:
    """A near miss in the list."""

    miss: NearMiss
    headline: str
    words: tuple[str, ...]
    """What was found of the topic."""


def of_stories(stories: Iterable[StoryView]) -> list[Row]:
    """One line a story."""
    return [_story(story) for story in stories]


def of_hits(hits: Iterable[HitView]) -> list[Row]:
    """One line a hit, where a single story is shown."""
    return [
        Row(hit, marking.headline(hit), marking.extract(hit), target(hit.id, None, hit.stamp), hit.state)
        for hit in hits
    ]


def of_misses(misses: Iterable[NearMiss]) -> list[Near]:
    """One line a near miss."""
    return [
        Near(miss, miss.title, tuple(dict.fromkeys(" ".join(term.form.split()) for term in miss.terms))[:6])
        for miss in misses
    ]


def target(hit_id: int, newest: int | None, stamp: int) -> str:
    """A target as a form has it."""
    return f"{hit_id}.{newest or ''}.{stamp}"


def targets(written: Sequence[str]) -> tuple[Target, ...] | None:
    """The targets that a form names; None when one of them cannot be one, or there are too many."""
    found = [_TARGET.fullmatch(one) for one in dict.fromkeys(written)]
    if len(found) > MOST or not all(found):
        return None
    return tuple(
        Target(int(one[1]), story=one[2] is not None, newest=int(one[2]) if one[2] else None, stamp=int(one[3]))
        for one in found
        if one
    )


def sums(count: Count) -> str:
    """``12 stories, 37 hits``; one number where both are the same."""
    stories, hits = _many(count.stories, count, "story", "stories"), _many(count.hits, count, "hit", "hits")
    return hits if count.stories == count.hits else f"{stories}, {hits}"


def _many(number: int, count: Count, one: str, many: str) -> str:
    return f"{number:,}{'+' * count.more} {one if number == 1 and not count.more else many}"


def _story(story: StoryView) -> Row:
    hit = story.head
    return Row(
        hit,
        marking.headline(hit),
        marking.extract(hit),
        target(hit.id, story.newest, story.stamp),
        "new" if story.states.get("new") else hit.state,
        _split(story),
        _outlets(story),
        story.articles,
    )


def _split(story: StoryView) -> str:
    total, states = sum(story.states.values()), [state for state, count in story.states.items() if count]
    if len(states) < 2:
        return ""
    shown = "new" if "new" in states else story.head.state
    return f"{story.states.get(shown, 0)} of {total} {shown}"


def _outlets(story: StoryView) -> str:
    if story.outlets < 2:
        return ""
    more = f" +{len(story.languages) - NAMED}" if len(story.languages) > NAMED else ""
    spoken = f" · {', '.join(story.languages[:NAMED])}{more}" if story.languages else ""
    return f"{story.outlets} outlets{spoken}"
