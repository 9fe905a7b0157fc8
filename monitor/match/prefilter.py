"""Whether a page can match at all, decided on its raw text: sound, and a fraction of the cost of reading the page.

Every rule needs certain concepts. Where they do not occur in any view of the page, no text taken from it can hit. The
rarest concepts are looked for first, for most pages have none of them. Must not: say that a page matches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.match.find import Finder
from monitor.match.normalise import normalise_page, normalise_url
from monitor.match.script import DENSE, HANGUL, script_of
from monitor.match.views import page_views

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from monitor.match.forms import Form
    from monitor.match.normalise import Normal
    from monitor.match.rules import Group, Rule
    from monitor.match.topic import Topic

_DENSE_LETTERS = 3
"""A Han character or Korean syllable says as much as about three letters."""

Concepts = set[tuple[int, str]]
"""Numbers of topics and names of their concepts."""


class Prefilter:
    """The necessary conditions of a set of topics."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        self._needs = [_Needs(number, topic) for number, topic in enumerate(topics)]
        gates = {key for needs in self._needs for key in needs.gates}
        others = {key for needs in self._needs for key in needs.used} - gates
        self._rare = _Looker(sorted(gates), topics)
        self._common = _Looker(sorted(others), topics)

    def may_match(self, raw: str, url: str = "") -> bool:
        """Tell whether a text taken from this page could hit; False only when that is certain."""
        texts = [normal for view in page_views(raw) for normal in normalise_page(view)]
        address = normalise_url(url)
        found = self._rare.found(texts, address)
        if not any(needs.opened(found) for needs in self._needs):
            return False
        found |= self._common.found(texts, address)
        return any(needs.met(found) for needs in self._needs)


class _Looker:
    """Finds which of some concepts occur."""

    def __init__(self, keys: Sequence[tuple[int, str]], topics: Sequence[Topic]) -> None:
        self._keys = keys
        forms = [(form, place) for place, (topic, name) in enumerate(keys) for form in topics[topic].concepts[name]]
        self._finder = Finder([form for form, _ in forms], [place for _, place in forms])

    def found(self, texts: Sequence[Normal], address: Normal) -> Concepts:
        seen = {concept for text in texts for concept in self._finder.find(text)}
        seen.update(self._finder.find(address, any_case=True))
        return {self._keys[concept] for concept in seen}


class _Needs:
    """What one topic needs: enough rules of which every group occurs."""

    def __init__(self, number: int, topic: Topic) -> None:
        self._number = number
        self._threshold = topic.threshold
        self._rules = [(rule, max(rule.weights.values())) for rule in topic.rules if max(rule.weights.values()) > 0]
        self._rarest = [min(rule.groups, key=lambda group: _commonness(group, topic)) for rule, _ in self._rules]
        self.gates = {(number, name) for group in self._rarest for name in group}
        self.used = {(number, name) for rule, _ in self._rules for group in rule.groups for name in group}

    def opened(self, found: Concepts) -> bool:
        """Tell whether rules that could reach the threshold have their rarest group."""
        pairs = zip(self._rules, self._rarest, strict=True)
        return self._enough(rule_weight for (_, rule_weight), group in pairs if self._has(group, found))

    def met(self, found: Concepts) -> bool:
        """Tell whether rules that could reach the threshold have all of their groups."""
        return self._enough(weight for rule, weight in self._rules if self._possible(rule, found))

    def _possible(self, rule: Rule, found: Concepts) -> bool:
        return all(self._has(group, found) for group in rule.groups)

    def _has(self, group: Group, found: Concepts) -> bool:
        return any((self._number, name) in found for name in group)

    def _enough(self, weights: Iterable[float]) -> bool:
        return sum(weights) >= self._threshold


def _commonness(group: Group, topic: Topic) -> float:
    """Estimate how often one of a group's forms occurs: short ones do."""
    return sum(float(8.0 ** -_information(form)) for name in group for form in topic.concepts[name])


def _information(form: Form) -> int:
    letters = "".join(atom.literal for atom in form.atoms)
    return sum(_DENSE_LETTERS if script_of(char) in (DENSE, HANGUL) else 1 for char in letters)
