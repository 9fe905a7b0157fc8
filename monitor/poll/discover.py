"""Where a site publishes its entries: the feeds that a page names, the common places, the sitemaps of robots.txt.

``factory`` makes the function that a pool child runs: the bytes of any page in, JSON out. The rest works on addresses
and short texts. What is found here is a guess; only fetching and parsing it shows what it is.

Must not: fetch, or believe that what a page calls a feed is one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from monitor import tree, urls
from monitor.encoding import decode
from monitor.poll.kinds import raw
from monitor.poll.kinds.address import preview_url
from monitor.poll.kinds.prolog import too_many_attributes
from monitor.tree import attribute

TASK = "monitor.poll.discover:factory"
MAX_FEEDS = 50
MAX_LINKS = 5_000
MAX_SITEMAPS = 20

_TYPES = {
    "application/rss+xml": "RSS",
    "application/atom+xml": "Atom",
    "application/feed+json": "JSON Feed",
    "application/rdf+xml": "RSS",
    "application/x.atom+xml": "Atom",
    "text/rss+xml": "RSS",
}
_LOOSE_TYPES = ("application/json", "application/xml", "text/xml")
"""These are feeds only where the address or the title says so too."""
_FEED_WORD = re.compile(r"(?:^|[\W_])(?:rss|feeds?|atom|rdf)(?:$|[\W_\d])", re.IGNORECASE)
_READERS = ("feedly.com", "inoreader.com", "netvibes.com", "newsblur.com", "subtome.com", "add.my.yahoo.com")
"""Sites that only subscribe one to a feed."""
_REMARKS = re.compile(
    r"comments?\b|commentaires?\b|kommen?t|coment[aá]ri|commenti\b|koment|комм?ентар|каментар|σχόλι|yorum|reacties|"
    "hozzászól|bình luận|תגוב|تعلیق|تعليق|टिप्पणी|মন্তব্য|ความคิดเห็น|コメント|评论|評論|댓글|응답",
    re.IGNORECASE,
)
_SIDE = re.compile(r"podcast|videos?\b|audio|photo|gallery|galeri|newsletter|jobs?\b|events?\b", re.IGNORECASE)
_NEWS = re.compile(r"news|nachricht|noticia|notizi|nouvelle|actu|novin|новост|новин", re.IGNORECASE)
_SITEMAP_LINE = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S{1,2048})", re.IGNORECASE | re.MULTILINE)
_PREVIEW = re.compile(r"https://t\.me/s/\w")
_COMMON = ("feed", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml", "feeds/posts/default")
_COMMON_SITEMAPS = ("news-sitemap.xml", "sitemap_news.xml", "sitemap-news.xml")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address where entries may be published."""

    url: str
    kind: str
    """As in sources.yaml."""
    title: str = ""
    why: str = ""
    """In words: how it was come by."""
    remarks: bool = False
    """True when it seems to hold readers' comments."""


@dataclass(frozen=True, slots=True)
class PageSays:
    """What a page says of itself and of its feeds, the likeliest first."""

    title: str
    language: str | None
    candidates: tuple[Candidate, ...]
    notes: tuple[str, ...] = ()


def factory(_setup: Mapping[str, Any]) -> Callable[[bytes, Mapping[str, Any]], dict[str, Any]]:
    """Make the task of a pool child: ``(body, {"url", "content_type"})`` to the JSON form of ``PageSays``."""
    return read_page


def read_page(body: bytes, meta: Mapping[str, Any]) -> dict[str, Any]:
    """Collect title, language and feeds of one HTML page; never raises on bad markup."""
    text, notes = decode(body, str(meta.get("content_type") or ""), "html")
    page = None if too_many_attributes(text) else tree.parse(text)
    if page is None:
        return {
            "title": "",
            "language": None,
            "feeds": [],
            "notes": [*notes, "not parsed: no markup that is safe to read"],
        }
    base = _base(page, str(meta.get("url") or ""))
    feeds = _unique([*_declared(page, base), *_linked(page, base)])
    more = [f"{len(feeds) - MAX_FEEDS} more feeds not shown"] if len(feeds) > MAX_FEEDS else []
    return {
        "title": _site_name(page),
        "language": raw.language(attribute(page.css_first("html"), "lang")),
        "feeds": feeds[:MAX_FEEDS],
        "notes": [*notes, *more],
    }


def page_from_json(answer: Mapping[str, Any]) -> PageSays:
    """Build what the child answered; the site's own feed first, then other media, readers' comments last."""
    found = [Candidate(one["url"], "feed", one["title"], one["why"], _is_remarks(one)) for one in answer["feeds"]]
    ordered = sorted(found, key=lambda one: (one.remarks, bool(_SIDE.search(one.title))))
    return PageSays(answer["title"], answer["language"], tuple(ordered), tuple(answer["notes"]))


def known_site(url: str) -> Candidate | None:
    """The place where a site of a known make publishes: Telegram channels, YouTube channels and playlists."""
    if _PREVIEW.match(preview_url(url)):
        return Candidate(preview_url(url), "telegram", why="the web preview of a Telegram channel")
    parts = urlsplit(url)
    if (parts.hostname or "").removeprefix("www.") in {"youtube.com", "m.youtube.com"}:
        return _youtube(parts.path, parse_qs(parts.query))
    return None


def common_places(url: str) -> tuple[Candidate, ...]:
    """Where feeds stand on many sites: beside the page, then at the root."""
    root, folder = urls.join(url, "/") or url, urls.join(url, "./") or url
    wanted = [f"{folder}{name}" for name in _COMMON[:2] if folder != root] + [f"{root}{name}" for name in _COMMON]
    return tuple(Candidate(place, "feed", why="a common place for feeds") for place in wanted)


def sitemaps(robots: str, url: str) -> tuple[Candidate, ...]:
    """The sitemaps that a robots.txt names (https://www.sitemaps.org/protocol.html), those of news first.

    The common places of news sitemaps stand between those and the rest, which may be huge archives.
    ``url`` is any address of the site.
    """
    named = dict.fromkeys(filter(None, (urls.join(url, line) for line in _SITEMAP_LINE.findall(robots[:500_000]))))
    ours = [place for place in named if _NEWS.search(urlsplit(place).path)]
    rest = [place for place in named if not _NEWS.search(urlsplit(place).path)]
    usual = [place for name in _COMMON_SITEMAPS if (place := urls.join(url, f"/{name}")) and place not in named]
    return (
        *(Candidate(place, "sitemap", why="robots.txt names it") for place in ours[:MAX_SITEMAPS]),
        *(Candidate(place, "sitemap", why="a common place for news sitemaps") for place in usual),
        *(Candidate(place, "sitemap", why="robots.txt names it") for place in rest[:MAX_SITEMAPS]),
    )


def _youtube(path: str, query: Mapping[str, list[str]]) -> Candidate | None:
    channel = re.fullmatch(r"/channel/(UC[\w-]{10,40})(?:/.*)?", path)
    playlist = re.fullmatch(r"[\w-]{10,64}", query.get("list", [""])[0])
    if channel:
        wanted = f"channel_id={channel[1]}"
    elif path == "/playlist" and playlist:
        wanted = f"playlist_id={playlist[0]}"
    else:
        return None
    return Candidate(f"https://www.youtube.com/feeds/videos.xml?{wanted}", "feed", why="YouTube's feed of it")


def _base(page: tree.Node, url: str) -> str:
    written = attribute(page.css_first("base[href]"), "href")
    return (urls.join(url, written) if written else None) or url


def _declared(page: tree.Node, base: str) -> Iterator[dict[str, str]]:
    """Yield the feeds of ``<link rel=alternate>`` (https://html.spec.whatwg.org/#rel-alternate) and ``rel=feed``."""
    article = attribute(page.css_first('meta[property="og:type"]'), "content").lower() == "article"
    for node in page.css("link[rel][href]")[:MAX_LINKS]:
        rel = attribute(node, "rel").lower().split()
        form = _form(node)
        if "feed" in rel or ("alternate" in rel and form and "stylesheet" not in rel):
            one = _feed(node, base, f"the page names it ({form or 'feed'})")
            if one and article and one["url"].startswith(base.rstrip("/") + "/"):
                one["title"] = f"{one['title']} (comments on the article)"
            if one:
                yield one


def _form(node: tree.Node) -> str:
    """The form of a feed by its media type; an empty string when it is another thing."""
    mime = attribute(node, "type").partition(";")[0].strip().lower()
    said = f"{attribute(node, 'href')} {attribute(node, 'title')}"
    if mime in _LOOSE_TYPES and _FEED_WORD.search(said) and "oembed" not in said and "wp-json" not in said:
        return "JSON Feed" if mime.endswith("json") else "XML"
    return _TYPES.get(mime, "")


def _linked(page: tree.Node, base: str) -> Iterator[dict[str, str]]:
    """Yield the links to what looks like a feed, on this site or a subdomain for feeds."""
    for node in page.css("a[href]")[:MAX_LINKS]:
        href = attribute(node, "href")
        if _FEED_WORD.search(href) and not href.startswith("#"):
            one = _feed(node, base, "the page links to it")
            if one and _near(urls.host_of(one["url"]), urls.host_of(base)):
                yield one


def _near(host: str, own: str) -> bool:
    """Tell whether a feed on this host can be the site's own."""
    if host in _READERS or host.endswith(tuple(f".{reader}" for reader in _READERS)):
        return False
    return urls.registrable(host) == urls.registrable(own) or host.startswith(("feeds.", "feed.", "rss."))


def _feed(node: tree.Node, base: str, why: str) -> dict[str, str] | None:
    href = attribute(node, "href")
    url = urls.join(base, href) if href else None
    title = attribute(node, "title") or node.text()[:300]
    return {"url": url.partition("#")[0], "title": raw.line(title, plain=True)[:200], "why": why} if url else None


def _is_remarks(one: Mapping[str, str]) -> bool:
    return bool(_REMARKS.search(one["title"]) or _REMARKS.search(urlsplit(one["url"]).path))


def _unique(feeds: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """Keep the first of those whose addresses are one."""
    kept: dict[str, dict[str, str]] = {}
    for one in feeds:
        kept.setdefault(urls.url_key(one["url"]), one)
    return list(kept.values())


def _site_name(page: tree.Node) -> str:
    title = page.css_first("head > title") or page.css_first("title")
    named = attribute(page.css_first('meta[property="og:site_name"]'), "content")
    return raw.line(named or (title.text()[:1_000] if title else ""), plain=True)[:200]
