"""What a look found, and its JSON form between the pool child and the parent.

Apart from ``look.py`` so that the parent does not load the parsers and the matcher, which only its children need.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from monitor.model import Page, Term, Verdict, as_values


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found; the offsets of the verdicts count in its title and text, as in ``monitor.model.Text``."""

    page: Page
    verdicts: tuple[Verdict, ...]
    title: str
    text: str
    blocked: str | None = None
    """What stood in front of the page; see ``monitor.model.Finding``."""
    elsewhere: str | None = None
    """Where the article may be read instead, when this page did not give it."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """How long each stage took; see ``monitor.meter.STAGES``."""


def look_to_json(found: Look) -> dict[str, Any]:
    """Give a look as JSON."""
    page: dict[str, Any] = {name: getattr(found.page, name) for name in Page.__slots__}
    page["published"] = found.page.published.isoformat() if found.page.published else None
    return {
        "page": page,
        "verdicts": [as_values(verdict) for verdict in found.verdicts],
        "title": found.title,
        "text": found.text,
        "blocked": found.blocked,
        "elsewhere": found.elsewhere,
        "seconds": dict(found.seconds),
    }


def look_from_json(answer: Mapping[str, Any]) -> Look:
    """Build the look from what the child answered."""
    page = dict(answer["page"])
    page["published"] = datetime.fromisoformat(page["published"]) if page["published"] else None
    page["notes"] = tuple(page["notes"])
    verdicts = tuple(map(verdict_from_json, answer["verdicts"]))
    said = (answer[name] for name in ("title", "text", "blocked", "elsewhere", "seconds"))
    return Look(Page(**page), verdicts, *said)


def verdict_from_json(value: Mapping[str, Any]) -> Verdict:
    """Build a verdict from its JSON."""
    terms = tuple(Term(**term) for term in value["terms"])
    return Verdict(**{**value, "terms": terms, "why": tuple(value["why"])})
