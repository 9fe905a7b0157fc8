"""A hit's story in a terminal: its other articles, how it was linked, and what may be the same event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.text import Text

from monitor.cli import show
from monitor.model import Carrier, HitView, SuggestionView

SHOWN = 20
"""Articles of a story shown; how many more there are is said."""
_HOW = {"first": "first of the story", "copy": "a copy", "translation": "another language"}


def write(out: Console, hit: HitView, maybe: Sequence[SuggestionView]) -> None:
    """Print the story of a hit, and what is still to be decided about it."""
    for line in lines(hit):
        show.paragraph(out, line, first="story: ")
    for one in maybe:
        show.paragraph(out, _suggestion(hit, one), first="maybe the same event: ")
    if maybe:
        out.print(Text("the review page asks on /suggestions whether they are", style="dim"))


def lines(hit: HitView) -> Iterator[str]:
    """The story in lines: its number and how the article came into it, then each of its other articles."""
    if hit.story is None or not hit.others:
        return
    joined = f"; this one is {linked(hit.how, hit.linked)}"
    yield f"{hit.story}, {len(hit.others) + 1} articles{joined}; `monitor hits --story {hit.story}` lists them"
    for other in hit.others[:SHOWN]:
        yield _other(other)
    if len(hit.others) > SHOWN:
        yield f"and {len(hit.others) - SHOWN} more"


def linked(how: str, why: str) -> str:
    """``a copy: 96% of the text is the same``."""
    return ": ".join(filter(None, (_HOW.get(how, how), why)))


def as_values(hit: HitView, maybe: Iterable[SuggestionView]) -> dict[str, Any]:
    """The story's other articles and the open suggestions, for programs."""
    return {
        "how": hit.how,
        "linked": hit.linked,
        "others": [asdict(other) for other in hit.others],
        "suggestions": [asdict(one) for one in maybe],
    }


def _other(other: Carrier) -> str:
    about = f"hit {other.hit_id} · {show.one_line(other.source)} · {other.language or '?'}"
    return f"{about} · {linked(other.how, other.why)} · {show.one_line(other.title) or '(no headline)'}"


def _suggestion(hit: HitView, one: SuggestionView) -> str:
    """The other side of a suggestion, seen from the hit."""
    mine = one.story == hit.story
    number, title = (one.hit_id, one.title) if mine else (one.story_hit_id, one.story_title)
    return f"hit {number} · {show.one_line(title) or '(no headline)'} · {one.why}"
