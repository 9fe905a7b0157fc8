"""Sitemaps into entries: news sitemaps, plain ones, lists in plain text; the parts of a sitemap index.

Sources: https://www.sitemaps.org/protocol.html; Google News sitemap extension (``news:title``,
``news:publication_date``, ``news:language``). The namespaces are often written wrongly: elements are known by their
own names. A page without a news title has none here; the page itself gives it.

Must not: fetch the parts of an index, or read a clock.
"""

from __future__ import annotations

import io
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from lxml import etree

from monitor.errors import ParseError
from monitor.poll.kinds import dates, document, raw
from monitor.poll.kinds.document import Found, Place
from monitor.poll.kinds.prolog import tidy, too_many_attributes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

MAX_INFLATED = 50 * 1024 * 1024
"""Bytes that a gzip file may unpack to: the most that the protocol allows."""

_ROOT = re.compile(r"<(?:[A-Za-z]\w{0,20}:)?(urlset|sitemapindex)\b")
_FEED = re.compile(r"<(?:[A-Za-z]\w{0,20}:)?(?:rss|feed|RDF)\b")
_PAGE = re.compile(r"<html\b", re.IGNORECASE)
_NEWS = re.compile(r"news|latest|recent|breaking|today", re.IGNORECASE)
_NO_NEWS = re.compile(r"tag|categor|taxonom|author|image|video|photo|static|archive|product", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")


class Part(NamedTuple):
    """One ``url`` or ``sitemap`` element: the texts of its children, those of ``news:news`` among them."""

    loc: str = ""
    lastmod: str = ""
    title: str = ""
    publication_date: str = ""
    language: str = ""
    name: str = ""
    """Name of the publication."""


def factory(_setup: Mapping[str, Any]) -> Callable[[bytes, Mapping[str, Any]], dict[str, Any]]:
    """Make the task of a pool child: ``(body, {"url", "content_type"})`` to the JSON form of a ``Feed``."""
    return parse


def parse(body: bytes, meta: Mapping[str, Any]) -> dict[str, Any]:
    """Parse one document; ``{"error": kind, "message": ...}`` when it is no sitemap."""
    return document.answer(_read, body, meta, most=MAX_INFLATED)


def _read(text: str, _place: Place) -> Found:
    if "<" not in text:
        return _found([Part(line) for line in _lines(text)], ())
    ready, notes = tidy(text)
    root = _ROOT.search(ready, 0, 65_536)
    if root is None or _FEED.match(ready):
        raise ParseError("not_a_feed", _what_it_is(ready))
    if too_many_attributes(ready):
        raise ParseError("parse_error", "one tag with hundreds of attributes")
    is_index = root[1] == "sitemapindex"
    parts, more = _parts(ready, "sitemap" if is_index else "url")
    return _index(parts, (*notes, *more)) if is_index else _found(parts, (*notes, *more))


def _what_it_is(text: str) -> str:
    if _FEED.match(text):
        return "a feed, not a sitemap; write kind: feed"
    if _PAGE.search(text, 0, 4096):
        return "an HTML page, not a sitemap; robots.txt of the site names its sitemaps"
    return f"no sitemap (it begins with {raw.line(text[:60], plain=True)!r})"


def _lines(text: str) -> list[str]:
    """Return the addresses of a sitemap in plain text: one a line, and nothing else."""
    lines = [line.strip() for line in text.lstrip("\ufeff").splitlines() if line.strip()]
    if not all(line.lower().startswith(("http://", "https://")) for line in lines):
        raise ParseError("not_a_feed", "no sitemap: neither XML nor one address a line")
    return lines


# --- XML -----------------------------------------------------------------------------------------


def _parts(text: str, name: str) -> tuple[list[Part], tuple[str, ...]]:
    """Return all elements of that name with an address, of a damaged document those that can be read."""
    whole = text[: text.rfind(">") + 1]  # where the document was cut off, what stands there is half an address
    parts, fault = _parse(whole, name)
    if fault and not parts:
        raise ParseError("parse_error", f"not well-formed: {fault}")
    addressed = [part for part in parts if part.loc]
    bare = len(parts) - len(addressed)
    notes = (f"not well-formed: {fault}" if fault else "", f"parts without an address: {bare}" if bare else "")
    return addressed, tuple(note for note in notes if note)


def _parse(text: str, name: str) -> tuple[list[Part], str]:
    """Return the elements of that name, and the first thing that is wrong with the document."""
    stream = io.BytesIO(b'<?xml version="1.0" encoding="utf-8"?>\n' + text.encode("utf-8", "replace"))
    events = etree.iterparse(
        stream, events=("end",), recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        parts = list(_each(events, name))
    except etree.XMLSyntaxError as error:
        raise ParseError("parse_error", f"the parser gave up ({raw.line(str(error), plain=True)[:200]})") from error
    faults = (fault.message for fault in events.error_log if "amespace" not in fault.message)
    return parts, raw.line(next(faults, ""), plain=True)[:200]


def _each(events: Iterator[tuple[str, Any]], name: str) -> Iterator[Part]:
    """Yield the elements one by one and let go of them."""
    for _, element in events:
        if _own_name(element) == name:
            yield _part(element)
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]


def _part(element: Any) -> Part:
    said: dict[str, str] = {}
    for child in element:
        for one in child.iter() if _own_name(child) == "news" else [child]:
            said.setdefault(_own_name(one), (one.text or "").strip())
    return Part(**{name: said[name] for name in Part._fields if name in said})


def _own_name(element: Any) -> str:
    """Return the name without namespace or prefix; an empty string for a comment."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2] if isinstance(tag, str) else ""


# --- pages ---------------------------------------------------------------------------------------


def _found(parts: Sequence[Part], notes: tuple[str, ...]) -> Found:
    kept = _newest(parts, raw.MAX_ENTRIES)
    if len(kept) < len(parts):
        notes = (*notes, f"{len(parts)} pages, only the newest {len(kept)} are read")
    return Found(
        title=next((part.name for part in parts if part.name), ""),
        language=next((part.language for part in parts if part.language), ""),
        entries=[_entry(part) for part in kept],
        notes=notes,
    )


def _entry(part: Part) -> raw.RawEntry:
    published = dates.latest(part.publication_date)
    return raw.RawEntry(
        link=part.loc,
        title=part.title,
        moment=published,
        date_raw=part.publication_date,
        updated=raw.later(dates.latest(part.lastmod), published),
        language=part.language,
    )


def _newest(parts: Sequence[Part], most: int) -> list[Part]:
    """Keep the newest, in their order."""
    dated: dict[datetime, list[int]] = defaultdict(list)
    for at, part in enumerate(parts):
        dated[_moment(part)].append(at)
    kept: list[int] = []
    for moment in sorted(dated, reverse=True):
        kept += _ends(dated[moment], most - len(kept))
    return [parts[at] for at in sorted(kept)]


def _ends(places: list[int], room: int) -> list[int]:
    """Return both ends of what is too long: pages of one date, or of none, may be listed the newest first or last."""
    return places if len(places) <= room else places[: (room + 1) // 2] + places[len(places) - room // 2 :]


def _moment(part: Part) -> datetime:
    return dates.latest(part.publication_date) or dates.latest(part.lastmod) or dates.EARLIEST


# --- the parts of an index -----------------------------------------------------------------------


def _index(parts: Sequence[Part], notes: tuple[str, ...]) -> Found:
    return Found(documents=[part.loc for part in sorted(parts, key=_order)], notes=notes)


def _order(part: Part) -> tuple[int, float, list[int]]:
    """Sort by what the name tells, then the newest first; without a date the highest numbers in the name."""
    name = part.loc.partition("://")[2].partition("/")[2] if "://" in part.loc else part.loc
    rank = 1 - bool(_NEWS.search(name)) + bool(_NO_NEWS.search(name))
    moment = dates.latest(part.lastmod)
    return rank, -(moment.timestamp() if moment else 0.0), [-int(number[:15]) for number in _DIGITS.findall(name)]
