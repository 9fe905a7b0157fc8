"""What every kind does round its own parsing: unpack and decode the bytes, clean and cap the entries, answer in JSON.

A kind gives ``answer`` its reader: from text to ``Found``. ``answer.py`` makes a ``monitor.model.Feed`` of the JSON in
the parent.

Must not: know a format.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from monitor import urls
from monitor.encoding import decode
from monitor.errors import ParseError
from monitor.poll.kinds import raw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

MAX_INFLATED = 10 * 1024 * 1024
MAX_DOCUMENTS = 10


class Place(NamedTuple):
    """Where a document was found, and what the user said of it."""

    url: str
    selector: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a reader found in a document: nothing in it is cleaned, resolved or capped yet."""

    title: str = ""
    language: str = ""
    entries: Sequence[raw.RawEntry] = ()
    notes: tuple[str, ...] = ()
    hints: Mapping[str, Any] = field(default_factory=dict)
    """As ``hints.read`` gives them."""
    older: str = ""
    """Link to the document with the entries before these."""
    documents: Sequence[str] = ()
    """Links to further documents with entries, the most wanted first."""


def answer(
    read: Callable[[str, Place], Found],
    body: bytes,
    meta: Mapping[str, Any],
    form: Literal["xml", "html"] = "xml",
    most: int = MAX_INFLATED,
) -> dict[str, Any]:
    """Read one document; ``{"error": kind, "message": ...}`` when it is not what it should be.

    ``meta`` is ``{"url", "content_type", "selector"?}``; ``most`` is the size in bytes that a gzip file may unpack to.
    """
    place = Place(str(meta.get("url") or ""), meta.get("selector") or None)
    try:
        inflated, notes = inflate(body, most)
        text, more = decode(inflated, str(meta.get("content_type") or ""), form)
        return _json(read(_filled(text), place), (*notes, *more), place.url)
    except ParseError as error:
        return {"error": error.kind, "message": str(error).removeprefix(f"{error.kind}: ")}


def _filled(text: str) -> str:
    if not text.strip("\ufeff\0 \t\r\n"):
        raise ParseError("empty", "the document has no content")
    return text


def inflate(body: bytes, most: int = MAX_INFLATED) -> tuple[bytes, tuple[str, ...]]:
    """Unpack a gzip file that was served as the document itself; one that gives more than ``most`` bytes is refused."""
    if not body.startswith(b"\x1f\x8b"):
        return body, ()
    parts, rest, room = [], body, most
    while rest.startswith(b"\x1f\x8b"):  # a gzip file may have several members (RFC 1952, section 2.2)
        part, rest, whole = _member(rest, room)
        parts.append(part)
        room -= len(part)
        if room < 0:
            raise ParseError("not_a_feed", f"a gzip file of more than {most:,} bytes")
        if not whole:
            return b"".join(parts), ("gzip file inflated, its end is missing",)
    return b"".join(parts), ("gzip file inflated",)


def _member(packed: bytes, room: int) -> tuple[bytes, bytes, bool]:
    """Unpack one member: its content up to one byte over ``room``, what follows it, and whether it is whole."""
    unpacker = zlib.decompressobj(31)
    try:
        content = unpacker.decompress(packed, room + 1)
    except zlib.error as error:
        raise ParseError("not_a_feed", f"a damaged gzip file ({error})") from error
    return content, unpacker.unused_data, unpacker.eof


def _json(found: Found, notes: tuple[str, ...], url: str) -> dict[str, Any]:
    """Clean and cap all entries; nothing raised by one reaches another."""
    said = [*notes, *found.notes]
    entries = _entries(found.entries, url, said)
    if not found.entries and not found.documents:
        said.append("the feed has no entries")
    return {
        "title": raw.line(found.title)[: raw.MAX_TITLE],
        "language": raw.language(found.language),
        "entries": entries,
        "hints": dict(found.hints),
        "older": next(iter(_links([found.older], url)), None),
        "documents": _documents(found.documents, url, said),
        "notes": list(raw.tally(said)),
    }


def _entries(entries: Sequence[raw.RawEntry], url: str, said: list[str]) -> list[dict[str, Any]]:
    finished = []
    for entry in entries[: raw.MAX_ENTRIES]:
        value, notes = raw.finish(entry, url)
        finished.append(value)
        said += notes
    if len(entries) > raw.MAX_ENTRIES:
        said.append(f"{len(entries) - raw.MAX_ENTRIES} entries over {raw.MAX_ENTRIES} dropped")
    return finished


def _documents(documents: Sequence[str], url: str, said: list[str]) -> list[str]:
    links = _links(documents, url)
    if len(links) < len(documents):
        said.append(f"links to further documents dropped, no other http(s) addresses: {len(documents) - len(links)}")
    if len(links) > MAX_DOCUMENTS:
        said.append(f"{len(links)} further documents, only the newest {MAX_DOCUMENTS} are read")
    return links[:MAX_DOCUMENTS]


def _links(links: Iterable[str], url: str) -> list[str]:
    """Return the links as absolute addresses, each once, without those that lead back to the document itself."""
    full = (urls.join(url, link.strip()) for link in links if link.strip())
    return list(dict.fromkeys(link for link in full if link and link.partition("#")[0] != url))
