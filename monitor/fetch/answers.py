"""What an answer says besides its body: whether its address has moved for good, how long it stays fresh. Pure."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.fetch.headers import http_date

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from monitor.model import Document

LONGEST = timedelta(days=365)
_PERMANENT = frozenset({301, 308})
_DIRECTIVE = re.compile(r'([a-z-]++)\s*+(?:=\s*+("[^"]*+"|[^\s,;"]*+))?', re.IGNORECASE)
_SECONDS = re.compile("[0-9]+")


def permanent_target(document: Document) -> str | None:
    """Where the document has moved for good: every hop on the way was a 301 or 308 (RFC 9110, 15.4.2 and 15.4.9).

    None when it was not redirected, or when one hop was for now only (302, 303, 307), whatever the others say.
    """
    if not document.redirects or any(status not in _PERMANENT for status, _ in document.redirects):
        return None
    return document.url.partition("#")[0]


def fresh_for(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How much longer the answer counts as fresh (RFC 9111, section 4.2); None when it does not say.

    ``max-age`` less the Age, else Expires less the Date (or ``now``, in a time zone); never below zero nor above a
    year. ``no-store``, ``no-cache`` and what cannot be read mean zero: it may have changed already. ``s-maxage`` is
    for shared caches and does not count.
    """
    said = _directives(headers.get("cache-control", ""))
    if said.keys() & {"no-store", "no-cache"}:
        return timedelta(0)
    if "max-age" in said:
        return _within(_seconds(said["max-age"]) - _seconds(headers.get("age", "")))
    if "expires" not in headers:
        return None
    until, since = http_date(headers["expires"]), http_date(headers.get("date", "")) or now
    return timedelta(0) if until is None else _within((until - since).total_seconds())


def _directives(value: str) -> dict[str, str]:
    """The directives of a Cache-Control header; of one that comes twice the first counts (section 4.2.1)."""
    said: dict[str, str] = {}
    for found in _DIRECTIVE.finditer(value):
        said.setdefault(found[1].lower(), (found[2] or "").strip('"'))
    return said


def _seconds(text: str) -> int:
    """Whole seconds; zero for what is none. Longer numbers count as a year."""
    if not _SECONDS.fullmatch(text.strip()):
        return 0
    return int(text) if len(text) < 10 else int(LONGEST.total_seconds())


def _within(seconds: float) -> timedelta:
    return min(max(timedelta(seconds=seconds), timedelta(0)), LONGEST)
