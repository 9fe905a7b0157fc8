"""Which sources a person asks to see: state, language, country, part of a name; a page of them.

Pure; anything may be given, nothing raises.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from monitor import advice
from monitor.deliver.names import country_name, language_name
from monitor.model import SourceHead
from monitor.text import clean
from monitor.web.query import LONGEST, number
from monitor.web.watched import word

PAGE = 200
"""Sources on a page."""
UNKNOWN = "-"
"""Stands for a language or a country that is not known."""
_FILTERS = ("state", "language", "country", "q")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for; an empty field asks nothing."""

    state: str = ""
    language: str = ""
    country: str = ""
    q: str = ""
    page: int = 1

    @property
    def filtered(self) -> bool:
        """Whether anything narrows the list."""
        return any(getattr(self, name) for name in _FILTERS)

    def query(self, **changes: str | int) -> str:
        """The query of the same list with some parts changed, on its first page unless another one is named."""
        given: dict[str, str | int] = {name: getattr(self, name) for name in _FILTERS} | changes
        return urlencode({name: value for name, value in given.items() if value and (name, value) != ("page", 1)})


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the sources, and what there is to choose from."""

    numbers: tuple[int, ...]
    """Those of this page, what needs a person first."""
    found: int
    """How many fit, on all pages."""
    all: int
    pages: int
    sums: tuple[tuple[str, str, int], ...]
    """Each state that a source is in, its word, and how many are in it, what needs a person first."""
    states: tuple[tuple[str, str], ...]
    """To choose from, value and words each; so are these:"""
    languages: tuple[tuple[str, str], ...]
    countries: tuple[tuple[str, str], ...]


def read(params: Mapping[str, str]) -> Wanted:
    """Read an address; what no source can be is asked for all the same, and nothing is found."""
    given = {name: " ".join(clean(params.get(name, "")[:LONGEST]).split()) for name in _FILTERS}
    return Wanted(**given, page=number(params.get("page", "")) or 1)


def listed(heads: Sequence[SourceHead], wanted: Wanted) -> Listed:
    """The page that was asked for."""
    fit = advice.by_need(head for head in heads if _fits(head, wanted))
    states = Counter(map(advice.state, heads))
    start = (wanted.page - 1) * PAGE
    return Listed(
        numbers=tuple(head.id for head in fit[start : start + PAGE]),
        found=len(fit),
        all=len(heads),
        pages=max(-(-len(fit) // PAGE), 1),
        sums=tuple((state, word(state), states[state]) for state in advice.SIGNS if states[state]),
        states=tuple((state, word(state)) for state in advice.SIGNS if states[state]),
        languages=_choices((_base(head.language) for head in heads), language_name),
        countries=_choices((head.country or UNKNOWN for head in heads), country_name),
    )


def _fits(head: SourceHead, wanted: Wanted) -> bool:
    if wanted.state and advice.state(head) != wanted.state:
        return False
    if wanted.language and _base(head.language) != wanted.language:
        return False
    if wanted.country and (head.country or UNKNOWN) != wanted.country:
        return False
    if not wanted.q:
        return True
    words = f"{head.name} {head.url.partition('://')[2].partition('/')[0]}".casefold()
    return all(part in words for part in wanted.q.casefold().split())


def _base(language: str | None) -> str:
    return (language or "").partition("-")[0].lower() or UNKNOWN


def _choices(codes: Iterable[str], name: Callable[[str], str]) -> tuple[tuple[str, str], ...]:
    """Codes with their names, by name; the unknown last."""
    found = set(codes)
    known = sorted(((code, name(code)) for code in found - {UNKNOWN}), key=lambda one: one[1].casefold())
    return (*known, *([(UNKNOWN, "not known")] if UNKNOWN in found else []))
