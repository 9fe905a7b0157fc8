"""Telegram's rules for the text of a message: which tags, how nested, how long.

Source: https://core.telegram.org/bots/api#html-style and #sendmessage (4,096 characters after entities parsing;
Telegram counts UTF-16 code units). Must not: know who sent the text or what it means.
"""

from __future__ import annotations

import html
import re

MAX_UNITS = 4096
TAGS = frozenset(
    {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "span", "tg-spoiler", "a", "code", "pre"}
    | {"blockquote", "tg-emoji"},
)
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)((?:\s[^<>]*)?)>")


class BotError(Exception):
    """The text is refused; the message is what the real API says after ``Bad Request:``."""


def check_text(text: str, parse_mode: str) -> str:
    """Return the text as a person sees it; raise BotError where Telegram would refuse it."""
    if parse_mode not in {"", "HTML"}:
        raise BotError("unsupported parse_mode")
    seen = strip_tags(text) if parse_mode else text
    if not seen.strip():
        raise BotError("message text is empty")
    if len(seen.encode("utf-16-le", "surrogatepass")) // 2 > MAX_UNITS:
        raise BotError("message is too long")
    return seen


def strip_tags(text: str) -> str:
    """Take the tags out and the entities in; raise BotError on a tag that is unknown, stray or badly nested."""
    pieces: list[str] = []
    open_tags: list[str] = []
    at = 0
    while (start := text.find("<", at)) >= 0:
        pieces.append(text[at:start])
        at = _step(text, start, open_tags)
    if open_tags:
        raise BotError(f"can't parse entities: Can't find end tag corresponding to start tag \"{open_tags[-1]}\"")
    pieces.append(text[at:])
    return html.unescape("".join(pieces))


def _step(text: str, start: int, open_tags: list[str]) -> int:
    """Take the tag at ``start`` onto or off the stack; return where the text goes on."""
    tag = _TAG.match(text, start)
    name = tag[2].lower() if tag else ""
    if tag is None or name not in TAGS:
        raise BotError(f'can\'t parse entities: Unsupported start tag "{name}" at byte offset {start}')
    if not tag[1]:
        open_tags.append(name)
    elif not open_tags or open_tags.pop() != name:
        raise BotError(f'can\'t parse entities: Unmatched end tag "{name}" at byte offset {start}')
    return tag.end()
