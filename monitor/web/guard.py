"""Who may pass: the host asked for, the password, and whether a change comes from our own page. Pure decisions.

Must not: see a route, a request object or the database. Names and rules: OWASP Cross-Site Request Forgery Prevention
Cheat Sheet; RFC 7617 (Basic); Fetch Metadata (https://www.w3.org/TR/fetch-metadata/).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:\d{1,5})?", re.IGNORECASE)
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})

TRIES = 10
"""Wrong passwords from one address in ``WINDOW`` seconds; then the right one waits as well."""
WINDOW = 60.0
_ADDRESSES = 10_000


@dataclass(frozen=True, slots=True)
class Person:
    """Who is asking, and what for: ``read`` to see, ``review`` to decide and change."""

    name: str = ""
    """Empty where nobody had to say."""
    scopes: frozenset[str] = frozenset({"read", "review"})


class Guard:
    """The rules of one server: where it listens, its password if any, the token of its forms. Thread-safe."""

    def __init__(self, host: str, password: str | None, token: str, monotonic: Callable[[], float]) -> None:
        self.token = token
        self._password = password
        self._names = _LOOPBACK | {_bracketed(host.lower())}
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._wrong: dict[str, list[float]] = {}

    def knows_host(self, header: str) -> bool:
        """Whether the Host header names this server; any well-formed one does where a password protects it."""
        found = _HOST.fullmatch(header)
        return found is not None and (self._password is not None or found["name"].lower() in self._names)

    def admits(self, authorization: str, address: str) -> str:
        """How a request fares: ``yes``, ``no`` (ask for the password) or ``wait`` (too many wrong ones)."""
        if self._password is None:
            return "yes"
        now = self._monotonic()
        if self._too_many(address, now):
            return "wait"
        given = password_of(authorization)
        if given is not None and hmac.compare_digest(given.encode(), self._password.encode(errors="surrogateescape")):
            return "yes"
        if given is not None:
            self._note_wrong(address, now)
        return "no"

    def refuses_change(self, headers: Mapping[str, str], token: str) -> str:
        """Why a change is refused, in words; empty when it comes from our own form."""
        if is_foreign(headers):
            return "This change came from another site, so it was not made."
        if not hmac.compare_digest(token.encode(), self.token.encode()):
            return "This form is older than the running program. Load the page again, then save."
        return ""

    def _too_many(self, address: str, now: float) -> bool:
        with self._lock:
            recent = [at for at in self._wrong.get(address, ()) if now - at < WINDOW]
            return len(recent) >= TRIES

    def _note_wrong(self, address: str, now: float) -> None:
        with self._lock:
            if len(self._wrong) >= _ADDRESSES:
                self._wrong.clear()
            recent = [at for at in self._wrong.get(address, ()) if now - at < WINDOW]
            self._wrong[address] = [*recent, now]


def password_of(authorization: str) -> str | None:
    """The password of a Basic Authorization header (RFC 7617, the user name is free); None when there is none."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    del user
    return password if colon else None


def is_foreign(headers: Mapping[str, str]) -> bool:
    """Whether the browser says that the request was made by a page of another site.

    ``Origin: null`` says nothing: our own pages send it too, because they send no referrer.
    """
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return True
    origin = headers.get("origin", "null")
    return origin != "null" and urlsplit(origin).netloc.lower() != headers.get("host", "").lower()


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
