"""Marks in words for a person. Must not: weigh them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from monitor.read import marks

MOST = 8
_SIZES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"))


def said(common: Sequence[str]) -> str:
    """Return at most MOST marks as a list: ``the 26th meeting, 12 Feb 2025, 1.3 billion and Umerov``."""
    words = [_said(mark) for mark in common[:MOST]]
    if len(common) > MOST:
        words.append(f"{len(common) - MOST} more")
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def _said(mark: str) -> str:
    kind, value = marks.key(mark).split(":", 1)
    if kind == "ordinal":
        return f"meeting {value}"
    if kind == "date":
        day = date.fromisoformat(value)
        return f"{day.day} {day:%B %Y}"
    if kind == "number":
        return _amount(float(value))
    return marks.spelt(mark).title() if kind == "name" else value.upper()


def _amount(value: float) -> str:
    for size, word in _SIZES:
        if value >= size:
            return f"{value / size:g} {word}"
    return f"{value:,.10g}"
