"""One string of sources.yaml to one value: each function returns it, or raises ValueError with what was expected.

Must not: know any key, look at other values, read the environment.
"""

from __future__ import annotations

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

from monitor.config.cron import check_cron
from monitor.config.secrets import mask_web
from monitor.errors import FetchError
from monitor.model.review import LONGEST_FILTER_NAME
from monitor.model.wanted import Politeness
from monitor.text import clean
from monitor.tree import selector_fault
from monitor.urls import check_url

KINDS = ("feed", "sitemap", "listing", "telegram")
"""Kinds of sources."""

POLITE: dict[str, Politeness] = {"host": "host", "domain": "domain", "source": "source"}
"""What requests are spaced by."""

GRADES = ("certain", "probable")
"""Grades of hits."""

FIELDS = ("title", "lead", "text", "url")
"""Where a hit is found."""

URGENT = ("spike", "certain", "title", "tier-1", "notice")
"""What may break through quiet hours and cooldown."""

NEVER = "never"
"""What is written in place of a time or a duration that is not wanted."""

LONGEST = timedelta(days=3650)
LONGEST_COOLDOWN = timedelta(days=1)
SHORTEST_KEPT = timedelta(days=31)

_BOOLEANS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DURATION = re.compile(r"([0-9]{1,9})([smhdw])")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})((?:-[A-Za-z0-9]{2,8}){0,3})")
_QUIET = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s]+")
_SIZE = re.compile(r"([0-9]{1,9}) ?([KMGT]i?)B", re.IGNORECASE)
_BASES: dict[str, int] = {"": 1000, "i": 1024}
_NAME_LENGTH = 100


def show(value: object) -> str:
    """Return how a message names what it got: strings quoted, anything else by its kind.

    Whole: a long message is cut once its secrets are blotted out, since half a secret is not recognised.
    """
    if isinstance(value, str):
        return f'"{value}"'
    return "a list" if isinstance(value, list | tuple) else "keys and values"


def boolean(text: str) -> bool:
    """Read ``true yes on`` or ``false no off``, in any case."""
    value = _BOOLEANS.get(text.lower())
    if value is None:
        raise ValueError(f"expected true or false, got {show(text)}")
    return value


def duration(text: str) -> timedelta:
    """Read a duration of at least one second and at most ten years, such as ``90s 15m 2h 14d 1w``."""
    value = duration_or_zero(text)
    if not value:
        raise ValueError(f"expected a duration above zero such as 15m or 2h, got {show(text)}")
    return value


def brief(span: timedelta) -> str:
    """Write a duration as ``duration`` reads it, in the largest unit that leaves no rest."""
    seconds = int(span.total_seconds())
    unit = next((unit for unit in ("d", "h", "m") if seconds and seconds % _UNITS[unit] == 0), "s")
    return f"{seconds // _UNITS[unit]}{unit}"


def duration_or_zero(text: str) -> timedelta:
    """Read a duration as ``duration`` does, but let ``0s`` pass."""
    found = _DURATION.fullmatch(text)
    if not found:
        raise ValueError(f"expected a duration such as 15m or 2h, got {show(text)}")
    seconds = int(found[1]) * _UNITS[found[2]]
    if seconds > LONGEST.total_seconds():
        raise ValueError(f"expected a duration of at most {LONGEST.days}d, got {show(text)}")
    return timedelta(seconds=seconds)


def cooldown(text: str) -> timedelta:
    """Read a duration of at most a day; ``0s`` is none."""
    value = duration_or_zero(text)
    if value > LONGEST_COOLDOWN:
        raise ValueError(f"expected a duration of at most 24h, got {show(text)}")
    return value


def updates(text: str) -> timedelta | None:
    """Read a duration, or ``never``."""
    if text.lower() == NEVER:
        return None
    if not _DURATION.fullmatch(text):
        raise ValueError(f"expected {NEVER} or a duration such as 6h, got {show(text)}")
    return duration(text)


def kept(text: str) -> timedelta | None:
    """Read a duration of at least a month of 31 days, or ``never``: what is younger is used, and how things stand."""
    value = updates(text)
    if value is not None and value < SHORTEST_KEPT:
        raise ValueError(f"expected {NEVER} or a duration of at least {SHORTEST_KEPT.days}d, got {show(text)}")
    return value


def size(text: str) -> int:
    """Read a size above zero, such as ``500MB`` (powers of 1000) or ``2GiB`` (powers of 1024), as bytes."""
    found = _SIZE.fullmatch(text)
    if not found or not int(found[1]):
        raise ValueError(f"expected a size such as 500MB or 2GB, got {show(text)}")
    unit = found[2]
    power: int = _BASES[unit[1:].lower()] ** ("KMGT".index(unit[0].upper()) + 1)
    return int(found[1]) * power


def brief_size(size: int) -> str:
    """Write a number of bytes as ``size`` reads it, in the largest unit that leaves no rest; else ``1234 bytes``."""
    units = {f"{letter}{i}B": base ** ("KMGT".index(letter) + 1) for letter in "TGMK" for i, base in _BASES.items()}
    return next((f"{size // unit}{name}" for name, unit in units.items() if size % unit == 0), f"{size} bytes")


def tier(text: str) -> int:
    """Read the tier of a source."""
    return _number(text, 1, 3)


def connections(text: str) -> int:
    """Read how many requests may be under way at once."""
    return _number(text, 1, 8)


def max_per_hour(text: str) -> int:
    """Read how many messages may go out within an hour."""
    return _number(text, 1, 1000)


def _number(text: str, low: int, high: int) -> int:
    if not re.fullmatch("0|[1-9][0-9]{0,8}", text) or not low <= int(text) <= high:
        raise ValueError(f"expected a whole number from {low} to {high}, got {show(text)}")
    return int(text)


def polite(text: str) -> Politeness:
    """Read what requests are spaced by."""
    return POLITE[_one_of(text, tuple(POLITE))]


def grade(text: str) -> str:
    """Read the grade of a hit."""
    return _one_of(text, GRADES)


def field(text: str) -> str:
    """Read where a hit is found."""
    return _one_of(text, FIELDS)


def urgent(text: str) -> str:
    """Read a class of what breaks through quiet hours and cooldown."""
    return _one_of(text, URGENT)


def _one_of(text: str, words: tuple[str, ...]) -> str:
    if text in words:
        return text
    raise ValueError(f"expected one of: {', '.join(words)}, got {show(text)}")


def name(text: str) -> str:
    """Read a name: one line, without control characters, of at most 100 characters."""
    if len(text) > _NAME_LENGTH or "\n" in text or clean(text, _NAME_LENGTH) != text:
        raise ValueError(f"expected a name of one line and at most {_NAME_LENGTH} characters, got {show(text)}")
    return text


def filter_name(text: str) -> str:
    """Read the name of a saved filter, as it is saved: one line, white space as single spaces."""
    known = " ".join(clean(text).split())
    if not known or len(known) > LONGEST_FILTER_NAME:
        raise ValueError(
            f"expected the name of a saved filter, at most {LONGEST_FILTER_NAME} characters, got {show(text)}"
        )
    return known


def language(text: str) -> str:
    """Read a language code in the manner of BCP 47 (RFC 5646): ``uk``, ``pt-BR``, ``zh-Hant``."""
    found = _LANGUAGE.fullmatch(text)
    if not found:
        raise ValueError(f"expected a language code such as uk or pt-BR, got {show(text)}")
    return found[1].lower() + "".join("-" + _subtag(part) for part in found[2].split("-")[1:])


def _subtag(part: str) -> str:
    if part.isalpha() and len(part) == 4:
        return part.title()
    return part.upper() if part.isalpha() and len(part) == 2 else part.lower()


def country(text: str) -> str:
    """Read a country as two letters (ISO 3166-1 alpha-2)."""
    if not re.fullmatch("[A-Za-z]{2}", text):
        raise ValueError(f"expected a country of two letters such as UA, got {show(text)}")
    return text.upper()


def kind(text: str) -> str:
    """Read the kind of a source."""
    return _one_of(text, KINDS)


def selector(text: str) -> str:
    """Read a CSS selector."""
    fault = None if "${" in text else selector_fault(text)
    if fault:
        raise ValueError(f"expected a CSS selector such as article h2 a, got {show(text)}: {fault}")
    return text


def heartbeat_url(text: str) -> str:
    """Read the http or https URL of a dead man's switch; its path is a secret, so no message shows it."""
    try:
        check_url(text)
    except FetchError:
        raise ValueError("expected a URL such as https://hc-ping.com/<your check>") from None
    return text


def web_url(text: str) -> str:
    """Read an http or https URL with a host; secrets in it are hidden in the message."""
    if "${" in text:
        return text  # a disabled entry, whose variables need not be set; all others are filled in by now
    try:
        check_url(text)
    except FetchError as error:
        why = str(error).rpartition(": ")[2]
        raise ValueError(
            f"expected a URL such as https://example.org/feed, got {show(mask_web(text))}: {why}"
        ) from None
    return text


def channel_url(text: str) -> str:
    """Read an Apprise URL as far as ``scheme://something``; it may be secret as a whole and is never shown."""
    if "${" in text or _SCHEME.fullmatch(text):
        return text
    raise ValueError("expected an Apprise URL such as tgram://token/chat or mailto://user:password@host")


def contact(text: str) -> str:
    """Read a contact for the User-Agent header: printable ASCII without brackets, at most 200 characters."""
    if not re.fullmatch(r"[!-'*-~]{3,200}", text):
        raise ValueError(f"expected a contact such as mailto:desk@example.org or a URL, got {show(text)}")
    return text


def when(text: str) -> str:
    """Read ``now`` or a cron line of five fields."""
    return "now" if text.lower() == "now" else check_cron(text)


def calendar(text: str) -> str | None:
    """Read a cron line of five fields, or ``never``."""
    return None if text.lower() == NEVER else check_cron(text, NEVER)


def quiet(text: str) -> str | None:
    """Read a span of local time, ``HH:MM-HH:MM``, which may pass midnight; or ``never``."""
    if text.lower() == NEVER:
        return None
    found = _QUIET.fullmatch(text.replace(" ", ""))
    if not found or found.group(1, 2) == found.group(3, 4):
        raise ValueError(f"expected hours such as 22:00-06:00, got {show(text)}")
    return found[0]


def timezone(text: str) -> str:
    """Read a time zone's name in the IANA database."""
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"expected a time zone such as Europe/Berlin or UTC, got {show(text)}") from None
    return text
