"""Who may see the review page and change what it shows, as the configuration says it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class User:
    """A person who logs in by name."""

    name: str
    password: str = field(repr=False)
    """An argon2 hash, never the password itself."""


@dataclass(frozen=True, slots=True)
class ApiToken:
    """What a program shows in place of a login."""

    name: str
    token: str = field(repr=False)
    scopes: tuple[str, ...] = ("read",)
    """``read`` to see, ``review`` to see, decide and change."""


@dataclass(frozen=True, slots=True)
class Access:
    """Who may pass: users and tokens as written under ``web``, the one shared password, how long a login lasts."""

    users: tuple[User, ...] = ()
    tokens: tuple[ApiToken, ...] = ()
    sessions: timedelta = timedelta(days=30)
    https: bool | None = None
    """Whether browsers reach the page by https; None: as ``public`` says."""
    password: str | None = field(default=None, repr=False)
    """The one that all share, as it is or as an argon2 hash; it comes from the environment."""
    public: str | None = None
    """Address at which readers reach the page, where it is not the one it listens at."""

    @property
    def secure(self) -> bool:
        """Whether cookies are for https only."""
        return bool(self.public and self.public.lower().startswith("https:")) if self.https is None else self.https


@dataclass(frozen=True, slots=True)
class Login:
    """A browser that has logged in, as it is stored."""

    key: str
    """Hash of what its cookie holds."""
    who: str
    """A user's name; empty for the shared password."""
    proof: str
    """Made from the cookie and the password it was let in by: another password ends the login."""
    created: datetime
    expires: datetime
