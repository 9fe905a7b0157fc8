"""Where a source is polled, when that is not the address that the user wrote. Pure.

Must not: follow or fetch anything.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_CHANNEL = re.compile(
    r"https?://(?:www\.)?(?:t\.me|telegram\.me|telegram\.dog)/(?:s/)?"
    r"(?!(?:joinchat|addstickers|addlist|proxy|share|iv|c|s)(?:[/?#]|\Z))@?([A-Za-z][A-Za-z0-9_]{2,31})"
    r"(?:/[0-9]*)?(\?before=[0-9]{1,12})?(?:[?#].*)?",
    re.IGNORECASE,
)


def preview_url(url: str) -> str:
    """The web preview of a public Telegram channel, whichever of its addresses is given; others stay as they are.

    ``https://t.me/name``, ``https://telegram.me/name/123`` -> ``https://t.me/s/name``.
    """
    found = _CHANNEL.fullmatch(url.strip())
    return f"https://t.me/s/{found[1]}{found[2] or ''}" if found else url


_POLLED_AT: Mapping[str, Callable[[str], str]] = MappingProxyType({"telegram": preview_url})


def polled_url(kind: str, url: str) -> str:
    """The address to fetch for a source of this kind; for most it is the one that is written."""
    moved = _POLLED_AT.get(kind)
    return moved(url) if moved else url
