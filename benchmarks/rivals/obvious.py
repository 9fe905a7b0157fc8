"""The script that a user would write: feeds, then their pages, one after another, text by trafilatura, names by re."""

from contextlib import suppress

import common
import httpx
import trafilatura

PACKAGES = ("httpx", "feedparser", "trafilatura")


def read_feed(web: httpx.Client, feed: str) -> list[common.Read]:
    """Every page that a feed leads to; one that cannot be read is left out."""
    read = []
    for entry in common.entries(web, feed):
        with suppress(Exception):
            text = trafilatura.extract(common.fetch(web, entry.page).content) or ""
            read.append(common.Read(entry.page, common.hits(f"{entry.told}\n{text}")))
    return read


def main() -> None:
    feeds = common.feeds()
    with common.client() as web, common.Span() as span:
        read = [page for feed in feeds for page in read_feed(web, feed)]
    common.tell("obvious", PACKAGES, read, span)


if __name__ == "__main__":
    main()
