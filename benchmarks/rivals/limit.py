"""The limit: the library calls that no reader of pages can do without, on two processes, and nothing else.

Each page is fetched on a kept connection, decoded, made into its visible text (selectolax), brought into the normal
form and scanned for the names (Aho-Corasick); at the end one commit writes a row for each. The feeds are read before,
outside the measured span. ``milliseconds`` is the CPU of each call a page.
"""

import re
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager, suppress
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import common
import httpx
from selectolax.lexbor import LexborHTMLParser

from monitor.match.automaton import Automaton
from monitor.match.normalise import Normal, normalise

PACKAGES = ("httpx", "selectolax", "numpy", "ahocorasick_rs")
HIDDEN = ["script", "style", "noscript", "template"]
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]{1,40})", re.IGNORECASE)
client = cache(common.client)
"""Made before the processes part, and opened in each."""


def decode(answer: httpx.Response) -> str:
    """Decode by the header, else by what the page declares."""
    declared = _CHARSET.search(answer.content[:2048])
    charset = answer.charset_encoding or (declared[1].decode() if declared else "utf-8")
    return answer.content.decode(charset, "replace")


def visible(html: str) -> str:
    page = LexborHTMLParser(html)
    page.strip_tags(HIDDEN, recursive=True)
    return " ".join(page.body.text(separator=" ").split()) if page.body else ""


@cache
def automaton() -> Automaton:
    plain = (form for form in common.names() if "*" not in form and "…" not in form)
    return Automaton(sorted({normalise(form).text for form in plain}), fast=True)


def scan(text: Normal) -> bool:
    return bool(automaton().find(text.text))


CALLS: dict[str, Callable[..., object]] = {
    "fetch": lambda url: common.fetch(client(), url),
    "decode": decode,
    "text": visible,
    "normal form": normalise,
    "scan": scan,
}
"""In this order, each with what the one before gave."""


@contextmanager
def counted(spent: Counter[str], name: str) -> Iterator[None]:
    began = time.process_time()
    yield
    spent[name] += time.process_time() - began


def share(pages: list[str]) -> tuple[list[common.Read], Counter[str]]:
    """Read the pages of one feed; the CPU seconds of each call."""
    read, spent = [], Counter[str]()
    for page in pages:
        with suppress(Exception):
            given: object = page
            for name, call in CALLS.items():
                with counted(spent, name):
                    given = call(given)
            read.append(common.Read(page, bool(given)))
    return read, spent


def commit(read: list[common.Read], path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE page (url TEXT PRIMARY KEY, hit INTEGER NOT NULL)")
        database.executemany("INSERT INTO page VALUES (?, ?)", read)


def warm() -> None:
    """Build what is built once, before the processes part."""
    client()
    scan(normalise(visible("<p>warm</p>")))


def measure(pool: ProcessPoolExecutor, pages: list[list[str]], path: Path) -> None:
    spent = Counter[str]()
    with common.Span() as span:
        read = []
        for some, used in pool.map(share, pages):
            read += some
            spent += used
        workers = spent.total()
        with counted(spent, "commit"):
            commit(read, path)
    span.cpu += workers
    each = {name: round(seconds / max(1, len(read)) * 1000, 3) for name, seconds in spent.items()}
    common.tell("limit", PACKAGES, read, span, milliseconds=each)


def main() -> None:
    warm()
    with common.client() as web:
        pages = [[entry.page for entry in common.entries(web, feed)] for feed in common.feeds()]
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool,
    ):
        pool.submit(warm).result()
        measure(pool, pages, Path(folder) / "limit.db")


if __name__ == "__main__":
    main()
