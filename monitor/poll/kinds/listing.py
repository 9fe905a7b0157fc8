"""An HTML page whose links are the entries: by a CSS selector, or by looking for its articles.

A selector names the links, or elements each of which holds one. Without a selector the articles are looked for
(``articles.py``). A page on which none is found is a ``ParseError``, never an empty list: pages change.

Must not: fetch, or read a clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor import tree, urls
from monitor.errors import ParseError
from monitor.poll.kinds import articles, blocks, dates, document, raw
from monitor.poll.kinds.document import Found, Place

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from monitor.tree import Node

MAX_LINKS = 5_000

_FEED = "link[rel~=alternate][type='application/rss+xml'], link[rel~=alternate][type='application/atom+xml']"
_HEADING_LINKS = ", ".join(f"{tag} a[href]" for tag in blocks.HEADINGS.split(", "))
_OLDER = "link[rel~=next], a[rel~=next]"


def factory(_setup: Mapping[str, Any]) -> Callable[[bytes, Mapping[str, Any]], dict[str, Any]]:
    """Make the task of a pool child: ``(body, {"url", "content_type", "selector"})`` to the JSON form of a ``Feed``."""
    return parse


def parse(body: bytes, meta: Mapping[str, Any]) -> dict[str, Any]:
    """Parse one page; ``{"error": kind, "message": ...}`` when it is none, or no entry is found on it."""
    return document.answer(_read, body, meta, form="html")


def _read(text: str, place: Place) -> Found:
    if tree.too_many_attributes(text):
        raise ParseError("parse_error", "one tag with hundreds of attributes")
    page = tree.parse(text) if "<" in text else None
    if page is None:
        raise ParseError("not_a_feed", "no HTML page")
    base = _leads(page, "base[href]", place.url) or place.url
    nodes, notes = _links(page, place.selector)
    groups = blocks.grouped(nodes, base) if place.selector else articles.likely(nodes, base, place.url)
    if not groups:
        raise ParseError("not_a_feed", _nothing(place.selector))
    return Found(
        title=tree.page_title(page),
        language=tree.attribute(page, "lang"),
        entries=[_entry(group, block) for group, block in zip(groups, blocks.blocks(groups), strict=True)],
        notes=(*notes, *_offered(page, base)),
        older=_leads(page, _OLDER, base),
    )


def _links(page: Node, selector: str | None) -> tuple[list[Node], tuple[str, ...]]:
    """Return the links that the selector names, or all of them, and what is to be said of the others."""
    chosen = _chosen(page, selector) if selector else page.css("a[href]")
    nodes = [link for node in chosen[:MAX_LINKS] if (link := _link_of(node)) is not None]
    over, bare = max(0, len(chosen) - MAX_LINKS), min(len(chosen), MAX_LINKS) - len(nodes)
    notes = (
        f"{over} links over {MAX_LINKS} not looked at" if over else "",
        f"found by the selector, but without a link: {bare}" if bare else "",
    )
    return nodes, tuple(note for note in notes if note)


def _chosen(page: Node, selector: str) -> list[Node]:
    if fault := tree.selector_fault(selector):
        raise ParseError("not_a_feed", f"the selector {selector!r} is no CSS selector: {fault}")
    return page.css(selector)


def _link_of(node: Node) -> Node | None:
    """Return the link that an element is, holds in a heading, or holds first; else the one that it stands in."""
    if node.tag == "a":
        return node if _followed(node) else None
    inside = [*node.css(_HEADING_LINKS), *node.css("a[href]"), *(one for one in blocks.above(node) if one.tag == "a")]
    return next(filter(_followed, inside), None)


def _followed(node: Node) -> bool:
    """Tell whether a link leads to a page."""
    link = tree.attribute(node, "href").lower()
    return bool(link) and not link.startswith(("javascript:", "mailto:", "tel:", "data:", "#"))


def _nothing(selector: str | None) -> str:
    if selector:
        return f"the selector {selector!r} finds no link on this page; look at the page's markup again"
    return "no list of articles found on this page; name its links by a CSS selector (selector: in sources.yaml)"


def _entry(group: blocks.Group, block: blocks.Block) -> raw.RawEntry:
    headline = blocks.title(group, block)
    written = blocks.date(block, headline)
    return raw.RawEntry(
        link=group.url,
        title=headline,
        title_is_plain=True,
        summary=blocks.summary(block, headline),
        moment=dates.latest(written),
        date_raw=written,
    )


def _offered(page: Node, base: str) -> Sequence[str]:
    """Say which feed the page names: a feed is surer than what can be read from a page."""
    feed = _leads(page, _FEED, base)
    return (f"the page names a feed, kind: feed would be surer: {feed}",) if feed else ()


def _leads(page: Node, selector: str, base: str) -> str:
    """Return the address that the first such element leads to, or an empty string."""
    link = tree.attribute(page.css_first(selector), "href")
    return (urls.join(base, link) if link else None) or ""
