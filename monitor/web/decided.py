"""Decisions in words: what was just decided, what stood in the way, the history of a hit. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from monitor.model import Decided, DecisionView, Target
from monitor.web import rows
from monitor.web.clock import Clock

SOMEBODY = "Somebody"
"""Where people have no names."""
MOST = 5000
"""Decisions that one undo takes back."""
SAID = {
    "relevant": "Marked relevant",
    "irrelevant": "Marked irrelevant",
    "starred": "Starred",
    "new": "Back to new",
    "saved": "Saved",
    "undone": "Undone",
}
"""What a page says after a decision, by a word that its address can carry."""
_RANGE = re.compile(r"([1-9]\d{0,14})(?:-([1-9]\d{0,14}))?", re.ASCII)

StoryOf = Callable[[int], int | None]
"""The story of a hit."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A target that was left as it is, because somebody decided on it since it was shown."""

    target: Target
    decision: DecisionView
    words: str

    @property
    def again(self) -> str:
        """The target as it has to be sent to overrule that decision."""
        return rows.target(self.target.hit_id, self.target.newest if self.target.story else None, self.decision.id)


@dataclass(frozen=True, slots=True)
class Past:
    """One line of a hit's history."""

    decision: DecisionView
    who: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    """Tags that it put on and took off."""
    noted: bool = False
    """True when it changed the note."""
    gone: bool = False
    """True when it was taken back."""


def history(decisions: Sequence[DecisionView]) -> list[Past]:
    """A hit's decisions in words, newest first as they were given."""
    undone = {one.undoes for one in decisions}
    before = DecisionView(0, 0, decisions[-1].at, "", "new", "new", "", ()) if decisions else None
    return [_past(one, old, undone) for one, old in pairwise([*decisions, before]) if one and old]


def _past(one: DecisionView, old: DecisionView, undone: set[int | None]) -> Past:
    return Past(
        one,
        one.who,
        tuple(tag for tag in one.tags if tag not in old.tags),
        tuple(tag for tag in old.tags if tag not in one.tags),
        one.note != old.note,
        one.id in undone,
    )


def words(decision: DecisionView, clock: Clock) -> str:
    """``Anna marked it irrelevant 2 min ago``."""
    when = clock.near(decision.at)
    who = decision.who or SOMEBODY
    if decision.undoes is not None:
        return f"{who} took a decision back {when}; it is {decision.state}"
    if decision.state == decision.was:
        return f"{who} changed note or tags {when}"
    return f"{who} marked it {decision.state} {when}"


def obstacles(decided: Decided, targets: Sequence[Target], story_of: StoryOf, clock: Clock) -> list[Obstacle]:
    """Each target that was left as it is, with the decision in its way."""
    if not decided.overtaken:
        return []
    stories = {one.id: story_of(one.hit_id) for one in decided.overtaken}
    found = []
    for target in targets:
        own = story_of(target.hit_id) if target.story else None
        in_way = [one for one in decided.overtaken if one.hit_id == target.hit_id or (own and stories[one.id] == own)]
        found += [Obstacle(target, one, words(one, clock)) for one in sorted(in_way, key=lambda one: one.id)[-1:]]
    return found


def answer(said: str, decided: Decided, obstacles: Sequence[Obstacle], clock: Clock) -> dict[str, Any]:
    """What our own script is told: ``changed`` by number of hit, the ``stamp`` of all that was done, what was not."""
    return {
        "said": SAID[said],
        "done": ranges(one.id for one in decided.done),
        "stamp": max((one.id for one in decided.done), default=0),
        "changed": {one.hit_id: _state(one) for one in decided.done},
        "overtaken": [{"hit": one.target.hit_id, "target": one.again, **_state(one.decision), "words": one.words}
                      for one in obstacles],
        "kept": [words(one, clock) for one in decided.overtaken],
        "missing": list(decided.missing),
    }  # fmt: skip


def _state(one: DecisionView) -> dict[str, Any]:
    return {"state": one.state, "tags": one.tags}


def ranges(numbers: Any) -> str:
    """Numbers as an address has them: ``12-15,18``."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(f"{first}-{last}" if first < last else str(first) for first, last in runs)


def numbers(text: str) -> tuple[int, ...]:
    """The numbers that ``ranges`` wrote; none for anything else, and for more than ``MOST``."""
    found = [_RANGE.fullmatch(part) for part in text.split(",")]
    if not all(found):
        return ()
    runs = [(int(one[1]), int(one[2] or one[1])) for one in found if one]
    if sum(max(last - first + 1, 0) for first, last in runs) > MOST:
        return ()
    return tuple(number for first, last in runs for number in range(first, last + 1))


def shown(params: Mapping[str, str]) -> tuple[str, str] | None:
    """What the last decision was, and the numbers to undo it, as the address of a page has them."""
    said, done = params.get("said", ""), params.get("done", "")
    return (SAID[said], done) if said in SAID and numbers(done) else None
