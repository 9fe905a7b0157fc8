"""The poll desk: a due source is fetched and parsed, its new entries become articles. The only I/O of this stage."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from monitor.errors import ON_THE_WAY, FetchError, MonitorError, ParseError, WorkerError
from monitor.fetch.answers import fresh_for, permanent_target
from monitor.model import CANARY, After, Cursor, Document, DueSource, Event, Feed, Manner, Notice, PollResult, Tally
from monitor.poll import gap, health, standing
from monitor.poll import validators as trust
from monitor.poll.identity import sightings
from monitor.poll.kinds import KINDS
from monitor.poll.kinds.address import polled_url
from monitor.poll.kinds.answer import feed_from_json
from monitor.poll.outage import Outage
from monitor.store import PollStore

LIMIT = 10 * 1024 * 1024
DEADLINE = 30.0
ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
ACCEPT_PAGE = "text/html, application/xhtml+xml, */*;q=0.5"
PAGES = frozenset({"listing", "telegram"})
"""Kinds that are web pages: robots.txt is asked."""


class Fetch(Protocol):
    """One exchange with a server; see ``monitor.fetch.Fetcher.fetch``."""

    def __call__(  # noqa: PLR0913 - the fetcher's own
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        limit: int,
        deadline: float,
        accept: str,
        robots: bool,
        manner: Manner,
    ) -> Document:
        """Fetch, or raise FetchError."""


class PollDesk:
    """Claim a source, look at it, store what is new together with where we stand."""

    name = "poll"
    together = 32

    def __init__(
        self,
        store: PollStore,
        fetch: Fetch,
        run: Callable[..., Any],
        chance: Callable[[], float],
        outage: Outage,
        *,
        obey_robots: bool = True,
    ) -> None:
        self._store = store
        self._fetch = fetch
        self._run = run
        self._chance = chance
        self._outage = outage
        self._obey_robots = obey_robots
        self.claim, self.claim_many = store.claim, store.claim_many
        self.next_claim = store.next_claim
        self.offer, self.take_up = store.offer, store.take_up

    def about(self, due: DueSource) -> Mapping[str, str]:
        """For the log."""
        return {"source": due.source.name}

    def work(self, due: DueSource) -> PollResult:
        """Fetch and parse; every expected failure is a result."""
        try:
            return self._look(due)
        except FetchError as error:
            return _failed(due, error.kind, error, error.status, error.retry_after)
        except ParseError as error:
            return _failed(due, error.kind, error)
        except WorkerError as error:  # its time-out is none of the network's
            return _failed(due, f"worker_{error.kind}", error)

    def save(self, due: DueSource, result: PollResult, now: datetime) -> Event:
        """One transaction: new articles, the cursor, what was learnt and the next poll."""
        return self.save_many([(due, result)], now)[0]

    def save_many(self, done: Sequence[tuple[DueSource, PollResult]], now: datetime) -> list[Event]:
        """The same for several polls in one transaction: all of it, or nothing."""
        told = [self._network(due, result, now) for due, result in done]
        stored = self._store.save_many([(due, result, self._follows(due, result, now)) for due, result in done], now)
        each = zip(done, told, stored, strict=True)
        return [_event(*poll, tally, network or notice) for poll, network, (tally, notice) in each]

    def _follows(self, due: DueSource, result: PollResult, now: datetime) -> Callable[[Tally], After]:
        ours = self._outage.down and result.error_kind in ON_THE_WAY

        def follows(tally: Tally) -> After:
            if ours:
                return standing.unreachable(due, self._chance(), now)
            return standing.after(due, result, tally, self._chance(), now)

        return follows

    def _network(self, due: DueSource, result: PollResult, now: datetime) -> Notice | None:
        """Note what this poll says of our own network; its failing and its coming back are noticed once."""
        if result.error_kind in health.UNASKED or due.source.name == CANARY:  # which is asked on this machine
            return None
        if result.error_kind in ON_THE_WAY:
            since = self._outage.failed(due, now)
            return None if since is None else self._store.network_down(since, self._outage.before, now)
        down_since = self._outage.answered(due)
        return None if down_since is None else self._store.network_back(down_since, now)

    def _look(self, due: DueSource) -> PollResult:
        cursor, source = due.cursor, due.source
        kind = "sitemap" if due.reading_back and gap.is_sitemap(due.url) else source.kind
        validators = trust.sent(due)
        document = self._fetch(
            polled_url(kind, due.url),
            etag=validators.etag,
            last_modified=validators.last_modified,
            limit=LIMIT,
            deadline=DEADLINE,
            accept=ACCEPT_PAGE if kind in PAGES else ACCEPT,
            robots=self._obey_robots and kind in PAGES,
            manner=source.manner,
        )
        moved, fresh = permanent_target(document), fresh_for(document.headers, due.at)
        reached = Cursor(document.etag, document.last_modified, hashlib.sha256(document.body).hexdigest())
        if document.not_modified:
            return PollResult(source.name, "unchanged", moved=moved, fresh=fresh)
        if reached.body_hash == cursor.body_hash and not trust.is_whole(due):
            reached = trust.reached(due, reached, ())
            return PollResult(source.name, "unchanged", cursor=reached, moved=moved, fresh=fresh)
        feed = feed_from_json(self._run(KINDS[kind], document.body, _meta(document, due)))
        reached = trust.reached(due, reached, feed.entries)
        return _found(due, feed, None if due.reading_back else reached, moved=moved, whole=True, fresh=fresh)


def _meta(document: Document, due: DueSource) -> dict[str, Any]:
    return {
        "url": document.url,
        "content_type": document.content_type,
        "language": due.source.language,
        "selector": due.source.selector,
    }


def _found(due: DueSource, feed: Feed, reached: Cursor | None, **answer: Any) -> PollResult:
    """Return what was found. No entries at all is a fault of the source, never "no news"."""
    if not feed.entries and not feed.documents:
        raise ParseError("empty", "the document holds no entries")
    return PollResult(
        due.source.name,
        "new",
        sightings=sightings(due.source.name, feed.entries),
        cursor=reached,
        notes=feed.notes,
        title=feed.title,
        language=feed.language,
        hints=feed.hints,
        older=feed.older,
        documents=feed.documents,
        **answer,
    )


def _failed(
    due: DueSource, kind: str, error: MonitorError, status: int = 0, retry_after: float | None = None
) -> PollResult:
    return PollResult(
        due.source.name, "failed", error=str(error), error_kind=kind, status=status, retry_after=retry_after
    )


def _event(due: DueSource, result: PollResult, tally: Tally, told: Notice | None) -> Event:
    return Event(
        "poll",
        due.source.name,
        _words(due, result, tally, told),
        ok=result.outcome != "failed",
        noticed=told is not None,
        result=result.outcome,
    )


def _words(due: DueSource, result: PollResult, tally: Tally, notice: Notice | None) -> str:
    told = f"; {notice.was} -> {notice.state}: {notice.words}" if notice else ""
    where = f"read back {due.url}: " if due.reading_back else ""
    if result.outcome == "failed":
        return f"{where}{result.error or 'failed'}{told}"
    if result.outcome == "unchanged":
        return ("not modified" if result.cursor is None else "the same bytes as before") + told
    edited = f", {tally.edited} edited" if tally.edited else ""
    return f"{where}{tally.new} new of {len(result.sightings)}{edited}{told}"
