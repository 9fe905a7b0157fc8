"""The read desk: a due article's page is fetched and looked at, the verdicts are stored. The only I/O of this stage.

When the page cannot be had, the feed's own text is matched at once, so that a hit is never late because a site is
down; the page is tried again later.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol

from monitor.errors import FetchError, WorkerError
from monitor.model import Document, DueArticle, Event, Finding, Verdict
from monitor.read.answer import Look, look_from_json
from monitor.store import ReadStore
from monitor.store.reads import Route

LIMIT = 3 * 1024 * 1024
DEADLINE = 45.0
ACCEPT = "text/html, application/xhtml+xml, */*;q=0.5"
TASK = "monitor.read.look:factory"
RETRIES = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
"""Waits before the page is tried again; after the last one the feed's text has to do."""


class Fetch(Protocol):
    """One exchange with a server; see ``monitor.fetch.Fetcher.fetch``."""

    def __call__(self, url: str, *, limit: int, deadline: float, accept: str, robots: bool) -> Document:
        """Fetch, or raise FetchError."""


class ReadDesk:
    """Claim an article, look at it, store the verdicts with hits and deliveries."""

    name = "read"

    def __init__(
        self,
        store: ReadStore,
        fetch: Fetch,
        run: Callable[..., Any],
        route: Route,
        *,
        setup: dict[str, Any],
        obey_robots: bool,
    ) -> None:
        self._store = store
        self._fetch = fetch
        self._run = run
        self._route = route
        self._setup = setup
        self._obey_robots = obey_robots
        self.claim = store.claim
        self.next_claim = store.next_claim

    def work(self, article: DueArticle) -> Finding:
        """Read the page, or the feed's own text where that fails."""
        if article.url is None:
            return _finding(article, self._look(article, None), None, None)
        if article.attempts > len(RETRIES):
            return self._without_page(article, "the page was tried often enough", None)
        try:
            document = self._fetch(article.url, limit=LIMIT, deadline=DEADLINE, accept=ACCEPT, robots=self._obey_robots)
            return _finding(article, self._look(article, document), None, None)
        except FetchError as error:
            return self._without_page(article, str(error), None if error.permanent else _again(article, error))
        except WorkerError as error:
            return self._without_page(article, f"the page could not be parsed: {error}", _again(article, error))

    def save(self, article: DueArticle, finding: Finding, now: datetime) -> Event:
        """One transaction: verdicts, hits, deliveries, and the next try."""
        new = self._store.save(finding, article, self._route, now)
        return Event("read", finding.title or article.title, _words(finding), ok=finding.error is None, hits=new)

    def _look(self, article: DueArticle, document: Document | None) -> Look:
        meta = {
            "url": document.url if document else article.url or "",
            "content_type": document.content_type if document else "",
            "title": article.title,
            "feed_text": article.feed_text,
            "language": article.language,
            "published": article.published.isoformat() if article.published else None,
            "has_page": document is not None,
        }
        return look_from_json(self._run(TASK, document.body if document else b"", meta, self._setup))

    def _without_page(self, article: DueArticle, error: str, retry_in: timedelta | None) -> Finding:
        try:
            return _finding(article, self._look(article, None), error, retry_in)
        except WorkerError as worse:
            words = f"{error}; the feed's text could not be matched either: {worse}"
            return Finding(
                article.id, article.title, article.feed_text, "none", (), error=words, retry_in=_again(article, worse)
            )


def _again(article: DueArticle, error: FetchError | WorkerError) -> timedelta | None:
    """When to try the page again; None when it was tried often enough."""
    if article.attempts >= len(RETRIES):
        return None
    wait = RETRIES[article.attempts]
    asked = error.retry_after if isinstance(error, FetchError) else None
    return max(wait, timedelta(seconds=asked)) if asked else wait


def _finding(article: DueArticle, look: Look, error: str | None, retry_in: timedelta | None) -> Finding:
    page = look.page
    return Finding(
        article_id=article.id,
        title=look.title,
        text=look.text,
        extraction=page.extraction,
        verdicts=look.verdicts,
        language=page.language,
        author=page.author,
        published=article.published or page.published,
        canonical_url=page.canonical_url,
        error=error,
        retry_in=retry_in,
        notes=page.notes,
    )


def _words(finding: Finding) -> str:
    hits = ", ".join(f"{verdict.topic} ({verdict.grade})" for verdict in finding.verdicts if verdict.hit)
    words = f"hit: {hits}" if hits else _near(finding.verdicts)
    return f"{words}; {finding.error}" if finding.error else words


def _near(verdicts: tuple[Verdict, ...]) -> str:
    near = ", ".join(verdict.topic for verdict in verdicts if verdict.score > 0)
    return f"near miss: {near}" if near else "no hit"
