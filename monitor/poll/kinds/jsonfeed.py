"""JSON Feed documents into raw entries (https://jsonfeed.org/version/1.1).

Must not: believe any type. Every field of a hostile document can be of any type; what is of the wrong one is
treated as absent.
"""

from __future__ import annotations

import json
import re
from typing import Any

from monitor.errors import ParseError
from monitor.poll.kinds import dates
from monitor.poll.kinds.document import Found
from monitor.poll.kinds.raw import MAX_ENTRIES, RawEntry, later

MAX_DEPTH = 40

_STRING_OR_BRACKET = re.compile(r'"(?>(?:[^"\\]++|\\.)*)(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)


def looks_like(text: str) -> bool:
    """Tell whether the document is a JSON object."""
    return text.lstrip("\ufeff \t\r\n").startswith("{")


def parse(text: str) -> Found:
    """Read a JSON Feed; ``ParseError`` when it is none."""
    document = _load(text)
    items = document.get("items")
    if "jsonfeed.org" not in _text(document, "version") and not isinstance(items, list):
        raise ParseError("not_a_feed", "JSON, but no JSON Feed")
    items = items if isinstance(items, list) else []
    objects = [item for item in items if isinstance(item, dict)]
    notes = (f"items that are no objects dropped: {len(items) - len(objects)}",) if len(objects) < len(items) else ()
    author = _author(document)
    entries = [_entry(item, author) for item in objects[: MAX_ENTRIES + 1]]
    entries += [RawEntry()] * (len(objects) - len(entries))
    older = _text(document, "next_url")
    return Found(_text(document, "title"), _text(document, "language"), entries, notes, older=older)


def _load(text: str) -> dict[str, Any]:
    """Parse JSON of bounded depth: Python's parser recurses."""
    depth = deepest = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        mark = match.group()
        depth += (mark in "[{") - (mark in "]}")
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH:
        raise ParseError("parse_error", f"JSON nested deeper than {MAX_DEPTH}")
    try:
        document = json.loads(text.lstrip("\ufeff \t\r\n"), strict=False)
    except ValueError as error:
        raise ParseError("not_a_feed", f"damaged JSON ({error})") from error
    if not isinstance(document, dict):
        raise ParseError("not_a_feed", "JSON, but no object")
    return document


def _entry(item: dict[str, Any], author: str) -> RawEntry:
    return RawEntry(
        guid=_text(item, "id"),
        link=_text(item, "url") or _text(item, "external_url"),
        title=_text(item, "title"),
        title_is_plain=True,
        summary=_text(item, "summary"),
        content=_text(item, "content_html") or _text(item, "content_text"),
        author=_author(item) or author,
        date_raw=_text(item, "date_published") or _text(item, "date_modified"),
        updated=later(dates.read(_text(item, "date_modified")), dates.read(_text(item, "date_published"))),
        language=_text(item, "language"),
    )


def _text(holder: dict[str, Any], key: str) -> str:
    """Return a string; ids may be numbers."""
    value = holder.get(key)
    if isinstance(value, bool):
        return ""
    return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""


def _author(holder: dict[str, Any]) -> str:
    """Return the names in ``authors`` (1.1) or ``author`` (1.0)."""
    authors = holder.get("authors")
    listed = authors if isinstance(authors, list) else [holder.get("author")]
    return ", ".join(name for one in listed[:10] if isinstance(one, dict) if (name := _text(one, "name")))
