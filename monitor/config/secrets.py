"""Hiding secrets: URLs as they may be shown, and a text with every known secret blotted out.

Must not: know where a secret came from, read the environment, log.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qsl, quote, quote_plus, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

HIDDEN = "***"
SHORTEST = 4
"""Shorter secrets are not blotted out of texts: every word would suffer."""

_HOST_SHOWN = frozenset({"http", "https", "mailto", "mailtos", "json", "jsons", "xml", "xmls", "form", "forms"})
_SECRET_NAME = re.compile("key|token|pass|pwd|secret|auth|sig|session|credential|code|hash", re.IGNORECASE)
_TOKEN_LENGTH = 8


def mask(url: str) -> str:
    """Return a channel's URL as it may be shown: its kind, its host where that is no token, a Telegram chat.

    ``tgram://123:ABC/-100`` becomes ``tgram://***/-100``, ``mailtos://me:pw@mx.example.org?to=x`` becomes
    ``mailtos://***@mx.example.org?***``. What cannot be read is hidden whole.
    """
    parts = _split(url)
    if parts is None or not parts.scheme or not parts.netloc:
        return HIDDEN
    path = parts.path.strip("/")
    shown = path if parts.scheme == "tgram" else "/".join(HIDDEN for part in path.split("/") if part)
    host = _masked_host(parts) if parts.scheme in _HOST_SHOWN else HIDDEN
    return f"{parts.scheme}://{host}" + (f"/{shown}" if shown else "") + (f"?{HIDDEN}" if parts.query else "")


def mask_web(url: str) -> str:
    """Return a web address as it may be shown: user, password and secret-like query values are hidden."""
    parts = _split(url)
    if parts is None:
        return HIDDEN
    netloc = _masked_host(parts)
    query = "&".join(_masked_pair(pair) for pair in parts.query.split("&"))
    return (
        parts._replace(netloc=netloc, query=query).geturl() if netloc != parts.netloc or query != parts.query else url
    )


def secrets_of(url: str) -> frozenset[str]:
    """Return the parts of a channel's URL that must not be seen, as written and with percent escapes resolved."""
    parts = _split(url)
    if parts is None or not parts.scheme:
        return frozenset({url})
    found = [part for part in _userinfo(parts) if len(part) >= SHORTEST]
    if parts.scheme not in _HOST_SHOWN:
        found += [parts.netloc, *_long(re.split("[:@]", parts.netloc))]
    if parts.scheme not in {"tgram", "mailto", "mailtos"}:
        found += _long(parts.path.split("/"))
    found += [value for key, value in parse_qsl(parts.query) if _SECRET_NAME.search(key) and len(value) >= SHORTEST]
    return frozenset(found) | frozenset(unquote(part) for part in found)


def passwords_of(url: str) -> frozenset[str]:
    """Return the secrets in the address of a database, as written and with percent escapes resolved."""
    parts = _split(url)
    if parts is None:
        return frozenset({url})
    written = parts.netloc.rpartition("@")[0].partition(":")[2]
    named = [value for key, value in parse_qsl(parts.query) if _SECRET_NAME.search(key)]
    return frozenset(part for part in (written, unquote(written), *named) if len(part) >= SHORTEST)


class Masker:
    """Blots known secrets out of a text, also where they are percent-encoded or escaped as in JSON."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets if len(secret) >= SHORTEST for form in _forms(secret)}
        longest_first = sorted(forms, key=lambda form: (-len(form), form))
        self._pattern = re.compile(f"(?=({'|'.join(map(re.escape, longest_first))}))") if forms else None

    def mask(self, text: str) -> str:
        """Return the text with every secret replaced by ``***``, overlapping ones by a single one."""
        if self._pattern is None:
            return text
        out: list[str] = []
        shown = 0
        for found in self._pattern.finditer(text):
            start, end = found.span(1)
            if start >= shown:
                if start > shown or not out:
                    out.append(text[shown:start])
                out.append(HIDDEN)
            shown = max(shown, end)
        return "".join(out) + text[shown:]


def _forms(secret: str) -> set[str]:
    ascii_json, wide_json = json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]
    return {
        secret,
        quote(secret, safe=""),
        quote(secret),
        quote_plus(secret),
        ascii_json,
        wide_json,
        repr(secret)[1:-1],
    }


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _masked_host(parts: SplitResult) -> str:
    user, at, host = parts.netloc.rpartition("@")
    return f"{HIDDEN}@{host}" if at and user else parts.netloc


def _masked_pair(pair: str) -> str:
    key, equals, value = pair.partition("=")
    return f"{key}={HIDDEN}" if equals and value and _SECRET_NAME.search(key) else pair


def _userinfo(parts: SplitResult) -> list[str]:
    """Return the password, or the user where there is none: then it is the token."""
    user, colon, password = parts.netloc.rpartition("@")[0].partition(":")
    return [password] if colon else [user]


def _long(parts: Iterable[str]) -> list[str]:
    return [part for part in parts if len(part) >= _TOKEN_LENGTH]
