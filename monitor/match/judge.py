"""A topic's rules applied to what was found in one text: which hold, what is taken back, the score.

Values in, values out. Must not: know how concepts are found or how a ruling is worded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.match.rules import Fired, Group, Place, Rule, Ruling, TakeBack, Taken
from monitor.match.windows import Named, Ruler, near_pairs, windows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from monitor.match.find import Seen
    from monitor.match.normalise import Normal
    from monitor.match.rules import Reach


def windows_of(rule: Rule, region: Region) -> list[tuple[Named, ...]]:
    """Return where the concepts of a rule's ``near`` stand together in this region."""
    groups = [region.of(group) for group in rule.near]
    if not all(groups):
        return []
    found = windows(groups, rule.within.number, region.ruler(rule.within), ordered=rule.ordered)
    return [window for window in found if region.in_paragraph(window)] if rule.paragraph else found


class Region:
    """The occurrences in one stretch of text (the article, or the URL), by group; sorted once."""

    def __init__(self, seen: Mapping[str, Sequence[Seen]], normal: Normal) -> None:
        self.seen = dict(seen)
        self._normal = normal
        self._groups: dict[Group, list[Named]] = {}
        self._rulers: dict[str, Ruler] = {}

    def of(self, group: Group) -> list[Named]:
        """Return the occurrences of any of these concepts in the order of the text."""
        if group not in self._groups:
            found = [(seen, name) for name in group for seen in self.seen.get(name, ())]
            self._groups[group] = found if len(group) == 1 else sorted(found)
        return self._groups[group]

    def without(self, concept: str, gone: Iterable[Seen]) -> Region:
        """Return the region without these occurrences of a concept."""
        dropped = set(gone)
        kept = [seen for seen in self.seen.get(concept, ()) if seen not in dropped]
        return Region({**self.seen, concept: kept}, self._normal)

    def ruler(self, reach: Reach) -> Ruler:
        """Return the distances in the unit of this reach; None for plain characters."""
        if reach.unit not in self._rulers:
            normal = self._normal
            self._rulers[reach.unit] = normal.words() if reach.unit == "words" else normal.characters()
        return self._rulers[reach.unit]

    def in_paragraph(self, window: Sequence[Named]) -> bool:
        """Tell whether no line break stands between the first and the last of these."""
        first, last = min(seen.end for seen, _ in window), max(seen.start for seen, _ in window)
        return "\n" not in self._normal.text[first:last]


class Sight:
    """What was found in one article: in its text and in its URL, and where title and lead end."""

    def __init__(self, text: Region, url: Region, title_end: int, lead_end: int) -> None:
        self.text = text
        self.url = url
        self._title_end = title_end
        self._lead_end = lead_end

    def without(self, concept: str, gone: Iterable[Seen]) -> Sight:
        """Return the sight without these occurrences in the text."""
        return Sight(self.text.without(concept, gone), self.url, self._title_end, self._lead_end)

    def place(self, named: Named) -> Place:
        """Return an occurrence of the text with its field."""
        seen, concept = named
        field = "title" if seen.start < self._title_end else "lead" if seen.start < self._lead_end else "text"
        return Place(concept, seen, field)

    def places(self, group: Group, *, url: bool) -> list[Place]:
        """Return the occurrences of a group, those in the text first."""
        in_url = [Place(name, seen, "url") for seen, name in self.url.of(group)] if url else []
        return [self.place(named) for named in self.text.of(group)] + in_url

    def has(self, group: Group) -> bool:
        """Tell whether one of these concepts occurs anywhere."""
        return bool(self.text.of(group) or self.url.of(group))


def judge(rules: Sequence[Rule], unless: Sequence[TakeBack], sight: Sight) -> Ruling:
    """Apply a topic's rules to what was found. The score is the sum of the rules that hold less what is taken back."""
    dropped: list[Taken] = []
    for back in unless:
        if back.drops and (pairs := _pairs(back, (back.drops,), sight)):
            dropped.append(_taken(back, pairs[0], 0.0, sight))
            sight = sight.without(back.drops, (target[0] for target, _ in pairs))
    fired = tuple(filter(None, (_fire(rule, sight) for rule in rules)))
    backs = (_take(back, fired, sight) for back in unless if fired and not back.drops)
    taken = tuple(filter(None, backs))
    score = sum(found.weight for found in fired) - sum(found.amount for found in taken)
    return Ruling(max(score, 0.0), fired, (*dropped, *taken))


def _pairs(back: TakeBack, near: Group, sight: Sight) -> list[tuple[Named, Named]]:
    targets, words = sight.text.of(near), sight.text.of(back.words)
    if not targets or not words:
        return []
    return near_pairs(targets, words, back.within.number, sight.text.ruler(back.within), back.order)


def _taken(back: TakeBack, pair: tuple[Named, Named], amount: float, sight: Sight) -> Taken:
    target, word = pair
    return Taken(back, sight.place(word), sight.place(target), amount)


def _fire(rule: Rule, sight: Sight) -> Fired | None:
    if not all(map(sight.has, rule.groups)):
        return None
    found = _leading(rule, sight)
    best = max(found, key=lambda places: rule.weights[places[0].field], default=None)
    if best is None or not rule.weights[best[0].field]:
        return None
    told = (*best, *_company(rule, sight))
    others = (place for places in found for place in places)
    return Fired(rule, best[0].field, rule.weights[best[0].field], told, tuple(dict.fromkeys((*told, *others))))


def _leading(rule: Rule, sight: Sight) -> list[tuple[Place, ...]]:
    """Return the places that the rule's field is taken from: its windows, or its first concept's occurrences."""
    url = bool(rule.weights["url"])
    if not rule.near:
        return [(place,) for place in sight.places((rule.all or (rule.any,))[0], url=url)]
    in_text = [tuple(map(sight.place, window)) for window in windows_of(rule, sight.text)]
    in_url = windows_of(rule, sight.url) if url else ()
    return in_text + [tuple(Place(name, seen, "url") for seen, name in window) for window in in_url]


def _company(rule: Rule, sight: Sight) -> list[Place]:
    """Return the first occurrence of each further group that the rule asks for anywhere."""
    groups = rule.groups[len(rule.near) or 1 :]
    return [sight.places(group, url=True)[0] for group in groups]


def _take(back: TakeBack, fired: Sequence[Fired], sight: Sight) -> Taken | None:
    held = sum(found.weight for found in fired if found.rule.name in back.rules and not found.rule.certain)
    if held <= 0:
        return None
    amount = held if back.takes is None else min(held, back.takes)
    if back.near:
        pairs = _pairs(back, back.near, sight)
        return _taken(back, pairs[0], amount, sight) if pairs else None
    words = sight.text.of(back.words)
    return Taken(back, sight.place(words[0]), None, amount) if words else None
