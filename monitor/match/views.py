"""A page to the texts that stand in it: what any extractor can take from it is a part of one of them.

Runs of tags become TAG, which joins letters and lets words end, since only a parser knows which tags break a line.
Comments and scripts that are no data vanish; what attributes say to people, and data in JSON, is kept. Linear in the
page. Must not: parse HTML properly, for that is the cost to be saved.

What an extractor may join that no view joins: two words of a phrase with a whole element between them that it drops
together with its text, other than script and style.
"""

from __future__ import annotations

import html
import re
from itertools import chain

from monitor.match.normalise import TAG

_TAG = TAG.encode()
_SILENT = (
    rb"(?P<comment>!--(?!-?>))|(?P<script>[sS][cC](?i:ript)\b(?![^>]{0,1000}json)[^>]*+>)"
    rb"|(?P<style>[sS][tT](?i:yle)\b[^>]*+>)"
)
_HIDDEN = rb"(?P<noscript>[nN][oO](?i:script)\b[^>]*+>)|(?P<template>[tT][eE](?i:mplate)\b[^>]*+>)"
_APART = re.compile(b"<(?=[!sSnNtT])(?:" + _SILENT + b"|" + _HIDDEN + b")")
_UNSEEN = re.compile(b"<(?:" + _SILENT + b")")
_SHOWN_BY_SOME = ("noscript", "template")
_ENDS = {"comment": re.compile(b"--!?>")} | {
    name: re.compile(rf"</{name}\b[^>]*+>".encode(), re.IGNORECASE)
    for name in ("script", "style", "noscript", "template")
}
_TAG_RUNS = re.compile(rb"<[A-Za-z/!?][^>]*+>(?:\s*+<[A-Za-z/!?][^>]*+>)*+")
_QUOTED_TAGS = re.compile(rb"""<[A-Za-z/!?](?:(?:[^<>"']++|"[^"]*+"|'[^']*+')*+>|[^>]*+>)""")
_TAG_BEGINS = re.compile("<[A-Za-z/!?]")
_LINE_BREAKS = re.compile(rf"\n[\s{TAG}]++")
_SPACES = re.compile("  [ \t]*+")
_META = re.compile(rb"""<(?i:meta)\b((?:[^>"']++|"[^"]*+"|'[^']*+')*+[^>]*+)""")
_VALUE = rb"""\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s"'>]++)"""
_ALT = re.compile(b"alt" + _VALUE)
_ESCAPES = re.compile(r"\\(?:u[0-9A-Fa-f]{4}(?:\\u[0-9A-Fa-f]{4})*+|x[0-9A-Fa-f]{2}|[nrtbf])")
_LEVELS = 4
"""How often text may have been escaped once more; seen are two."""


def page_views(raw: str) -> list[str]:
    """Return the texts of a page; of plain text, itself."""
    if not _TAG_BEGINS.search(raw):
        return [_resolved(raw)]
    markup = _visible(_encoded(raw))
    shown = _untagged(markup, _TAG_RUNS)
    texts = [_resolved("\n\n".join((shown, *_said(markup))))]
    if ">" in shown:  # one that stood in quotes, inside a tag
        texts.append(_resolved(_untagged(markup, _QUOTED_TAGS)))
    # Markup may itself be escaped, in JSON or in a description.
    texts += [_untagged(_encoded(text), _TAG_RUNS) for text in texts if "<" in text]
    return [_SPACES.sub(" ", _LINE_BREAKS.sub(f"\n{TAG}", text)) for text in dict.fromkeys(texts)]


def _encoded(text: str) -> bytes:
    """Return the text in UTF-8: markup is ASCII, and searching bytes is cheapest whatever else the text holds."""
    return text.encode("utf-8", "surrogatepass")


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", "surrogatepass")


def _visible(raw: bytes) -> bytes:
    """Return the markup without what nobody is shown.

    What some extractors show and others drop must not stand between other words, and is put at the end.
    """
    markup, gone = _cut(raw, _APART)
    hidden = [_cut(element, _UNSEEN)[0] for kind, element in gone if kind in _SHOWN_BY_SOME]
    return b"\n\n".join((markup, *hidden))


def _untagged(markup: bytes, tags: re.Pattern[bytes]) -> str:
    """Return the text with a TAG for each tag, or each run of tags with nothing but spaces between them."""
    # Behind the last bracket there is none, and looking for one there would cost the square of the length.
    end = markup.rfind(b">") + 1
    return _decoded(tags.sub(_TAG, markup[:end]) + markup[end:])


def _cut(text: bytes, begins: re.Pattern[bytes]) -> tuple[bytes, list[tuple[str, bytes]]]:
    """Return the text with a TAG in place of each element that begins so, and those elements by kind; linear."""
    kept: list[bytes] = []
    gone: list[tuple[str, bytes]] = []
    endless: set[str] = set()
    last = text.rfind(b">") + 1
    done = at = 0
    while found := begins.search(text, at, last):
        kind = found.lastgroup or ""
        end = None if kind in endless else _ENDS[kind].search(text, found.end())
        at = end.end() if end else found.end()
        if end is None:
            endless.add(kind)
            continue
        kept.append(text[done : found.start()])
        gone.append((kind, text[found.start() : at]))
        done = at
    return _TAG.join((*kept, text[done:])), gone


def _said(markup: bytes) -> list[str]:
    """Return what stands for images, and the meta tags whole; other attributes say nothing that an extractor takes."""
    values = (markup[found.start(1) : found.end(1)] for found in _ALT.finditer(markup.lower()))
    return list(map(_decoded, dict.fromkeys(chain(_META.findall(markup), values))))


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
