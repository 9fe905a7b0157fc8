"""Whether we had what a second net shows: found, found later or missed. Pure, and the only door to rapidfuzz.

Two articles are one when an address of theirs is the same; or when, within three days and in one language, their
headlines are nearly the same and nothing says that they are of two outlets. News search feeds lead to addresses of
their own and put "- Outlet" behind the headline, so the outlet is taken from whatever names it.

Must not: alert or store; measure how well the topics match, since second nets are read with the same topics.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from rapidfuzz import fuzz

from monitor.match.fold import folded
from monitor.model import Caught, Ruling, Seen, Watch
from monitor.urls import host_of, url_key

PATIENCE = timedelta(hours=24)
"""How long our own sources have to bring what a second net showed."""
WINDOW = timedelta(hours=72)
"""Articles further apart than this are not one on the word of their headlines."""
ALIKE = 85.0
"""Likeness of two headlines of one outlet, 0 to 100 (normalised insertions and deletions)."""
EQUAL = 95.0
"""As above where the outlet of one is not known."""
LONG_ENOUGH = 15
"""Characters of a headline that says something without its outlet."""

_SEARCHES = frozenset({"news.google.com", "google.com", "consent.google.com", "bing.com"})
_TWINS = ("www.", "m.", "mobile.", "amp.")
_NUMBER = re.compile(r"\d+")
_ENDS = (" - ", " – ", " — ", " | ")


@dataclass(frozen=True, slots=True)
class _Traits:
    """What tells an article from another one."""

    keys: frozenset[str]
    headlines: tuple[str, ...]
    """In folded form: whole, and without the outlet at its end."""
    outlet: str
    """A host, a name, or nothing."""


class _Shelf:
    """Articles by what finds those that may be one with another: an address, or the language of the headline."""

    def __init__(self, articles: Iterable[Seen]) -> None:
        self._by_key: dict[str | int, list[Seen]] = {}
        self._by_language: dict[str, list[Seen]] = {}
        self._traits: dict[int, _Traits] = {}
        for seen in articles:
            self.put(seen)

    def put(self, seen: Seen) -> None:
        traits = self._traits[seen.article_id] = _traits(seen)
        keys: tuple[str | int, ...] = (*traits.keys, seen.article_id)
        for key in keys:
            self._by_key.setdefault(key, []).append(seen)
        self._by_language.setdefault(_base(seen.language), []).append(seen)

    def same_as(self, seen: Seen) -> Iterator[Seen]:
        traits = _traits(seen)
        keys: tuple[str | int, ...] = (*traits.keys, seen.article_id)
        by_key = {other.article_id: other for key in keys for other in self._by_key.get(key, [])}
        yield from by_key.values()
        for language in {_base(seen.language), ""} if seen.language else self._by_language:
            for other in self._by_language.get(language, []):
                if other.article_id not in by_key and _same(seen, traits, other, self._traits[other.article_id]):
                    yield other


def rulings(watch: Watch, now: datetime) -> Iterator[Ruling]:
    """Rule on every waiting article that can be ruled on by now, oldest first.

    Ours must have hit every topic that it hit. What another second net showed before is ruled on, and marked as its
    twin.
    """
    ours, nets = _Shelf(watch.ours), _Shelf(watch.ruled)
    for seen in sorted(watch.waiting, key=lambda waiting: (waiting.seen, waiting.article_id)):
        twin = next((other.article_id for other in nets.same_as(seen)), None)
        nets.put(seen)
        ruling = _ruling(seen, list(ours.same_as(seen)), twin, now)
        if ruling is not None:
            yield ruling


def outlet_of(seen: Seen) -> str:
    """The host of the outlet, its name where no address is known, or nothing."""
    hosts = [_bare(host_of(url)) for url in _pages(seen)]
    if hosts:
        return hosts[0]
    return _bare(host_of(seen.outlet)) or seen.outlet.strip() if seen.outlet else _end(seen.title)


def same(one: Seen, other: Seen) -> bool:
    """Whether two articles are one."""
    return _same(one, _traits(one), other, _traits(other))


def _ruling(seen: Seen, twins: list[Seen], twin: int | None, now: datetime) -> Ruling | None:
    """None while there is time for ours to come. What counts is when things came, not when this is asked."""
    twins = [ours for ours in twins if seen.topics <= ours.topics and ours.seen <= seen.seen + PATIENCE]
    first = min(twins, key=lambda ours: ours.seen, default=None)
    if first is not None:
        caught: Caught = "found" if first.seen <= seen.seen else "later"
        return Ruling(seen.article_id, seen.seen, caught, first.article_id, first.seen, twin)
    return Ruling(seen.article_id, seen.seen, "missed", twin=twin) if now >= seen.seen + PATIENCE else None


def _same(one: Seen, traits: _Traits, other: Seen, others: _Traits) -> bool:
    if one.article_id == other.article_id or traits.keys & others.keys:
        return True
    languages = {_base(one.language), _base(other.language)} - {""}
    if abs(one.seen - other.seen) > WINDOW or len(languages) > 1:
        return False
    outlet = _one_outlet(traits.outlet, others.outlet)
    return outlet is not False and _alike(traits.headlines, others.headlines, sure=outlet is True)


def _base(language: str | None) -> str:
    """``pt`` of ``pt-BR``; nothing where none is known."""
    return (language or "").partition("-")[0].lower()


def _one_outlet(one: str, other: str) -> bool | None:
    """None where that cannot be told."""
    if not one or not other:
        return None
    if "." in one and "." in other:
        return one == other or one.endswith("." + other) or other.endswith("." + one)
    one, other = (_letters(outlet) for outlet in (one, other))
    return True if one and other and (one in other or other in one) else None


def _alike(one: tuple[str, ...], other: tuple[str, ...], *, sure: bool) -> bool:
    """Headlines that differ in a number are of two articles: the second day, the 26th meeting."""
    least = ALIKE if sure else EQUAL
    return any(
        fuzz.ratio(mine, theirs, score_cutoff=least) > 0 and _NUMBER.findall(mine) == _NUMBER.findall(theirs)
        for mine in one
        for theirs in other
        if mine and theirs and (sure or min(len(mine), len(theirs)) >= LONG_ENOUGH)
    )


def _traits(seen: Seen) -> _Traits:
    keys = {url_key(url) for url in _pages(seen) if urlsplit(url).path.strip("/") or urlsplit(url).query}
    ends = _end(seen.title)
    short = seen.title[: -len(ends)].rstrip(" -–—|") if ends else ""
    return _Traits(frozenset(keys), tuple(folded(line) for line in (seen.title, short) if line), outlet_of(seen))


def _pages(seen: Seen) -> list[str]:
    """Its addresses that are the outlet's own, those of the page before the entry's."""
    found = [_target(url) for url in reversed(seen.urls)]
    return [url for url in found if host_of(url) and not _is_search(url)]


def _target(url: str) -> str:
    """Where a link of Bing's news search leads: the address stands in it."""
    if not _is_search(url):
        return url
    return next(iter(parse_qs(urlsplit(url).query, max_num_fields=50).get("url", [])), url)


def _is_search(url: str) -> bool:
    return _bare(host_of(url)) in _SEARCHES


def _bare(host: str) -> str:
    while (twin := next(filter(host.startswith, _TWINS), None)) and "." in host[len(twin) :]:
        host = host[len(twin) :]
    return host


def _end(title: str) -> str:
    """What stands behind the last dash or bar of a headline, where it is short enough for an outlet's name."""
    cuts = [title.rfind(mark) + len(mark) for mark in _ENDS if mark in title]
    end = title[max(cuts) :].strip() if cuts else ""
    return end if 0 < len(end) <= 40 and len(end) * 2 < len(title) else ""


def _letters(name: str) -> str:
    """A name or a host as letters: ``Kyiv Post`` and ``kyivpost.com`` share theirs."""
    name = name.rpartition(".")[0] if "." in name and " " not in name else name
    return "".join(filter(str.isalnum, folded(name)))
