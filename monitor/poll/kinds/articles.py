"""Which links of a page are its articles, where the user named no selector.

Each address is scored by what speaks for an article: a heading, a date next to it, a long text, an address like an
article's. Then links that stand alike on the page (the same elements round them) are judged together, so that a short
headline among long ones is kept and a long word in a menu is not. What stands in navigation, page foot, menus and
lists of tags is left out before. A link too many costs one fetch; one too few is a missed article. Pure.

Must not: parse HTML.
"""

from __future__ import annotations

import re
import statistics
from collections import defaultdict
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor import tree, urls
from monitor.poll.kinds import blocks
from monitor.poll.kinds.blocks import Group, above, weight

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from monitor.tree import Node

ENOUGH = 4
"""Median score of a block of links that are articles."""
ALONE = 6
"""Score of an article that stands alone, such as the lead story."""
LEAST = 0
"""Score below which a link is no article even among articles."""
SPREAD = 4
"""How far below the best block of links another one may be."""

_FRAME_TAGS = frozenset({"nav", "footer", "button", "select", "dialog"})
_FRAME_ROLES = frozenset({"navigation", "contentinfo", "search", "menu", "menubar", "banner", "dialog"})
_FRAME_WORDS = frozenset(
    # one block of words, not twenty quoted lines
    """nav navbar navigation menu submenu footer breadcrumb breadcrumbs pagination pager paging social share sharing
    tags taglist cookie cookies consent languages lang login topbar""".split(),  # noqa: SIM905
)
_SPLIT = re.compile(r"[^A-Za-z]+|(?<=[a-z])(?=[A-Z])")
_SECTION = re.compile(
    r"/(?:tags?|categor(?:y|ies)|authors?|topics?|page|search|login|register|signin|account|about|contacts?|privacy|"
    r"terms|rss|feeds?|subscribe|newsletter|sitemap|cookies?|help|faq|jobs|careers|advertis\w{0,10}|wp-login)(?:[/.?]|\Z)|"
    r"[?&](?:page|paged|offset|lang|tag|cat)=",
    re.IGNORECASE,
)
_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|mp[34]|zip|css|js|xml|json|ics)\Z", re.IGNORECASE)
_NUMBER = re.compile(r"\d{4}")
_TWINS = re.compile(r"^(?:www|m|mobile|amp)\.")


def likely(nodes: Sequence[Node], base: str, page: str) -> list[Group]:
    """Return the addresses that are articles, in the order of the page; ``page`` is the listing's own address.

    Where nothing is left outside what is named like a menu, that is looked at too.
    """
    outside = _outside([node for node in nodes if not _is_marked(node)], _is_frame)
    return _best(_outside(outside, _is_named_frame), base, page) or _best(outside, base, page)


def _best(nodes: Sequence[Node], base: str, page: str) -> list[Group]:
    groups = [group for group in blocks.grouped(nodes, base) if _may_be(group, page)]
    parts = blocks.blocks(groups)
    scores = [_score(group, block, page) for group, block in zip(groups, parts, strict=True)]
    medians = _medians([_signature(group.nodes[0]) for group in groups], scores)
    enough = max(ENOUGH, max((median or 0 for median in medians), default=0) - SPREAD)
    return [
        group
        for group, score, median in zip(groups, scores, medians, strict=True)
        if score >= ALONE or (score >= LEAST and median is not None and median >= enough)
    ]


def _outside(nodes: Iterable[Node], is_frame: Callable[[Node], bool]) -> list[Node]:
    """Leave out the links that stand in what frames a page."""
    known: dict[int, bool] = {}
    kept = []
    for node in nodes:
        for element in (around := list(above(node))):
            if element.mem_id not in known:
                known[element.mem_id] = is_frame(element)
        if not any(known[element.mem_id] for element in around):
            kept.append(node)
    return kept


def _is_frame(element: Node) -> bool:
    """Tell whether an element is navigation, or the head or foot of the page, by what it is."""
    if element.tag in _FRAME_TAGS or tree.attribute(element, "role").lower() in _FRAME_ROLES:
        return True
    if element.tag == "header":  # the page's own, not that of an article
        return not any(outer.tag in {"article", "section", "li", "main"} for outer in above(element))
    return False


def _is_named_frame(element: Node) -> bool:
    """Tell whether an element is named like a menu, a row of tags or the like, and has nothing of an article in it."""
    named = f"{tree.attribute(element, 'class')} {tree.attribute(element, 'id')}"[:500]
    words = {word.lower() for word in _SPLIT.split(named)}
    framing = element.tag == "form" or bool(words & _FRAME_WORDS)
    return framing and element.css_first(f"time, article, main, {blocks.HEADINGS}") is None


def _is_marked(node: Node) -> bool:
    """Tell whether the link itself says that it leads to no article."""
    return bool({"tag", "author", "next", "prev", "license", "me"} & set(tree.attribute(node, "rel").lower().split()))


def _may_be(group: Group, page: str) -> bool:
    """Tell whether the address is another page of the same site."""
    if urls.url_key(group.url) == urls.url_key(page) or _FILE.search(urlsplit(group.url).path):
        return False
    one, other = (_TWINS.sub("", urls.host_of(url)) for url in (group.url, page))
    return one == other or one.endswith("." + other) or other.endswith("." + one)


def _score(group: Group, block: blocks.Block, page: str) -> int:
    headed = bool(blocks.heading(group, block))
    text = blocks.title(group, block)
    long = sum(weight(text) >= least for least in (15, 25, 40))
    dated = bool(blocks.date(block, text))
    return 3 * headed + long + 2 * dated + _address_score(group.url, page)


def _address_score(url: str, page: str) -> int:
    parts, own = urlsplit(url), urlsplit(page).path.rstrip("/")
    place = f"{parts.path}?{parts.query}" if parts.query else parts.path
    last = parts.path.rstrip("/").rpartition("/")[2]
    slug = last.count("-") + last.count("_") >= 3 or last.count("%") >= 10
    below = bool(own) and parts.path.startswith(f"{own}/")
    home = parts.path in {"", "/"} and not parts.query
    return 2 * slug + bool(_NUMBER.search(place)) + below - 3 * bool(_SECTION.search(place)) - 6 * home


def _signature(node: Node) -> str:
    """Return what stands round a link: its element and the four above it, each with its first class."""
    chain = [node, *(element for _, element in zip(range(4), above(node), strict=False))]
    return ">".join(f"{element.tag}.{_first_class(element)}" for element in chain)


def _first_class(element: Node) -> str:
    """Return the first class that does not count: ``post-123``, ``odd`` and ``first`` differ from card to card."""
    names = tree.attribute(element, "class").split()
    return next((one for one in names if not re.search(r"\d|^(?:first|last|odd|even|active)$", one)), "")


def _medians(signatures: Sequence[str], scores: Sequence[int]) -> list[float | None]:
    """Return for each link the median score of those that stand alike; None for one that stands alone."""
    alike: dict[str, list[int]] = defaultdict(list)
    for signature, score in zip(signatures, scores, strict=True):
        alike[signature].append(score)
    return [statistics.median(alike[one]) if len(alike[one]) > 1 else None for one in signatures]
