"""Links that lead to an article by way of somebody else, and what an address alone tells. Pure; opens nothing.

Search engines and feeds link to pages of their own that lead on to the article. Where such a link carries the
article's address, it is taken from there; where only a page of theirs names it, from that page. New Google News links
do neither: their target is known to Google's private interface alone.

Must not: fetch, or follow any other link a page names (a meta refresh of an ordinary page is not followed).
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl, unquote, urlsplit

from monitor import urls

_BETWEEN = tuple(
    (name, re.compile(place), fields)
    for name, place, fields in (
        ("Google News", r"news\.google\.com/(?:[^?]{0,40}/)?(?:articles|read)/[\w-]{16,}", ()),
        ("Google", r"(?:www\.)?google\.[a-z.]{2,6}/url", ("url", "q")),
        ("Bing News", r"(?:www\.)?bing\.com/news/apiclick\.aspx", ("url",)),
        ("Yahoo", r"(?:r\.search|[a-z]{2}\.rd|rd|click\.search)\.yahoo\.com/", ()),
        ("Facebook", r"(?:lm?|www)\.facebook\.com/(?:l|flx/warn)(?:\.php|/)", ("u",)),
        ("VK", r"(?:m\.|away\.)?vk\.com/away(?:\.php)?", ("to",)),
        ("Telegram", r"t\.me/iv", ("url",)),
        ("DuckDuckGo", r"duckduckgo\.com/l/", ("uddg",)),
        ("YouTube", r"(?:www\.)?youtube\.com/redirect", ("q",)),
        ("Flipboard", r"(?:www\.)?flipboard\.com/redirect", ("url",)),
        ("LinkedIn", r"(?:www\.)?linkedin\.com/redir/redirect", ("url",)),
        ("Reddit", r"out\.reddit\.com/", ("url",)),
    )
)
"""Who leads on: name, host and beginning of the path, and the parameters that hold the address."""
_IN_PATH = re.compile(r"/RU=([^/]+)/|/\*(https?(?::|%3[Aa]).+)")
_POSTS = re.compile(r"(?:www\.)?(?:t|telegram)\.me/(?:s/)?\w+/\d+")
_ANCHOR = re.compile(r"<a\s([^<>]{0,2000})>", re.IGNORECASE)
_HREF = re.compile(r"""\bhref\s*=\s*["']?(https?://[^"'\s>]{1,2048})""", re.IGNORECASE)
_NAMED = (
    re.compile(r"""\bdata-n-au\s*=\s*["'](https?://[^"']{1,2048})["']"""),
    re.compile(r"""<meta\s[^<>]{0,200}?\burl\s*=\s*["']?(https?://[^"'>\s]{1,2048})""", re.IGNORECASE),
    re.compile(
        r"""<link\s[^<>]{0,200}?\bcanonical\b[^<>]{0,200}?\bhref\s*=\s*["'](https?://[^"']{1,2048})""", re.IGNORECASE
    ),
    re.compile(r"""\blocation(?:\.href\s*=|\.replace\(|\s*=)\s*["'](https?:[^"']{1,2048})["']"""),
)
_HOUSE = re.compile(r"(?:^|\.)(?:google|gstatic|googleapis|youtube|microsoft|w3|schema)\.[a-z.]{2,6}$")
"""What the pages of go-betweens name besides the article."""
_DOORS = re.compile(r"(?:(?:consent|accounts|www)\.google|(?:consent|guce)\.yahoo)\.[a-z.]{2,6}$")
_GENERIC = re.compile(
    r"(?:index|default|article|story|news|page|item|post|view|show|home)?(?:\.[a-z]{3,5})?", re.IGNORECASE
)


def through(url: str) -> str | None:
    """Who stands between this link and the article, by name; None when the link is the article's own."""
    place = _place(url)
    return next((name for name, known, _ in _BETWEEN if known.match(place)), None)


def target(url: str) -> str | None:
    """The address that a redirecting link itself carries; None when it carries none, or leads nowhere else."""
    place = _place(url)
    fields = next((fields for _, known, fields in _BETWEEN if known.match(place)), None)
    if fields is None:
        return None
    return next((found for text in _carried(url, fields) if (found := _outside(url, text))), None)


def named_in(page: str, url: str) -> str | None:
    """The one address outside that a go-between's page at ``url`` names; None when it names none, or several."""
    for pattern in _NAMED:
        found = next(_news(url, pattern.findall(page)), None)
        if found:
            return found
    anchors = (match[1] for tag in _ANCHOR.findall(page) if (match := _HREF.search(tag)))
    leading = set(_news(url, anchors))
    return leading.pop() if len(leading) == 1 else None


def is_held_up(url: str, requested: str) -> bool:
    """Tell whether a redirecting link led no further than to a page of the go-between's own."""
    return bool(through(requested)) and (bool(through(url)) or _DOORS.match(urls.host_of(url)) is not None)


def is_post(url: str) -> bool:
    """Tell whether a link leads to a post whose text the feed holds whole: one of a Telegram channel."""
    return _POSTS.fullmatch(_place(url).rstrip("/")) is not None


def names_one(url: str) -> bool:
    """Tell whether an address can stand for one article: not a home page, nor a script without its parameters."""
    parts = urlsplit(url)
    return bool(parts.query) or not _GENERIC.fullmatch(last(parts.path))


def last(path: str) -> str:
    """The last part of a path."""
    return path.rstrip("/").rpartition("/")[2]


def _place(url: str) -> str:
    parts = urlsplit(url)
    return f"{(parts.hostname or '').lower()}{parts.path or '/'}"


def _outside(url: str, text: str) -> str | None:
    """The address in ``text``, when it is one of another site than ``url``."""
    link = urls.join(url, text) if text.startswith(("http://", "https://")) else None
    return None if link is None or urls.same_site(link, url) else link


def _news(url: str, texts: Iterable[str]) -> Iterator[str]:
    """Yield the addresses among the texts of a go-between's page that may be an article's."""
    found = (_outside(url, html.unescape(text)) for text in texts)
    return (link for link in found if link and not _HOUSE.search(urls.host_of(link)))


def _carried(url: str, fields: tuple[str, ...]) -> Iterator[str]:
    """Yield what may be the address: parameters, a part of the path, a Google News id."""
    parts = urlsplit(url)
    given = dict(parse_qsl(parts.query, max_num_fields=50)) if parts.query.count("&") < 50 else {}
    yield from (given[name] for name in fields if name in given)
    in_path = _IN_PATH.search(f"{parts.path}?{parts.query}" if parts.query else parts.path)
    if in_path:
        yield unquote(in_path[1] or in_path[2])
    yield from _fields(_decoded(last(parts.path)))


def _decoded(identity: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(identity + "=" * (-len(identity) % 4))
    except (binascii.Error, ValueError):
        return b""


def _fields(message: bytes) -> Iterator[str]:
    """Yield the texts of a protobuf message, as far as it is one (https://protobuf.dev/programming-guides/encoding/).

    The ids of Google News were such messages (``CBMi...``: a number, the address, the address of the AMP version).
    """
    at = 0
    while at < len(message):
        tag, at = _number(message, at)
        size, at = _number(message, at)
        if tag & 7 == 2:
            yield message[at : at + size].decode("utf-8", "replace")
            at += size
        elif tag & 7:
            return


def _number(message: bytes, at: int) -> tuple[int, int]:
    """Read a base 128 number; returns it and where the next begins."""
    value = shift = 0
    while at < len(message) and shift < 35:
        byte = message[at]
        value, shift, at = value | (byte & 127) << shift, shift + 7, at + 1
        if byte < 128:
            break
    return value, at
