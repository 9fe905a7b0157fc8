"""A page to the texts that stand in it: what any extractor can take from it is a part of one of them.

Tags become TAG, which joins letters and lets words end, since only a parser knows which tags break a line. Comments and
scripts that are no data vanish; what attributes say to people, and data in JSON, is kept. Linear in the page. Must not:
parse HTML properly, for that is the cost to be saved.

What an extractor may join that no view joins: two words of a phrase with a whole element between them that it drops
together with its text, other than script and style.
"""

from __future__ import annotations

import html
import re

from monitor.match.normalise import TAG

_COMMENT = r"<!--(?!-?>)(?>.*?--!?>)"
_SILENT = r"<(?i:script\b(?![^>]*json)|style\b)[^>]*+>(?>.*?</(?i:script|style)\b)[^>]*+>"
_TAGS = re.compile(rf"{_COMMENT}|{_SILENT}|<[^>]*+>", re.DOTALL)
_QUOTED_TAGS = re.compile(
    rf"""{_COMMENT}|{_SILENT}|<[A-Za-z/!?](?:[^<>"']++|"[^"]*+"|'[^']*+')*+>|<[^>]*+>""", re.DOTALL
)
_BRACKET_WAS_QUOTED = re.compile(r"""["']\s*+/?>""")
_SAYING = re.compile(
    r"""\b(?:content|alt|title|label|caption|summary|description|placeholder|value)\s*+=\s*+"""
    r"""("[^"]*+"|'[^']*+'|[^\s"'>]++)""",
    re.IGNORECASE,
)
_ESCAPES = re.compile(r"(?:\\u[0-9A-Fa-f]{4})+|\\x[0-9A-Fa-f]{2}|\\[nrtbf]")
_LEVELS = 4
"""How often text may have been escaped once more; seen are two."""


def page_views(raw: str) -> list[str]:
    """Return the texts of a page (or of plain text, as it is)."""
    if "<" not in raw:
        return [_resolved(raw)]
    said = "\n\n".join(_SAYING.findall(raw))
    shown = _TAGS.sub(TAG, raw)
    texts = [_resolved(shown), _resolved(said)]
    if _BRACKET_WAS_QUOTED.search(shown):
        texts.append(_resolved(_QUOTED_TAGS.sub(TAG, raw)))
    # Markup may itself be escaped, in JSON or in a description.
    return texts + [_TAGS.sub(TAG, text) for text in texts if "<" in text]


def _resolved(text: str) -> str:
    """Return the text with JavaScript escapes and HTML entities as the characters they mean."""
    if "\\" in text:
        text = _ESCAPES.sub(_meant, text)
    for _ in range(_LEVELS):
        if "&" not in text:
            break
        meant = html.unescape(text)
        if meant == text:
            break
        text = meant
    return text


def _meant(found: re.Match[str]) -> str:
    escape = found[0]
    if escape.startswith("\\u"):
        return bytes.fromhex(escape.replace("\\u", "")).decode("utf-16-be", "replace")
    return chr(int(escape[2:], 16)) if escape.startswith("\\x") else "\n"
