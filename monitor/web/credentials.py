"""Whom a password or a token is of, as the configuration says it. Pure, but slow where argon2 is asked.

Must not: count, remember, see a request.
"""

from __future__ import annotations

import hashlib
import unicodedata

from monitor import passwords
from monitor.model import Access
from monitor.web.person import Person


class Credentials:
    """The users, tokens and the shared password of one configuration. Does not change."""

    def __init__(self, access: Access) -> None:
        self.shared = access.password if access.password and access.password.strip() else None
        self._users = {same(user.name): user for user in access.users}
        self._tokens = {_digest(one.token): Person(one.name, frozenset({"read", *one.scopes})) for one in access.tokens}

    @property
    def named(self) -> bool:
        """Whether people say who they are."""
        return bool(self._users)

    @property
    def exist(self) -> bool:
        """Whether there is a login at all; tokens alone are none."""
        return self.named or self.shared is not None

    def bearer(self, token: str) -> Person | None:
        """Whom a token is of. It is looked up by its hash, so that time tells nothing of it."""
        return self._tokens.get(_digest(token))

    def who(self, name: str, password: str) -> str | None:
        """The user whom this lets in, an empty name for the shared password; None when it lets nobody in.

        A wrong password takes the same time whether there is such a user or not.
        """
        user = self._users.get(same(name))
        if self._users:
            stored = user or next(iter(self._users.values()))
            if passwords.matches(password, stored.password) and user is not None:
                return user.name
        shared = self.shared is not None and passwords.matches(password, self.shared)
        return "" if shared else None

    def credential(self, who: str) -> str | None:
        """What lets ``who`` in, as stored; None when nothing does any more."""
        user = self._users.get(same(who)) if who else None
        if who:
            return user.password if user is not None and user.name == who else None
        return self.shared


def same(name: str) -> str:
    """Two names that are equal in this form are one: people and keyboards differ in capitals and accents' codes."""
    return unicodedata.normalize("NFC", name.strip()).casefold()


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
