"""What we ask and what an answer's head says. Pure."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from monitor.errors import FetchError
from monitor.fetch.inflate import ACCEPTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, text/xml;q=0.9, text/html;q=0.9, */*;q=0.5"
REDIRECTS = frozenset({301, 302, 303, 307, 308})
SHORTEST, LONGEST = 1.0, 86_400.0
_NUMBER = re.compile(r"([+-]?)(\d+)")
_SENDABLE = re.compile(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?")


def request(host: str, agent: str, accept: str, validators: Mapping[str, str | None]) -> list[tuple[str, str]]:
    """The headers of a request; a validator that is not printable ASCII is left out (the answer is then whole)."""
    sent = [(name, value) for name, value in validators.items() if value and _SENDABLE.fullmatch(value)]
    return [("Host", host), ("User-Agent", agent), ("Accept", accept), ("Accept-Encoding", ACCEPTED), *sent]


def answer(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """An answer's headers: lower-case names, repeated ones joined by commas, printable, without cookies."""
    headers: dict[str, str] = {}
    for name, value in raw:
        key = name.decode("latin-1").lower()
        if key != "set-cookie":
            text = "".join(character for character in _decoded(value) if character.isprintable())
            headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


def _decoded(value: bytes) -> str:
    """As UTF-8, which servers send though no RFC has it (a Location with Cyrillic letters), else as Latin-1."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def refusal(status: int, headers: Mapping[str, str]) -> FetchError:
    """The error for an answer that is not a document; only 410 (Gone) is permanent."""
    return FetchError(
        "http",
        f"the server answered {status}",
        status=status,
        permanent=status == 410,
        retry_after=retry_after(headers.get("retry-after", ""), headers.get("date", "")),
    )


def retry_after(value: str, date: str) -> float | None:
    """The wait in seconds that a Retry-After header asks for (RFC 9110, section 10.2.3), between 1 s and 24 h.

    A date is measured from the answer's own Date header, since neither clock may be right; without one, or when the
    value is neither a number nor a date, None.
    """
    number = _NUMBER.fullmatch(value.strip())
    if number:
        return _clamped(LONGEST if len(number[2]) > 9 else float(number[0]), negative=number[1] == "-")
    until, since = _date(value), _date(date)
    return None if until is None or since is None else _clamped((until - since).total_seconds())


def _clamped(seconds: float, *, negative: bool = False) -> float:
    return SHORTEST if negative else min(max(seconds, SHORTEST), LONGEST)


def _date(value: str) -> datetime | None:
    """An HTTP date, or None; always with a time zone, so that two can be compared."""
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return date if date.tzinfo else None
