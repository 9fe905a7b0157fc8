"""Telegram's HTML as its Bot API reads it (https://core.telegram.org/bots/api#html-style): is a text that? Pure.

Must not: mend anything. It is stricter than the API in small things, so what passes here is taken there.
"""

from __future__ import annotations

import re
from typing import Final

from monitor.deliver.plain import units

LONGEST: Final = 4096
"""Telegram's own limit in UTF-16 units, which counts the text without its markup."""

_TAGS: Final = frozenset(
    {"a", "b", "blockquote", "code", "del", "em", "i", "ins", "pre", "s", "span", "strike", "strong", "tg-spoiler", "u"}
)
_TAG: Final = re.compile(r'<(/?)([a-z-]++)((?>(?:\s++[a-z-]++(?:="[^"<>]*+")?)*))\s*+>')
_ATTRIBUTES: Final = re.compile(r'\s+([a-z-]+)(?:="([^"]*)")?')
_ENTITY: Final = re.compile(r"&(?:lt|gt|amp|quot|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});")
_ALLOWED: Final = (
    ("a", "href", re.compile(r"(?:https?://|tg://|mailto:).+", re.IGNORECASE)),
    ("code", "class", re.compile(r"language-[\w+-]+")),
    ("span", "class", re.compile(r"tg-spoiler")),
    ("blockquote", "expandable", re.compile("")),
)


def objection(text: str) -> str | None:
    """Why Telegram would not take ``text``, in words; None where it would."""
    if not _ENTITY.sub("x", _TAG.sub("", text)).strip():
        return "there is no text in it"
    shown = units(_ENTITY.sub("x", _TAG.sub("", text)))
    if shown > LONGEST:
        return f"{shown} UTF-16 units of text; Telegram takes {LONGEST}"
    if any("\ud800" <= char <= "\udfff" for char in text):
        return "a lone surrogate"
    return _unbalanced(text) or _stray(text)


def _unbalanced(text: str) -> str | None:
    open_tags: list[str] = []
    for tag in _TAG.finditer(text):
        closing, name, attributes = tag.groups()
        if name not in _TAGS:
            return f"Telegram knows no <{name}>"
        if closing and (not open_tags or open_tags.pop() != name):
            return f"</{name}> closes nothing"
        if not closing:
            open_tags.append(name)
            if wrong := _attribute(name, attributes):
                return wrong
    return f"<{open_tags[-1]}> is not closed" if open_tags else None


def _attribute(name: str, attributes: str) -> str | None:
    for key, value in _ATTRIBUTES.findall(attributes):
        if not any(name == tag and key == known and form.fullmatch(value) for tag, known, form in _ALLOWED):
            return f'Telegram allows no {key}="{value[:40]}" in <{name}>'
    return None


def _stray(text: str) -> str | None:
    rest = _TAG.sub("", text)
    if "<" in rest or ">" in rest:
        return "a < or > that is no tag's; write &lt; or &gt;"
    return "an & that begins no entity; write &amp;" if "&" in _ENTITY.sub("", rest) else None
