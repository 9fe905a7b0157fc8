"""The obvious script on two processes, the feeds divided between them; forked when all is imported."""

import time
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context

import common
from obvious import PACKAGES, read_feed

client = cache(common.client)
"""Made before the processes part, and opened in each."""


def share(feed: str) -> tuple[list[common.Read], float]:
    """Read one feed; its pages, and the seconds of CPU."""
    began = time.process_time()
    return read_feed(client(), feed), time.process_time() - began


def main() -> None:
    feeds = common.feeds()
    client()
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        pool.submit(common.feeds).result()
        with common.Span() as span:
            shares = list(pool.map(share, feeds))
    span.cpu += sum(cpu for _, cpu in shares)
    common.tell("obvious_two", PACKAGES, [page for read, _ in shares for page in read], span)


if __name__ == "__main__":
    main()
