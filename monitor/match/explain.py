"""A ruling in words, and the matched words with their places in the original: what a person sees.

Must not: decide anything.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from monitor.model import Term

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from monitor.match.forms import Form
    from monitor.match.normalise import Normal
    from monitor.match.rules import Fired, Place, Ruling, Taken

MAX_TERMS = 200
"""Terms listed per verdict; what is beyond is counted in ``why``."""
_NOT_TOLD = frozenset(("any",))


class Explainer:
    """Words for rulings on one text."""

    def __init__(self, forms: Sequence[Form], text: Normal, url: Normal, language: str | None) -> None:
        self._forms = forms
        self._text = text
        self._url = url
        self._language = language

    def terms(self, ruling: Ruling) -> tuple[tuple[Term, ...], int]:
        """Return the matched words in the order of the text, and how many were left out."""
        places = dict.fromkeys(place for fired in ruling.fired for place in fired.places)
        chosen = sorted(list(places)[:MAX_TERMS], key=lambda place: (place.field == "url", place.seen))
        return tuple(self._term(place) for place in chosen), max(0, len(places) - MAX_TERMS)

    def _term(self, place: Place) -> Term:
        normal = self._url if place.field == "url" else self._text
        start, end = normal.span(place.seen.start, place.seen.end)
        form = self._forms[place.seen.form].written
        return Term(place.concept, normal.source[start:end], start, end, place.field, form)

    def fired(self, fired: Fired) -> str:
        """Word a rule that holds: ``group named (uk, title): "контактної групи" + "оборони": +10``."""
        shown = dict.fromkeys(map(self._quoted, fired.told))
        where = ", ".join(filter(None, (self._spoken(fired.told), fired.field)))
        return f"{fired.rule.says} ({where}): {' + '.join(shown)}: {fired.weight:+g}"

    def taken(self, taken: Taken) -> str:
        """Word what was taken back: ``taken back: band word "concert" near "Ramstein": -6``."""
        near = f" near {self._quoted(taken.target)}" if taken.target else ""
        what = "these words do not count" if taken.unless.drops else f"{-taken.amount:+g}"
        return f"taken back: {taken.unless.says} {self._quoted(taken.by)}{near}: {what}"

    def _quoted(self, place: Place) -> str:
        return f'"{" ".join(self._term(place).form.split())}"'

    def _spoken(self, places: Iterable[Place]) -> str:
        """Return the language most of these forms belong to, the text's own if it is among them."""
        count = Counter(
            language for place in places for language in self._forms[place.seen.form].language.split() if language
        )
        told = {language: number for language, number in count.items() if language not in _NOT_TOLD}
        if self._language in told:
            return str(self._language)
        return max(told, key=lambda language: told[language], default="")
