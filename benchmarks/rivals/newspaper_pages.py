"""The library ``newspaper4k``: feeds by feedparser, each article downloaded and parsed by the library.

Two of its settings are not the default, both in its favour: pictures are not fetched, and a page is not asked for up
to three more times to learn that it is no binary file.
"""

from contextlib import suppress

import common
import httpx
import newspaper

PACKAGES = ("newspaper4k", "feedparser", "lxml")


def settings() -> newspaper.Config:
    config = newspaper.Config()
    config.fetch_images = False
    config.allow_binary_content = True
    return config


def read_feed(web: httpx.Client, feed: str, config: newspaper.Config) -> list[common.Read]:
    """Every page that a feed leads to; one that cannot be read is left out."""
    read = []
    for entry in common.entries(web, feed):
        with suppress(Exception):
            article = newspaper.Article(entry.page, config=config)
            article.download()
            article.parse()
            read.append(common.Read(entry.page, common.hits(f"{entry.told}\n{article.title}\n{article.text}")))
    return read


def main() -> None:
    feeds, config = common.feeds(), settings()
    with common.client() as web, common.Span() as span:
        read = [page for feed in feeds for page in read_feed(web, feed, config)]
    common.tell("newspaper4k", PACKAGES, read, span)


if __name__ == "__main__":
    main()
