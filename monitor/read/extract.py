"""The article in a page: its text without menus and teasers, and what the page says of itself.

The door to trafilatura, and to lxml beneath it. Their parser silently drops all text nested deeper than 255
elements; that, or an article that the extractor does not find, is answered with the whole page's text and a page
marked ``degraded``, so that nothing is ever lost without a word.

Must not: fetch, or decide what matches. Runs in a pool child: hostile pages can need minutes.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import Any

import lxml.etree
import lxml.html
import trafilatura

from monitor import text as texts
from monitor.model import Page
from monitor.read.gate import SHORT, weight
from monitor.read.head import Facts, Head, judge

MAX_TEXT = 200_000
FROM_DATA = "article text from the page's JSON-LD"

_PRINT = re.compile(r"/print(?:able)?(?:[/.?]|$)|[?&](?:print(?:able)?|view=print)(?:=(?:1|true|yes)?)?(?:&|$)")
_PROLOG = re.compile(r"\s*<\?xml[^>]*>")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Reading:
    """The article in a page, and what the page says of itself."""

    page: Page
    facts: Facts


def extract(html: str, url: str) -> Page:
    """Read the article from a page. Never raises on any markup, but can take long: give it a deadline from outside."""
    return read(html, url).page


def read(html: str, url: str) -> Reading:
    """As ``extract``, with what the page says of itself."""
    tree, notes = _tree(html)
    facts = judge(Head() if tree is None else _head(tree), url)
    return Reading(_chosen(html, url, tree, facts, notes), facts)


def _chosen(html: str, url: str, tree: Any | None, facts: Facts, notes: tuple[str, ...]) -> Page:
    """Choose between what the extractor found, what the page holds as data, and the whole page."""
    if tree is None:
        return _degraded(html, facts, notes)
    article = "" if notes else _article(tree, url)
    body = _as_text(facts.body)
    if weight(article) >= SHORT and len(article) >= 0.5 * len(body):
        return _page(facts, article, ())
    if weight(body) >= SHORT:
        return _page(facts, body, (*notes, FROM_DATA))
    return _degraded(html, facts, notes) if notes or not article else _short(html, facts, article)


def _short(html: str, facts: Facts, article: str) -> Page:
    """Take a short article when the page holds little more than it."""
    whole = texts.html_to_text(html)
    if weight(whole) <= 6 * weight(article):
        return _page(facts, article, ())
    return _degraded(html, facts, ("the extractor found only a short text",), whole)


def _degraded(html: str, facts: Facts, notes: tuple[str, ...], whole: str | None = None) -> Page:
    text = texts.html_to_text(html) if whole is None else whole
    reason = notes or ("the extractor found no article",)
    return _page(facts, text, (*reason, "the whole page's text stands in for the article"), degraded=True)


def _page(facts: Facts, text: str, notes: tuple[str, ...], *, degraded: bool = False) -> Page:
    cut = (f"text cut at {MAX_TEXT:,} characters",) if len(text) > MAX_TEXT else ()
    return Page(
        title=facts.title,
        text=texts.clean(text, MAX_TEXT),
        extraction="degraded" if degraded else "full",
        author=facts.author,
        published=facts.published,
        language=facts.language,
        canonical_url=facts.canonical_url,
        notes=(*notes, *cut),
    )


def _as_text(body: str) -> str:
    """JSON-LD bodies are text, but many hold markup or entities."""
    return texts.html_to_text(body) if re.search(r"<\w|&\w+;|&#", body) else texts.clean(body)


def _tree(html: str) -> tuple[Any | None, tuple[str, ...]]:
    """Parse the page; the note says when the parser dropped what is nested too deep."""
    parser = lxml.html.HTMLParser(remove_comments=True, remove_pis=True)
    source = _PROLOG.sub("", _FORBIDDEN.sub("", html), count=1)
    try:
        tree = lxml.html.document_fromstring(source, parser=parser)
    except (lxml.etree.LxmlError, ValueError, AssertionError) as error:
        return None, (f"the page cannot be parsed ({type(error).__name__})",)
    deep = any("depth" in entry.message for entry in parser.error_log)
    return tree, (("nested more than 255 elements deep",) if deep else ())


def _article(tree: Any, url: str) -> str:
    """Return the extractor's text, or an empty string."""
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it logs each page without an article as an error
    try:
        found = trafilatura.bare_extraction(
            tree, url=url, favor_recall=True, include_comments=False, include_tables=True, with_metadata=False
        )
    except Exception:  # noqa: BLE001 -- hostile markup raises anything in there; the whole page's text stands in
        return ""
    return texts.clean(getattr(found, "text", None) or "").strip()


def _head(tree: Any) -> Head:
    return Head(
        title=_content(tree.find(".//title")),
        headings=tuple(_content(node) for node in tree.xpath("(//h1)[position() <= 5]")),
        meta=_meta(tree),
        canonical=next(iter(tree.xpath("(//link[translate(@rel, 'CANOIL', 'canoil') = 'canonical'])[1]/@href")), ""),
        language=tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or "",
        scripts=tuple(tree.xpath("(//script[@type='application/ld+json'])[position() <= 20]/text()")),
        versions=_versions(tree),
    )


def _versions(tree: Any) -> tuple[str, ...]:
    """Return links to an AMP version and to a print version: the page's one link that says so by rel or in its path."""
    amp = tree.xpath("(//link[@rel='amphtml'])[1]/@href")
    print_ = tree.xpath("(//link[@rel='alternate' and @media='print'])[1]/@href")
    links = tree.xpath("(//a[contains(@href, 'print')])[position() <= 20]/@href")
    shown = {link for link in links if _PRINT.search(link)}
    return (*amp, *print_, *(shown if len(shown) == 1 else ()))


def _content(node: Any | None) -> str:
    return "" if node is None else str(node.text_content())[:5_000]


def _meta(tree: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in tree.xpath("(//meta[@content])[position() <= 300]"):
        name = node.get("property") or node.get("name") or node.get("itemprop") or node.get("http-equiv") or ""
        found.setdefault(name.lower(), node.get("content"))
    return found
