"""HTML as a tree that is asked by CSS selectors. The door to selectolax, beside ``text.py``.

Must not: know where a page comes from, or what is looked for on it. Parsing is not linear in the depth of nesting:
run hostile pages in the pool.
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from monitor.text import clean, html_to_text

Node = LexborNode
"""An element. ``css`` finds in it and among it: also the element itself."""

LONGEST_SELECTOR = 500
MAX_NAMES = 1_000
"""Attribute names and bare values in one tag."""

_UNSEEN = ["script", "style", "noscript", "template"]
_SCRIPT = re.compile(r"<(script|style)\b(?:.*?</\1|.*)|<!--(?:.*?-->|.*)", re.DOTALL | re.IGNORECASE)
_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{4096,}")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_NAME = re.compile(r"[^\s/=\"']+")
_SURROGATES = re.compile("[\x00\ud800-\udfff]")


def too_many_attributes(html: str) -> bool:
    """Tell whether one tag has so many attributes that every parser needs quadratic time for it.

    What stands between quotes may be as long as it likes: pages keep whole lists of articles in an attribute.
    """
    tags = _LONG_TAG.finditer(_SCRIPT.sub("", html))
    return any(len(_NAME.findall(_QUOTED.sub(" ", tag.group()))) > MAX_NAMES for tag in tags)


def parse(html: str) -> Node | None:
    """Return the root element, without scripts, styles and templates; None where there is none."""
    parser = LexborHTMLParser(_SURROGATES.sub("", html))
    parser.strip_tags(_UNSEEN, recursive=True)
    return parser.root


def words(node: Node | None, limit: int) -> str:
    """Return the visible text of an element in one line, of at most ``limit`` characters of markup."""
    return " ".join(html_to_text((node.html or "")[:limit]).split()) if node else ""


def page_title(page: Node) -> str:
    """Return what a page is called in its head, in one line."""
    node = page.css_first("head title")
    return " ".join(clean(node.text()).split()) if node else ""


def attribute(node: Node | None, name: str) -> str:
    """Return the value of an attribute, or an empty string where element, attribute or value is absent."""
    return clean((node.attributes.get(name) if node else None) or "").strip()


def selector_fault(selector: str) -> str | None:
    """Say why this is no CSS selector that can be used; None when it is one."""
    if len(selector) > LONGEST_SELECTOR:
        return f"it is longer than {LONGEST_SELECTOR} characters"
    try:
        LexborHTMLParser("<p>").css(selector)
    except SelectolaxError:
        return "it cannot be read"
    return None
