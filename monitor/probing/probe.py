"""Looking at one address as the poll desk does, and keeping what was seen on the way. Nothing is stored."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from monitor.config.settings import Settings
from monitor.errors import FetchError, MonitorError, ParseError, WorkerError
from monitor.fetch import Fetcher, FetchSettings
from monitor.model import Document, Entry, Feed, Source
from monitor.poll.desk import ACCEPT, DEADLINE, LIMIT
from monitor.poll.discover import TASK, PageSays, page_from_json
from monitor.poll.kinds import KINDS
from monitor.poll.kinds.address import polled_url
from monitor.poll.kinds.answer import feed_from_json
from monitor.pool import Pool
from monitor.urls import check_url, host_of, origin_of, place_of

FURTHER = 3
"""Further documents that are looked at: the newest sitemaps of an index."""
ROBOTS_LIMIT = 512 * 1024

Left = Callable[[], float]
"""Seconds that the whole may still take."""
Places = frozenset[tuple[str, int]]
"""Hosts with a port (``monitor.urls.place_of``)."""


def ever() -> float:
    """As long as it takes; each request has its own deadline."""
    return math.inf


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a source showed; each part is None where it was not come to."""

    source: Source
    robots: bool
    """Whether robots.txt was asked."""
    document: Document | None = None
    feed: Feed | None = None
    error: MonitorError | None = None

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries, newest first; those without a date keep their place behind."""
        found = self.feed.entries if self.feed else ()
        dated = sorted((one for one in found if one.published), key=_published, reverse=True)
        return (*dated, *(one for one in found if not one.published))


def _published(entry: Entry) -> Any:
    return entry.published


@dataclass(slots=True)
class Probe:
    """The real fetcher and the real parsers, with the pace that a host is owed between two requests."""

    fetch: Callable[..., Document]
    run: Callable[..., Any]
    settings: Settings
    left: Left = ever
    """Once nothing is left, nothing more is asked for."""
    _asked: set[str] = field(default_factory=set)

    def look(self, source: Source, *, robots: bool = False) -> Look:
        """Fetch and parse; every expected failure is part of what was seen."""
        seen = Look(source, robots)
        try:
            seen = replace(seen, document=self.document(source, robots=robots))
            return replace(seen, feed=self._feed(source, seen.document))
        except (FetchError, ParseError, WorkerError) as error:
            return replace(seen, error=error)

    def again(self, source: Source, document: Document) -> Look:
        """The same document taken for another kind, without another request."""
        try:
            return Look(source, robots=False, document=document, feed=self.parse(source, document))
        except (ParseError, WorkerError) as error:
            return Look(source, robots=False, document=document, error=error)

    def document(self, source: Source, *, robots: bool = False, **more: Any) -> Document:
        """One request for the source's address, in its manner and not too soon after the last one to its host."""
        host = host_of(source.url)
        if host in self._asked:
            _rest(self.settings.fetch.pace)
        self._asked.add(host)
        left = self.left()
        if left <= 0:
            raise FetchError("timeout", "the time for the whole is up; nothing more was asked for")
        options = {"limit": LIMIT, "deadline": min(DEADLINE, left), "accept": ACCEPT, **more}
        return self.fetch(polled_url(source.kind, source.url), robots=robots, manner=source.manner, **options)

    def page(self, document: Document) -> PageSays:
        """What a page says of itself and its feeds; nothing where it could not be read."""
        try:
            meta = {"url": document.url, "content_type": document.content_type}
            return page_from_json(self.run(TASK, document.body, meta))
        except WorkerError as error:
            return PageSays("", None, (), (f"the page could not be read: {error}",))

    def robots_txt(self, source: Source) -> str:
        """The text of the robots.txt of the source's site; empty where there is none."""
        place = replace(source, url=f"{origin_of(check_url(source.url))}/robots.txt", kind="feed")
        try:
            document = self.document(place, limit=ROBOTS_LIMIT, accept="text/plain, */*;q=0.1")
        except FetchError:
            return ""
        return document.body.decode("utf-8-sig", "replace")

    def parse(self, source: Source, document: Document) -> Feed:
        """The entries of one document; raises ParseError or WorkerError."""
        meta = {
            "url": document.url,
            "content_type": document.content_type,
            "language": source.language,
            "selector": source.selector,
        }
        return feed_from_json(self.run(KINDS[source.kind], document.body, meta))

    def _feed(self, source: Source, document: Document | None) -> Feed | None:
        """The document's entries with those of the further documents that it names; an index in an index is left."""
        if document is None:
            return None
        feed = self.parse(source, document)
        for url in feed.documents[:FURTHER]:
            part = replace(source, url=url)
            try:
                more = self.parse(part, self.document(part))
                feed = replace(feed, entries=(*feed.entries, *more.entries), notes=(*feed.notes, *more.notes))
            except (FetchError, ParseError, WorkerError) as error:
                feed = replace(feed, notes=(*feed.notes, f"{url}: {error}"))
        left = len(feed.documents) - FURTHER
        return replace(feed, notes=(*feed.notes, f"{left} older documents not looked at")) if left > 0 else feed


def _rest(pace: timedelta) -> None:
    threading.Event().wait(pace.total_seconds())


def named_places(settings: Settings) -> Places:
    """The places that the configuration names, and which are open beside the usual ports for that."""
    return frozenset(place_of(check_url(source.url)) for source in settings.sources if source.enabled)


@contextmanager
def probing(settings: Settings, *, places: Places | None = None, left: Left = ever) -> Iterator[Probe]:
    """A probe in the manner of this installation; its connections and child processes end with it.

    ``places`` are open instead of those that the settings name.
    """
    fetcher = Fetcher(
        FetchSettings(
            allow_private_addresses=settings.fetch.allow_private_addresses,
            contact=settings.fetch.contact,
            places=named_places(settings) if places is None else places,
        )
    )
    try:
        with Pool(1) as pool:
            yield Probe(fetcher.fetch, pool.run, settings, left)
    finally:
        fetcher.close()
