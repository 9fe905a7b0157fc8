"""Addresses as a message links them: only plain ones, always with the host they really lead to. Pure."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

from monitor.urls import host_of

LONGEST: Final = 2048

_LINK: Final = re.compile(r"https?://[^\s<>\"'\\\x00-\x20\x7f-\x9f]+", re.IGNORECASE)


def link(url: str | None) -> str:
    """``url`` when it is a plain http(s) address (no user in it, of a sane length), else an empty string: no link."""
    return url if url and len(url) <= LONGEST and _LINK.fullmatch(url) and host_of(url) else ""


def linked(url: str | None) -> tuple[str, str]:
    """A usable address and its host, else two empty strings."""
    sound = link(url)
    return (sound, host_of(sound)) if sound else ("", "")


def review_link(root: str | None, hit_id: int) -> str:
    """The hit on the review page, whose root is ``root``; empty where there is none."""
    return f"{root.rstrip('/')}/hits/{hit_id}" if root else ""


def ledger_link(root: str | None, url: str) -> str:
    """Everything that became of an article, on the review page; empty where there is none."""
    address = f"{root.rstrip('/')}/why?url={quote(url, safe='/:')}" if root and url else ""
    return address if len(address) <= LONGEST else ""
