"""What a topic decides: its rules on the concepts found, what is taken back, the score.

Values in, values out. Must not: know how concepts are found or how a verdict is worded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.match.windows import Window, near_pairs, windows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from monitor.match.find import Seen

FIELDS = ("title", "lead", "text", "url")
Group = tuple[str, ...]
"""Concepts of which any one will do."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One reason for a hit: all of its conditions must hold."""

    name: str
    says: str
    weights: Mapping[str, float]
    """By field: that of the first concept of ``near``, else of ``all``."""
    near: tuple[Group, ...] = ()
    within: int = 0
    ordered: bool = False
    all: tuple[Group, ...] = ()
    any: Group = ()
    certain: bool = False
    """Nothing takes it back."""

    @property
    def groups(self) -> tuple[Group, ...]:
        """Every group of which a concept must occur."""
        return (*self.near, *self.all, *((self.any,) if self.any else ()))


@dataclass(frozen=True, slots=True)
class TakeBack:
    """What speaks against: it drops occurrences of a concept, or lowers rules."""

    name: str
    says: str
    words: Group
    near: Group = ()
    within: int = 0
    order: str = "either"
    """``before`` or ``after``: on which side of the occurrence the words must stand."""
    drops: str = ""
    takes: float | None = None
    """How much; None takes the whole weight."""
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sight:
    """What was found in one text: occurrences by concept, in the text and in the URL."""

    text: Mapping[str, Sequence[Seen]]
    url: Mapping[str, Sequence[Seen]]
    title_end: int
    lead_end: int

    def field(self, seen: Seen) -> str:
        """Name the field an occurrence of the text stands in."""
        return "title" if seen.start < self.title_end else "lead" if seen.start < self.lead_end else "text"


@dataclass(frozen=True, slots=True)
class Place:
    """One occurrence that a rule rests on."""

    concept: str
    seen: Seen
    field: str


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that holds, where, and with what weight."""

    rule: Rule
    field: str
    weight: float
    places: tuple[Place, ...]
    """The strongest occurrence first, then all others."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A take-back that holds: what it took and from where."""

    unless: TakeBack
    by: Place
    target: Place | None
    amount: float


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a topic's rules give for one text."""

    score: float
    fired: tuple[Fired, ...] = ()
    taken: tuple[Taken, ...] = ()


def judge(rules: Sequence[Rule], unless: Sequence[TakeBack], sight: Sight) -> Ruling:
    """Apply a topic's rules to what was found. The score is the sum of the rules that hold less what is taken back."""
    dropped: list[Taken] = []
    for back in unless:
        if back.drops:
            sight = _drop(back, sight, dropped)
    fired = tuple(found for rule in rules if (found := _fire(rule, sight)))
    taken = tuple(found for back in unless if not back.drops and (found := _take(back, fired, sight)))
    score = sum(found.weight for found in fired) - sum(found.amount for found in taken)
    return Ruling(max(score, 0.0), fired, (*dropped, *taken))


def _merged(group: Group, seen: Mapping[str, Sequence[Seen]]) -> list[tuple[str, Seen]]:
    if len(group) == 1:
        return [(group[0], found) for found in seen.get(group[0], ())]
    return sorted(((name, found) for name in group for found in seen.get(name, ())), key=lambda pair: pair[1])


def _drop(back: TakeBack, sight: Sight, dropped: list[Taken]) -> Sight:
    words, targets = _merged(back.words, sight.text), _merged((back.drops,), sight.text)
    if not words or not targets:
        return sight
    pairs = near_pairs([seen for _, seen in targets], [seen for _, seen in words], back.within, back.order)
    if not pairs:
        return sight
    target, word = pairs[0]
    concept = next(name for name, seen in words if seen is word)
    by, at = Place(concept, word, sight.field(word)), Place(back.drops, target, sight.field(target))
    dropped.append(Taken(back, by, at, 0.0))
    gone = {seen for seen, _ in pairs}
    kept = {**sight.text, back.drops: [seen for _, seen in targets if seen not in gone]}
    return Sight(kept, sight.url, sight.title_end, sight.lead_end)


def _fire(rule: Rule, sight: Sight) -> Fired | None:
    if not all(any(sight.text.get(name) or sight.url.get(name) for name in group) for group in rule.groups):
        return None
    found = _leading(rule, sight)
    if not found:
        return None
    best = max(found, key=lambda places: rule.weights[places[0].field])
    weight = rule.weights[best[0].field]
    if not weight:
        return None
    others = (place for places in found if places is not best for place in places)
    return Fired(rule, best[0].field, weight, tuple(dict.fromkeys((*best, *_company(rule, sight), *others))))


def _leading(rule: Rule, sight: Sight) -> list[tuple[Place, ...]]:
    """Return the places that the rule's field is taken from: its windows, or its first concept's occurrences."""
    if rule.near:
        found = _windows(rule, sight.text)
        in_url = _windows(rule, sight.url) if rule.weights["url"] else []
        return [_in_text(window, sight) for window in found] + [
            tuple(Place(name, seen, "url") for name, seen in window) for window in in_url
        ]
    group = (rule.all or (rule.any,))[0]
    return [(Place(name, seen, sight.field(seen)),) for name, seen in _merged(group, sight.text)] + [
        (Place(name, seen, "url"),) for name, seen in _merged(group, sight.url)
    ]


def _windows(rule: Rule, seen: Mapping[str, Sequence[Seen]]) -> list[Window]:
    return windows([_merged(group, seen) for group in rule.near], rule.within, ordered=rule.ordered)


def _in_text(window: Iterable[tuple[str, Seen]], sight: Sight) -> tuple[Place, ...]:
    return tuple(Place(name, seen, sight.field(seen)) for name, seen in window)


def _company(rule: Rule, sight: Sight) -> list[Place]:
    """Return the first occurrence of each further group that the rule asks for anywhere."""
    groups = [*(rule.all if rule.near else rule.all[1:]), *((rule.any,) if rule.any else ())]
    return [_first(group, sight) for group in groups]


def _first(group: Group, sight: Sight) -> Place:
    for name, seen in _merged(group, sight.text)[:1]:
        return Place(name, seen, sight.field(seen))
    name, seen = _merged(group, sight.url)[0]
    return Place(name, seen, "url")


def _take(back: TakeBack, fired: Sequence[Fired], sight: Sight) -> Taken | None:
    held = sum(found.weight for found in fired if found.rule.name in back.rules and not found.rule.certain)
    words = _merged(back.words, sight.text)
    if not held or not words:
        return None
    target = None
    concept, word = words[0]
    if back.near:
        targets = _merged(back.near, sight.text)
        pairs = near_pairs([seen for _, seen in targets], [seen for _, seen in words], back.within, back.order)
        if not pairs:
            return None
        at, word = pairs[0]
        concept = next(name for name, seen in words if seen is word)
        target = Place(next(name for name, seen in targets if seen is at), at, sight.field(at))
    amount = held if back.takes is None else min(held, back.takes)
    return Taken(back, Place(concept, word, sight.field(word)), target, amount)
