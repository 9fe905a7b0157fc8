"""A page's raw text to a few squeezed views: whatever an extractor may take from it is a part of one of them.

A view holds letters and digits only, folded, look-alike letters made one: tags inside words, entities, escapes, spaces,
hyphens and invisible characters cannot hide a word in it. Linear in the page. Must not: parse HTML properly (that is the
cost to be saved) or know any word.

What an extractor may join that no view joins: words parted by an element it drops with its content, other than
script and style.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from monitor.match.normalise import skeleton

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMMENT = r"<!--(?>.*?--!?>)"
_SILENT = r"<(?i:script|style)\b(?>.*?</(?i:script|style)\b)[^>]*+>"
_TAGS = re.compile(rf"{_COMMENT}|{_SILENT}|<[^>]*+>", re.DOTALL)
_QUOTED_TAGS = re.compile(
    rf"""{_COMMENT}|{_SILENT}|<[A-Za-z/!?](?:[^<>"']++|"[^"]*+"|'[^']*+')*+>|<[^>]*+>""", re.DOTALL
)
_BRACKET_IN_QUOTES = re.compile(r"""=\s*+(?:"[^">]*+>|'[^'>]*+>)""")
_ESCAPES = re.compile(r"(?:\\u[0-9A-Fa-f]{4})+|\\x[0-9A-Fa-f]{2}|\\[nrtbf]")
_LEVELS = 4
"""How often text may have been escaped once more; seen are two."""


def views(raw: str, url: str = "") -> Iterator[str]:
    """Return the squeezed views of a page and, in the first, of its URL."""
    unescaped = _ESCAPES.sub(_meant, raw) if "\\" in raw else raw
    yield skeleton(f"{unquote(url)}\n{_resolved(unescaped)}")
    if "<" not in unescaped:
        return
    yield skeleton(_resolved(_TAGS.sub("", raw)))
    if unescaped != raw:
        yield skeleton(_resolved(_TAGS.sub("", unescaped)))
    if _BRACKET_IN_QUOTES.search(raw):
        yield skeleton(_resolved(_QUOTED_TAGS.sub("", raw)))


def _meant(found: re.Match[str]) -> str:
    escape = found[0]
    if escape.startswith("\\u"):
        units = bytes.fromhex(escape.replace("\\u", ""))
        return units.decode("utf-16-be", "surrogatepass")
    return chr(int(escape[2:], 16)) if escape.startswith("\\x") else " "


def _resolved(text: str) -> str:
    for _ in range(_LEVELS):
        if "&" not in text:
            break
        meant = html.unescape(text)
        if meant == text:
            break
        text = meant
    return text
