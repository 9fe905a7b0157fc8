"""What the present thread or request is about, by number and name, so that every line of the log can say so.

``grep article=123`` then shows the whole way of one article through the desks. Must not: log.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

Value = str | int | Sequence[int]
"""A name, a number, or several numbers."""

_about: ContextVar[Mapping[str, Value]] = ContextVar("about", default={})  # noqa: B039 - never changed in place
# A context variable has to live in a module: each thread and each request has a value of its own in it.


@contextmanager
def about(subject: Mapping[str, Value]) -> Iterator[None]:
    """Have every line that is logged within the block say that it is about this, such as ``{"article": 123}``."""
    token = _about.set({**_about.get(), **subject})
    try:
        yield
    finally:
        _about.reset(token)


def subject() -> Mapping[str, Value]:
    """What the present line is about; empty where it is about the monitor itself."""
    return _about.get()


def words(of: Mapping[str, Value]) -> str:
    """``article=123 source="Kyiv Post"``; of several numbers each by itself, so that one search finds it."""
    pairs = ((name, one) for name, value in of.items() for one in _each(value))
    return " ".join(f"{name}={_quoted(str(one))}" for name, one in pairs)


def _each(value: Value) -> Sequence[str | int]:
    return (value,) if isinstance(value, str | int) else value


def _quoted(value: str) -> str:
    plain = value and not any(char.isspace() or char in '"=\\' for char in value)
    return value if plain else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
