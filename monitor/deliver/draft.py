"""A message before its templates are filled: what kind it is, and the values that they get. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from monitor.deliver.outlets import base
from monitor.text import shorten

SUBJECT: Final = 120
"""Longest subject, in code points."""

_LANGUAGES_NAMED: Final = 6

Fill = Callable[[dict[str, Any]], str]
"""One template with values put in."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything that is said, before it has a form."""

    kind: str
    """``alert``, ``update``, ``digest`` or ``notice``: the name of its templates."""
    subject: str
    values: dict[str, Any]
    """For the templates of text and HTML."""
    telegram: Callable[[Fill], str]
    """Tries sizes of the Telegram template until one fits."""
    thread: str | None = None


def code(language: str | None) -> str:
    """A language in two or three letters; ``?`` where it is unknown."""
    return base(language) or "?"


def counts(languages: Iterable[str | None]) -> str:
    """``uk 3, en 2, pl 2``: how many of each, most first."""
    ranked = sorted(Counter(code(one) for one in languages).items(), key=lambda pair: (-pair[1], pair[0]))
    shown = ", ".join(f"{one} {count}" for one, count in ranked[:_LANGUAGES_NAMED])
    others = sum(count for _, count in ranked[_LANGUAGES_NAMED:])
    return f"{shown}, other {others}" if others else shown


def many(count: int, one: str, more: str | None = None) -> str:
    """``1 story``, ``7 stories``."""
    return f"{count} {one if count == 1 else more or one + 's'}"


def subject_line(head: str, headline: str, tail: str = "") -> str:
    """The three in a row, the headline cut at a word so that the line has at most ``SUBJECT`` characters."""
    return head + shorten(headline, SUBJECT - len(head) - len(tail)) + tail


def repeated_mark(*, repeated: bool) -> str:
    """What a subject ends in where all of it may have arrived before."""
    return " (possibly repeated)" if repeated else ""
