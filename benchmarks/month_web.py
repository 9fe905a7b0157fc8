"""The simulated news world of ``month.py``: outlets with rhythms and troubles, and what they answer at a given time.

Everything follows from the seed. An outlet knows all the stories that it will ever publish; what its feed shows is a
window on them. ``Web.fetch`` stands where the real fetcher does and answers as that one would.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

from monitor.errors import FetchError
from monitor.model import Document

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GROUP = "Defence ministers came together for a session of the Contact Group, where they promised more air defence. "
WEATHER = "Rain is expected along the coast until Sunday, with a fresh wind from the west and mild nights inland. "
WALL = "<html><head><title>Just a moment...</title></head><body><h1>Checking your browser</h1></body></html>"

TROUBLES = (
    "steady",
    "day and night",
    "weekdays",
    "weekly",
    "no validators",
    "lying etag",
    "new guids",
    "one guid",
    "edits",
    "counters",
    "twins",
    "redesign",
    "bursts, pages",
    "bursts, archive",
    "bursts, sitemap",
    "bursts, nothing",
    "overflow",
    "down for hours",
    "down for days",
    "errors",
    "moved for good",
    "moved for now",
    "dies",
    "walls",
    "empty answers",
    "shared host",
    "shared host",
    "refuses",
    "ttl",
    "garbled",
)
CALM = {"steady", "day and night", "weekdays", "no validators", "new guids", "one guid", "edits", "counters", "twins"}
CALM |= {"redesign", "moved for now", "shared host", "ttl"}
"""Outlets of which nobody needs to be told anything."""
RATES = {"overflow": 0.5, "weekly": 1 / 150, "weekdays": 1.5, "day and night": 1.2, "ttl": 0.4}
"""Stories an hour, where that is not half a story."""


@dataclass
class Story:
    """One article as it really is."""

    token: str
    published: datetime
    topic: bool
    edited: datetime | None = None
    joins: bool = False
    """Whether it is of the topic once it was edited."""

    def says(self, now: datetime) -> tuple[str, str]:
        """Its headline and text at a time."""
        changed = self.edited is not None and now >= self.edited
        text = GROUP if self.topic or (changed and self.joins) else WEATHER
        mark = "as corrected by the editors" if changed else "as reported"
        return f"Story {self.token} {mark}", f"{text}This was written {mark}."


@dataclass
class Outlet:
    """One source of the simulation."""

    number: int
    trouble: str
    window: int
    host: str
    stories: list[Story]
    start: datetime
    troubled: tuple[tuple[datetime, datetime], ...] = ()
    """When its trouble is there."""
    polls: int = 0
    tags: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        return f"{self.number:02} {self.trouble}"

    @property
    def url(self) -> str:
        return f"https://{self.host}/feed{self.number}.xml"

    def in_trouble(self, now: datetime) -> bool:
        return any(since <= now < until for since, until in self.troubled)

    def out(self, now: datetime) -> int:
        """How many of its stories are out by now."""
        low, high = 0, len(self.stories)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self.stories[middle].published <= now else (low, middle)
        return low


@dataclass(frozen=True)
class Asked:
    """One request as it came in."""

    at: datetime
    host: str
    path: str
    what: str
    """``feed``, ``older`` or ``page``."""
    outlet: int


class Web:
    """All outlets behind one function that fetches; our own network may be down."""

    def __init__(self, outlets: list[Outlet], cut: tuple[datetime, datetime], now: Callable[[], datetime]) -> None:
        self.outlets = outlets
        self.cut = cut
        self.now = now
        self.asked: list[Asked] = []
        self._feeds = {outlet.url.partition("//")[2]: outlet for outlet in outlets}
        self._stories = {story.token: (outlet, story) for outlet in outlets for story in outlet.stories}

    def fetch(self, url: str, *, etag: str | None = None, last_modified: str | None = None, **_: Any) -> Document:
        """Answer as ``monitor.fetch.Fetcher.fetch`` would."""
        now = self.now()
        if self.cut[0] <= now < self.cut[1]:
            raise FetchError("dns", f"{urlsplit(url).hostname} has no address")
        parts = urlsplit(url)
        asked = parts.hostname or ""
        host = asked.removeprefix("www.").removeprefix("m.")
        token = re.search(r"/(?:story|new)/([0-9]+x[0-9]+)", parts.path)
        if token:
            return self._page(url, asked, token[1], now)
        number = int((re.search("[0-9]+", host.partition(".")[0] + parts.path) or [0])[0])
        outlet = self._feeds.get(f"{host}{parts.path}") or self._feeds.get(f"{host.removeprefix('new-')}{parts.path}")
        if outlet is None:
            outlet = next(one for one in self.outlets if one.host == host or one.number == number)
            return self._older(outlet, url, now)
        if parts.query:
            return self._older(outlet, url, now)
        self.asked.append(Asked(now, asked, parts.path, "feed", outlet.number))
        return _feed(outlet, url, now, asked=bool(etag or last_modified), tag=etag)

    def _page(self, url: str, host: str, token: str, now: datetime) -> Document:
        outlet, story = self._stories[token]
        self.asked.append(Asked(now, host, urlsplit(url).path, "page", outlet.number))
        if outlet.in_trouble(now):
            _down(outlet, url)
            if outlet.trouble == "walls":
                if outlet.stories.index(story) % 2:
                    raise FetchError("http", "answers 403", status=403, permanent=True)
                return _document(url, WALL.encode(), "text/html")
        redesigned = outlet.trouble == "redesign" and now >= outlet.troubled[0][0]
        if redesigned and "/story/" in url:
            raise FetchError("http", "answers 404", status=404, permanent=True)
        title, text = story.says(now)
        body = f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>"
        body += "".join(f"<p>{text}</p>" for _ in range(4)) + "</article></body></html>"
        return _document(url, body.encode(), "text/html; charset=utf-8")

    def _older(self, outlet: Outlet, url: str, now: datetime) -> Document:
        parts = urlsplit(url)
        self.asked.append(Asked(now, outlet.host, f"{parts.path}?{parts.query}", "older", outlet.number))
        if outlet.trouble == "bursts, pages" and "paged" in parts.query:
            end = outlet.out(now) - outlet.window * (int(parse_qs(parts.query)["paged"][0]) - 1)
            if end > 0:
                return _document(url, _rss(outlet, outlet.stories[max(end - outlet.window, 0) : end], now), "text/xml")
        if outlet.trouble == "bursts, archive" and "/archive/" in parts.path:
            end = int(parts.path.rpartition("/")[2])
            stories = outlet.stories[max(end - outlet.window, 0) : end]
            return _document(url, _rss(outlet, stories, now, max(end - outlet.window, 0)), "text/xml")
        if outlet.trouble == "bursts, sitemap" and parts.path == "/sitemap-news.xml":
            shown = [one for one in outlet.stories[: outlet.out(now)] if one.published >= now - 2 * DAY]
            return _document(url, _sitemap(outlet, shown, now), "text/xml")
        raise FetchError("http", "answers 404", status=404, permanent=True)


def _down(outlet: Outlet, url: str) -> None:
    host = urlsplit(url).hostname
    if outlet.trouble == "down for hours":
        raise FetchError("connect", f"{host}: connection refused")
    if outlet.trouble == "down for days":
        raise FetchError("timeout", f"{host} took too long")
    if outlet.trouble == "errors":
        raise FetchError("http", "answers 503", status=503, retry_after=600.0)
    if outlet.trouble == "dies":
        raise FetchError("http", "answers 410", status=410, permanent=True)
    if outlet.trouble == "refuses":
        raise FetchError("http", "answers 403", status=403, permanent=True)


def _feed(outlet: Outlet, url: str, now: datetime, *, asked: bool, tag: str | None) -> Document:
    outlet.polls += 1
    troubled = outlet.in_trouble(now)
    if troubled:
        _down(outlet, url)
    out = outlet.out(now)
    body = _rss(outlet, outlet.stories[max(out - outlet.window, 0) : out], now, max(out - outlet.window, 0))
    if troubled and outlet.trouble == "empty answers":
        body = b"" if outlet.polls % 2 else _rss(outlet, [], now)
    if troubled and outlet.trouble == "garbled":
        body = b"<html><body><form>Please log in</form></body></html>"
    made = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    headers = {} if outlet.trouble == "no validators" else {"etag": made}
    if outlet.trouble == "ttl":
        headers["cache-control"] = "max-age=7200"
    redirects: tuple[tuple[int, str], ...] = ()
    final = url
    if outlet.trouble.startswith("moved") and troubled and "//new-" not in url:
        final = url.replace("//", "//new-", 1)
        redirects = ((301 if outlet.trouble == "moved for good" else 302, final),)
    lies = outlet.trouble == "lying etag" and asked
    if lies or (tag == made and "etag" in headers):
        return Document(final, url, 304, headers, b"", redirects)
    return Document(final, url, 200, {"content-type": "application/rss+xml", **headers}, body, redirects)


def _document(url: str, body: bytes, kind: str) -> Document:
    return Document(url, url, 200, {"content-type": kind}, body)


# --- what an outlet shows ------------------------------------------------------------------------


def _link(outlet: Outlet, story: Story, now: datetime) -> str:
    if outlet.trouble == "redesign" and now >= outlet.troubled[0][0]:
        return f"https://{outlet.host}/new/{story.token}"
    if outlet.trouble == "twins":
        prefix, query = (("http://www.", "?utm_source=rss"), ("https://m.", ""), ("https://", "?fbclid=a"))[
            outlet.polls % 3
        ]
        return f"{prefix}{outlet.host}/story/{story.token}{query}"
    return f"https://{outlet.host}/story/{story.token}"


def _guid(outlet: Outlet, story: Story, link: str) -> str:
    if outlet.trouble == "one guid":
        return "1"
    return f"{story.token}-{outlet.polls}" if outlet.trouble in ("new guids", "twins") else link


def _item(outlet: Outlet, story: Story, now: datetime) -> str:
    title, text = story.says(now)
    link = _link(outlet, story, now)
    if outlet.trouble == "counters":
        text += f" {outlet.polls} comments"
    return (
        f"<item><title>{escape(title)}</title><link>{escape(link)}</link>"
        f'<guid isPermaLink="false">{escape(_guid(outlet, story, link))}</guid>'
        f"<pubDate>{format_datetime(story.published)}</pubDate><description>{escape(text[:60])}</description></item>"
    )


def _rss(outlet: Outlet, stories: list[Story], now: datetime, first: int = 0) -> bytes:
    older = ttl = ""
    if outlet.trouble == "bursts, archive" and first > 0:
        older = f'<atom:link rel="prev-archive" href="https://{outlet.host}/archive/{first}"/>'
    if outlet.trouble == "ttl":
        ttl = "<ttl>240</ttl><skipHours><hour>3</hour></skipHours>"
    items = "".join(_item(outlet, story, now) for story in reversed(stories))
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
        f"<title>Outlet {outlet.number}</title>{older}{ttl}{items}</channel></rss>"
    ).encode()


def _sitemap(outlet: Outlet, stories: list[Story], now: datetime) -> bytes:
    parts = "".join(
        f"<url><loc>{_link(outlet, one, now)}</loc><news:news><news:publication_date>{one.published.isoformat()}"
        f"</news:publication_date><news:title>{one.says(now)[0]}</news:title></news:news></url>"
        for one in stories
    )
    spaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    return f'<?xml version="1.0" encoding="utf-8"?><urlset {spaces}>{parts}</urlset>'.encode()


# --- how it is made ------------------------------------------------------------------------------


def outlets(numbers: range, start: datetime, days: int, seed: int) -> list[Outlet]:
    """Make the outlets with all that they will publish, from two weeks before ``start``."""
    return [_outlet(number, start, days, Random(f"{seed} {number}")) for number in numbers]


def _outlet(number: int, start: datetime, days: int, chance: Random) -> Outlet:
    trouble = TROUBLES[number % len(TROUBLES)]
    bursts = trouble.startswith("bursts")
    window = 20 if bursts else 10 if trouble == "overflow" else chance.choice((10, 15, 20, 30, 50))
    troubled = _troubled(trouble, start, days, chance)
    times = _times(trouble, start, days, chance)
    if trouble == "dies" and troubled:
        times = [one for one in times if one < troubled[0][0] - 2 * HOUR]
    stories = [_story(f"{number}x{at}", moment, trouble, chance) for at, moment in enumerate(times)]
    host = "shared.example" if trouble == "shared host" else f"outlet{number}.example"
    return Outlet(number, trouble, window, host, stories, start, troubled)


def _story(token: str, published: datetime, trouble: str, chance: Random) -> Story:
    topic, edited, joins = chance.random() < 0.06, None, False
    if trouble == "edits" and chance.random() < 0.4:
        edited, joins = published + timedelta(hours=chance.uniform(1, 3)), chance.random() < 0.3
    return Story(token, published, topic, edited, joins)


def _times(trouble: str, start: datetime, days: int, chance: Random) -> list[datetime]:
    rate, now, found = RATES.get(trouble, 0.5), start - 14 * DAY, []
    end = start + days * DAY
    while now < end:
        now += timedelta(hours=chance.expovariate(rate * 2))
        if chance.random() < _share(trouble, now) / 2:
            found.append(now.replace(microsecond=0))
    if trouble.startswith("bursts"):
        found += _bursts(start, days, chance)
    if trouble == "overflow":
        for day in range(days):
            first = start + day * DAY + timedelta(hours=10)
            found += [first + timedelta(seconds=10 * step) for step in range(180)]
    return sorted({one for one in found if one < end})


def _share(trouble: str, now: datetime) -> float:
    """How much is published at that hour, against the average."""
    if trouble == "day and night":
        return 1.6 if 6 <= now.hour < 22 else 0.0
    if trouble == "weekdays":
        return 2.0 if now.weekday() < 5 and 7 <= now.hour < 18 else 0.0
    return 1.0


def _bursts(start: datetime, days: int, chance: Random) -> list[datetime]:
    found = []
    for _ in range(max(1, days // 4)):
        first = start + timedelta(hours=chance.uniform(6, days * 24 - 3))
        first = first.replace(microsecond=0)
        found += [first + timedelta(seconds=8 * step) for step in range(chance.randint(60, 90))]
    return found


def _troubled(trouble: str, start: datetime, days: int, chance: Random) -> tuple[tuple[datetime, datetime], ...]:
    end = start + days * DAY
    at = start + days * DAY * chance.uniform(0.2, 0.5)
    if trouble in ("redesign", "moved for good", "moved for now"):
        return ((at, end + DAY),)
    if trouble == "dies":
        return ((at, end + DAY),)
    length = {"down for days": 3 * DAY, "refuses": 2 * DAY, "walls": DAY, "garbled": DAY}.get(trouble, 6 * HOUR)
    return ((at, at + length * chance.uniform(0.7, 1.3)),)
