"""Downloaded text made safe to show on one line of a message: pure helpers on strings.

Nothing here escapes for HTML; that is the templates' business. What is done here holds for every channel:
one line, no controls, no mention that pings a whole room, no character cut in two.
"""

from __future__ import annotations

import re
from html import escape
from textwrap import wrap
from typing import Final
from unicodedata import bidirectional

from monitor.text import ELLIPSIS, clean, shorten

_SPACE: Final = re.compile(r"\s+")
_MENTION: Final = re.compile(r"(?<!\w)@(?=\w|$)|<(?=[!@#&])")
_DAY: Final = re.compile(r"\b(\d{1,2}) ([A-Z][a-z]{2})\b")
_WORD_JOINER: Final = "\u2060"


def one_line(text: str) -> str:
    """``text`` without controls, bidi overrides and lone surrogates, each run of white space a single space.

    A space at either end is kept, since pieces of a snippet are joined again.
    """
    spaced = _SPACE.sub(" ", text)
    cleaned = _SPACE.sub(" ", clean(spaced)).strip()
    if not cleaned:
        return " " if spaced.startswith(" ") else ""
    return " " * spaced.startswith(" ") + cleaned + " " * spaced.endswith(" ")


def quiet(text: str) -> str:
    """``text`` on one line, mentions (``@everyone``, ``<!here>``) broken by a word joiner so that they ping nobody."""
    return _MENTION.sub(lambda found: found.group() + _WORD_JOINER, one_line(text))


def units(text: str) -> int:
    """The length of ``text`` in UTF-16 code units, which is how Telegram counts."""
    return len(text) + sum(char > "\uffff" for char in text)


def isolated(text: str) -> str:
    """``text`` between first-strong isolates where it runs right to left, so that a line round it keeps its order."""
    if any(bidirectional(char) in ("R", "AL") for char in text):
        return f"\u2068{text}\u2069"
    return text


def direction(text: str) -> str:
    """``rtl`` or ``ltr`` by the first letter that has a direction (Unicode UAX #9, rules P2 and P3); ``ltr`` for none.

    Said outright, since not every mail program knows ``dir="auto"``.
    """
    strong = next((found for found in map(bidirectional, text) if found in ("L", "R", "AL")), "L")
    return "ltr" if strong == "L" else "rtl"


def wrapped(text: str, width: int = 78) -> str:
    """``text`` in lines of at most ``width`` code points, broken at spaces only; its own line breaks stay."""
    return "\n".join(
        "\n".join(wrap(line, width, break_long_words=False, break_on_hyphens=False)) for line in text.split("\n")
    )


def tied(when: str) -> str:
    """A time whose day and month stay on one line."""
    return _DAY.sub("\\1\u00a0\\2", when)


def lines(text: str) -> str:
    """``quiet`` for each line of ``text``, empty ones at the ends left out."""
    return "\n".join(quiet(line).strip() for line in text.split("\n")).strip("\n")


def cut_escaped(text: str, limit: int) -> str:
    """The longest cut of ``text`` that takes at most ``limit`` UTF-16 units once escaped for HTML."""
    if units(escape(text)) <= limit:
        return text
    low, high = 0, min(len(text), limit)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if units(escape(shorten(text, middle))) <= limit else (low, middle - 1)
    return shorten(text, low) if low else ""


def shorten_units(text: str, limit: int) -> str:
    """At most ``limit`` UTF-16 units of ``text``, never half a character."""
    if units(text) <= limit:
        return text
    head = text.encode("utf-16-le", "ignore")[: 2 * (limit - 1)].decode("utf-16-le", "ignore")
    return head.rstrip() + ELLIPSIS
