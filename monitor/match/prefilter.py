"""Whether a page can match at all, decided on its raw text: sound, and a fraction of the cost of reading the page.

Every rule needs certain concepts. Where they do not occur in any view of the page, no text taken from it can hit. The
rarest concepts are looked for first, for most pages have none of them. Must not: say that a page matches.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import unquote

from monitor.match.automaton import Automaton
from monitor.match.find import Finder
from monitor.match.judge import Region, windows_of
from monitor.match.normalise import normalise, normalise_page, normalise_url, skeleton
from monitor.match.script import DENSE, GLUING, HANGUL, LATIN, script_of
from monitor.match.views import page_views

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from monitor.match.find import Seen
    from monitor.match.forms import Form
    from monitor.match.normalise import Normal
    from monitor.match.rules import Group, Rule
    from monitor.match.topic import Topic

_DENSE_LETTERS = 3
"""A Han character or Korean syllable says as much as about three letters."""

_SLACK = 200
"""How much wider a window is in a page's text than in what an extractor makes of it: notes, hidden words, spaces."""

Key = tuple[int, str]
"""The number of a topic and the name of one of its concepts."""
Looked: TypeAlias = "list[tuple[Normal, dict[Key, list[Seen]]]]"
"""The texts of a page, the URL last, with the occurrences in each."""


class Prefilter:
    """The necessary conditions of a set of topics."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        self._needs = [_Needs(number, topic) for number, topic in enumerate(topics)]
        gates = {key for needs in self._needs for key in needs.gates}
        others = {key for needs in self._needs for key in needs.used} - gates
        self._hints = _Hints([form for number, name in sorted(gates) for form in topics[number].concepts[name]])
        self._rare = _Looker(sorted(gates), topics)
        self._common = _Looker(sorted(others), topics)

    def may_match(self, raw: str, url: str = "", plain: str = "") -> bool:
        """Tell whether a text taken from this page, this URL and this plain text could hit; False only when certain."""
        views = page_views(raw)
        if not any(map(self._hints.seen_in, (*views, *page_views(plain), plain, unquote(url)))):
            return False
        texts = [normal for view in views for normal in normalise_page(view)]
        texts += [normalise(plain), normalise_url(url)]
        rare = [self._rare.look(text, any_case=text is texts[-1]) for text in texts]
        if not any(needs.opened(set().union(*rare)) for needs in self._needs):
            return False
        common = [self._common.look(text, any_case=text is texts[-1]) for text in texts]
        looked = [(text, few | many) for text, few, many in zip(texts, rare, common, strict=True)]
        return any(needs.met(looked) for needs in self._needs)


class _Hints:
    """Letters that stand in the skeleton of every text with one of some forms: a first, cheap look."""

    def __init__(self, forms: Sequence[Form]) -> None:
        self._automaton = Automaton(list(dict.fromkeys(map(_letters, forms))))

    def seen_in(self, text: str) -> bool:
        return bool(self._automaton.find(skeleton(text)))


def _letters(form: Form) -> str:
    """Return the most telling letters of a form that stand together in the skeleton of any text that holds it.

    Neighbours of a phrase are written together where nothing but signs can stand between them.
    """
    runs = [skeleton(form.atoms[0].literal)]
    for place, gap in enumerate(form.gaps):
        letters = skeleton(form.atoms[place + 1].literal)
        if gap or form.atoms[place].ending or script_of(form.atoms[place + 1].literal[0]) in (*GLUING, HANGUL):
            runs.append(letters)
        else:
            runs[-1] += letters
    return max(runs, key=_telling)


class _Looker:
    """Finds the occurrences of some concepts."""

    def __init__(self, keys: Sequence[Key], topics: Sequence[Topic]) -> None:
        self._keys = keys
        forms = [(form, place) for place, (topic, name) in enumerate(keys) for form in topics[topic].concepts[name]]
        self._finder = Finder([form for form, _ in forms], [place for _, place in forms])

    def look(self, text: Normal, *, any_case: bool) -> dict[Key, list[Seen]]:
        return {
            self._keys[place]: seen for place, seen in self._finder.find(text, any_case=any_case, page=True).items()
        }


class _Needs:
    """What one topic needs: enough rules of which every group occurs."""

    def __init__(self, number: int, topic: Topic) -> None:
        self._number = number
        self._threshold = topic.threshold
        self._rules = [(rule, max(rule.weights.values())) for rule in topic.rules if max(rule.weights.values()) > 0]
        self._rarest = [min(rule.groups, key=lambda group: _commonness(group, topic)) for rule, _ in self._rules]
        self.gates = {(number, name) for group in self._rarest for name in group}
        self.used = {(number, name) for rule, _ in self._rules for group in rule.groups for name in group}

    def opened(self, found: set[Key]) -> bool:
        """Tell whether rules that could reach the threshold have their rarest group."""
        pairs = zip(self._rules, self._rarest, strict=True)
        return self._enough(weight for (_, weight), group in pairs if self._has(group, found))

    def met(self, looked: Looked) -> bool:
        """Tell whether rules that could reach the threshold have all that they ask for."""
        found = {key for _, seen in looked for key in seen}
        possible = [
            (rule, weight) for rule, weight in self._rules if all(self._has(group, found) for group in rule.groups)
        ]
        if not self._enough(weight for _, weight in possible):
            return False
        regions = [Region(self._own(seen), normal) for normal, seen in looked]
        return self._enough(weight for rule, weight in possible if _together(rule, regions))

    def _own(self, seen: dict[Key, list[Seen]]) -> dict[str, list[Seen]]:
        return {name: found for (number, name), found in seen.items() if number == self._number}

    def _has(self, group: Group, found: set[Key]) -> bool:
        return any((self._number, name) in found for name in group)

    def _enough(self, weights: Iterable[float]) -> bool:
        return sum(weights) >= self._threshold


def _together(rule: Rule, regions: Sequence[Region]) -> bool:
    """Tell whether what must stand in one paragraph does; an extractor cannot bring it closer together.

    Of other rules nothing more can be asked: what it leaves out may have stood between.
    """
    if not rule.paragraph:
        return True
    wider = replace(rule, paragraph=False, within=replace(rule.within, number=2 * rule.within.number + _SLACK))
    return any(windows_of(wider, region) for region in regions)


def _commonness(group: Group, topic: Topic) -> float:
    """Estimate how often one of a group's forms occurs on a page in Latin letters, as most are."""
    forms = (form for name in group for form in topic.concepts[name])
    return sum(float(8.0 ** -_weight(form)) for form in forms if script_of(form.atoms[0].literal[0]) == LATIN)


def _weight(form: Form) -> float:
    """Return how telling the letters of a form are; a word that needs company is an ordinary one."""
    letters, whole = _letters(form), skeleton("".join(atom.literal for atom in form.atoms))
    return len(letters) if letters == whole else len(letters) / 2


def _telling(letters: str) -> int:
    return sum(_DENSE_LETTERS if script_of(char) in (DENSE, HANGUL) else 1 for char in letters)
