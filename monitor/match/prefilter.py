"""Whether a page can match at all, decided on its raw text: sound, and a fraction of the cost of reading the page.

Every rule needs certain concepts, every concept one of its forms, every form its letters. Where the letters are missing
from all views of the page, no text taken from it can hit. Must not: say that a page matches; most that pass do not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.match.automaton import Automaton
from monitor.match.normalise import skeleton
from monitor.match.script import DENSE, GLUING, HANGUL, script_of
from monitor.match.views import views

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.match.forms import Form
    from monitor.match.rules import Group, Rule
    from monitor.match.topic import Topic

_DENSE_LETTERS = 3
"""A Han character says as much as about three letters."""


class Prefilter:
    """The necessary conditions of a set of topics."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        self._topics = [_Needs(topic) for topic in topics]
        self._gate = _Keys({(place, name) for place, needs in enumerate(self._topics) for name in needs.gate}, topics)
        self._all = _Keys({(place, name) for place, needs in enumerate(self._topics) for name in needs.used}, topics)

    def may_match(self, raw: str, url: str = "") -> bool:
        """Tell whether a text taken from this page could hit; False only when that is certain."""
        seen = list(views(raw, url))
        passed = set().union(*map(self._gate.found, seen))
        if not any(needs.opens({name for at, name in passed if at == place}) for place, needs in enumerate(self._topics)):
            return False
        found = set().union(*map(self._all.found, seen))
        return any(needs.met({name for at, name in found if at == place}) for place, needs in enumerate(self._topics))


class _Keys:
    """Which concepts have letters in a view."""

    def __init__(self, wanted: set[tuple[int, str]], topics: Sequence[Topic]) -> None:
        owners: dict[str, set[tuple[int, str]]] = {}
        for place, name in sorted(wanted):
            for form in topics[place].concepts[name]:
                owners.setdefault(key_of(form), set()).add((place, name))
        self._owners = list(owners.values())
        self._automaton = Automaton(list(owners))

    def found(self, view: str) -> set[tuple[int, str]]:
        """Return the concepts (topic, name) of which a form's letters stand in the view."""
        keys = {key for key, _, _ in self._automaton.find(view)}
        return set().union(*(self._owners[key] for key in keys))


class _Needs:
    """What one topic needs: enough rules whose every group is there."""

    def __init__(self, topic: Topic) -> None:
        self._rules = [(rule, max(rule.weights.values())) for rule in topic.rules if max(rule.weights.values()) > 0]
        self._threshold = topic.threshold
        self._gates = [min(rule.groups, key=lambda group: _commonness(group, topic)) for rule, _ in self._rules]
        self.gate = {name for group in self._gates for name in group}
        self.used = {name for rule, _ in self._rules for group in rule.groups for name in group}

    def opens(self, found: set[str]) -> bool:
        """Tell whether the rarest group of enough rules is there."""
        pairs = zip(self._rules, self._gates, strict=True)
        return sum(weight for (_, weight), group in pairs if not found.isdisjoint(group)) >= self._threshold

    def met(self, found: set[str]) -> bool:
        """Tell whether rules that could reach the threshold have all they need."""
        return sum(weight for rule, weight in self._rules if _possible(rule, found)) >= self._threshold


def _possible(rule: Rule, found: set[str]) -> bool:
    return all(not found.isdisjoint(group) for group in rule.groups)


def _commonness(group: Group, topic: Topic) -> float:
    """Estimate how often one of a group's keys stands in a text by chance: short ones dominate."""
    return sum(float(8.0 ** -_information(key_of(form))) for name in group for form in topic.concepts[name])


def _information(key: str) -> int:
    return sum(_DENSE_LETTERS if script_of(char) in (DENSE, HANGUL) else 1 for char in key)


def key_of(form: Form) -> str:
    """Return the most telling letters that stand in the squeezed text wherever this form does.

    Neighbours of a phrase are written together when nothing but signs can stand between them.
    """
    runs = [skeleton(form.atoms[0].literal)]
    for place, gap in enumerate(form.gaps):
        literal = skeleton(form.atoms[place + 1].literal)
        closed = not gap and not form.atoms[place].ending and script_of(literal[0]) not in (*GLUING, HANGUL)
        if closed:
            runs[-1] += literal
        else:
            runs.append(literal)
    return max(runs, key=_information)
