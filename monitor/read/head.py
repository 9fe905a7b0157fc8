"""What a page says of itself, and how far it is believed: title, author, date, canonical address, article body.

``extract`` collects the raw words (``Head``) from the tree; here they are judged. Pure.

Must not: parse HTML.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from monitor import text as texts
from monitor import urls
from monitor.read import links

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_TITLE = 1_000
MAX_NAME = 200
MAX_JSON = 1_000_000
MAX_OBJECTS = 2_000

_SEPARATOR = re.compile(r"\s+[|–—·•»-]\s+|\s*\|\s*")
_SPACES = re.compile(r"\s+")
_TWIN = re.compile(
    r"(?:/(?:amp|print|mobile|m|page|comments|all|full|\d{1,2}|index\.\w+)){1,2}/?(?:\?.*)?", re.IGNORECASE
)
"""What a path may have more than the canonical one of the same article."""
_ARTICLE = ("Article", "BlogPosting", "Posting", "Report", "WebPage")
_DATE_NAMES = ("article:published_time", "datepublished", "date", "dc.date", "dc.date.issued", "pubdate", "publishdate")
_AUTHOR_NAMES = ("author", "article:author", "dc.creator", "parsely-author", "sailthru.author")


@dataclass(frozen=True, slots=True)
class Head:
    """The words of a page about itself, as written."""

    title: str = ""
    headings: tuple[str, ...] = ()
    """Texts of the h1 elements."""
    meta: Mapping[str, str] = field(default_factory=dict)
    """First content of each meta name, property or itemprop, lower case."""
    canonical: str = ""
    language: str = ""
    scripts: tuple[str, ...] = ()
    """JSON-LD as written."""
    versions: tuple[str, ...] = ()
    """Links to an AMP version, then to a print version."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What of it is believed."""

    title: str
    author: str | None
    published: datetime | None
    language: str | None
    canonical_url: str | None
    body: str
    """The article's text from JSON-LD, or an empty string."""
    words: int = 0
    """How many words the article has, by JSON-LD; 0 where that is not said."""
    summary: str = ""
    """What the page says of its article in a sentence or two."""
    version: str | None = None
    """Address of an AMP or print version."""


def judge(head: Head, url: str) -> Facts:
    """Decide what of a page's own words is believed; ``url`` is where the page was found."""
    articles = list(_articles(head.scripts))
    return Facts(
        title=_title(head, articles),
        author=_author(head, articles),
        published=_published(head, articles),
        language=_language(head),
        canonical_url=canonical(head.canonical or head.meta.get("og:url", ""), url),
        words=max((_count(one.get("wordCount")) for one in articles), default=0),
        summary=_line(head.meta.get("og:description", "") or head.meta.get("description", ""))[:MAX_TITLE],
        version=next((link for written in head.versions if (link := _version(written, url))), None),
        body=max((_string(one.get("articleBody")) for one in articles), key=len, default=""),
    )


def canonical(link: str, url: str) -> str | None:
    """Return the canonical address when it is one of this article: the same site, and one that can name an article.

    Some outlets give all their pages one canonical address: the home page, a section, a script without its parameters.
    """
    full = urls.join(url, link.strip()) if link.strip() else None
    if full is None or not urls.same_site(full, url):
        return None
    there, here = urls.url_key(full), urls.url_key(url)
    if there == here:
        return full
    above = here.startswith(there.rstrip("/") + "/") and not _TWIN.fullmatch(here[len(there.rstrip("/")) :])
    return full if links.names_one(there) and not above else None


def _version(link: str, url: str) -> str | None:
    """Return the address of another version of the page, when it is one: on the same site or in the AMP cache."""
    full = urls.join(url, link.strip()) if link.strip() else None
    if full is None or full.partition("#")[0] == url.partition("#")[0]:
        return None
    host = urls.host_of(full)
    return full if urls.same_site(full, url) or host.endswith(".cdn.ampproject.org") else None


def _title(head: Head, articles: list[dict[str, Any]]) -> str:
    """Return the headline: the page's own words for it, without the outlet's name behind a bar."""
    outlet = _line(head.meta.get("og:site_name", ""))
    headings = [line for line in map(_line, head.headings) if line and line != outlet]
    shared = _line(head.meta.get("og:title", "") or head.meta.get("twitter:title", ""))
    named = _line(next((text for one in articles if (text := _string(one.get("headline")))), ""))
    full = shared or named or (headings[0] if len(headings) == 1 else "") or _line(head.title)
    inside = [heading for heading in headings if heading in full and 2 * len(heading) > len(full)]
    title = max(inside, key=len) if inside else _without_outlet(full, outlet)
    return (title or next(iter(headings), ""))[:MAX_TITLE]


def _without_outlet(title: str, outlet: str) -> str:
    """Cut ``… | Outlet``: the last part, when it is the outlet's name or a short one after a bar."""
    cuts = list(_SEPARATOR.finditer(title))
    if not cuts:
        return title
    kept, tail = title[: cuts[-1].start()], title[cuts[-1].end() :]
    is_name = bool(outlet) and (tail.casefold() in outlet.casefold() or outlet.casefold() in tail.casefold())
    short = "|" in cuts[-1].group() and len(tail) < 40 and len(kept) > len(tail)
    return kept.strip() if is_name or short else title


def _author(head: Head, articles: list[dict[str, Any]]) -> str | None:
    names = [name for one in articles for name in _names(one.get("author"))]
    written = ", ".join(dict.fromkeys(names)) or next((head.meta[n] for n in _AUTHOR_NAMES if head.meta.get(n)), "")
    author = _line(written)[:MAX_NAME]
    return author if author and "://" not in author else None


def _names(author: Any) -> list[str]:
    """Return the names in an ``author`` value: a string, an object with a name, or a list of such."""
    listed = author if isinstance(author, list) else [author]
    found = [_string(one.get("name")) if isinstance(one, dict) else _string(one) for one in listed[:10]]
    return [name.strip() for name in found if name.strip()]


def _published(head: Head, articles: list[dict[str, Any]]) -> datetime | None:
    written = [_string(one.get("datePublished")) for one in articles]
    written += [head.meta.get(name, "") for name in _DATE_NAMES]
    return next((moment for text in written if (moment := _moment(text))), None)


def _moment(text: str) -> datetime | None:
    """Read an ISO 8601 date with a time of day; UTC where no zone is given."""
    text = text.strip()[:40]
    if "T" not in text and " " not in text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC) if 1995 <= moment.year < 2100 else None
    except (ValueError, OverflowError):
        return None


def _language(head: Head) -> str | None:
    written = head.language or head.meta.get("content-language", "") or head.meta.get("og:locale", "")
    tag = written.strip().replace("_", "-").lower()
    return tag if re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", tag) else None


def _articles(scripts: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Yield the JSON-LD objects that describe an article, wherever they stand."""
    for script in scripts:
        for one in _objects(_load(script)):
            kinds = one.get("@type")
            kinds = kinds if isinstance(kinds, list) else [kinds]
            if any(isinstance(kind, str) and kind.endswith(_ARTICLE) for kind in kinds):
                yield one


def _load(script: str) -> Any:
    try:
        return json.loads(script.strip().rstrip(";"), strict=False) if len(script) <= MAX_JSON else None
    except (ValueError, RecursionError):
        return None


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Yield all objects in a JSON value, without recursion, up to a bound."""
    waiting, seen = [value], 0
    while waiting and seen < MAX_OBJECTS:
        one = waiting.pop(0)
        seen += 1
        if isinstance(one, dict):
            yield one
            waiting += [part for part in one.values() if isinstance(part, dict | list)]
        elif isinstance(one, list):
            waiting += [part for part in one if isinstance(part, dict | list)]


def _count(value: Any) -> int:
    return int(value) if isinstance(value, int | str) and str(value).isdecimal() and len(str(value)) < 7 else 0


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _line(text: str) -> str:
    return _SPACES.sub(" ", texts.clean(text)).strip()
