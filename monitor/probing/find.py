"""Finding what to poll for any address: what it is itself, what its page names, the common places, the sitemaps.

Each try is a request to somebody's server, so there are few, with the pace of the installation between them, and
places that nobody named are asked for only where robots.txt allows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from monitor.errors import FetchError, MonitorError
from monitor.poll.discover import Candidate, PageSays, common_places, known_site, sitemaps
from monitor.probing.probe import Look, Probe
from monitor.urls import url_key

if TYPE_CHECKING:
    from monitor.model import Source

TRIES = 24
"""Requests for one search at most."""
LISTED = 5
"""Entries that a page must yield to pass for a listing without being called one."""
_NO_SITE = frozenset(
    {"bad_url", "bad_scheme", "bad_port", "blocked_address", "dns", "connect", "tls", "timeout", "reset", "protocol"}
)
"""Failures after which no other address of the site will do better."""
_TOO_MANY = 429
_BROKEN = 3
"""Such failures in one search after which nothing more is asked for."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is to be polled."""

    look: Look
    why: str
    """In words: how it was come by."""
    page: PageSays | None = None
    others: tuple[Candidate, ...] = ()
    """What else the page names."""


@dataclass(slots=True)
class Finder:
    """One search for the entries behind one address."""

    probe: Probe
    obey_robots: bool
    tell: Callable[[str], object] = str
    """Told what is asked for."""
    say: str = "--kind {}"
    """How a person says of what kind an address is."""
    tried: list[str] = field(default_factory=list)
    """Addresses that were asked for, in order."""
    _broken: int = 0

    def find(self, given: Source) -> Found:
        """What to poll for the address of ``given``; its kind is left to be found out.

        Raises:
            MonitorError: the site cannot be reached, robots.txt forbids the address, or nothing was found; with what
                was tried and the mend.

        """
        known = known_site(given.url)
        if known is not None:
            return self.named(replace(given, url=known.url, kind=known.kind), known.why)
        first = self._try(given, robots=self.obey_robots)
        if first.entries:
            return Found(first, "it is a feed")
        self._give_up_early(first)
        page = self.probe.page(first.document) if first.document and not first.feed else None
        found = self._elsewhere(given, page) or self._listing(given, first)
        if found is None:
            raise MonitorError(self._nothing(first, page))
        return replace(found, page=page, others=_others(page, found.look))

    def named(self, source: Source, why: str) -> Found:
        """The address taken for what the user says it is; an empty one is taken, too."""
        look = self._try(source, robots=self.obey_robots and source.kind == "listing")
        if look.error is not None:
            raise MonitorError(f"{source.url}: {look.error}")
        return Found(look, why)

    def _elsewhere(self, given: Source, page: PageSays | None) -> Found | None:
        """The first place with entries: those that the page names, the common ones, the sitemaps."""
        named = [one for one in page.candidates if not one.remarks] if page else []
        return self._named(given, named) or self._first(given, self._unnamed(given), robots=self.obey_robots)

    def _unnamed(self, given: Source) -> Iterator[Candidate]:
        yield from common_places(given.url)
        yield from sitemaps(self.probe.robots_txt(given), given.url)

    def _named(self, given: Source, places: Iterable[Candidate]) -> Found | None:
        """The first place with entries among those that a page names; they are meant for programs.

        Many sites link to a page about their feeds: where a place is a page, the feeds named there are next.
        """
        for place in places:
            look = self._look(given, place, robots=False)
            if look and look.entries:
                return Found(look, place.why)
            if look and look.document and not look.feed:
                below = [one for one in self.probe.page(look.document).candidates if not one.remarks]
                found = self._first(given, below, robots=False)
                if found:
                    return found
        return None

    def _first(self, given: Source, places: Iterable[Candidate], *, robots: bool) -> Found | None:
        """The first of the places that holds entries."""
        for place in places:
            look = self._look(given, place, robots=robots)
            if look and look.entries:
                return Found(look, place.why)
        return None

    def _look(self, given: Source, place: Candidate, *, robots: bool) -> Look | None:
        """A look at one place; None where it was tried before, or enough was tried."""
        if len(self.tried) >= TRIES or self._broken >= _BROKEN or url_key(place.url) in map(url_key, self.tried):
            return None
        return self._try(replace(given, url=place.url, kind=place.kind), robots=robots)

    def _try(self, source: Source, *, robots: bool) -> Look:
        self.tried.append(source.url)
        self.tell(f"{source.name}: asking for {_path(source.url).partition('?')[0]}")
        look = self.probe.look(source, robots=robots)
        self._broken += _hopeless(look.error)
        return look

    def _listing(self, given: Source, first: Look) -> Found | None:
        """The page itself as a listing, where it yields enough links that look like entries."""
        if first.document is None:
            return None
        source = replace(given, kind="listing")
        look = self.probe.again(source, first.document)
        return Found(look, "no feed was found; its links are the entries") if len(look.entries) >= LISTED else None

    def _nothing(self, first: Look, page: PageSays | None) -> str:
        paths = ", ".join(dict.fromkeys(_path(url) for url in self.tried[1:]))
        said = f" (it says: {first.error})" if first.error and first.document is None else ""
        if first.feed is not None:
            return (
                f"{first.source.url} is a feed, but holds no entries at present; add it with {self._kind('feed')} all "
                "the same"
            )
        named = page.candidates if page else ()
        remarks = f"; it names only comments: {named[0].url}" if named and all(one.remarks for one in named) else ""
        return (
            f"no feed found at {first.source.url}{said}{remarks}; tried {paths}; if you know one, give its address, "
            f"or take the page itself with {self._kind('listing')}"
        )

    def _give_up_early(self, first: Look) -> None:
        """Raise where no other address can help: no such site, or one that wants no robots here."""
        error = first.error
        if _hopeless(error):
            raise MonitorError(f"{first.source.url}: {error}")
        if isinstance(error, FetchError) and error.kind == "robots":
            raise MonitorError(
                f"{first.source.url}: {error}; if it is a feed, which is made for programs, say so with "
                f"{self._kind('feed')}"
            )

    def _kind(self, kind: str) -> str:
        return self.say.format(kind)


def _hopeless(error: MonitorError | None) -> bool:
    """True where the site cannot be reached, or wants to be asked no more."""
    return isinstance(error, FetchError) and (error.kind in _NO_SITE or error.status == _TOO_MANY)


def _others(page: PageSays | None, look: Look) -> tuple[Candidate, ...]:
    chosen = url_key(look.source.url)
    return tuple(one for one in page.candidates if url_key(one.url) != chosen) if page else ()


def _path(url: str) -> str:
    return "/" + url.partition("://")[2].partition("/")[2]
