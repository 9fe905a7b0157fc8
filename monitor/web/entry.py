"""Who comes in, and by what: a token, the cookie of a login, a name and a password; a new configuration holds at once.

Passwords are checked outside the event loop, two at a time: each check takes memory and a core. Must not: see a request
or a route, say anything to anybody but the log.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool

from monitor.model import Access
from monitor.web.credentials import Credentials, same
from monitor.web.person import Pass, Person
from monitor.web.sessions import Cookie, Sessions, form_token
from monitor.web.slowing import Slowing, network

AT_ONCE = 2
REMEMBERED = 300.0
"""Seconds for which a name and a password that were right are not checked again: scripts send them each time."""
_KEPT = 100
_NAME = 200

_log = logging.getLogger("monitor.web")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a name and a password."""

    who: str | None
    """Empty for the shared password; None when it lets nobody in."""
    wait: float = 0.0
    """Seconds to wait before the next try."""
    tried: bool = True
    """False when it was not looked at, since there was to be waited."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What one configuration says, and what was right under it."""

    access: Access
    credentials: Credentials
    right: dict[str, tuple[str, float]] = field(default_factory=dict)
    """Keyed hash of name and password -> who, and until when."""


class Entry:
    """The ways in of one server. ``adopt`` may be called from any thread."""

    def __init__(
        self,
        access: Access,
        sessions: Sessions,
        *,
        secret: str,
        monotonic: Callable[[], float],
        root: str = "",
        exposed: bool = False,
    ) -> None:
        self.root = root
        self._sessions = sessions
        self._secret = secret.encode()
        self._monotonic = monotonic
        self._slowing = Slowing(monotonic)
        self._exposed = exposed
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._known = _Known(access, Credentials(access))

    def adopt(self, access: Access) -> None:
        """Let in whom this names from now on, and nobody else."""
        if access == self._known.access:
            return
        self._known = _Known(access, Credentials(access))
        if self._exposed and not self.possible:
            _log.error(
                "nobody can log in to the review page any more: it can be reached from outside and there is no"
                " password; set MONITOR_PASSWORD, or list users under web in sources.yaml"
            )

    @property
    def access(self) -> Access:
        """What is in force."""
        return self._known.access

    @property
    def open(self) -> bool:
        """Whether nobody has to log in."""
        return not (self._exposed or self._known.credentials.exist)

    @property
    def possible(self) -> bool:
        """Whether anybody can log in."""
        return self._known.credentials.exist

    @property
    def named(self) -> bool:
        """Whether people say who they are when they log in."""
        return self._known.credentials.named

    @property
    def cookie(self) -> Cookie:
        """The cookie of a login."""
        return Cookie(self._known.access.secure, self.root)

    def by_token(self, token: str) -> Pass | None:
        """Let a program in."""
        person = self._known.credentials.bearer(token)
        return None if person is None else Pass(person, None)

    def by_nothing(self, name: str = "") -> Pass:
        """Let somebody in who has no login that could carry a form's token: the token is this process's own."""
        words = name.encode("utf-8", "surrogatepass")
        return Pass(Person(name), hmac.new(self._secret, b"form\0" + words, hashlib.sha256).hexdigest())

    async def by_cookie(self, value: str) -> Pass | None:
        """Let a browser in that has logged in."""
        return await run_in_threadpool(self._by_cookie, value) if value else None

    async def verdict(self, name: str, password: str, address: str) -> Verdict:
        """Look at a name and a password that came from an address. Right ones wait as well as wrong ones."""
        known = self._known
        async with self._turns:
            keys = self._keys(known.credentials, name, address)
            wait = self._slowing.wait(keys)
            if wait:
                return Verdict(None, wait, tried=False)
            who = await self._who(known, name, password)
        if who is not None:
            return Verdict(who)
        wait = self._slowing.wrong(keys)
        if wait:
            _log.warning("wrong logins from %s: the next one has to wait %.0f s", address, wait)
        return Verdict(None, wait)

    async def log_in(self, who: str, address: str) -> str:
        """Begin a login; returns the Set-Cookie header. Empty when the password has just been taken away."""
        known = self._known
        credential = known.credentials.credential(who)
        if credential is None:
            return ""
        value = await run_in_threadpool(self._sessions.begin, who, credential, known.access.sessions)
        _log.info("%s logged in to the review page from %s", who or "somebody", address)
        return self.cookie.set(value, known.access.sessions)

    async def log_out(self, value: str) -> str:
        """End a login; returns the Set-Cookie header that takes the cookie away."""
        await run_in_threadpool(self._sessions.end, value)
        return self.cookie.set("")

    def _by_cookie(self, value: str) -> Pass | None:
        known = self._known
        span = known.access.sessions
        found = self._sessions.find(value, known.credentials, span)
        if found is None:
            return None
        who, moved = found
        renewed = self.cookie.set(value, span) if moved else ""
        return Pass(Person(who), form_token(value), cookie=True, renewed=renewed)

    async def _who(self, known: _Known, name: str, password: str) -> str | None:
        key = self._digest(name, password)
        who, until = known.right.get(key, ("", 0.0))
        if until > self._monotonic():
            return who
        found = await run_in_threadpool(known.credentials.who, name, password)
        if found is not None:
            if len(known.right) >= _KEPT:
                known.right.clear()
            known.right[key] = found, self._monotonic() + REMEMBERED
        return found

    def _keys(self, credentials: Credentials, name: str, address: str) -> list[str]:
        """What a wrong login counts for: where it came from, the name it gave, the password that all share."""
        names = [f"name {same(name)[:_NAME]}"] if credentials.named else []
        return [f"address {network(address)}", *names, *(["shared"] if credentials.shared is not None else [])]

    def _digest(self, name: str, password: str) -> str:
        words = f"{name}\0{password}".encode("utf-8", "surrogatepass")
        return hmac.new(self._secret, b"right\0" + words, hashlib.sha256).hexdigest()
