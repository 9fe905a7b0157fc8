"""What was missed, by outlet: which source should have had it. Pure; the words stand in the template.

Must not: decide what was missed (``monitor.keep.coverage`` did).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.keep.coverage import outlet_of
from monitor.model import Missed, SourceHead
from monitor.urls import host_of, registrable

SOURCES = 5
"""Sources of one outlet that are named."""


@dataclass(frozen=True, slots=True)
class Gap:
    """An outlet of which articles were missed."""

    outlet: str
    """Its host, or its name where no address was learnt; empty where not even that is known."""
    articles: tuple[Missed, ...]
    """The latest first."""
    languages: tuple[str, ...]
    sources: tuple[SourceHead, ...]
    """Our sources of the same site, which should have had them."""
    address: str
    """Where to look for its feed; empty where no address is known."""


def gaps(missed: Iterable[Missed], sources: Sequence[SourceHead]) -> list[Gap]:
    """By outlet, what was missed most first."""
    groups: dict[str, list[Missed]] = {}
    for one in missed:
        groups.setdefault(outlet_of(one.article), []).append(one)
    sites: dict[str, list[SourceHead]] = {}
    for head in sources:
        sites.setdefault(registrable(host_of(head.url)), []).append(head)
    found = [_gap(outlet, articles, sites) for outlet, articles in groups.items()]
    return sorted(found, key=lambda gap: (not gap.outlet, -len(gap.articles), gap.outlet))


def _gap(outlet: str, articles: list[Missed], sites: dict[str, list[SourceHead]]) -> Gap:
    is_host = "." in outlet and host_of(f"https://{outlet}/") == outlet
    ours = sites.get(registrable(outlet), []) if is_host else []
    languages = {one.article.language for one in articles if one.article.language}
    return Gap(
        outlet,
        tuple(articles),
        tuple(sorted(languages)),
        tuple(sorted(ours, key=lambda head: (not head.active, head.name))[:SOURCES]),
        f"https://{outlet}/" if is_host else "",
    )
