"""A page's markup without what nobody is shown, and its tags as marks that tell whether they break the line.

In bytes: markup is ASCII, searching bytes is cheapest whatever else the page holds, and UTF-8 leaves some that can be
marks. Linear in the page. Must not: parse HTML properly, for that is the cost to be saved.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from monitor.text import BLOCK as BLOCK_NAME

GONE, SPACE, BLOCK = b"\xfe", b"\xfd", b"\xff"
"""Marks of what stood between two words: an element or tags that do not part them, such tags with a space between
them, tags of which one breaks the line."""

_TAG = r"[A-Za-z/!?][^>]*+>"
_BLOCK = rf"{BLOCK_NAME}[^>]*+>(?:\s*+<{_TAG})*()"
_INLINE = rf"(?!{BLOCK_NAME}){_TAG}"
# No group of these is possessive: before Python 3.11.5 one that fails half-way has moved on (gh-106052).
TAG_RUNS = re.compile(rf"<{_TAG}(?:\s*+<{_TAG})*".encode())
QUOTED_TAGS = re.compile(rb"""<[A-Za-z/!?](?:(?>(?:[^<>"']++|"[^"]*+"|'[^']*+')*)>|[^>]*+>)""")
_RUNS = re.compile(
    rf"<(?:{_BLOCK}|{_TAG}(?:<{_INLINE})*(?:(\s)\s*+<{_INLINE}(?:\s*+<{_INLINE})*|)(?:\s*+<{_BLOCK}|))".encode()
)
"""As TAG_RUNS; of its groups the last one that is there tells what the run does."""
_MARKS = (GONE, BLOCK, SPACE, BLOCK)

_SILENT = (
    rb"(?P<comment>!--(?!-?>))|(?P<script>[sS][cC](?i:ript)\b(?![^>]{0,1000}json)[^>]*+>)"
    rb"|(?P<style>[sS][tT](?i:yle)\b[^>]*+>)"
)
_READ_BY_SOME = (
    rb"(?P<data>[sS][cC](?i:ript)\b[^>]*+>)"
    rb"|(?P<noscript>[nN][oO](?i:script)\b[^>]*+>)|(?P<template>[tT][eE](?i:mplate)\b[^>]*+>)"
)
_APART = re.compile(b"<(?=[!sSnNtT])(?:" + _SILENT + b"|" + _READ_BY_SOME + b")")
_UNSEEN = re.compile(b"<(?:" + _SILENT + b")")
_SCRIPT_ENDS = re.compile(rb"</(?i:script)\b[^>]*+>")
_ENDS = {"comment": re.compile(b"--!?>"), "script": _SCRIPT_ENDS, "data": _SCRIPT_ENDS} | {
    name: re.compile(rf"</(?i:{name})\b[^>]*+>".encode()) for name in ("style", "noscript", "template")
}


class Cut(NamedTuple):
    """Markup from which elements were cut."""

    kept: bytes
    """What is left, with GONE in place of each."""
    gone: list[tuple[str, bytes]]
    """Their kinds, and what stood in them."""
    whole: bool
    """Whether each that begins also ends; what does not is kept."""


def encoded(text: str) -> bytes:
    """Return the text in UTF-8, whatever it holds."""
    return text.encode("utf-8", "surrogatepass")


def decoded(text: bytes) -> str:
    """Return what was ``encoded``."""
    return text.decode("utf-8", "surrogatepass")


def apart(raw: bytes) -> tuple[Cut, list[bytes]]:
    """Return the markup without what nobody is shown, and beside it what some extractors read and others drop.

    The latter must not stand between other words.
    """
    page = _cut(raw, _APART)
    return page, list(_read_by_some(page))


def marked(markup: bytes) -> bytes:
    """Return the text with a mark for each run of tags with nothing but spaces between them."""
    return _replaced(_RUNS, _mark, markup)


def untagged(markup: bytes, mark: bytes, tags: re.Pattern[bytes] = TAG_RUNS) -> bytes:
    """Return the text with this mark for each tag, or each run of tags."""
    return _replaced(tags, mark, markup)


def _mark(run: re.Match[bytes]) -> bytes:
    return _MARKS[run.lastindex or 0]


def _replaced(tags: re.Pattern[bytes], new: bytes | Callable[[re.Match[bytes]], bytes], markup: bytes) -> bytes:
    # Behind the last bracket there is no tag, and looking for one there would cost the square of the length.
    end = markup.rfind(b">") + 1
    return tags.sub(new, markup[:end]) + markup[end:]


def _read_by_some(cut: Cut) -> Iterator[bytes]:
    for kind, content in cut.gone:
        if kind == "data":
            data = _cut(content, _APART)
            yield data.kept
            yield from _read_by_some(data)
        elif kind in {"noscript", "template"}:
            yield _cut(content, _UNSEEN).kept


def _cut(text: bytes, begins: re.Pattern[bytes]) -> Cut:
    """Cut the elements that begin so; linear."""
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
        gone.append((kind, text[found.end() : end.start()]))
        done = at
    return Cut(GONE.join((*kept, text[done:])), gone, not endless)
