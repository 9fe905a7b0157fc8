"""The library ``reader``: feeds alone, no pages; one cold update into an empty SQLite file, then a warm one.

A hit is an entry with one of the names in its title or summary. It reads with the feedparser that is installed, as the
other rivals do; the copy that comes with it needs a module that it does not ask for.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import common

if TYPE_CHECKING:
    from reader import Entry, Reader


def judged(entry: Entry) -> common.Read:
    content = entry.get_content()
    told = (entry.title, entry.summary, content and content.value)
    return common.Read(entry.link or entry.id, common.hits("\n".join(part for part in told if part)))


def measure(library: Reader) -> None:
    """A first update with its entries judged, and one more of the feeds alone."""
    with common.Span() as cold:
        library.update_feeds(scheduled=False)
        read = [judged(entry) for entry in library.get_entries()]
    with common.Span() as warm:
        library.update_feeds(scheduled=False)
    again = {"warm_seconds": round(warm.seconds, 3), "warm_cpu": round(warm.cpu, 3)}
    common.tell("reader_feeds", ("reader", "feedparser", "requests"), read, cold, **again)


def main() -> None:
    os.environ["READER_NO_VENDORED_FEEDPARSER"] = "1"
    from reader import make_reader

    with tempfile.TemporaryDirectory() as folder, make_reader(str(Path(folder) / "reader.sqlite")) as library:
        library.update_feeds()  # of none: loads the parser
        for feed in common.feeds():
            library.add_feed(feed)
        measure(library)


if __name__ == "__main__":
    main()
