"""Hits put straight into the tables, and the lists as they should come out, by plain Python."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import text as sql

from monitor.model import CANARY, Position
from monitor.store.folding import fold, words_of
from monitor.store.review_tables import HitTagRow, HitTextRow
from monitor.store.search import index
from monitor.store.story_tables import StoryRow
from monitor.store.tables import ArticleRow, DecisionRow, HitRow, SourceRow, TextRow

START = datetime(2026, 5, 4, 7, 0, tzinfo=UTC)
COUNTRIES = {"Harbour Post": "de", "Metro Courier": None, "Дніпро": "ua", CANARY: None}
SOURCES = tuple(COUNTRIES)
TABLES = ("decision", "hit_tag", "hit_text", "hit", "story", "text", "article", "source")


@dataclass(frozen=True)
class Hit:
    """A hit as a test has it; its number is its place in the list, from 1."""

    minute: int = 0
    text: str = ""
    topic: str = "ramstein"
    grade: str = "certain"
    language: str | None = "en"
    source: str = "Harbour Post"
    state: str = "new"
    story: int | None = None
    withdrawn: bool = False
    tags: tuple[str, ...] = field(default=())
    decisions: int = 0


def fill(database, hits, start=START):
    """Empty the database and put these hits into it, each with an article of its own."""
    with database.write() as session:
        for hit_id, folded in session.execute(sql("SELECT hit_id, folded FROM hit_text")).all():
            index(session, hit_id, folded, None)
        for table in TABLES:
            session.execute(sql(f"DELETE FROM {table}"))
        session.add_all(
            SourceRow(id=at, name=name, url="", kind="feed", host="", due=start, country=COUNTRIES[name])
            for at, name in enumerate(SOURCES, 1)
        )
        session.add_all(StoryRow(id=number, opened=start) for number in {hit.story for hit in hits} - {None})
        session.flush()
        for number, hit in enumerate(hits, 1):
            _store(session, number, hit, start)


def _store(session, number, hit, start):
    found, source = start + timedelta(minutes=hit.minute), SOURCES.index(hit.source) + 1
    of_article = {"source_id": source, "language": hit.language, "found": found}
    session.add(
        ArticleRow(id=number, url_key=f"{number}", title=f"Hit {number}", due=found, state="done", **of_article)
    )
    session.flush()
    session.add(TextRow(article_id=number, body=zlib.compress(hit.text.encode())))
    said = {"topic": hit.topic, "grade": hit.grade, "state": hit.state, "withdrawn": hit.withdrawn, "score": 1}
    kept = {"story_id": hit.story, "country": COUNTRIES[hit.source]}
    session.add(HitRow(id=number, article_id=number, **of_article, **said, **kept))
    session.flush()
    folded = fold(f"Hit {number}\n{hit.text}")
    index(session, number, None, folded)
    session.add(HitTextRow(hit_id=number, folded=folded))
    session.add_all(HitTagRow(hit_id=number, tag=tag) for tag in hit.tags)
    session.add_all(DecisionRow(hit_id=number, at=found, state=hit.state) for _ in range(hit.decisions))
    session.flush()


def fits(hit, number, wanted, start=START):
    """Whether a hit is asked for."""
    found = start + timedelta(minutes=hit.minute)
    words = words_of(wanted.search or "")
    text = fold(f"Hit {number}\n{hit.text}")
    return (
        not hit.withdrawn
        and (wanted.source == hit.source if wanted.source is not None else hit.source != CANARY)
        and wanted.topic in (None, hit.topic)
        and wanted.grade in (None, hit.grade)
        and wanted.language in (None, hit.language or "und")
        and wanted.country in (None, COUNTRIES[hit.source] or "-")
        and wanted.state in (None, hit.state)
        and (wanted.tag is None or wanted.tag in hit.tags)
        and (wanted.story is None or wanted.story == hit.story)
        and (wanted.since is None or found >= wanted.since)
        and (wanted.until is None or found < wanted.until)
        and (not wanted.search or (bool(words) and all(word in text for word in words)))
    )


def expected(hits, wanted, start=START):
    """The numbers of the hits that are asked for, newest first."""
    newest_first = sorted(enumerate(hits, 1), key=lambda one: (one[1].minute, one[0]), reverse=True)
    return [number for number, hit in newest_first if fits(hit, number, wanted, start)]


def heads(hits, wanted, start=START):
    """Of these the newest of each story."""
    stories = {}
    for number in expected(hits, wanted, start):
        stories.setdefault(hits[number - 1].story or -number, number)
    return list(stories.values())


def place(hits, number, start=START):
    """Where a hit stands in the list."""
    return Position(start + timedelta(minutes=hits[number - 1].minute), number)
