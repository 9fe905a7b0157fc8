"""Databases that differ in how long they have been in use: as many articles as wanted, found at one and the same rate.

So both have the same sources, the same days of texts that nothing was found in, and the same stories of the last days;
what grows is what is kept for ever. The rows are made by SQLite itself. One article in fifty is a hit, with its text
in the search index, its story, two messages that were sent, and often a decision.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.review_made import Writer
from monitor.model import Source
from monitor.read.stories import fingerprint
from monitor.store import open_database

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
SOURCES = 300
A_DAY = 3_000
"""Articles found a day."""
STEP = timedelta(days=1) / A_DAY
HIT = 50
"""One article in so many is a hit."""
KEPT = 14 * A_DAY
"""The last articles whose texts are kept although nothing was found in them."""
TEXTS = 256
"""Different texts; they come again and again."""
INDEXED = 8_000
"""Characters of a text's runs that are put into the search index, some third: it takes the most time of all."""
ALERTS = ("desk 0", "desk 1")
_MOMENT = "datetime(:begin + :step * {}, 'unixepoch') || '.000000'"
_MIXED = "printf('%08x', i * 2654435761 & 4294967295)"
_SITE = f"'https://outlet' || (i % {SOURCES} + 1) || '.example'"
_HOST = f"'outlet' || (i % {SOURCES} + 1) || '.example'"
_TITLE = "'Headline number ' || i || ' of a day with news of all kinds'"
SUMMARY = "A summary of what the article says, in two sentences. It is not long. " * 4
"""What the feed says of every article."""
_MISS = '[{"topic":"ramstein","hit":false,"grade":null,"score":2,"terms":[],"why":["group: +2"],"version":""}]'
_TERMS = '[{"concept":"base","form":"ramstein","start":4,"end":12,"field":"title","rule":"named"}]'
_FOUND = '[{"topic":"ramstein","hit":true,"grade":"certain","score":10,"terms":' + _TERMS + ',"why":[],"version":""}]'


def sources() -> list[Source]:
    """The sources of every such database."""
    return [Source(f"Outlet {at}", f"https://outlet{at}.example/feed") for at in range(1, SOURCES + 1)]


def shown(source: int, articles: int, number: int) -> list[tuple[str, str]]:
    """Key and headline of the last articles of a source, by its number, in a database of so many."""
    last = articles - (articles - source + 1) % SOURCES
    return [_shown(last - SOURCES * back) for back in range(number)]


def _shown(article: int) -> tuple[str, str]:
    mixed = article * 2654435761 & 0xFFFFFFFF
    return f"{mixed:08x}", f"Headline number {article} of a day with news of all kinds"


def make(path: Path, articles: int) -> None:
    """Make a database of so many articles."""
    open_database(f"sqlite:///{path}").close()
    raw = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-600000"):
        raw.execute(f"PRAGMA {pragma}")
    raw.execute("BEGIN")
    _ready(raw)
    when = {"begin": (NOW - STEP * (articles + 1)).timestamp(), "step": STEP.total_seconds(), "articles": articles}
    _gather(raw, 1 << 26)
    for table, number, columns in _tables(articles):
        _fill(raw, table, {**when, "number": number}, columns)
    _gather(raw, 1 << 20)  # as it is where nobody says otherwise
    raw.execute("COMMIT")
    raw.execute("PRAGMA journal_mode=WAL")
    raw.close()


def _gather(raw: sqlite3.Connection, size: int) -> None:
    """So many bytes of the search index are gathered in memory before they are written."""
    raw.execute("INSERT INTO hit_search (hit_search, rank) VALUES ('hashsize', ?)", (size,))


@cache
def texts() -> list[tuple[Any, ...]]:
    """The texts as the store keeps them."""
    writer = Writer()
    return [_text(writer, number) for number in range(TEXTS)]


def _text(writer: Writer, number: int) -> tuple[Any, ...]:
    _, language, title, body, folded, runs = writer(number)
    told = fingerprint(title, folded, language, None, NOW)
    return number, language, title, body, folded, runs, told.title, told.length, told.signature


def _ready(raw: sqlite3.Connection) -> None:
    raw.execute(
        "CREATE TEMP TABLE ready (n INTEGER PRIMARY KEY, language, title, body, folded, runs, heading, length, sign)"
    )
    raw.executemany("INSERT INTO ready VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", texts())


def _fill(raw: sqlite3.Connection, table: str, values: Mapping[str, float], columns: Mapping[str, str]) -> None:
    """Rows number 1 to ``:number``, ``i`` by name; what is not named gets an empty list, a zero or nothing."""
    known = raw.execute(f"PRAGMA table_info({table})").fetchall()
    empty = {name: _empty(kind) for _, name, kind, needed, *_ in known if needed}
    every = {**{name: value for name, value in empty.items() if name != "id"}, **columns}
    raw.execute(
        f"WITH RECURSIVE one(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM one WHERE i < :number)"
        f" INSERT INTO {table} ({', '.join(every)}) SELECT {', '.join(every.values())}"
        f" FROM one JOIN ready ON n = i % {TEXTS}",
        values,
    )


def _empty(kind: str) -> str:
    return "'[]'" if kind == "JSON" else "''" if kind.startswith("VARCHAR") else "0"


def _tables(articles: int) -> Iterator[tuple[str, int, Mapping[str, str]]]:
    """Every table with its rows, those first that others name."""
    hits, misses = articles // HIT, articles - articles // HIT
    yield "source", SOURCES, _source()
    yield "article", articles, _article()
    yield "sighting", articles, _sighting()
    yield "story", hits // 3 + 1, {"id": "i", "opened": _MOMENT.format(f"(i * 3 * {HIT})")}
    yield "hit", hits, _hit()
    yield "print", hits, _print()
    yield "hit_text", hits, {"hit_id": "i", "folded": "ready.folded"}
    yield "hit_search", hits, {"rowid": "i", "runs": f"substr(ready.runs, 1, {INDEXED})"}
    yield "text", hits, {"article_id": f"i * {HIT}", "body": "ready.body"}
    yield "text", min(misses, KEPT), {"article_id": _miss(misses), "body": "ready.body"}
    yield "delivery", 2 * hits, _delivery()
    yield "attempt", 2 * hits, _attempt()
    yield "decision", hits * 2 // 5, {"hit_id": "i * 5 / 2", "at": _at("i * 5 / 2"), "state": "'relevant'"}
    yield "source_day", SOURCES * 90, _day()


def _source() -> dict[str, str]:
    now = f"'{NOW:%Y-%m-%d %H:%M:%S.%f}'"
    site = "'outlet' || i || '.example'"
    return {
        "id": "i",
        "name": "'Outlet ' || i",
        "url": f"'https://' || {site} || '/feed'",
        "kind": "'feed'",
        "host": site,
        "polite": f"'host:' || {site}",
        "active": "1",
        "health": "'ok'",
        "etag": "'one'",
        "identity": "'guid'",
        "interval": "900.0",
        **dict.fromkeys(("due", "whole", "first_poll", "last_poll", "last_ok", "last_new", "planned"), now),
    }


def _article() -> dict[str, str]:
    return {
        "id": "i",
        "url_key": f"{_SITE} || '/' || {_MIXED}",
        "url": f"{_SITE} || '/' || {_MIXED}",
        "host": _HOST,
        "polite": f"'host:' || {_HOST}",
        "source_id": f"i % {SOURCES} + 1",
        "title": _TITLE,
        "heading": _TITLE,
        "feed_text": f"'{SUMMARY}'",
        "published": _MOMENT.format("i"),
        "found": _MOMENT.format("i"),
        "due": _MOMENT.format("i"),
        "read_at": _MOMENT.format("i"),
        "language": "ready.language",
        "state": "'done'",
        "attempts": "1",
        "revision": "1",
        "extraction": "'full'",
        "canonical_url": f"CASE WHEN i % 2 THEN {_SITE} || '/canonical/' || {_MIXED} END",
        "verdicts": f"CASE WHEN i % {HIT} THEN '{_MISS}' ELSE '{_FOUND}' END",
        "near": f"CASE WHEN i % {HIT} AND i % 16 = 1 THEN 'score 2' END",
    }


def _sighting() -> dict[str, str]:
    return {
        "source_id": f"i % {SOURCES} + 1",
        "key": _MIXED,
        "guid": _MIXED,
        "article_id": "i",
        "title": _TITLE,
        "published": _MOMENT.format("i"),
        "seen": _MOMENT.format("i"),
        "fingerprint": f"{_MIXED} || {_MIXED} || {_MIXED} || {_MIXED}",
    }


def _hit() -> dict[str, str]:
    return {
        "id": "i",
        "article_id": f"i * {HIT}",
        "source_id": f"i * {HIT} % {SOURCES} + 1",
        "story_id": "i / 3 + 1",
        "language": "ready.language",
        "topic": "'ramstein'",
        "grade": "'certain'",
        "score": "10.0",
        "terms": f"'{_TERMS}'",
        "found": _at("i"),
        "state": "CASE WHEN i % 5 IN (0, 2) THEN 'relevant' ELSE 'new' END",
        "revision": "1",
    }


def _print() -> dict[str, str]:
    return {
        "article_id": f"i * {HIT}",
        "story_id": "i / 3 + 1",
        "at": _at("i"),
        "language": "ready.language",
        "title": "ready.heading",
        "length": "ready.length",
        "signature": "ready.sign",
        "marks": """'["number:' || i || '","date:2026-02-14"]'""",
        "how": "'copy'",
        "score": "0.9",
    }


def _delivery() -> dict[str, str]:
    hit = "((i + 1) / 2)"
    times = dict.fromkeys(("created", "due", "sent", "expires"), _at(hit))
    return {
        "id": "i",
        "hit_id": hit,
        "article_id": f"{hit} * {HIT}",
        "story_id": f"{hit} / 3 + 1",
        "alert": "'desk ' || (i % 2)",
        "key": "printf('%020x', i)",
        "state": "'sent'",
        "attempts": "1",
        **times,
    }


def _attempt() -> dict[str, str]:
    when = _at("((i + 1) / 2)")
    return {"delivery_id": "i", "alert": "'desk ' || (i % 2)", "ended": when, "outcome": "'sent'"}


def _day() -> dict[str, str]:
    day = f"date('{NOW:%Y-%m-%d}', '-' || (i / {SOURCES}) || ' days')"
    return {"source_id": f"i % {SOURCES} + 1", "day": day, "entries": "10"}


def _at(hit: str) -> str:
    """When a hit was found."""
    return _MOMENT.format(f"({hit} * {HIT})")


def _miss(misses: int) -> str:
    """The number of an article that is no hit, the newest ones first."""
    return f"({misses} - i + 1) + ({misses} - i) / {HIT - 1}"
