"""Who else carried a story, as a message names them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from monitor.deliver.links import linked
from monitor.deliver.plain import isolated, quiet
from monitor.model import HitView
from monitor.text import shorten

NAME: Final = 60
NAMED: Final = 7
"""Names in a line before the rest is a number."""


@dataclass(frozen=True, slots=True)
class Mention:
    """An outlet in a list."""

    outlet: str
    lang: str
    """Code of its language; empty where that is the one round it, or unknown."""
    url: str = ""
    host: str = ""
    """The host that ``url`` really leads to."""
    id: int = 0
    """Number of its hit; 0 where it has none of its own."""
    repeated: bool = False


def outlet_name(name: str) -> str:
    """A source's name, fit to stand in a line."""
    return shorten(quiet(name).strip(), NAME)


def base(language: str | None) -> str:
    """``pt`` of ``pt-BR``; empty where the language is unknown."""
    code = (language or "").split("-")[0].lower()
    return code if code.isascii() and code.isalpha() and len(code) <= 3 else ""


def elsewhere(hit: HitView, *, without: frozenset[int] = frozenset()) -> tuple[Mention, ...]:
    """Who else had the hit's article or story, the first one first; a language stands only where it is another one.

    ``without``: numbers of hits that are shown anyway. Nobody is named twice in one language.
    """
    own = base(hit.language)
    same = [Mention(outlet_name(name), "") for name in hit.also_in]
    others = [
        Mention(outlet_name(one.source), _other(base(one.language), own), *linked(one.url), id=one.hit_id)
        for one in hit.others
        if one.hit_id not in without and one.hit_id != hit.id
    ]
    known = {(outlet_name(hit.source), "")}
    return tuple(_unseen([*same, *others], known))


def outlets(hits: Iterable[HitView]) -> frozenset[str]:
    """The names of all that carried these articles."""
    return frozenset(outlet_name(name) for hit in hits for name in (hit.source, *hit.also_in))


def in_line(mentions: Iterable[Mention], most: int = NAMED) -> str:
    """``УНН, NV, RBC (ru) and 3 more``; empty for nobody."""
    names = [isolated(one.outlet) + f" ({one.lang})" * bool(one.lang) for one in mentions]
    more = len(names) - most
    return ", ".join(names[:most]) + f" and {more} more" * (more > 0)


def _other(code: str, own: str) -> str:
    return "" if code == own else code


def _unseen(mentions: Iterable[Mention], known: set[tuple[str, str]]) -> Iterable[Mention]:
    for one in mentions:
        if (one.outlet, one.lang) not in known:
            known.add((one.outlet, one.lang))
            yield one
