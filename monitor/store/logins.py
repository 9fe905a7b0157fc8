"""Who is logged in, so that a restart logs nobody out. The cookie itself is never stored, only its hash.

Must not: decide whether a login is good.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import col

from monitor.model import Login
from monitor.store.database import Database
from monitor.store.review_tables import LoginRow


class LoginStore:
    """The browsers that have logged in."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, login: Login, now: datetime) -> None:
        """Store a login, and remove those that are over."""
        with self._database.write() as session:
            session.execute(delete(LoginRow).where(col(LoginRow.expires) <= now))
            session.add(
                LoginRow(key=login.key, who=login.who, proof=login.proof, created=login.created, expires=login.expires)
            )

    def find(self, key: str, now: datetime) -> Login | None:
        """The login with this key; None when there is none, or when it is over."""
        with self._database.read() as session:
            row = session.get(LoginRow, key)
            if row is None or row.expires <= now:
                return None
            return Login(row.key, row.who, row.proof, row.created, row.expires)

    def move(self, key: str, expires: datetime) -> None:
        """Let a login end at another moment."""
        with self._database.write() as session:
            row = session.get(LoginRow, key)
            if row is not None:
                row.expires = expires

    def remove(self, key: str) -> None:
        """End a login."""
        with self._database.write() as session:
            session.execute(delete(LoginRow).where(col(LoginRow.key) == key))
