"""How documents are asked for, as written: each function reads one value, or raises ValueError with what was expected.

Values may be secret as a whole: no message quotes one. Must not: know where a key stands, read the environment.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from monitor.config.secrets import HIDDEN, SHORTEST, mask_web
from monitor.config.values import show
from monitor.errors import FetchError
from monitor.urls import check_url

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.model import Manner
    from monitor.model.wanted import HttpVersion

NO_PROXY = "none"
"""What is written for a source that goes past the proxy of ``fetch``."""

_MOST_HEADERS = 20
_LONGEST = 4096
_SENDABLE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_OURS = frozenset(
    # what frames the request, what the fetcher must be able to rely on, and what has a key of its own
    """accept-encoding connection content-encoding content-length content-type expect host http2-settings if-match
    if-modified-since if-none-match if-range if-unmodified-since keep-alive proxy-authorization proxy-connection range
    te trailer transfer-encoding upgrade user-agent via""".split(),  # noqa: SIM905
)
_PLAIN = frozenset({"accept", "accept-language", "cache-control", "dnt", "pragma", "priority", "referer", "save-data"})
"""Headers whose values are no secrets, and words that other texts may hold."""


def user_agent(text: str) -> str:
    """Read a User-Agent: printable ASCII, at most 300 characters."""
    if "${" in text or (len(text) <= 300 and _SENDABLE.fullmatch(text)):
        return text
    raise ValueError("expected a User-Agent of printable ASCII letters, at most 300, such as ExampleDesk/1.0")


def headers(value: object) -> tuple[tuple[str, str], ...]:
    """Read a mapping of header names to values (RFC 9110, sections 5.1 and 5.5)."""
    if not isinstance(value, dict):
        raise ValueError('expected header names with values, such as {Accept-Language: uk, X-Key: "${NAME}"}')  # noqa: TRY004 - pydantic wants ValueError
    if len(value) > _MOST_HEADERS:
        raise ValueError(f"expected at most {_MOST_HEADERS} headers, got {len(value)}")
    names = [name.lower() for name in value]
    if len(set(names)) < len(names):
        raise ValueError("the same header twice; upper and lower case do not matter in a name")
    return tuple((name, _header(name, text)) for name, text in value.items())


def _header(name: str, value: object) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f'expected the name of a header such as X-Key, got "{name}"')
    if name.lower() == "user-agent":
        raise ValueError("write user_agent: beside headers: instead of the header User-Agent")
    if name.lower() in _OURS:
        raise ValueError(f"{name} cannot be set here; the program sends it itself, or never")
    if not isinstance(value, str) or len(value) > _LONGEST or not ("${" in value or _SENDABLE.fullmatch(value)):
        raise ValueError(f"expected a value for {name} in printable ASCII letters, at most {_LONGEST}")
    return value


def http(text: str) -> HttpVersion:
    """Read the highest HTTP version that is offered."""
    if text == "2":
        return "2"
    if text == "1.1":
        return "1.1"
    raise ValueError(f"expected 1.1 or 2, got {show(text)}")


def proxy(text: str) -> str:
    """Read the URL of a proxy, or ``none``."""
    if "${" in text or text == NO_PROXY:
        return text
    expected = "expected a proxy such as http://user:password@proxy.example.org:3128 or none"
    scheme, _, rest = text.partition("://")
    user, at, place = rest.rpartition("@")
    try:
        parts = urlsplit(check_url(f"{scheme}://{place}"))
    except FetchError as error:
        raise ValueError(f"{expected}; {str(error).rpartition(': ')[2]}") from None
    if parts.path != "/" or parts.query or not (not user or _SENDABLE.fullmatch(user)):
        raise ValueError(f"{expected}; without a path, other letters percent-encoded")
    return f"{parts.scheme}://{user}{at}{parts.netloc}"


def secrets_in(manner: Manner) -> frozenset[str]:
    """The parts of a manner that must not be seen: header values, user and password of the proxy."""
    texts = [text for name, text in manner.headers if name.lower() not in _PLAIN]
    parts = [part for text in texts for part in text.split() if len(part) >= 8]
    userinfo = urlsplit(manner.proxy).netloc.rpartition("@")[0] if manner.proxy else ""
    password = userinfo.partition(":")[2]
    return frozenset(_long([*texts, *parts, userinfo, password, unquote(password)]))


def _long(texts: Iterable[str]) -> Iterable[str]:
    return (text for text in texts if len(text) >= SHORTEST)


def shown(manner: Manner) -> dict[str, object]:
    """The manner as it may be shown."""
    return {
        "user_agent": manner.user_agent,
        "headers": dict.fromkeys((name for name, _ in manner.headers), HIDDEN),
        "http": manner.http,
        "proxy": shown_proxy(manner.proxy),
    }


def shown_proxy(url: str | None) -> str | None:
    """The proxy as it may be shown."""
    return mask_web(url) if url else None
