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
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from monitor.match.markup import BLOCK, GONE, QUOTED_TAGS, SPACE, apart, decoded, encoded, marked, untagged
from monitor.match.normalise import TAG
from monitor.text import BREAK, in_lines

_TAG = TAG.encode()
_TAG_BEGINS = re.compile("<[A-Za-z/!?]")
_LINE_BREAKS = re.compile(rf"\n[\s{TAG}]++")
_SPACES = re.compile("  [ \t]*+")
_BODY = re.compile(rb"<(?i:body)\b")
_TITLE = re.compile(rb"<(?i:title)\b[^>]*+>[^<]*+</(?i:title)\b[^>]*+>")
_LEFT_OPEN = re.compile(b"<[A-Za-z/!?]")
_META = re.compile(rb"""<meta\b((?:[^>"']++|"[^"]*+"|'[^']*+')*[^>]*+)""")
_ALT = re.compile(rb"""alt\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s"'>]++)""")
_ESCAPES = re.compile(r"\\(?:u[0-9A-Fa-f]{4}(?>(?:\\u[0-9A-Fa-f]{4})*)|x[0-9A-Fa-f]{2}|[nrtbf])")
_LEVELS = 4
"""How often text may have been escaped once more; seen are two."""


@dataclass(frozen=True, slots=True)
class Views:
    """A page as it may be read."""

    texts: list[str]
    """What any extractor can take from the page is a part of one of these."""
    body: bytes | None = None
    """What the page shows, with marks for its tags; None where only a parser can tell."""

    def shown(self) -> str | None:
        """Return the visible text as ``monitor.text.html_to_text`` does; None where only a parser can tell."""
        if self.body is None:
            return None
        text = self.body.replace(GONE, b"").replace(SPACE, b" ").replace(BLOCK, BREAK.encode())
        return in_lines(html.unescape(decoded(text)))


def page_views(raw: str) -> Views:
    """Return the texts of a page; of plain text, itself."""
    if not _TAG_BEGINS.search(raw):
        return Views([_resolved(raw)])
    page, beside = apart(encoded(raw))
    begin = _BODY.search(page.kept)
    start = begin.start() if begin else 0
    head, body = page.kept[:start], marked(page.kept[start:])
    texts = _texts(untagged(head, _TAG) + body, page.kept, b"\n\n".join(beside))
    return Views(texts, body if begin and page.whole and _is_plain(head, body) else None)


def _texts(shown: bytes, page: bytes, beside: bytes) -> list[str]:
    """Return the views of a page that shows this, of its markup and of what some read beside it."""
    seen = b"\n\n".join((shown, untagged(beside, _TAG)))
    words = b"\n\n".join((seen, *dict.fromkeys(chain(_said(page), _said(beside)))))
    for mark in (GONE, SPACE, BLOCK):
        words = words.replace(mark, _TAG)
    texts = [_resolved(decoded(words))]
    if b">" in seen:  # one that stood in quotes, inside a tag
        markup = b"\n\n".join((page, beside)).replace(GONE, _TAG)
        texts.append(_resolved(decoded(untagged(markup, _TAG, QUOTED_TAGS))))
    # Markup may itself be escaped, in JSON or in a description.
    texts += [decoded(untagged(encoded(text), _TAG)) for text in texts if "<" in text]
    return [_SPACES.sub(" ", _LINE_BREAKS.sub(f"\n{TAG}", text)) for text in dict.fromkeys(texts)]


def _is_plain(head: bytes, body: bytes) -> bool:
    """Tell whether every bracket of the body was a tag's, and nothing but a title is said before it."""
    silent = not untagged(_TITLE.sub(b"", head), GONE).replace(GONE, b"").strip()
    return silent and b">" not in body and not _LEFT_OPEN.search(body)


def _said(markup: bytes) -> Iterator[bytes]:
    """Yield what stands for images, and the meta tags whole; other attributes say nothing that an extractor takes."""
    lower = markup.lower()
    for found in chain(_META.finditer(lower), _ALT.finditer(lower)):
        yield markup[found.start(1) : found.end(1)]


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
