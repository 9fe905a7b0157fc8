"""What a saved filter asks of a hit that was found just now. Pure; the caller says how a filter's name is looked up.

A filter was made for the list of stored hits. Of a new one there is a topic, a grade, a language, a country, a source
and words; that it has a state, a tag, a story or a date in the past cannot be asked of it, so these parts say nothing
here (``idle`` names them). What is not known of an article keeps it back no more than the other rules of an alert do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Final

from monitor.model import Alert, Finding, HitFilter, Source, Verdict
from monitor.store.folding import fold, words_of

Named = Callable[[str], HitFilter | None]
"""The saved filter of a name; None where nothing is saved under it."""

IDLE: Final = ("state", "tag", "since", "until", "story", "near")
"""Parameters that say nothing of a new hit."""
_SAME_LANGUAGE: Final[Mapping[str, str]] = MappingProxyType(
    {"nb": "no", "nn": "no", "iw": "he", "in": "id", "ji": "yi", "prs": "fa", "pes": "fa", "fil": "tl"}
)
"""Codes of one language, by the IANA registry of language subtags (RFC 5646, section 3.1), and Filipino."""
_UNKNOWN_LANGUAGE, _UNKNOWN_COUNTRY = "und", "-"


class Heard:
    """A finding as filters are asked about it; its text is folded once, and only where words are looked for."""

    def __init__(self, finding: Finding, source: Source | None) -> None:
        self._finding = finding
        self._source = source.name if source else None
        self._country = source.country if source else None
        self.language = finding.language or (source.language if source else None)

    def fits(self, wanted: HitFilter, hit: Verdict) -> bool:
        """Whether one of its hits fits a filter, as far as that can be asked of it."""
        return (
            wanted.topic in {None, hit.topic}
            and wanted.grade in {None, hit.grade}
            and wanted.source in {None, self._source or wanted.source}
            and _is(self._country, wanted.country, _UNKNOWN_COUNTRY)
            and _is(base(self.language), wanted.language and base(wanted.language), _UNKNOWN_LANGUAGE)
            and all(word in self._folded for word in words_of(wanted.search or ""))
        )

    @cached_property
    def _folded(self) -> str:
        return fold(f"{self._finding.title}\n{self._finding.text}")


def filters_of(alert: Alert, named: Named) -> tuple[HitFilter, ...]:
    """The filters of which a hit has to fit one; none where one of those named is not saved: nothing is missed."""
    found = [named(name) for name in alert.filters]
    known = tuple(one for one in found if one is not None)
    return known if len(known) == len(found) else ()


def routes(alerts: Iterable[Alert]) -> dict[str, tuple[str, ...]]:
    """The alerts that name each saved filter, by the filter's name."""
    users: dict[str, list[str]] = defaultdict(list)
    for alert in alerts:
        for name in dict.fromkeys(alert.filters):
            users[name].append(alert.name)
    return {name: tuple(those) for name, those in users.items()}


def idle(given: Iterable[str]) -> tuple[str, ...]:
    """Which of a filter's parameters say nothing of a new hit."""
    asked = set(given)
    return tuple(name for name in IDLE if name in asked)


def says(given: Iterable[str] | None) -> str:
    """What is to be said of a filter that an alert names; ``given``: its parameters, None where it is not saved."""
    if given is None:
        return "not saved, so everything that the other rules let pass goes there"
    left = idle(given)
    return f"without its {', '.join(left)}, which a new hit cannot have" if left else ""


def base(language: str | None) -> str | None:
    """The language alone: script and region, which detection does not know, do not count. None for none."""
    if not language:
        return None
    first = language.replace("_", "-").partition("-")[0].lower()
    return _SAME_LANGUAGE.get(first, first)


def _is(known: str | None, wanted: str | None, unknown: str) -> bool:
    """Whether a value is the wanted one; what is not known may be, and ``unknown`` asks for that alone."""
    return wanted is None or known is None or (wanted != unknown and known == wanted)
