"""A loopback news world: feeds with articles over pages that have the weight and mess of real ones, and a channel.

    python -m benchmarks.world FOLDER [--feeds 200] [--articles 20] [--seed 1]

It lives in a process of its own, each feed on a loopback address of its own, and writes ``world.json`` into FOLDER:
the feeds, how many articles they lead to, and which of these are on topic. Pages are of 20 to 400 KB, with the weight
and the mess of real ones (``benchmarks.shells`` says which). 2 % of the articles are on topic, 1 % only look like it;
the sentences are the examples of the topics that come with the program.

Feeds answer with an ETag, and 304 to whom has it. ``POST /grow`` puts one more article on topic into that feed,
``POST /alert`` is a channel, ``GET /seen`` says when articles first stood in an answer and when alerts named them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from html import escape
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.plain_words import SENTENCES
from benchmarks.shells import Shell
from monitor.match.topic import load, shipped

ON_TOPIC, NEAR = 0.02, 0.01
"""Shares of the articles that are of a topic, and that only look like it."""
TAIL = b"\r\nConnection: keep-alive\r\nContent-Length: %d\r\n\r\n"


@dataclass(frozen=True)
class Words:
    """What is written of: words in many languages, and whole texts on and off topic."""

    tongues: tuple[tuple[str, ...], ...]
    hits: tuple[str, ...]
    misses: tuple[str, ...]


def words() -> Words:
    """What most news is about, and the examples of the topics that come with the program."""
    known = [one for path in shipped().values() for one in load(path.read_text("utf-8"), str(path)).examples]
    hits = tuple(one.text for one in known if one.hit)
    misses = tuple(one.text for one in known if not one.hit)
    return Words(tuple(tuple(text.split()) for text in SENTENCES.values()), hits, misses)


class Site:
    """One outlet: the shell that all its pages share, its articles, its feed."""

    def __init__(self, number: int, known: Words, seed: int) -> None:
        self.chance = Random(f"{seed} {number}")
        self.known = known
        self.host = f"127.0.{1 + number // 250}.{1 + number % 250}"
        self.tongue = self.chance.choice(known.tongues)
        self._shell = Shell(self.chance, self.tongue)
        self.head, self.foot = self._shell.written()
        self.items: list[tuple[str, str, str, bool]] = []
        """Path, title, text and whether it is on topic, the newest one first."""

    def add(self, kind: str, number: int) -> tuple[str, bytes]:
        """One more article; ``hit``, ``near`` or ``other``. Returns its path and what of its page is its own."""
        title = self._sentence(5, 11).rstrip(".")
        paragraphs = [self._paragraph() for _ in range(self.chance.randint(10, 24))]
        if kind != "other":
            told = self.known.hits if kind == "hit" else self.known.misses
            paragraphs.insert(self.chance.randint(0, 3), told[number % len(told)])
        path = f"/{2020 + number % 6}/{number:05}/{self.chance.randbytes(6).hex()}.html"
        text = "\n".join(paragraphs)
        self.items.insert(0, (path, title, text, kind == "hit"))
        return path, self._written(title, text)

    def page(self, own: bytes) -> bytes:
        """The page of an article."""
        top, _, article = own.partition(b"\0")
        return b"".join((top, self.head, article, self.foot))

    def _written(self, title: str, text: str) -> bytes:
        safe = escape(title)
        data = json.dumps({"@type": "NewsArticle", "headline": title, "wordCount": text.count(" ")})
        top = (
            f'<!doctype html><html><head><meta charset="utf-8"><title>{safe}</title><meta property="og:title" content='
            f'"{safe}"><script type="application/ld+json">{data}</script>'
        )
        article = self._shell.article(safe, [self._marked(escape(part)) for part in text.split("\n")])
        return f"{top}\0{article}".encode()

    def _marked(self, text: str) -> str:
        """With a link and a word in bold, where there are enough words for it."""
        words = text.split(" ")
        if len(words) > 20 and ";" not in text:
            at = self.chance.randrange(2, len(words) - 4)
            words[at] = f'<a href="/t/{at}" class="inline-link">{words[at]}</a>'
            words[at + 2] = f"<strong>{words[at + 2]}</strong>"
        return " ".join(words)

    def feed(self, origin: str) -> bytes:
        """The feed, with the first words of each article."""
        stamp = formatdate(usegmt=True)
        items = "".join(
            f"<item><title>{escape(title)}</title><link>{origin}{path}</link><guid>{origin}{path}</guid><pubDate>{stamp}"
            f"</pubDate><description>{escape(f'<p>{text[:180]}</p>')}</description></item>\n"
            for path, title, text, _ in self.items[:40]
        )
        start = '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel><title>Outlet</title>'
        return f"{start}<link>{origin}/</link>\n{items}</channel></rss>".encode()

    def _paragraph(self) -> str:
        return " ".join(self._sentence(8, 20) for _ in range(self.chance.randint(2, 5)))

    def _sentence(self, least: int, most: int) -> str:
        return " ".join(self.chance.choices(self.tongue, k=self.chance.randint(least, most))) + "."


@dataclass
class Seen:
    """When what happened, in seconds of the machine's monotonic clock, which all its processes share."""

    shown: dict[str, float] = field(default_factory=dict)
    told: dict[str, float] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=lambda: {"feed": 0, "same": 0, "page": 0, "other": 0})


class Outlets:
    """All sites behind one server."""

    def __init__(self, feeds: int, articles: int, seed: int) -> None:
        known, chance = words(), Random(seed)
        self.sites = {site.host: site for site in (Site(number, known, seed) for number in range(feeds))}
        self.seen = Seen()
        self.port = 0
        self._pages: dict[str, tuple[Site, bytes]] = {}
        self._told = 0
        self._ready: dict[str, tuple[bytes, bytes]] = {}
        kinds = ["hit"] * round(feeds * articles * ON_TOPIC) + ["near"] * round(feeds * articles * NEAR)
        kinds += ["other"] * (feeds * articles - len(kinds))
        chance.shuffle(kinds)
        for number, kind in enumerate(kinds):
            self._add(list(self.sites.values())[number % feeds], kind, number)

    def _add(self, site: Site, kind: str, number: int) -> str:
        self._told += kind == "hit"
        path, own = site.add(kind, self._told if kind == "hit" else number)
        self._pages[site.host + path] = (site, own)
        self._ready.pop(site.host, None)
        return path

    def described(self) -> dict[str, Any]:
        sites = self.sites.values()
        return {
            "feeds": [f"{self.origin(site)}/feed" for site in sites],
            "articles": sum(len(site.items) for site in sites),
            "on_topic": [self.origin(site) + item[0] for site in sites for item in site.items if item[3]],
        }

    def origin(self, site: Site) -> str:
        return f"http://{site.host}:{self.port}"

    def answer(self, host: str, method: str, path: str, head: bytes, body: bytes) -> bytes:
        """The whole answer to a request."""
        if path == "/feed":
            return self._feed(host, head)
        page = self._pages.get(host + path)
        if page is not None:
            self.seen.asked["page"] += 1
            site, own = page
            return _answer(b"200 OK\r\nContent-Type: text/html; charset=utf-8", site.page(own))
        return self._other(host, method, path, body)

    def _feed(self, host: str, head: bytes) -> bytes:
        site = self.sites[host]
        tag, whole = self._ready.get(host) or self._written(site)
        if tag in head:
            self.seen.asked["same"] += 1
            return _answer(b"304 Not Modified\r\nETag: " + tag, b"")
        self.seen.asked["feed"] += 1
        now = time.monotonic()
        for path, *_ in site.items:
            self.seen.shown.setdefault(self.origin(site) + path, now)
        return whole

    def _written(self, site: Site) -> tuple[bytes, bytes]:
        tag = b'"v%d"' % len(site.items)
        kind = b"200 OK\r\nContent-Type: application/rss+xml\r\nETag: " + tag
        self._ready[site.host] = tag, _answer(kind, site.feed(self.origin(site)))
        return self._ready[site.host]

    def _other(self, host: str, method: str, path: str, body: bytes) -> bytes:
        self.seen.asked["other"] += 1
        if path == "/seen":
            return _answer(b"200 OK", json.dumps(vars(self.seen)).encode())
        if method == "POST" and path == "/grow":
            path = self._add(self.sites[host], "hit", len(self._pages))
            return _answer(b"200 OK", (self.origin(self.sites[host]) + path).encode())
        if method == "POST" and path == "/alert":
            now, text = time.monotonic(), body.decode("utf-8", "replace")
            for url in self.seen.shown.keys() - self.seen.told.keys():
                if url in text:
                    self.seen.told[url] = now
            return _answer(b"200 OK", b"{}")
        return _answer(b"404 Not Found", b"")


def _answer(head: bytes, body: bytes) -> bytes:
    return b"HTTP/1.1 " + head + TAIL % len(body) + body


class Door(asyncio.Protocol):
    """One connection: requests one after another."""

    def __init__(self, outlets: Outlets) -> None:
        self._outlets, self._data = outlets, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._to = transport
        self._host = transport.get_extra_info("sockname")[0]

    def data_received(self, data: bytes) -> None:
        self._data += data
        while b"\r\n\r\n" in self._data:
            head, _, rest = self._data.partition(b"\r\n\r\n")
            length = _length(head)
            if len(rest) < length:
                return
            self._data = rest[length:]
            method, path, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
            self._to.write(self._outlets.answer(self._host, method, path, head, rest[:length]))


def _length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"content-length:")
    return int(rest.split(b"\r\n")[0]) if found else 0


async def serve(outlets: Outlets, folder: Path) -> None:
    """Answer until the standard input ends."""
    loop = asyncio.get_running_loop()
    hosts = list(outlets.sites)
    first = await loop.create_server(lambda: Door(outlets), hosts[0], 0)
    outlets.port = first.sockets[0].getsockname()[1]
    await loop.create_server(lambda: Door(outlets), hosts[1:], outlets.port)
    (folder / "world.json").write_text(json.dumps(outlets.described()), "utf-8")
    print("ready", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


@contextmanager
def world(folder: Path, *, feeds: int = 200, articles: int = 20, seed: int = 1) -> Iterator[Path]:
    """A world in a process of its own; gives the path of its description."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable,
        "-m",
        "benchmarks.world",
        str(folder),
        "--feeds",
        str(feeds),
    ]
    with subprocess.Popen(
        [*command, "--articles", str(articles), "--seed", str(seed)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdin
        assert process.stdout.readline() == "ready\n"
        try:
            yield folder / "world.json"
        finally:
            process.stdin.close()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("folder", type=Path)
    asked.add_argument("--feeds", type=int, default=200)
    asked.add_argument("--articles", type=int, default=20)
    asked.add_argument("--seed", type=int, default=1)
    said = asked.parse_args()
    asyncio.run(serve(Outlets(said.feeds, said.articles, said.seed), said.folder))


if __name__ == "__main__":
    main()
