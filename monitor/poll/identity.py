"""Which entry of a source is which, and which article it stands for: two keys, neither of them the guid alone.

Guids change with each poll, repeat, are equal for all entries, or are missing. So within a source an entry is known
by its guid only where that tells it from its neighbours; across sources and polls by the key of its address.

Must not: touch the database, or believe a guid.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

from monitor.model import Entry, Sighting
from monitor.urls import url_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MAX_GUID = 1_000


def sightings(source: str, entries: Sequence[Entry]) -> tuple[Sighting, ...]:
    """Decide the identity of each entry; entries that are one and the same collapse into the first.

    ``source`` is the source's name: it is part of the article key of entries without a URL, which are articles of
    their own in each source.
    """
    shared = _shared_guids(entries)
    return _first_of_each(_sighting(source, entry, shared) for entry in entries)


def _sighting(source: str, entry: Entry, shared: frozenset[str]) -> Sighting:
    fingerprint = _fingerprint(entry)
    article = url_key(entry.url) if entry.url else f"entry:{source}:{_own_guid(entry, shared) or fingerprint}"
    key = _own_guid(entry, shared) or (article if entry.url else f"entry:{fingerprint}")
    return Sighting(key=key, url_key=article, entry=entry)


def _own_guid(entry: Entry, shared: frozenset[str]) -> str | None:
    """Return the guid when it can identify this entry."""
    guid = (entry.guid or "").strip()
    usable = 0 < len(guid) <= MAX_GUID and guid not in shared
    return guid if usable else None


def _shared_guids(entries: Sequence[Entry]) -> frozenset[str]:
    """Guids that stand on entries which are visibly not the same: another address, or without one another title."""
    things = {((entry.guid or "").strip(), _thing(entry)) for entry in entries}
    counts = Counter(guid for guid, _ in things)
    return frozenset(guid for guid, number in counts.items() if number > 1)


def _thing(entry: Entry) -> str:
    return url_key(entry.url) if entry.url else _fingerprint(entry)


def _fingerprint(entry: Entry) -> str:
    """Hash of title and date; of the text as well where there is no title."""
    date = entry.published.isoformat() if entry.published else entry.date_raw or ""
    body = "" if entry.title else entry.summary or entry.content
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
