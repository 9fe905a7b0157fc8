"""The links of a page, put together by the address they lead to, each with the part of the page that is about it.

A link's block is the largest element in which no other such link stands: a card, a table row, a list item. Its date,
its headline and its summary are looked for there. Pure.

Must not: decide which links are articles.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor import tree, urls
from monitor.poll.kinds import dates
from monitor.text import html_to_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from monitor.tree import Node

MAX_MARKUP = 20_000
"""Characters of markup read for one headline, date or summary."""
MIN_TITLE = 15
"""Weight of a text that can be a headline by itself."""
MAX_ABOVE = 60
"""Elements looked at above a link."""

HEADINGS = "h1, h2, h3, h4, h5, h6"
_HEADING_TAGS = frozenset(HEADINGS.split(", "))
_FLAT = _HEADING_TAGS | {"a", "dt"}
_TITLED = "[class*=title i], [class*=headline i], [itemprop=headline]"
_LETTERS = re.compile(r"[^\W\d_]{3,}")
_WIDE = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class Group:
    """All links of a page to one address."""

    url: str
    nodes: tuple[Node, ...]
    text: str
    """The longest text of one of them in one line; without those that stand on other links too (``read more``)."""


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the page about one address, and what follows it where the page is flat."""

    parts: tuple[Node, ...]

    def first(self, selector: str) -> Node | None:
        """Return the first element that the selector finds."""
        return next((found for part in self.parts if (found := part.css_first(selector)) is not None), None)

    def lines(self) -> list[str]:
        """Return the visible text, one line for each of its blocks."""
        return [
            line for part in self.parts for line in html_to_text((part.html or "")[:MAX_MARKUP]).split("\n") if line
        ]


def grouped(nodes: Iterable[Node], base: str) -> list[Group]:
    """Put links together by address, in the order of the page; what is no http(s) address is left out."""
    by_key: dict[str, list[tuple[Node, str]]] = defaultdict(list)
    for node in nodes:
        link = tree.attribute(node, "href")
        url = urls.join(base, link) if link else None
        if url:
            by_key[urls.url_key(url)].append((node, url))
    texts = {key: [tree.words(node, MAX_MARKUP) for node, _ in links] for key, links in by_key.items()}
    common = _common(texts)
    return [
        Group(_plainest(links), tuple(node for node, _ in links), max(set(texts[key]) - common, key=len, default=""))
        for key, links in by_key.items()
    ]


def _plainest(links: Sequence[tuple[Node, str]]) -> str:
    """Return the first address without a fragment (``#comments``), if there is one."""
    return next((url for _, url in links if "#" not in url), links[0][1].partition("#")[0])


def _common(texts: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """Return the texts that stand on links to three addresses or more: words such as ``read more``."""
    places: dict[str, set[str]] = defaultdict(set)
    for key, some in texts.items():
        for text in some:
            places[text].add(key)
    return frozenset(text for text, keys in places.items() if len(keys) > 2)


def above(node: Node) -> Iterator[Node]:
    """Yield the elements round one, from within, up to the page's body."""
    at = node.parent
    for _ in range(MAX_ABOVE):
        if at is None or at.tag in {"body", "html", "-document"}:
            return
        yield at
        at = at.parent


def blocks(groups: Sequence[Group]) -> list[Block]:
    """Return the block of each group."""
    owners: dict[int, int] = {}
    for number, group in enumerate(groups):
        for node in group.nodes:
            for element in (node, *above(node)):
                owner = owners.setdefault(element.mem_id, number)
                if owner != number:
                    owners[element.mem_id] = -1
    return [_block(group.nodes, number, owners, alone=len(groups) == 1) for number, group in enumerate(groups)]


def _block(nodes: Sequence[Node], number: int, owners: Mapping[int, int], *, alone: bool) -> Block:
    """Climb from the group's links to its largest element; where that is a bare heading, take what follows it."""
    largest = [_climb(node, number, owners, 3 if alone else MAX_ABOVE) for node in nodes]
    parts = list({part.mem_id: part for part in largest}.values())
    last = parts[-1]
    if last.tag in _FLAT:
        parts += _followers(last, owners)
    return Block(tuple(parts))


def _climb(node: Node, number: int, owners: Mapping[int, int], most: int) -> Node:
    for _, element in zip(range(most), above(node), strict=False):
        if owners[element.mem_id] != number:
            break
        node = element
    return node


def _followers(node: Node, owners: Mapping[int, int]) -> list[Node]:
    """Return up to three elements after this one that have no link of another group in them."""
    found: list[Node] = []
    after = node.next
    while after is not None and len(found) < 3:
        if after.is_element_node:
            if after.mem_id in owners or after.tag in _HEADING_TAGS:
                break
            found.append(after)
        after = after.next
    return found


def heading(group: Group, block: Block) -> str:
    """Return the heading that the links stand in or hold; where they say little themselves, one in their block."""
    own = (node.css_first(HEADINGS) or _heading_above(node) for node in group.nodes)
    inside = next((one for one in own if one is not None), None)
    if inside is not None or weight(group.text) >= MIN_TITLE:
        return tree.words(inside, MAX_MARKUP)
    return tree.words(block.first(HEADINGS), MAX_MARKUP)


def _heading_above(node: Node) -> Node | None:
    return next((element for element in above(node) if element.tag in _HEADING_TAGS), None)


def title(group: Group, block: Block) -> str:
    """Return the headline: a heading, what is marked as a title, the link's text, or what it says of itself."""
    marked = next((one for node in group.nodes if (one := node.css_first(_TITLED)) is not None), None)
    named = heading(group, block) or tree.words(marked, MAX_MARKUP) or _first_line(group)
    return named or _label(group) or tree.words(block.first(_TITLED), MAX_MARKUP)


def _first_line(group: Group) -> str:
    """Return the link's text; where it wraps a whole card, the first line of it that can be a headline."""
    lines = [line for node in group.nodes for line in html_to_text((node.html or "")[:MAX_MARKUP]).split("\n")]
    if group.text in lines:
        return group.text
    return next((line for line in lines if weight(line) >= MIN_TITLE and not is_date(line)), group.text)


def _label(group: Group) -> str:
    """Return what a link without text is called: its title, its label, its picture's description."""
    pictures = [node.css_first("img[alt]") for node in group.nodes]
    labels = [tree.attribute(node, name) for node in group.nodes for name in ("title", "aria-label")]
    return max((*labels, *(tree.attribute(picture, "alt") for picture in pictures)), key=len, default="")


def date(block: Block, headline: str) -> str:
    """Return the date as written: of a ``time`` element, else a line that holds a date and hardly anything else."""
    for part in block.parts:
        for node in part.css("time"):
            for written in (tree.attribute(node, "datetime"), tree.words(node, MAX_MARKUP)):
                if dates.latest(written):
                    return written
    lines = (line.replace(headline, " ").strip() if headline else line for line in block.lines())
    return next((line for line in lines if is_date(line)), "")


def is_date(line: str) -> bool:
    """Tell whether a line is a date: a sentence that names one is not when something was published."""
    return len(line) <= 60 and len(_LETTERS.findall(line)) <= 2 and dates.latest(line) is not None


def summary(block: Block, headline: str) -> str:
    """Return the longest line of the block that is neither headline nor date, when it is no mere word."""
    lines = [line for line in block.lines() if line not in headline and headline not in line and not is_date(line)]
    longest = max(lines, key=len, default="")
    return longest if weight(longest) >= 30 else ""


def weight(text: str) -> int:
    """Length in characters, where a character of a script without spaces counts three."""
    return len(text) + 2 * len(_WIDE.findall(text))
