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
_SCRIPT = (
    r"<[sS](?:(?i:cript)\b(?![^>]*json)|(?i:tyle)\b)[^>]*+>"
    r"[^<]*+(?:<(?!/(?i:script|style)\b)[^<]*+)*+</(?i:script|style)\b[^>]*+>"
)
_SILENT = re.compile(f"{_COMMENT}|{_SCRIPT}", re.DOTALL)
_TAGS = re.compile("<[A-Za-z/!?][^>]*+>")
_QUOTED_TAGS = re.compile(r"""<[A-Za-z/!?](?:(?:[^<>"']++|"[^"]*+"|'[^']*+')*+>|[^>]*+>)""")
_TAG_BEGINS = re.compile("<[A-Za-z/!?]")
_BRACKET_WAS_QUOTED = re.compile(r"""["']\s*+/?>""")
_HIDDEN = re.compile(r"<(?i:noscript|template)\b[^>]*+>(?>.*?</(?i:noscript|template)\b)[^>]*+>", re.DOTALL)
_LINE_BREAKS = re.compile(rf"[\s{TAG}]*\n[\s{TAG}]*+")
_SPACES = re.compile(r"[ \t]{2,}")
_SAYING = ("content", "alt", "title", "label")
_VALUE = r"""\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s"'>]++)"""
# One pattern a spelling: one that begins with plain letters is searched ten times faster than a choice of names.
_SAID = {
    spelling: re.compile(spelling + _VALUE) for name in _SAYING for spelling in (name, name.upper(), name.capitalize())
}
_ESCAPES = re.compile(r"(?:\\u[0-9A-Fa-f]{4})+|\\x[0-9A-Fa-f]{2}|\\[nrtbf]")
_LEVELS = 4
"""How often text may have been escaped once more; seen are two."""


def page_views(raw: str) -> list[str]:
    """Return the texts of a page; of plain text, itself."""
    if not _TAG_BEGINS.search(raw):
        return [_resolved(raw)]
    markup = _aside(_SILENT.sub(TAG, raw))
    shown = _TAGS.sub(TAG, markup)
    texts = [_resolved(shown), _resolved("\n\n".join(_said(raw)))]
    if _BRACKET_WAS_QUOTED.search(shown):
        texts.append(_resolved(_QUOTED_TAGS.sub(TAG, markup)))
    # Markup may itself be escaped, in JSON or in a description.
    texts += [_TAGS.sub(TAG, text) for text in texts if "<" in text]
    return [_SPACES.sub(" ", _LINE_BREAKS.sub(f"\n{TAG}", text)) for text in dict.fromkeys(texts)]


def _aside(markup: str) -> str:
    """Return the markup with what some extractors show and others drop moved to its end."""
    hidden = _HIDDEN.findall(markup) if "noscript" in markup or "template" in markup else []
    return "\n\n".join((_HIDDEN.sub(TAG, markup), *hidden)) if hidden else markup


def _said(raw: str) -> list[str]:
    """Return the values of the attributes that speak to people."""
    return [value for spelling, said in _SAID.items() if spelling in raw for value in said.findall(raw)]


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
    return chr(int(escape[2:4], 16)) if escape.startswith("\\x") else "\n"
