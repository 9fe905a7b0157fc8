"""A feed out of what a pool child answered; apart from the parsers, so that the parent need not load them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from monitor.errors import ParseError
from monitor.model import Entry, Feed, Hints


def feed_from_json(answer: Mapping[str, Any]) -> Feed:
    """Build the feed from what the child answered; ``ParseError`` when the document was no feed."""
    if "error" in answer:
        raise ParseError(answer["error"], answer["message"])
    entries = tuple(_entry_from_json(entry) for entry in answer["entries"])
    return Feed(
        answer["title"],
        answer["language"],
        entries,
        tuple(answer["notes"]),
        hints=_hints(answer["hints"]),
        older=answer["older"],
        documents=tuple(answer["documents"]),
    )


def _hints(said: Mapping[str, Any]) -> Hints:
    every = said.get("every")
    return Hints(
        timedelta(seconds=every) if every else None,
        frozenset(said.get("skip_hours", ())),
        frozenset(said.get("skip_days", ())),
    )


def _entry_from_json(entry: Mapping[str, Any]) -> Entry:
    times = {name: datetime.fromisoformat(entry[name]) if entry[name] else None for name in ("published", "updated")}
    return Entry(**{**entry, **times})
