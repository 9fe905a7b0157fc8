"""A feed out of what a pool child answered; apart from the parsers, so that the parent need not load them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from monitor.errors import ParseError
from monitor.model import Entry, Feed


def feed_from_json(answer: Mapping[str, Any]) -> Feed:
    """Build the feed from what the child answered; ``ParseError`` when the document was no feed."""
    if "error" in answer:
        raise ParseError(answer["error"], answer["message"])
    entries = tuple(_entry_from_json(entry) for entry in answer["entries"])
    return Feed(answer["title"], answer["language"], entries, tuple(answer["notes"]))


def _entry_from_json(entry: Mapping[str, Any]) -> Entry:
    published = entry["published"]
    return Entry(**{**entry, "published": datetime.fromisoformat(published) if published else None})
