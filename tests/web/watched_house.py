"""The house with a source in every state, gaps, notices and an article that was edited: all through the real stores."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from stores import read_store
from web_house import NEWS, NOW, SOURCES, House, News, house

from monitor.model import (
    After,
    Cursor,
    Entry,
    Finding,
    Gap,
    Moved,
    NewDelivery,
    Notice,
    PollResult,
    Sighting,
    Source,
    Standing,
    Term,
    Verdict,
)
from monitor.store import PollStore, ReadStore
from monitor.urls import url_key

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
KEY = "feed-secret"
WELL = Standing("ok", NOW - 9 * DAY, interval=timedelta(minutes=12), last_poll=NOW - HOUR / 6, last_ok=NOW - HOUR / 6)
REFUSED = PollResult("", "failed", error="http: answers 403", error_kind="http", status=403)
GONE = PollResult("", "failed", error="http: answers 410", error_kind="http", status=410)
DOWN = PollResult("", "failed", error=f"dns: no address for https://down.example/?key={KEY}", error_kind="dns")
FINE = PollResult("", "unchanged")
BROKEN = replace(WELL, failures=6, last_ok=NOW - 2 * DAY)
STATES: tuple[tuple[str, Standing, PollResult], ...] = (
    ("Blocked by walls", replace(WELL, health="blocked", since=NOW - 5 * HOUR), FINE),
    ("Blocked at the feed", replace(BROKEN, health="blocked", since=NOW - 30 * HOUR), REFUSED),
    ("Gone", replace(BROKEN, health="gone", since=NOW - 2 * DAY), GONE),
    ("Down", replace(BROKEN, health="failing", since=NOW - HOUR), DOWN),
    ("Silent", replace(WELL, health="silent", since=NOW - 3 * HOUR), FINE),
    ("Late", replace(WELL, health="late", since=NOW - HOUR, planned=NOW - HOUR), FINE),
    ("Moved", replace(WELL, health="moved", since=NOW - DAY, address=f"https://new.example/f?key={KEY}"), FINE),
    (
        "Rotated",
        replace(WELL, health="rotated", since=NOW - HOUR, gap=Gap(NOW - HOUR, NOW - 4 * HOUR, NOW - 2 * HOUR, 3, 41)),
        FINE,
    ),
    ("Back", replace(WELL, health="back", since=NOW - HOUR / 6), FINE),
    ("Well, moving", replace(WELL, moved=Moved(f"https://next.example/f?key={KEY}", NOW - DAY, 2)), FINE),
)
MORE = tuple(Source(name, f"https://s{at}.example/rss", language="en") for at, (name, _, _) in enumerate(STATES))
EDITED = News(
    "Edited Times",
    "en",
    "Ministers to meet on Friday",
    "Ministers of several countries meet on Friday.\nThe agenda was not published.\nRain is expected.",
    minutes=50,
    url="https://edited.example/1",
)
AFTERWARDS = (
    "Ministers of fifty countries meet on Friday at Ramstein.\nThe agenda was not published.\nRain is expected."
)


@contextmanager
def watched(folder: Path, **options: Any) -> Iterator[House]:
    """The house with all of this."""
    with house(folder, NEWS, **options) as running:
        sources = (*SOURCES, *MORE, Source(EDITED.source, "https://edited.example/rss", pace=timedelta(0)))
        polls = PollStore(running.database, sources)
        polls.sync(NOW - 3 * DAY)
        for name, standing, result in STATES:
            _stand(polls, name, standing, result)
        polls.network_down(NOW - 7 * HOUR, {}, NOW - 6 * HOUR)
        polls.network_back(NOW - 7 * HOUR, NOW - 5 * HOUR)
        reads = read_store(running.database, sources)
        _edit(polls, reads)
        _wall(polls, reads)
        yield running


def _stand(polls: PollStore, name: str, standing: Standing, result: PollResult) -> None:
    claimed = polls.claim_named(name, NOW - HOUR / 6)
    assert claimed is not None
    words = result.error or (f"polled at {standing.address} now" if standing.address else "")
    notice = Notice(name, "ok", standing.health, words, standing.since or NOW)
    after = After(standing, NOW + HOUR / 4, notice, "reading" if standing.gap else None, "every entry was new")
    polls.save(claimed, replace(result, source=name), lambda _tally: after, NOW - HOUR / 6)


def _edit(polls: PollStore, reads: ReadStore) -> None:
    _show(polls, EDITED.text, NOW - timedelta(minutes=50))
    _read(reads, EDITED.text, NOW - timedelta(minutes=49))
    _show(polls, AFTERWARDS, NOW - timedelta(minutes=20))
    _read(reads, AFTERWARDS, NOW - timedelta(minutes=19))


def _wall(polls: PollStore, reads: ReadStore) -> None:
    """The article of one source is behind a wall."""
    name, standing, _ = STATES[0]
    entry = Entry("walled", "https://walled.example/1", "Headline behind a wall", "", published=NOW - HOUR)
    found = PollResult(name, "new", (Sighting("walled", url_key(entry.url or ""), entry),), Cursor(body_hash="w"))
    claimed = polls.claim_named(name, NOW - HOUR / 12)
    assert claimed is not None
    polls.save(claimed, found, lambda _tally: After(standing, NOW + HOUR), NOW - HOUR / 12)
    article = reads.claim(NOW - HOUR / 20)
    assert article is not None
    walled = Finding(article.id, entry.title, "", "none", (), error="a consent page instead of the article")
    reads.save(replace(walled, blocked="a consent page"), article, _nowhere, NOW - HOUR / 30)


def _show(polls: PollStore, text: str, now: datetime) -> None:
    entry = Entry("guid", EDITED.url, EDITED.title, text, published=now)
    sighting = Sighting("guid", url_key(EDITED.url or ""), entry)
    result = PollResult(EDITED.source, "new", (sighting,), Cursor(body_hash=text[:20]))
    claimed = polls.claim_named(EDITED.source, now)
    assert claimed is not None
    polls.save(claimed, result, lambda _tally: After(WELL, NOW + HOUR), now)


def _read(reads: ReadStore, text: str, now: datetime) -> None:
    while (article := reads.claim(now)) is not None:
        assert article.url == EDITED.url
        at = f"{EDITED.title}\n\n{text}".find("Ramstein")
        terms = (Term("base", "Ramstein", at, at + 8),) if at >= 0 else ()
        verdict = Verdict("ramstein", at >= 0, "certain" if at >= 0 else None, 9.0 if at >= 0 else 0.0, terms, ())
        reads.save(Finding(article.id, EDITED.title, text, "full", (verdict,), "en"), article, _nowhere, now)


def _nowhere(_finding: Finding, _article: object, _now: datetime) -> tuple[NewDelivery, ...]:
    return ()
