"""Cutting what is shown until it fits Telegram, before it is marked up: no tag, entity or character is split. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape
from typing import Any, Final

from monitor.deliver.cards import Card
from monitor.deliver.outlets import Mention
from monitor.deliver.plain import cut_escaped, units

TELEGRAM: Final = 3500
"""Longest Telegram text, in UTF-16 units of its markup; the service's own limit is 4,096 without markup."""
LONGEST_URL: Final = 900


@dataclass(frozen=True, slots=True)
class Shape:
    """How much of a card is shown; lengths in escaped UTF-16 units."""

    headline: int
    snippet: bool
    reasons: int
    also: bool
    ledger: bool = False


SHAPES: Final = (
    Shape(headline=1500, snippet=True, reasons=3, also=True, ledger=True),
    Shape(headline=1500, snippet=False, reasons=3, also=True),
    Shape(headline=600, snippet=False, reasons=1, also=True),
    Shape(headline=300, snippet=False, reasons=0, also=False),
)
"""From all to the least: the first that fits Telegram's limit is taken. The last fits whatever the text."""

LISTED: Final = Shape(headline=300, snippet=False, reasons=0, also=False)
"""A card among others."""


def most_that_fit(text: Callable[[int], str], count: int) -> str:
    """``text(n)`` for the largest n up to ``count`` that Telegram takes; ``text(0)`` where none does."""
    low, high = 0, count
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if units(text(middle)) <= TELEGRAM else (low, middle - 1)
    return text(low)


def first_that_fits(text: Callable[[Shape], str]) -> str:
    """The text in the fullest shape that Telegram takes; the last one where none does."""
    made = ""
    for shape in SHAPES:
        made = text(shape)
        if units(made) <= TELEGRAM:
            break
    return made


def narrow(shown: Card, shape: Shape) -> Card:
    """``shown`` cut to ``shape``; a link too long to show is left out, its host stays."""
    return replace(
        shown,
        topic=cut_escaped(shown.topic, 100),
        headline=cut_escaped(shown.headline, shape.headline),
        outlet=cut_escaped(shown.outlet, 150),
        language=cut_escaped(shown.language, 100),
        country=cut_escaped(shown.country, 100),
        snippet=shown.snippet if shape.snippet else (),
        why=tuple(cut_escaped(reason, 300) for reason in shown.why[: shape.reasons]),
        also=cut_escaped(shown.also, 400) if shape.also else "",
        url=_short(shown.url, LONGEST_URL),
        host=cut_escaped(shown.host, 300),
        review=_short(shown.review, LONGEST_URL // 2),
        ledger=_short(shown.ledger, LONGEST_URL // 2) if shape.ledger else "",
    )


def narrow_mention(one: Mention) -> Mention:
    """The same for an outlet in a list."""
    return replace(
        one,
        outlet=cut_escaped(one.outlet, 100),
        url=_short(one.url, LONGEST_URL // 2),
        host=cut_escaped(one.host, 100),
    )


def narrow_values(values: dict[str, Any]) -> dict[str, Any]:
    """The same for plain words among a template's values."""
    return {key: cut_escaped(value, 200) if isinstance(value, str) else value for key, value in values.items()}


def _short(url: str, limit: int) -> str:
    return url if units(escape(url)) <= limit else ""
