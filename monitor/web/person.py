"""Who is asking, and how they were let in. Values only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """Who is asking, and what for: ``read`` to see, ``review`` to decide and change."""

    name: str = ""
    """A user's or a token's name; empty where nobody had to say."""
    scopes: frozenset[str] = frozenset({"read", "review"})


@dataclass(frozen=True, slots=True)
class Pass:
    """How somebody was let in."""

    person: Person
    form: str | None
    """What the forms of our pages carry (the token against CSRF); None where none is needed: with an API token."""
    cookie: bool = False
    """Whether by a login that can be ended."""
    renewed: str = ""
    """A Set-Cookie header, when the login was made longer."""


NOBODY = Pass(Person(scopes=frozenset()), "")
"""On a route that is open to all."""
