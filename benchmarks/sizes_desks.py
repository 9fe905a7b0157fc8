"""The desks that poll and read, with their stores, on a made database; the web is missing, and what parses.

The clock is given: it stands still while a batch is worked off, and sources are due when they are wanted.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, text

from benchmarks import sizes_made as made
from benchmarks.review_made import LANGUAGES, Language
from monitor.deliver.router import Router
from monitor.model import Alert, Document, Page, Term, Verdict
from monitor.poll.desk import PollDesk
from monitor.poll.outage import Outage
from monitor.read import stories
from monitor.read.answer import Look, look_to_json
from monitor.read.desk import ReadDesk
from monitor.store import PollStore, ReadStore, open_database
from monitor.store.columns import Utc

BATCH = 16
"""Pieces of work that are claimed together, and saved together."""
NEW, SHOWN = 3, 20
"""New articles of those that a feed shows."""
LATER = timedelta(seconds=10)
"""Between two batches; enough for the pace of every host."""
HIT = Verdict(
    "ramstein", hit=True, grade="certain", score=10.0, terms=(Term("base", "ramstein", 4, 12, "title", "named"),) * 4
)
MISS = Verdict("ramstein", hit=False, grade=None, score=0.0)
_DUE = text("UPDATE source SET due = CASE WHEN id IN :wanted THEN :now ELSE :later END")
_DUE = _DUE.bindparams(
    bindparam("wanted", expanding=True), bindparam("now", type_=Utc()), bindparam("later", type_=Utc())
)


class Web:
    """Answers at once: to the desk that polls with a feed, to the one that reads with a look."""

    def __init__(self, articles: int) -> None:
        self._articles = articles
        self._numbers = {source.url: number for number, source in enumerate(made.sources(), 1)}
        self._texts = cycle(_texts())
        self._asked = 0
        self.new, self.modified, self.hit = 0, True, False

    def feed(self, url: str, **_asked: Any) -> Document:
        """Other bytes each time, which name what was asked for."""
        self._asked += 1
        status, body = (200, f"{url} {self._asked}") if self.modified else (304, "")
        return Document(url, url, status, {"etag": '"one"'}, body.encode())

    def parsed(self, _task: str, body: bytes, _meta: Mapping[str, Any]) -> dict[str, Any]:
        """The feed as a child would give it."""
        url, number = body.decode().split()
        known = made.shown(self._numbers[url], self._articles, SHOWN - self.new)
        new = [(f"new{number}-{at}", f"News number {number} of today, part {at}") for at in range(self.new)]
        about = {"title": "Outlet", "language": None, "notes": [], "hints": {}, "older": None, "documents": []}
        return {**about, "entries": [_entry(url, *one) for one in (*new, *known)]}

    def page(self, url: str, **_asked: Any) -> Document:
        """Nobody reads it."""
        return Document(url, url, 200, {"content-type": "text/html"}, b"<html>")

    def look(self, _task: str, _body: bytes, meta: Mapping[str, Any], _setup: object) -> dict[str, Any]:
        """The look as a child would give it; an article's text is its own."""
        language, title, body = next(self._texts)
        page = Page(title, "", "full" if self.hit else "skipped", language=language, canonical_url=meta["url"])
        return look_to_json(Look(page, (HIT if self.hit else MISS,), title, body))


def _entry(url: str, key: str, title: str) -> dict[str, Any]:
    at = f"{url.removesuffix('/feed')}/{key}"
    rest = {"author": None, "date_raw": None, "language": None, "updated": None, "outlet": None, "content": ""}
    return {"guid": key, "url": at, "title": title, "summary": made.SUMMARY, "published": None, **rest}


@cache
def _texts() -> list[tuple[str, str, str]]:
    """Language, headline and text; none that the database has."""
    languages = {code: Language(code) for code in LANGUAGES}
    numbers = range(made.TEXTS, 3 * made.TEXTS)
    return [(code, *languages[code].text(at)) for code, at in zip(cycle(languages), numbers, strict=False)]


class House:
    """A database of so many articles, and those who work on it."""

    def __init__(self, path: Path, articles: int) -> None:
        sources, web = made.sources(), Web(articles)
        alerts = [Alert(name, "json://127.0.0.1", ("ramstein",)) for name in made.ALERTS]
        self._database = open_database(f"sqlite:///{path}")
        polls = PollStore(self._database, sources)
        reads = ReadStore(self._database, sources, stories.link)
        self._web, self._now = web, made.NOW
        self._next = cycle(range(1, made.SOURCES + 1))
        polls.sync(self._now)
        self._poll = PollDesk(polls, web.feed, web.parsed, lambda: 0.5, Outage(made.SOURCES))
        route = Router(alerts, sources).read
        self._read = ReadDesk(reads, web.page, web.look, route, setup={}, obey_robots=False)

    def want(self, *, new: int = 0, modified: bool = True) -> None:
        """Have the next sources due, and let them show so many new articles."""
        self._now += LATER
        self._web.new, self._web.modified = new, modified
        wanted = list(islice(self._next, BATCH))
        with self._database.write() as session:
            session.execute(_DUE, {"wanted": wanted, "now": self._now, "later": self._now + timedelta(days=1)})

    def meet(self, *, hit: bool) -> None:
        """Let the next articles be hits, or not."""
        self._now += LATER
        self._web.hit = hit

    def poll(self) -> int:
        """Claim, ask and save a batch of sources. Returns how many."""
        due = self._poll.claim_many(self._now, BATCH)
        self._poll.save_many([(one, self._poll.work(one)) for one in due], self._now)
        return len(due)

    def read(self) -> int:
        """The same of articles."""
        due = self._read.claim_many(self._now, BATCH)
        self._read.save_many([(one, self._read.work(one)) for one in due], self._now)
        return len(due)

    def settle(self) -> None:
        """Poll every source once, so that it is known what it shows."""
        for _ in range(-(-made.SOURCES // BATCH)):
            self.want()
            self.poll()

    def read_all(self) -> None:
        """Leave nothing that waits to be read."""
        self.meet(hit=False)
        while self.read():
            self.meet(hit=False)

    def close(self) -> None:
        """Give the database back."""
        self._database.close()
