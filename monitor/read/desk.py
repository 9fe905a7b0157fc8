"""The read desk: a due article's page is fetched and looked at, the verdicts are stored. The only I/O of this stage.

When the page cannot be had, the feed's own text is matched at once, so that a hit is never late because a site is
down; the page is tried again later. What leads to another address (an AMP version, the target of a redirecting link)
is another request, at the pace of its own host: it becomes the article's next try, and is never made within this one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from monitor.errors import FetchError, WorkerError
from monitor.model import CANARY, Document, DueArticle, Event, Finding, Manner, Print
from monitor.read import links, outcome, stories
from monitor.read.answer import Look, look_from_json
from monitor.store import ReadStore
from monitor.store.reads import Route

LIMIT = 3 * 1024 * 1024
DEADLINE = 45.0
ACCEPT = "text/html, application/xhtml+xml, */*;q=0.5"
TASK = "monitor.read.look:factory"
POST = "a post; its text came with the feed"


class Fetch(Protocol):
    """One exchange with a server; see ``monitor.fetch.Fetcher.fetch``."""

    def __call__(self, url: str, *, limit: int, deadline: float, accept: str, robots: bool, manner: Manner) -> Document:
        """Fetch, or raise FetchError."""


class ReadDesk:
    """Claim an article, look at it, store the verdicts with hits and deliveries."""

    name = "read"
    together = 32

    def __init__(
        self,
        store: ReadStore,
        fetch: Fetch,
        run: Callable[..., Any],
        route: Route,
        *,
        setup: dict[str, Any],
        obey_robots: bool,
        timed: Callable[[Mapping[str, float]], None] = lambda _seconds: None,
    ) -> None:
        """``timed`` is told how long each stage of each look took."""
        self._store = store
        self._fetch = fetch
        self._run = run
        self._route = route
        self._setup = setup
        self._obey_robots = obey_robots
        self._timed = timed
        self.claim, self.claim_many = store.claim, store.claim_many
        self.next_claim = store.next_claim
        self.offer, self.take_up = store.offer, store.take_up

    def about(self, article: DueArticle) -> Mapping[str, int | str]:
        """For the log."""
        return {"article": article.id, "source": article.source}

    def work(self, article: DueArticle) -> Finding:
        """Read the page, or the feed's own text where that fails; what tells the story of a hit comes with it."""
        found = self._read(article)
        told = outcome.is_hit(found) and article.source != CANARY  # whose articles are of no story
        return replace(found, print=_print(found, article)) if told else found

    def _read(self, article: DueArticle) -> Finding:
        if article.url is None:
            return outcome.finding(article, self._look(article, None))
        if links.is_post(article.url):
            return outcome.finding(article, self._look(article, None), POST)
        if article.attempts > len(outcome.RETRIES):
            return self._without_page(article, "the page was tried often enough")
        target = links.target(article.url) if article.page_url is None else None
        return self._towards(article, target) if target else self._page(article, article.page_url or article.url)

    def save(self, article: DueArticle, finding: Finding, now: datetime) -> Event:
        """One transaction: verdicts, hits, deliveries, and the next try."""
        return self.save_many([(article, finding)], now)[0]

    def save_many(self, done: Sequence[tuple[DueArticle, Finding]], now: datetime) -> list[Event]:
        """The same for several articles in one transaction: all of it, or nothing."""
        hits = self._store.save_many([(finding, article) for article, finding in done], self._route, now)
        return [_event(article, finding, new) for (article, finding), new in zip(done, hits, strict=True)]

    def _page(self, article: DueArticle, url: str) -> Finding:
        """Fetch one page and judge what was found there."""
        try:
            document = self._ask(url, article.manner)
            return outcome.judged(article, document, self._look(article, document))
        except FetchError as error:
            return outcome.refused(article, error, self._without_page(article, str(error)))
        except WorkerError as error:
            finding = self._without_page(article, f"the page could not be parsed: {error}")
            return replace(finding, retry_in=outcome.again(article))

    def _ask(self, url: str, manner: Manner) -> Document:
        return self._fetch(url, limit=LIMIT, deadline=DEADLINE, accept=ACCEPT, robots=self._obey_robots, manner=manner)

    def _towards(self, article: DueArticle, target: str) -> Finding:
        """Match what the feed said of a redirecting link; the article is read where it leads."""
        try:
            look = self._look(article, None)
        except WorkerError:
            return replace(self._without_page(article, ""), page_url=target)
        return outcome.led_on(article, look, target)

    def _look(self, article: DueArticle, document: Document | None) -> Look:
        meta = {
            "url": document.url if document else article.url or "",
            "requested": document.requested if document else article.url or "",
            "content_type": document.content_type if document else "",
            "title": article.title,
            "feed_text": article.feed_text,
            "language": article.language,
            "published": article.published.isoformat() if article.published else None,
            "has_page": document is not None,
        }
        look = look_from_json(self._run(TASK, document.body if document else b"", meta, self._setup))
        self._timed(look.seconds)
        return look

    def _without_page(self, article: DueArticle, error: str) -> Finding:
        """Match what the feed said; no page was had, and none is tried again unless the caller says so."""
        try:
            return replace(outcome.finding(article, self._look(article, None)), error=error)
        except WorkerError as worse:
            words = f"{error}; the feed's text could not be matched either: {worse}"
            return Finding(
                article.id,
                article.title,
                article.feed_text,
                "none",
                (),
                error=words,
                retry_in=outcome.again(article),
            )


def _event(article: DueArticle, finding: Finding, new: int) -> Event:
    return Event(
        "read",
        finding.title or article.title,
        outcome.words(finding),
        ok=finding.error is None,
        hits=new,
        result=outcome.result(finding),
    )


def _print(found: Finding, article: DueArticle) -> Print:
    return stories.fingerprint(found.title, found.text, found.language, found.published, article.found)
