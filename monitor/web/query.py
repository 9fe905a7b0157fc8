"""What an address asks for: query parameters to a filter and a page. Pure; anything may be given, nothing raises."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import get_args
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from monitor.model import HitFilter, ReviewState
from monitor.text import clean

PAGE = 50
"""Hits on a page."""
LAST_PAGE = 200
"""Older hits are found with a filter."""
LONGEST = 200
"""Characters of one parameter."""
STATES: tuple[str, ...] = get_args(ReviewState)

_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_SPAN = re.compile(r"(\d{1,4})([hdw])", re.ASCII)
_NUMBER = re.compile(r"[1-9]\d{0,14}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Question:
    """Which hits a person asked for."""

    wanted: HitFilter
    page: int
    """From 1."""
    given: dict[str, str]
    """The parameters in force, as written; what a form shows again and a link repeats."""
    problems: tuple[str, ...]
    """What could not be used, in words."""

    @property
    def filtered(self) -> bool:
        """True when anything at all narrows the list."""
        return bool(self.given)

    def address(self, page: int) -> str:
        """The relative address of another page of the same list."""
        return "?" + urlencode({**self.given, "page": page})


def read(params: Mapping[str, str], now: datetime, zone: str) -> Question:
    """Read topic, language, source, state, q, since, story and page; what cannot be used is left out and said."""
    problems: list[str] = []
    given = {name: _text(name, params.get(name, ""), problems) for name in _NAMES}
    given = {name: value for name, value in given.items() if value}
    if given.get("state", "new") not in STATES:
        problems.append(f"state is one of {', '.join(STATES)}; shown are all.")
        del given["state"]
    since = moment(given.get("since", ""), now, zone)
    if since is None and "since" in given:
        del given["since"]
        problems.append("since is a span such as 24h, 7d, 2w or a date such as 2026-02-12; shown is any time.")
    story = number(given.get("story", ""))
    if story is None and "story" in given:
        del given["story"]
        problems.append("story is the number of a story; shown are all.")
    page = _page(params.get("page", "1"), problems)
    wanted = HitFilter(
        topic=given.get("topic"),
        language=given.get("language"),
        source=given.get("source"),
        state=given.get("state"),
        since=since,
        search=given.get("q"),
        story=story,
        limit=PAGE + 1,
        offset=(page - 1) * PAGE,
    )
    return Question(wanted, page, given, tuple(problems))


_NAMES = ("topic", "language", "source", "state", "q", "since", "story")


def moment(text: str, now: datetime, zone: str) -> datetime | None:
    """A span back from ``now`` (24h, 7d, 2w) or a date or time (ISO 8601, in ``zone`` unless it says another)."""
    span = _SPAN.fullmatch(text)
    try:
        if span:
            return now - int(span[1]) * _UNITS[span[2]]
        time = datetime.fromisoformat(text)
        return (time if time.tzinfo else time.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def number(text: str) -> int | None:
    """The number of a hit; None for anything that cannot be one."""
    return int(text) if _NUMBER.fullmatch(text) else None


def _text(name: str, value: str, problems: list[str]) -> str:
    value = " ".join(clean(value).split())
    if len(value) > LONGEST:
        problems.append(f"{name} is longer than {LONGEST} characters; only the first {LONGEST} count.")
    return value[:LONGEST]


def _page(text: str, problems: list[str]) -> int:
    page = number(text)
    if page is None:
        problems.append("page is a number from 1; shown is the first.")
        return 1
    if page > LAST_PAGE:
        problems.append(f"Pages end at {LAST_PAGE}; narrow the list with a filter to see older hits.")
    return min(page, LAST_PAGE)
