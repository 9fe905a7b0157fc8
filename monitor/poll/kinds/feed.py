"""RSS, RDF, Atom, CDF and JSON Feed documents into entries: the door to feedparser.

``factory`` makes the function that a pool child runs: bytes in, JSON out (``answer.py`` reads it in the parent). A
document that is no feed is a ``ParseError``; a mended one is a feed with notes. One entry that cannot be parsed never
costs another one.

Must not: fetch, open files (feedparser does both when it is handed a string), or read a clock.
"""

from __future__ import annotations

import calendar
import io
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import feedparser

from monitor.errors import ParseError
from monitor.poll.kinds import document, hints, jsonfeed, raw
from monitor.poll.kinds.document import Found, Place
from monitor.poll.kinds.prolog import tidy, too_many_attributes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_HTML_PAGE = re.compile(r"\s*+(?>(?:<!--.*?-->\s*+)*)(?:<!doctype\s+html|<html)\b", re.IGNORECASE | re.DOTALL)
_ITEM = re.compile(r"<((?:[A-Za-z][\w.-]{0,20}:)?(?:item|entry))[\s>].*?</\1\s*>", re.DOTALL)
_ROOT_END = re.compile(r"\s*(?:</[\w:.-]+\s*>\s*)+\Z")
_SITEMAP = re.compile(r"<(?:[A-Za-z]\w{0,20}:)?(?:urlset|sitemapindex)\b")
_HTML_TYPES = {"text/html", "application/xhtml+xml"}
_DATES = ("published", "updated", "created")


def factory(_setup: Mapping[str, Any]) -> Callable[[bytes, Mapping[str, Any]], dict[str, Any]]:
    """Make the task of a pool child: ``(body, {"url", "content_type"})`` to the JSON form of a ``Feed``."""
    return parse


def parse(body: bytes, meta: Mapping[str, Any]) -> dict[str, Any]:
    """Parse one document; ``{"error": kind, "message": ...}`` when it is no feed."""
    return document.answer(_read, body, meta)


def _read(text: str, place: Place) -> Found:
    return jsonfeed.parse(text) if jsonfeed.looks_like(text) else _parse_xml(text, place.url)


def _parse_xml(text: str, url: str) -> Found:
    if _HTML_PAGE.match(text[:4096]):
        raise ParseError("not_a_feed", "an HTML page")
    if "<" not in text:
        raise ParseError("not_a_feed", "no XML and no JSON")
    ready, notes = tidy(text)
    if too_many_attributes(ready):
        raise ParseError("parse_error", "one tag with hundreds of attributes")
    parsed, more = _feedparser(ready, url)
    if not parsed.entries and not parsed.version:
        raise ParseError("not_a_feed", _what_it_is(ready))
    return Found(
        title=parsed.feed.get("title", ""),
        language=parsed.feed.get("language", ""),
        entries=[_raw_entry(entry, parsed.version) for entry in parsed.entries],
        notes=(*notes, *more),
        hints=hints.read(parsed.feed, ready),
        older=_older(parsed.feed),
    )


def _what_it_is(text: str) -> str:
    if _SITEMAP.match(text):
        return "a sitemap; write kind: sitemap"
    return f"no feed format that we know (it begins with {raw.line(text[:60], plain=True)!r})"


def _older(channel: Any) -> str:
    """Return the link to the entries before these (RFC 5005): of an archive, else of a feed in pages."""
    links = {link.get("rel"): link.get("href") or "" for link in reversed(channel.get("links", ()))}
    return str(links.get("prev-archive") or links.get("next") or "")


def _feedparser(text: str, url: str) -> tuple[Any, tuple[str, ...]]:
    """Parse the whole; when feedparser raises, parse entry by entry and leave out those that make it raise."""
    try:
        parsed = _run(text, url)
    except Exception as error:  # noqa: BLE001 -- hostile bytes raise anything in feedparser (ValueError, TypeError, ...)
        return _salvage(text, url, type(error).__name__)
    broken = parsed.get("bozo_exception")
    return parsed, ((f"not well-formed: {_one_line(broken)}",) if broken else ())


def _run(text: str, url: str) -> Any:
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    declared = '<?xml version="1.0" encoding="utf-8"?>\n' + text
    stream = io.BytesIO(declared.encode("utf-8", "replace"))
    return feedparser.parse(stream, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)


def _salvage(text: str, url: str, reason: str) -> tuple[Any, tuple[str, ...]]:
    """Parse each entry in a document of its own, between the head and the end tags of the whole."""
    spans = [match.span() for match in _ITEM.finditer(text)][: raw.MAX_ENTRIES]
    if not spans:
        raise ParseError("parse_error", f"the parser gave up ({reason})")
    head, tail = text[: spans[0][0]][:50_000], text[spans[-1][1] :][-200:]
    tail = tail if _ROOT_END.match(tail) else ""
    parts = list(_each(text, spans, (head, tail), url))
    good = [part for part in parts if part is not None]
    if not good:
        raise ParseError("parse_error", f"the parser gave up on every entry ({reason})")
    good[0]["entries"] = [entry for part in good for entry in part.entries]
    return good[0], (f"entries dropped, the parser gave up on them ({reason}): {len(parts) - len(good)}",)


def _each(text: str, spans: list[tuple[int, int]], frame: tuple[str, str], url: str) -> Iterator[Any | None]:
    for start, end in spans:
        try:
            yield _run(frame[0] + text[start:end] + frame[1], url)
        except Exception:  # noqa: BLE001 -- as above; the entry is counted in a note
            yield None


def _one_line(error: object) -> str:
    return raw.line(str(error), plain=True)[:200]


def _raw_entry(entry: Any, version: str) -> raw.RawEntry:
    moment, date_raw = _date(entry)
    detail = entry.get("title_detail") or {}
    return raw.RawEntry(
        guid=entry.get("id") or "",
        link=_own_link(entry) or _first_link(entry),
        title=entry.get("title") or "",
        title_is_plain=version.startswith("atom") and detail.get("type") not in _HTML_TYPES,
        summary=entry.get("summary") or "",
        content=_content(entry),
        author=entry.get("author") or "",
        moment=moment,
        date_raw=date_raw,
        updated=_updated(entry, version),
        language=entry.get("language") or detail.get("language") or "",
        outlet=_outlet(entry.get("source") or {}),
    )


def _outlet(source: Any) -> str:
    """Return where RSS's ``source`` element says that an entry comes from."""
    return source.get("href") or source.get("title") or ""


def _own_link(entry: Any) -> str:
    """Return the entry's link; feedparser also takes a guid for one that is no address, as RSS 2.0 lets it."""
    link = entry.get("link") or ""
    return "" if link == entry.get("id") and not link.startswith(("http://", "https://")) else link


def _first_link(entry: Any) -> str:
    """Return a link to a page where no link is marked as the entry's own."""
    links = (link for link in entry.get("links", ()) if link.get("rel") not in {"enclosure", "self", "edit", "replies"})
    return next((link.get("href") or "" for link in links), "")


def _content(entry: Any) -> str:
    """Return the longest content that is text."""
    texts = [part.get("value") or "" for part in entry.get("content", ()) if _is_text(part.get("type") or "")]
    return max(texts, key=len, default="")


def _is_text(mime: str) -> bool:
    return not mime or mime.startswith("text") or mime.endswith(("xhtml+xml", "html", "plain"))


def _date(entry: Any) -> tuple[datetime | None, str]:
    """Return the first date that feedparser could read, and the first one as written."""
    own = dict(entry)  # feedparser's own mapping answers for absent keys with others, and warns
    written = next((own[name] for name in _DATES if own.get(name)), "")
    for name in _DATES:
        moment = _moment(own.get(f"{name}_parsed"))
        if moment is not None:
            return moment, written
    return None, written


def _updated(entry: Any, version: str) -> datetime | None:
    """Return when the entry was last changed: after it was published, or, in Atom, where only that is said."""
    own = dict(entry)
    published, updated = (_moment(own.get(f"{name}_parsed")) for name in ("published", "updated"))
    if published is None and not version.startswith("atom"):
        return None  # dc:date, the only date there is
    return raw.later(updated, published)


def _moment(parsed: Any) -> datetime | None:
    if not parsed:
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError):
        return None
