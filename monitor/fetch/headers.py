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
_DECIMAL = re.compile(r"[0-9]{1,12}(?:\.[0-9]{0,9})?")
_RESET = re.compile(r";\s*+t=([0-9]{1,9})\b")
_EPOCH = 1e9
"""A larger number of seconds is a Unix time."""
_SENDABLE = re.compile(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?")


def request(
    host: str,
    agent: str,
    accept: str,
    validators: Mapping[str, str | None],
    further: Iterable[tuple[str, str]] = (),
) -> list[tuple[str, str]]:
    """The headers of a request; a validator that is not printable ASCII is left out (the answer is then whole).

    ``further`` headers replace ours of the same name.
    """
    ours = [("Host", host), ("User-Agent", agent), ("Accept", accept), ("Accept-Encoding", ACCEPTED)]
    ours += [(name, value) for name, value in validators.items() if value and _SENDABLE.fullmatch(value)]
    further = tuple(further)
    replaced = {name.lower() for name, _ in further}
    return [header for header in ours if header[0].lower() not in replaced] + list(further)


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
        retry_after=_wait(status, headers),
    )


def _wait(status: int, headers: Mapping[str, str]) -> float | None:
    """The wait that the answer asks for; of a 429 or 503 without Retry-After, the time until its rate limit resets."""
    date = headers.get("date", "")
    wait = retry_after(headers.get("retry-after", ""), date)
    return rate_reset(headers, date) if wait is None and status in (429, 503) else wait


def rate_reset(headers: Mapping[str, str], date: str) -> float | None:
    """Seconds until the rate limit resets, between 1 s and 24 h; None when that is not said.

    ``RateLimit: "x";r=0;t=30`` (draft-ietf-httpapi-ratelimit-headers) and its older form ``RateLimit-Reset: 30``;
    ``X-RateLimit-Reset`` holds seconds on some servers and a Unix time on others.
    """
    structured = _RESET.search(headers.get("ratelimit", ""))
    value = structured[1] if structured else headers.get("ratelimit-reset") or headers.get("x-ratelimit-reset", "")
    number = _DECIMAL.fullmatch(value.strip())
    if number is None:
        return None
    seconds, since = float(number[0]), http_date(date)
    if seconds < _EPOCH:
        return _clamped(seconds)
    return _clamped(seconds - since.timestamp()) if since else None


def retry_after(value: str, date: str) -> float | None:
    """The wait in seconds that a Retry-After header asks for (RFC 9110, section 10.2.3), between 1 s and 24 h.

    A date is measured from the answer's own Date header, since neither clock may be right; without one, or when the
    value is neither a number nor a date, None.
    """
    number = _NUMBER.fullmatch(value.strip())
    if number:
        return _clamped(LONGEST if len(number[2]) > 9 else float(number[0]), negative=number[1] == "-")
    until, since = http_date(value), http_date(date)
    return None if until is None or since is None else _clamped((until - since).total_seconds())


def _clamped(seconds: float, *, negative: bool = False) -> float:
    return SHORTEST if negative else min(max(seconds, SHORTEST), LONGEST)


def http_date(value: str) -> datetime | None:
    """An HTTP date (RFC 9110, section 5.6.7), or None; always with a time zone, so that two can be compared."""
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return date if date.tzinfo else None
