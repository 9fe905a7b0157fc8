"""Source kinds: each is one pure function from the bytes of a document to its entries, run in a child process.

A new kind is one module and one line here.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "feed": "monitor.poll.kinds.feed:factory",
        "sitemap": "monitor.poll.kinds.sitemap:factory",
        "listing": "monitor.poll.kinds.listing:factory",
        "telegram": "monitor.poll.kinds.telegram:factory",
    }
)
"""Kind as written in sources.yaml to the task that a pool child runs."""

WHOLE = frozenset({"telegram"})
"""Kinds whose entries carry their whole text: no page is read for them."""
