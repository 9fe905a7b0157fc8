"""What tells one event from another: the print of an article, and how it was linked to a story."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Print:
    """What is kept of an article to tell whether another one is of the same story."""

    language: str | None
    when: datetime
    """When it was published; when it was found where that is unknown or cannot be."""
    title: str
    """The headline in folded form."""
    length: int
    """Characters of folded text."""
    signature: bytes
    """MinHash of the text, then hashes of the marks; see ``monitor.read.sketch`` and ``monitor.read.marks``."""
    marks: tuple[str, ...] = ()
    """What a translation keeps: ``number:50``, ``date:2023-02-14``, ``name:zaluzhny``, ``ordinal:9`` ..."""


@dataclass(frozen=True, slots=True)
class Known:
    """An article that belongs to a story already."""

    article_id: int
    story_id: int
    print: Print


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A story that may be of the same event; a person decides."""

    story_id: int
    score: float
    """0 to 1."""
    why: str


@dataclass(frozen=True, slots=True)
class Linking:
    """Which story an article belongs to."""

    story_id: int | None = None
    """None: a new one."""
    how: Literal["first", "copy", "translation"] = "first"
    """``copy``: a near-duplicate in one language; ``translation``: the same event in another language."""
    score: float = 1.0
    why: str = ""
    """For a person."""
    suggestions: tuple[Suggestion, ...] = ()
