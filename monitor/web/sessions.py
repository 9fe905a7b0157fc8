"""Logins of browsers: a random cookie whose hash is stored, so that a restart logs nobody out.

What is stored is worth nothing to whoever reads it: the key is SHA-256 of the cookie, and the proof is an HMAC under
the cookie of the password that let it in. Rules: OWASP Session Management Cheat Sheet; RFC 6265bis, section 4.1.3.
Must not: see a request.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model import Login
from monitor.store import LoginStore
from monitor.web.credentials import Credentials

_BYTES = 32
_COOKIE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_SLIDE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Cookie:
    """How the cookie is called and where browsers send it."""

    secure: bool
    root: str

    @property
    def name(self) -> str:
        """With the prefix that makes browsers keep others from setting it, where that is allowed."""
        prefix = ("__Secure-" if self.root else "__Host-") if self.secure else ""
        return f"{prefix}monitor_session"

    def set(self, value: str, span: timedelta = timedelta(0)) -> str:
        """The Set-Cookie header that keeps ``value`` for so long; without a span it takes the cookie away."""
        seconds = int(span.total_seconds())
        secure = "; Secure" if self.secure else ""
        return f"{self.name}={value}; Path={self.root or '/'}; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"


class Sessions:
    """The logins of one server."""

    def __init__(self, store: LoginStore, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def begin(self, who: str, credential: str, span: timedelta) -> str:
        """Log in; returns what the cookie is to hold."""
        value, now = secrets.token_urlsafe(_BYTES), self._now()
        self._store.add(Login(_key(value), who, _proof(value, who, credential), now, now + span), now)
        return value

    def find(self, value: str, credentials: Credentials, span: timedelta) -> tuple[str, bool] | None:
        """Who is logged in with this cookie, and whether the login was made longer; None when nobody is.

        A login whose password was changed or taken away is over.
        """
        if not _COOKIE.fullmatch(value):
            return None
        now = self._now()
        login = self._store.find(_key(value), now)
        if login is None:
            return None
        credential = credentials.credential(login.who)
        if credential is None or not hmac.compare_digest(_proof(value, login.who, credential), login.proof):
            self._store.remove(login.key)
            return None
        return login.who, self._moved(login, now + span, span)

    def end(self, value: str) -> None:
        """Log out."""
        if _COOKIE.fullmatch(value):
            self._store.remove(_key(value))

    def _moved(self, login: Login, expires: datetime, span: timedelta) -> bool:
        """Move the end of a login, at most once a day: each time is a write. A shorter span holds at once."""
        if expires - min(_SLIDE, span / 2) < login.expires <= expires:
            return False
        self._store.move(login.key, expires)
        return True


def form_token(value: str) -> str:
    """What the forms of a login carry; only who has the cookie can make it."""
    return hmac.new(value.encode(), b"form", hashlib.sha256).hexdigest()


def _key(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()


def _proof(value: str, who: str, credential: str) -> str:
    words = f"{who}\0{credential}".encode("utf-8", "surrogatepass")
    return hmac.new(value.encode(), words, hashlib.sha256).hexdigest()
