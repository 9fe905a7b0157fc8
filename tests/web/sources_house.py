"""A server on an installation of its own: a sources.yaml, a loopback outlet, the desk that tries and adds sources."""

from __future__ import annotations

import html
import re
import time
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
from installation import SMALL
from web_house import NOW, house
from world import GROUP, WEATHER, Outlet

from monitor.config.settings import load
from monitor.probing.desk import SourceDesk
from monitor.store import PollStore

TOKEN = re.compile(r'name="token" value="([^"]+)"')
NEWS = (("group", "Contact group meets", GROUP), ("rain", "Rain until Sunday", WEATHER))


@dataclass
class Shop:
    """What a test has in hand."""

    house: object
    outlet: Outlet
    config: object
    polls: PollStore

    def get(self, path):
        return self.house.get(path)

    def page(self, path):
        """The words of a page."""
        answer = self.house.get(path)
        assert answer.status_code == 200, answer.text
        return plain(answer.text)

    def post(self, path, **fields):
        token = TOKEN.search(self.house.get("/sources/add").text)[1]
        return self.house.post(path, data={"token": token, **fields})

    def look(self, path, **fields):
        """Begin a look and wait until it is done. Returns the words of its page, and its address."""
        answer = self.post(path, **fields)
        assert answer.status_code == 303, answer.text
        address = answer.headers["location"]
        return self.seen(address), address

    def seen(self, address):
        with self.outlet.reached:  # woken by each request to the outlet; the last word is the page's own
            for _ in range(400):
                if self.get(f"{address}/done").json()["done"]:
                    return self.page(address)
                self.outlet.reached.wait(0.1)
        raise AssertionError(self.page(address))

    def number(self, name):
        return next(head.id for head in self.house.review.watched.heads() if head.name == name)


def plain(page):
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", page)).split())


def write(config, outlet, *, private=True, topic=SMALL):
    config.write_text(
        f"fetch: {{allow_private_addresses: {str(private).lower()}, pace: 0s, obey_robots: false}}\n"
        f"topics: [{topic}]\nsources:\n  - name: Outlet One\n    url: {outlet.feed}?key=${{FEED_KEY}}\n"
        "    language: en\n    country: gb\n    headers: {X-Key: very-hidden-header}\n"
        "  - {name: Low tide, url: https://tide.example/rss, language: uk, interval: 30m}\n"
    )


@contextmanager
def shop(folder, *, private=True, **options):
    """An installation with two sources, one of them on loopback."""
    config = folder / "sources.yaml"
    environ = {"FEED_KEY": "canary-key-77"}
    with Outlet() as outlet:
        outlet.publish(*NEWS)
        outlet.answers["/feed?key=canary-key-77"] = outlet.answers["/feed"]
        write(config, outlet, private=private)
        settings = load(config, environ)
        desk = SourceDesk(config, environ, settings, lambda: NOW, time.monotonic)
        with house(folder, (), sources=desk, **options) as running:
            polls = PollStore(running.database, settings.sources)
            polls.sync(NOW)
            yield Shop(running, outlet, config, polls)


__all__ = ["NEWS", "NOW", "Shop", "httpx", "plain", "shop", "write"]
