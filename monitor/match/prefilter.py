"""Whether a page can match at all, decided on its raw text: sound, and a fraction of the cost of reading the page.

Every rule needs certain concepts. Where they do not occur in any view of the page, no text taken from it can hit. The
rarest concepts are looked for first, by their letters alone, for most pages have none of them; then only the stretches
round them are read, where that can decide. Must not: say that a page matches.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import unquote

from monitor.match.find import Finder
from monitor.match.forms import LONGEST_JOINT
from monitor.match.hints import ENDING, Hints, commonness
from monitor.match.judge import Region, windows_of
from monitor.match.normalise import normalise, normalise_page, normalise_url
from monitor.match.views import page_views

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from monitor.match.find import Seen
    from monitor.match.forms import Form
    from monitor.match.hints import Hinted, Key
    from monitor.match.normalise import Normal
    from monitor.match.rules import Group, Rule
    from monitor.match.topic import Topic

_SLACK = 200
"""How much wider a window is in a page's text than in what an extractor makes of it: notes, hidden words, spaces."""

_RARE = 1e-5
"""A group that is less common than this decides alone whether a rule can hold."""

Looked: TypeAlias = "list[tuple[Normal, dict[Key, list[Seen]]]]"
"""The texts of a page, the URL last, with the occurrences in each."""


class Prefilter:
    """The necessary conditions of a set of topics."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        self._needs = [_Needs(number, topic) for number, topic in enumerate(topics)]
        self._hints = Hints(sorted({key for needs in self._needs for key in needs.gates}), topics)
        self._near = _Looker(sorted({key for needs in self._needs for key in needs.close}), topics)
        self._all = _Looker(sorted({key for needs in self._needs for key in needs.used}), topics)

    def may_match(self, views: Sequence[str], url: str = "", plain: str = "") -> bool:
        """Tell whether a text taken from a page with these views, this URL and this plain text could hit.

        False only when certain.
        """
        hinted = self._hints.look("\n\n".join(dict.fromkeys((*views, *page_views(plain).texts, plain, unquote(url)))))
        found = set(hinted.spans)
        needs = [one for one in self._needs if one.opened(found)]
        if not needs:
            return False
        others = [normalise(plain), normalise_url(url)]
        if all(one.rests_on_close(found) for one in needs):
            return self._close_by(needs, hinted, others)
        looked = self._all.look([*_normals(views), *others])
        return any(one.met(looked) for one in needs)

    def _close_by(self, needs: list[_Needs], hinted: Hinted, others: list[Normal]) -> bool:
        """Tell whether a close rule of one of these may hold in the stretches round its rarest group."""
        gates, radius = set().union(*(one.close_gates for one in needs)), max(one.radius for one in needs)
        looked = self._near.look([*_normals(hinted.around(gates, radius)), *others])
        return any(one.close_by(looked) for one in needs)


def _normals(texts: Iterable[str]) -> Iterator[Normal]:
    return (normal for text in texts for normal in normalise_page(text))


class _Looker:
    """Finds the occurrences of some concepts."""

    def __init__(self, keys: Sequence[Key], topics: Sequence[Topic]) -> None:
        self._keys = keys
        forms = [(form, place) for place, (topic, name) in enumerate(keys) for form in topics[topic].concepts[name]]
        self._finder = Finder([form for form, _ in forms], [place for _, place in forms])

    def look(self, texts: Sequence[Normal]) -> Looked:
        """Return what stands in each text; the last is a URL."""
        return [(text, self._seen(text, any_case=text is texts[-1])) for text in texts]

    def _seen(self, text: Normal, *, any_case: bool) -> dict[Key, list[Seen]]:
        return {
            self._keys[place]: seen for place, seen in self._finder.find(text, any_case=any_case, page=True).items()
        }


class _Needs:
    """What one topic needs: enough rules of which every group occurs.

    A rule is *close* when what it asks for must stand in one paragraph, so many characters apart at most: then it
    is enough to look round the occurrences of its rarest group.
    """

    def __init__(self, number: int, topic: Topic) -> None:
        self._number = number
        self._threshold = topic.threshold
        self._rules = [(rule, max(rule.weights.values())) for rule in topic.rules if max(rule.weights.values()) > 0]
        rarity = partial(commonness, topic=topic)
        self._rarest = [_rarest(rule, rarity) for rule, _ in self._rules]
        close = [rule for rule, _ in self._rules if _is_close(rule)]
        self.gates = self._keys(group for groups in self._rarest for group in groups)
        self.close_gates = self._keys(min(rule.near, key=rarity) for rule in close)
        self.gates |= self.close_gates
        self.close = self._keys(group for rule in close for group in rule.near)
        self.used = self._keys(group for rule, _ in self._rules for group in rule.groups)
        forms = [form for number, name in self.close for form in topic.concepts[name]]
        self.radius = max((_wider(rule).within.number for rule in close), default=0) + max(
            map(_length, forms), default=0
        )

    def opened(self, hinted: set[Key]) -> bool:
        """Tell whether rules that could reach the threshold may have their rarest groups."""
        return self._enough(weight for _, weight in self._hinted(hinted))

    def rests_on_close(self, hinted: set[Key]) -> bool:
        """Tell whether the threshold cannot be reached without a close rule."""
        return not self._enough(weight for rule, weight in self._hinted(hinted) if not _is_close(rule))

    def close_by(self, looked: Looked) -> bool:
        """Tell whether a close rule may be met in these stretches."""
        regions = self._regions(looked)
        return any(_together(rule, regions) for rule, _ in self._rules if _is_close(rule))

    def met(self, looked: Looked) -> bool:
        """Tell whether rules that could reach the threshold have all that they ask for."""
        found = {key for _, seen in looked for key in seen}
        possible = [
            (rule, weight) for rule, weight in self._rules if all(self._has(group, found) for group in rule.groups)
        ]
        if not self._enough(weight for _, weight in possible):
            return False
        regions = self._regions(looked)
        return self._enough(weight for rule, weight in possible if _together(rule, regions))

    def _hinted(self, hinted: set[Key]) -> list[tuple[Rule, float]]:
        pairs = zip(self._rules, self._rarest, strict=True)
        return [rule for rule, rarest in pairs if all(self._has(group, hinted) for group in rarest)]

    def _regions(self, looked: Looked) -> list[Region]:
        return [Region(self._own(seen), normal) for normal, seen in looked]

    def _own(self, seen: dict[Key, list[Seen]]) -> dict[str, list[Seen]]:
        return {name: found for (number, name), found in seen.items() if number == self._number}

    def _keys(self, groups: Iterable[Group]) -> set[Key]:
        return {(self._number, name) for group in groups for name in group}

    def _has(self, group: Group, found: set[Key]) -> bool:
        return any((self._number, name) in found for name in group)

    def _enough(self, weights: Iterable[float]) -> bool:
        return sum(weights) >= self._threshold


def _rarest(rule: Rule, rarity: Callable[[Group], float]) -> list[Group]:
    """Return the groups of a rule that are looked for at first."""
    first, *others = sorted(rule.groups, key=rarity)
    return [first] if _is_close(rule) or rarity(first) < _RARE else [first, *others[:1]]


def _is_close(rule: Rule) -> bool:
    return rule.paragraph and rule.within.unit == "characters"


def _wider(rule: Rule) -> Rule:
    return replace(rule, paragraph=False, within=replace(rule.within, number=2 * rule.within.number + _SLACK))


def _together(rule: Rule, regions: Sequence[Region]) -> bool:
    """Tell whether what must stand in one paragraph does; an extractor cannot bring it closer together.

    Of other rules nothing more can be asked: what it leaves out may have stood between.
    """
    if not rule.paragraph:
        return True
    wider = _wider(rule)
    return any(windows_of(wider, region) for region in regions)


def _length(form: Form) -> int:
    """Return how many letters an occurrence may well have, long endings included."""
    return sum(len(atom.literal) for atom in form.atoms) + sum(max(gap, LONGEST_JOINT) for gap in form.gaps) + ENDING
