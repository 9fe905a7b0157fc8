"""Lists of subscriptions as OPML 1.0 and 2.0 (https://opml.org/spec2.opml), read and written: the door to XML.

Such files come from anywhere. A document type declaration is refused before anything in it is expanded, and size, depth
and number are limited. What many programs write though it is no XML, a bare ``&`` in an address, is mended.

Must not: read files, or judge an address or a name; who imports does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from monitor.encoding import decode
from monitor.text import clean

MAX_BYTES = 5 * 1024 * 1024
MAX_DEPTH = 50
MAX_OUTLINES = 5_000
MAX_ATTRIBUTES = 100
MAX_TITLE = 500

# Only the references that XML itself knows are left alone (XML 1.0, sections 4.1 and 4.6).
_STRAY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]{0,300}\?>")
_FEED_SCHEME = re.compile(r"feed:(?://)?(?=https?:)", re.IGNORECASE)


class OpmlError(ValueError):
    """The document is no OPML that is read, in words for a person."""


@dataclass(frozen=True, slots=True)
class Outline:
    """One subscription."""

    title: str
    url: str
    """Address of the feed, as written but for white space and a ``feed:`` scheme."""
    page: str = ""
    language: str = ""
    groups: tuple[str, ...] = ()
    """Titles of the outlines round it, the outermost first."""


@dataclass(frozen=True, slots=True)
class Opml:
    """What a file holds."""

    title: str
    outlines: tuple[Outline, ...]
    notes: tuple[str, ...] = ()


def read_opml(body: bytes) -> Opml:
    """Read a file of at most 5 MiB; OpmlError when it is no OPML, declares a document type or is over a limit."""
    if len(body) > MAX_BYTES:
        raise OpmlError(f"larger than {MAX_BYTES} bytes")
    text, notes = decode(body, "", "xml")
    text = _FORBIDDEN.sub("", _DECLARATION.sub("", text, count=1))
    mended, strays = _STRAY.subn("&amp;", text)
    reader = _Reader()
    try:
        reader.parse(mended.strip())
    except expat.ExpatError as error:
        raise OpmlError(f"not XML: {expat.ErrorString(error.code)} at line {error.lineno}") from None
    if not reader.is_opml:
        raise OpmlError("XML, but no OPML: expected <opml> as its first element")
    found = (*notes, *_count(strays, "bare & mended"), *_count(reader.others, "outlines are no feeds (no xmlUrl)"))
    return Opml(_line(reader.title), tuple(reader.outlines), found)


def write_opml(outlines: Iterable[Outline], *, title: str, created: datetime) -> str:
    """Write OPML 2.0, a flat list in which every outline is a subscription."""
    lines = "".join(f"    <outline{_attributes(outline)}/>\n" for outline in outlines)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n  <head>\n'
        f"    <title>{quoteattr(clean(title))[1:-1]}</title>\n"
        f"    <dateCreated>{format_datetime(created)}</dateCreated>\n  </head>\n"
        f"  <body>\n{lines}  </body>\n</opml>\n"
    )


def _attributes(outline: Outline) -> str:
    values = {
        "type": "rss",
        "text": outline.title,
        "title": outline.title,
        "xmlUrl": outline.url,
        "htmlUrl": outline.page,
        "language": outline.language,
        "category": ",".join(outline.groups),
    }
    return "".join(f" {name}={quoteattr(clean(value))}" for name, value in values.items() if value)


def _count(number: int, words: str) -> tuple[str, ...]:
    return (f"{number} {words}",) if number else ()


@dataclass(slots=True)
class _Reader:
    """One pass of expat over the text; recursion-free, and it stops at the first thing that is refused."""

    title: str = ""
    outlines: list[Outline] = field(default_factory=list)
    others: int = 0
    is_opml: bool = False
    _open: list[tuple[str, str]] = field(default_factory=list)
    """Names of the elements that are open, with the title of each outline among them."""
    _groups: list[bool] = field(default_factory=list)

    def parse(self, text: str) -> None:
        parser = expat.ParserCreate("utf-8")
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.Parse(text.encode("utf-8", "replace"), True)  # noqa: FBT003 - expat's own way

    def _doctype(self, *_: Any) -> None:
        raise OpmlError("it declares a document type (<!DOCTYPE ...>), which is refused; take that line out")

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        local = name.rpartition(":")[2].lower()
        if not self._open:
            self.is_opml = local == "opml"
        if len(self._open) >= MAX_DEPTH or len(attributes) > MAX_ATTRIBUTES:
            raise OpmlError(f"nested deeper than {MAX_DEPTH}, or an element with more than {MAX_ATTRIBUTES} attributes")
        title = ""
        if self.is_opml and local == "outline":
            title = self._outline({key.lower(): value for key, value in attributes.items()})
        self._open.append((local, title))

    def _outline(self, given: Mapping[str, str]) -> str:
        """Take up one outline; returns its title where it is a group, since it may hold others."""
        title = _line(given.get("title", "")) or _line(given.get("text", ""))
        url = _address(given.get("xmlurl", ""))
        if url:
            groups = tuple(name for _, name in self._open if name)
            page, language = given.get("htmlurl", "").strip(), given.get("language", "").strip()
            self.outlines.append(Outline(title, url, page, language, groups))
        elif given.get("url") or given.get("type"):
            self.others += 1
        if len(self.outlines) > MAX_OUTLINES:
            raise OpmlError(f"more than {MAX_OUTLINES} subscriptions")
        return title

    def _end(self, _name: str) -> None:
        self._open.pop()

    def _text(self, text: str) -> None:
        if len(self.title) < MAX_TITLE and [name for name, _ in self._open] == ["opml", "head", "title"]:
            self.title += text


def _address(written: str) -> str:
    """The address without the ``feed:`` that some readers put before it (``feed://host`` and ``feed:https://host``)."""
    url = _FEED_SCHEME.sub("", written.strip(), count=1)
    return f"http{url[4:]}" if url[:7].lower() == "feed://" else url


def _line(text: str) -> str:
    return " ".join(clean(text[:2_000]).split())
