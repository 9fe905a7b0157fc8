"""The review page at a million articles and a hundred thousand hits, while the desks go on writing.

    python benchmarks/review.py --cache FOLDER [--small] [--runs N]

The database is made once in FOLDER (2.4 GB, some minutes; ``review_made.py``) and used in a copy. The real server
answers on loopback; a thread polls and reads through the real stores into the same database, ten times a second. Each
address below is asked in turn; printed are the median and the 95th percentile, and by how much the obvious query alone
(LIKE over the texts, OFFSET for a page far down) is slower than the whole page. Exit code 1 when a median is above
150 ms.
"""

from __future__ import annotations

import argparse
import http.client
import shutil
import sqlite3
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote, urlsplit

import review_made
from review_made import LANGUAGES, LARGE, NOW, RARE, SMALL, SOURCES, SPAN, make

from monitor.model import (
    Access,
    Cursor,
    DueArticle,
    Entry,
    Finding,
    Linking,
    PollResult,
    Print,
    Sighting,
    Source,
    Term,
    Verdict,
)
from monitor.poll.standing import after
from monitor.store import Database, PollStore, ReadStore, ReviewStore, folding, open_database
from monitor.store import search as search_index
from monitor.store.migrations import versions
from monitor.urls import url_key
from monitor.web.server import Pulse, WebServer

MOST = 150
"""Milliseconds that a median may take."""
EVERY = 0.1
"""Seconds from one poll of the writer to the next."""
LIKE = (
    "SELECT hit.id FROM hit JOIN hit_text ON hit_id = hit.id WHERE folded LIKE '%' || ? || '%' AND NOT withdrawn"
    " ORDER BY found DESC, hit.id DESC LIMIT 51"
)
OFFSET = (
    "SELECT max(hit.found), max(hit.id) FROM hit JOIN article ON article.id = article_id WHERE NOT withdrawn"
    " GROUP BY coalesce(story_id, -hit.id) ORDER BY 1 DESC, 2 DESC LIMIT 51 OFFSET 20000"
)
COUNT = "SELECT count(*) FROM article"
URL = "SELECT id FROM article WHERE url = ? OR canonical_url = ?"

Naive = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class Asked:
    """A page or a search; ``{...}`` in an address stands for what ``known`` finds in the database."""

    name: str
    address: str
    naive: Naive | None = None
    anew: bool = False
    """Whether a minute passes between two askings, so that each answer has to be made again."""


def search(name: str, words: str, more: str = "") -> Asked:
    return Asked(f"search: {name}", f"/?q={quote(words)}{more}", (LIKE, (words.lower().strip('"'),)))


ASKED = (
    Asked("hits", "/"),
    Asked("hits far down", "/?after={after}", (OFFSET, ())),
    Asked("hits of a topic", "/?topic=ukraine-aid"),
    Asked("hits of a language", "/?language=vi"),
    Asked("hits of a country", "/?country=BD"),
    Asked("hits of a source", "/?source=Outlet+12"),
    Asked("hits starred", "/?state=starred"),
    Asked("hits with a tag", "/?tag=tag+1"),
    Asked("hits of a week, all filters", "/?topic=ramstein&language=uk&country=UA&state=new&grade=certain&since=7d"),
    Asked("hits that are none", "/?language=xx"),
    Asked("the next lines of the list", "/list?after={after}"),
    Asked("near misses", "/?near=1"),
    Asked("near misses of a language", "/?near=1&language=ko"),
    search("in most texts", LANGUAGES["en"][2]),
    search("in most texts, Cyrillic", LANGUAGES["uk"][2]),
    search("in most texts, Arabic", LANGUAGES["ar"][2]),
    search("in most texts, Bengali", LANGUAGES["bn"][2]),
    search("in most texts, far down", LANGUAGES["ru"][2], "&after={after}"),
    search("in few texts", RARE["en"]),
    search("in few texts, Vietnamese", RARE["vi"]),
    search("two characters, Chinese", RARE["zh"]),
    search("two syllables, Korean", RARE["ko"]),
    search("in no text", "zzqqyyxx"),
    search("in no text, common letters", "eanrtio"),
    search("a phrase in no text", f'"{LANGUAGES["en"][2]} {LANGUAGES["en"][2]}"'),
    search("one letter", "e"),
    search("with filters", LANGUAGES["uk"][2], "&language=uk&state=starred&source=Outlet+3"),
    search("where the filter leaves nothing", LANGUAGES["en"][2], "&language=zh"),
    Asked("a story of 500 articles", "/?story={story}"),
    Asked("a hit", "/hits/{hit}"),
    Asked("a hit of 500 articles", "/hits/{large}"),
    Asked("a hit beside the list", "/hits/{large}/pane"),
    Asked("why, by its address", "/why?url={url}", (URL, ("{url}", "{url}"))),
    Asked("why, by its canonical address", "/why?url={canonical}"),
    Asked("why, never seen", "/why?url=https://nowhere.example/"),
    Asked("suggestions", "/suggestions"),
    Asked("sources", "/sources"),
    Asked("a source", "/sources/12"),
    Asked("alerts", "/alerts"),
    Asked("alerts sent", "/alerts?state=sent"),
    Asked("alerts of a channel", "/alerts?alert=desk+0"),
    Asked("figures", "/figures"),
    Asked("figures, a minute later", "/figures", anew=True),
    Asked("figures of 90 days, a minute later", "/figures?since=90d", anew=True),
    Asked("figures of a year", "/figures?since=365d"),
    Asked("figures of a year, a minute later", "/figures?since=365d", anew=True),
    Asked("coverage", "/coverage"),
    Asked("learning", "/learning"),
    Asked("live count", "/live/count?than={after}"),
    Asked("API: hits", "/api/v1/hits"),
    Asked("API: stories, searched", f"/api/v1/stories?q={quote(RARE['uk'])}"),
    Asked("API: counts", "/api/v1/counts", (COUNT, ())),
    Asked("feed", "/hits.atom"),
    Asked("health", "/healthz", (COUNT, ())),
)


def known(database: Path) -> dict[str, str]:
    """What the addresses need of this database."""
    story = "SELECT story_id FROM hit GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
    with closing(sqlite3.connect(database)) as raw:
        large, story = raw.execute(
            f"SELECT min(id), story_id FROM hit WHERE story_id = ({story}) AND NOT withdrawn"
        ).fetchone()
        url, canonical = raw.execute(
            "SELECT url, canonical_url FROM article WHERE canonical_url IS NOT NULL LIMIT 1 OFFSET 5000"
        ).fetchone()
    given = {"story": story, "large": large, "hit": 1234, "url": url, "canonical": canonical}
    return {**{name: str(value) for name, value in given.items()}, "after": f"{NOW - SPAN * 0.8:%Y%m%dT%H%M%S.%f}Z-1"}


class Clock:
    """The time of the made database, going on from there."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def __call__(self) -> datetime:
        return NOW + timedelta(seconds=time.monotonic() - self._began)

    def forward(self) -> None:
        """Go on to where nothing is shown that was made for the one who asked before."""
        self._began -= 61


class Writer:
    """The poll and read desks without a network: one source polled, what it brings read, each third article a hit."""

    def __init__(self, database: Database, now: Clock) -> None:
        self._sources = [Source(f"Outlet {at}", f"https://outlet{at}.example/feed") for at in range(1, SOURCES + 1)]
        self._polls = PollStore(database, self._sources)
        self._reads = ReadStore(database, self._sources, lambda _new, _known: Linking())
        self._now = now
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.polled = self.read = 0

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(EVERY):
            self._poll(self._sources[self.polled % SOURCES].name)
            while (article := self._reads.claim(self._now())) is not None:
                self._reads.save(self._finding(article), article, lambda *_: (), self._now())
                self.read += 1

    def _poll(self, name: str) -> None:
        now = self._now()
        due = self._polls.claim_named(name, now)
        self.polled += 1
        if due is None:
            return
        urls = [f"https://site{at}.example/{now:%H%M%S%f}" for at in range(2)]
        entries = [Entry(url, url, "Рамштайн: нова зустріч", "Коротко.") for url in urls]
        shown = tuple(Sighting(url, url_key(url), entry) for url, entry in zip(urls, entries, strict=True))
        result = PollResult(name, "new", shown, Cursor(None, None, "hash"))
        self._polls.save(due, result, lambda tally: replace(after(due, result, tally, 0.5, now), due=now), now)

    def _finding(self, article: DueArticle) -> Finding:
        hit = self.read % 3 == 0
        term = Term("base", "Рамштайн", 0, 8, "title", "named")
        verdict = Verdict("ramstein", hit, "certain" if hit else None, 10 if hit else 0, (term,), ("named: +10",))
        made = Print("uk", article.found, article.title, 2_000, b"") if hit else None
        text = f"{LANGUAGES['uk'][2]} " * 20 + "текст " * 300
        return Finding(article.id, article.title, text, "full", (verdict,), language="uk", print=made)


@contextmanager
def served(path: Path) -> Iterator[tuple[str, Writer, Clock]]:
    """The page on a loopback port, the writer at work, and the time for both."""
    database, now = open_database(f"sqlite:///{path}"), Clock()
    writer, pulse = Writer(database, now), Pulse()
    server = WebServer("127.0.0.1", 0, ReviewStore(database), pulse, access=Access(), now=now, monotonic=time.monotonic)
    server.start()
    writer.start()
    try:
        yield server.url, writer, now
    finally:
        writer.stop()
        server.stop()
        database.close()


def measured(work: Callable[[], object], runs: int, before: Callable[[], object] = int) -> list[float]:
    """Milliseconds of each run; what comes ``before`` one is not counted."""
    taken = []
    for _ in range(runs):
        before()
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return taken


class Browser:
    """One connection that is kept; anything but 200 ends the run."""

    def __init__(self, url: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)

    def get(self, address: str) -> bytes:
        self._connection.request("GET", address)
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            sys.exit(f"{address}: {answer.status} {body[:300]!r}")
        return body


def naive(path: Path, asked: Asked, values: dict[str, str], runs: int) -> float | None:
    """The median of the obvious query alone, in milliseconds."""
    if asked.naive is None:
        return None
    query, given = asked.naive
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as raw:
        parameters = [one.format(**values) for one in given]
        return statistics.median(measured(lambda: raw.execute(query, parameters).fetchall(), runs))


def version() -> str:
    """Another one when the made database would be another one."""
    modules = [Path(one.__file__) for one in (review_made, folding, search_index)]
    files = [*modules, *sorted(Path(versions.__file__).parent.glob("*.py"))]
    return sha256(b"".join(map(Path.read_bytes, files))).hexdigest()[:8]


def database_of(folder: Path, *, small: bool) -> Path:
    """A copy of the made database, to be written into; it is made when there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / f"review-{'small' if small else 'large'}-{version()}.db"
    if not made.exists():
        print(f"making {made} ...", flush=True)
        make(made, SMALL if small else LARGE)
    copy = folder / "review-in-use.db"
    for end in ("", "-wal", "-shm"):
        Path(f"{copy}{end}").unlink(missing_ok=True)
    shutil.copyfile(made, copy)
    return copy


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=Path, required=True, help="folder for the database that is made once")
    parser.add_argument("--small", action="store_true", help="20,000 articles and 4,000 hits, for a quick run")
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--only", default="", help="measure the pages alone whose name holds this")
    options = parser.parse_args()
    path = database_of(options.cache, small=options.small)
    values, slow = known(path), []
    print(f"{'page':42} {'median':>8} {'p95':>8}  obvious query alone")
    with served(path) as (url, writer, clock):
        for asked in ASKED:
            if options.only in asked.name:
                browser, address = Browser(url), asked.address.format(**values)
                browser.get(address)
                before = clock.forward if asked.anew else int
                taken = sorted(measured(partial(browser.get, address), options.runs, before))
                median, late = statistics.median(taken), taken[int(len(taken) * 0.95)]
                other = naive(path, asked, values, 3)
                ratio = f"{other:8.0f} ms, {other / median:.1f} times" if other is not None else ""
                print(f"{asked.name:42} {median:5.0f} ms {late:5.0f} ms {ratio}", flush=True)
                slow += [asked.name] if median > MOST else []
        print(f"meanwhile {writer.polled} polls and {writer.read} articles were written")
    print(f"above {MOST} ms: {', '.join(slow)}" if slow else f"no median is above {MOST} ms")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
