"""Telegram's HTML as the Bot API reads it (https://core.telegram.org/bots/api#html-style), or stricter."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_TAGS = {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "a", "code", "pre", "blockquote", "tg-spoiler"}
_MARKUP = re.compile(r"<(/?)([a-z-]+)((?:\s+[a-z-]+=\"[^\"<>]*\")*)>")
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#[0-9]+|#x[0-9a-fA-F]+);")


class MarkupError(Exception):
    """The text is not Telegram HTML."""


def telegram_text(markup: str) -> str:
    """The visible text of Telegram HTML; raises MarkupError for anything the API would refuse, and for a bare ``&``."""
    markup.encode("utf-8")  # a lone surrogate cannot even be sent
    open_tags: list[str] = []
    at = 0
    for tag in _MARKUP.finditer(markup):
        _plain(markup[at : tag.start()])
        _balance(open_tags, closing=bool(tag[1]), name=tag[2])
        at = tag.end()
    _plain(markup[at:])
    if open_tags:
        raise MarkupError(f"can't find end tag corresponding to start tag {open_tags[-1]}")
    return _visible(markup)


def _plain(text: str) -> None:
    if "<" in text or ">" in text:
        raise MarkupError("unescaped angle bracket")
    if "&" in _ENTITY.sub("", text):
        raise MarkupError("unescaped ampersand")


def _balance(open_tags: list[str], *, closing: bool, name: str) -> None:
    if name not in _TAGS:
        raise MarkupError(f'Unsupported start tag "{name}"')
    if not closing:
        open_tags.append(name)
    elif not open_tags or open_tags.pop() != name:
        raise MarkupError(f'Unmatched end tag "{name}"')


def _visible(markup: str) -> str:
    pieces: list[str] = []
    parser = HTMLParser(convert_charrefs=True)
    parser.handle_data = pieces.append  # type: ignore[method-assign]
    parser.feed(markup)
    parser.close()
    return "".join(pieces)


def utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
