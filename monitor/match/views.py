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
from itertools import chain

from monitor.match.normalise import TAG

_SILENT = re.compile(
    r"<(?:(?P<comment>!--(?!-?>))|(?P<script>(?i:script)\b(?![^>]{0,1000}json)[^>]*+>)|(?P<style>(?i:style)\b[^>]*+>))"
)
_HIDDEN = re.compile(r"<(?:(?P<noscript>(?i:noscript)\b[^>]*+>)|(?P<template>(?i:template)\b[^>]*+>))")
_ENDS = {"comment": re.compile("--!?>")} | {
    name: re.compile(rf"</{name}\b[^>]*+>", re.IGNORECASE) for name in ("script", "style", "noscript", "template")
}
_TAGS = re.compile("<[A-Za-z/!?][^>]*+>")
_QUOTED_TAGS = re.compile(r"""<[A-Za-z/!?](?:(?:[^<>"']++|"[^"]*+"|'[^']*+')*+>|[^>]*+>)""")
_TAG_BEGINS = re.compile("<[A-Za-z/!?]")
_LINE_BREAKS = re.compile(rf"\n[\s{TAG}]++")
_SPACES = re.compile("  [ \t]*+")
_META = re.compile(r"""<(?i:meta)\b((?:[^>"']++|"[^"]*+"|'[^']*+')*+[^>]*+)""")
_VALUE = r"""\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s"'>]++)"""
# One pattern a spelling: one that begins with plain letters is searched ten times faster than a choice of names.
_SAID = [re.compile(name + _VALUE) for name in ("alt", "title", "ALT", "TITLE")]
_ESCAPES = re.compile(r"\\(?:u[0-9A-Fa-f]{4}(?:\\u[0-9A-Fa-f]{4})*+|x[0-9A-Fa-f]{2}|[nrtbf])")
_LEVELS = 4
"""How often text may have been escaped once more; seen are two."""


def page_views(raw: str) -> list[str]:
    """Return the texts of a page; of plain text, itself."""
    if not _TAG_BEGINS.search(raw):
        return [_resolved(raw)]
    markup, _ = _cut(raw, _SILENT)
    markup, hidden = _cut(markup, _HIDDEN) if "noscript" in markup or "template" in markup else (markup, [])
    # What some extractors show and others drop must not stand between other words.
    markup = "\n\n".join((markup, *hidden))
    shown = _untagged(markup, _TAGS)
    texts = [_resolved("\n\n".join((shown, *_said(markup))))]
    if ">" in shown:  # one that stood in quotes, inside a tag
        texts.append(_resolved(_untagged(markup, _QUOTED_TAGS)))
    # Markup may itself be escaped, in JSON or in a description.
    texts += [_untagged(text, _TAGS) for text in texts if "<" in text]
    return [_SPACES.sub(" ", _LINE_BREAKS.sub(f"\n{TAG}", text)) for text in dict.fromkeys(texts)]


def _untagged(text: str, tags: re.Pattern[str]) -> str:
    """Return the text with a TAG for each tag."""
    # Behind the last bracket there is none, and looking for one there would cost the square of the length.
    end = text.rfind(">") + 1
    return tags.sub(TAG, text[:end]) + text[end:]


def _cut(text: str, begins: re.Pattern[str]) -> tuple[str, list[str]]:
    """Return the text with a TAG in place of each element that begins so, and those elements; linear."""
    kept: list[str] = []
    gone: list[str] = []
    endless: set[str] = set()
    last = text.rfind(">") + 1
    done = at = 0
    while found := begins.search(text, at, last):
        kind = found.lastgroup or ""
        end = None if kind in endless else _ENDS[kind].search(text, found.end())
        at = end.end() if end else found.end()
        if end is None:
            endless.add(kind)
            continue
        kept.append(text[done : found.start()])
        gone.append(text[found.start() : at])
        done = at
    return TAG.join((*kept, text[done:])), gone


def _said(raw: str) -> list[str]:
    """Return what attributes say to people, and the meta tags whole."""
    return list(chain(_META.findall(raw), *(pattern.findall(raw) for pattern in _SAID)))


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
