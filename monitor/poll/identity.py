"""Which entry of a source is which, and which article it stands for: several keys, none of them the guid alone.

Guids change with each poll, repeat, are equal for all entries, or are missing. So within a source an entry is known
by its guid only where that tells it from its neighbours, and by title and date (undated: title and text) when both
guid and address changed; across sources and polls by the key of its address, unless that is the front page or the same
for all.

Must not: touch the database, or believe a guid.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.model import Entry, Sighting
from monitor.urls import url_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MAX_GUID = 1_000
TEXT = 100
"""Characters of text that tell an undated entry from others."""
SHARED = 3
"""Entries with different headlines from which their one address does not identify them."""


def sightings(source: str, entries: Sequence[Entry]) -> tuple[Sighting, ...]:
    """Decide the identity of each entry; entries that are one and the same collapse into the first.

    ``source`` is the source's name: it is part of the article key of entries without a URL, which are articles of
    their own in each source.
    """
    pages = _shared_pages(entries)
    guids = _shared_guids(entries, pages)
    return _first_of_each(_sighting(source, entry, guids, pages) for entry in entries)


def _sighting(source: str, entry: Entry, guids: frozenset[str], pages: frozenset[str]) -> Sighting:
    fingerprint = _fingerprint(entry)
    page = url_key(entry.url) if entry.url else None
    own = _own_guid(entry, guids)
    if page is None or page in pages:
        told = own or f"{page or ''} {fingerprint}".strip()
        article, key = f"entry:{source}:{told}", own or f"entry:{told}"
    else:
        article, key = page, own or page
    return Sighting(key, article, entry, fingerprint if _tells(entry, alone=page is None or page in pages) else None)


def _tells(entry: Entry, *, alone: bool) -> bool:
    """Tell whether the fingerprint can stand for an entry at a new address; ``alone``: it has none of its own."""
    text = entry.summary or entry.content
    if entry.published:
        return bool(entry.title or text)
    return bool((entry.title or text) if alone else len(text) >= TEXT)


def _own_guid(entry: Entry, shared: frozenset[str]) -> str | None:
    """Return the guid when it can identify this entry."""
    guid = (entry.guid or "").strip()
    usable = 0 < len(guid) <= MAX_GUID and guid not in shared
    return guid if usable else None


def _shared_guids(entries: Sequence[Entry], pages: frozenset[str]) -> frozenset[str]:
    """Guids that stand on entries which are visibly not the same: another address, or without one another title."""
    things = {((entry.guid or "").strip(), _thing(entry, pages)) for entry in entries}
    counts = Counter(guid for guid, _ in things)
    return frozenset(guid for guid, number in counts.items() if number > 1)


def _shared_pages(entries: Sequence[Entry]) -> frozenset[str]:
    """Addresses that several entries with other headlines lead to: the front page, or a page that is added to."""
    titles = {(url_key(entry.url), entry.title) for entry in entries if entry.url}
    counts = Counter(page for page, _ in titles)
    return frozenset(page for page, number in counts.items() if number >= SHARED or _is_front(page))


def _is_front(page: str) -> bool:
    parts = urlsplit(page)
    return parts.path in ("", "/") and not parts.query


def _thing(entry: Entry, pages: frozenset[str]) -> str:
    page = url_key(entry.url) if entry.url else None
    return f"{page or ''} {_fingerprint(entry)}" if page is None or page in pages else page


def _fingerprint(entry: Entry) -> str:
    """Hash of title and date; of the text as well where there is no title, or no time of day that tells more."""
    date = entry.published.isoformat() if entry.published else entry.date_raw or ""
    exact = entry.published is not None and (entry.published.minute or entry.published.second)
    body = "" if entry.title and exact else entry.summary or entry.content
    return hashlib.sha256(f"{entry.title}\0{date}\0{body}".encode("utf-8", "replace")).hexdigest()[:32]


def _first_of_each(found: Iterable[Sighting]) -> tuple[Sighting, ...]:
    """Keep the first of those that share the entry key or the article key."""
    kept: list[Sighting] = []
    seen: set[tuple[str, str]] = set()
    for sighting in found:
        marks = {("key", sighting.key), ("article", sighting.url_key)}
        if not marks & seen:
            kept.append(sighting)
        seen |= marks
    return tuple(kept)
