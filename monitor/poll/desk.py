"""The poll desk: a due source is fetched and parsed, its new entries become articles. The only I/O of this stage."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from monitor.errors import FetchError, MonitorError, ParseError, WorkerError
from monitor.model import Cursor, Document, DueSource, Event, Feed, PollResult, Sighting
from monitor.poll.identity import sightings
from monitor.poll.kinds import KINDS
from monitor.poll.kinds.answer import feed_from_json
from monitor.poll.schedule import next_poll
from monitor.store import PollStore

LIMIT = 10 * 1024 * 1024
DEADLINE = 30.0
ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"


class Fetch(Protocol):
    """One exchange with a server; see ``monitor.fetch.Fetcher.fetch``."""

    def __call__(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        limit: int,
        deadline: float,
        accept: str,
    ) -> Document:
        """Fetch, or raise FetchError."""


class PollDesk:
    """Claim a source, look at it, store what is new together with where we stand."""

    name = "poll"

    def __init__(self, store: PollStore, fetch: Fetch, run: Callable[..., Any], jitter: Callable[[], float]) -> None:
        self._store = store
        self._fetch = fetch
        self._run = run
        self._jitter = jitter
        self.claim = store.claim
        self.next_claim = store.next_claim

    def work(self, due: DueSource) -> PollResult:
        """Fetch and parse; every expected failure is a result."""
        try:
            return self._look(due)
        except FetchError as error:
            return _failed(due, error.kind, error, error.retry_after)
        except (ParseError, WorkerError) as error:
            return _failed(due, error.kind, error, None)

    def save(self, due: DueSource, result: PollResult, now: datetime) -> Event:
        """One transaction: new articles, the cursor and the next poll."""
        failures = due.failures + 1 if result.outcome == "failed" else 0
        at = next_poll(due.source.interval, failures, result.retry_after, self._jitter(), now)
        new = self._store.save(result, at, now)
        return Event("poll", due.source.name, _words(result, new), ok=result.outcome != "failed")

    def _look(self, due: DueSource) -> PollResult:
        cursor, source = due.cursor, due.source
        document = self._fetch(
            source.url,
            etag=cursor.etag,
            last_modified=cursor.last_modified,
            limit=LIMIT,
            deadline=DEADLINE,
            accept=ACCEPT,
        )
        if document.not_modified:
            return PollResult(source.name, "unchanged")
        reached = Cursor(document.etag, document.last_modified, hashlib.sha256(document.body).hexdigest())
        if reached.body_hash == cursor.body_hash:
            return PollResult(source.name, "unchanged", cursor=reached)
        feed = feed_from_json(self._run(KINDS[source.kind], document.body, _meta(document, source.language)))
        return _found(due, feed, reached)


def _meta(document: Document, language: str | None) -> dict[str, Any]:
    return {"url": document.url, "content_type": document.content_type, "language": language}


def _found(due: DueSource, feed: Feed, reached: Cursor) -> PollResult:
    seen: tuple[Sighting, ...] = sightings(due.source.name, feed.entries)
    return PollResult(
        due.source.name,
        "new",
        sightings=seen,
        cursor=reached,
        notes=feed.notes,
        title=feed.title,
        language=feed.language,
    )


def _failed(due: DueSource, kind: str, error: MonitorError, retry_after: float | None) -> PollResult:
    return PollResult(due.source.name, "failed", error=str(error), error_kind=kind, retry_after=retry_after)


def _words(result: PollResult, new: int) -> str:
    if result.outcome == "failed":
        return result.error or "failed"
    if result.outcome == "unchanged":
        return "not modified" if result.cursor is None else "the same bytes as before"
    return f"{new} new of {len(result.sightings)}"
