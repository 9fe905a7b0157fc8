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
        for hit_id, text in session.execute(sql("SELECT hit_id, folded FROM hit_text")).all():
            index(session, hit_id, text, None)
        for table in TABLES:
            session.execute(sql(f"DELETE FROM {table}"))
        session.add_all(
            SourceRow(id=at, name=name, url="", kind="feed", host="", due=start, country=COUNTRIES[name])
            for at, name in enumerate(SOURCES, 1)
        )
        session.add_all(StoryRow(id=number, opened=start) for number in {hit.story for hit in hits} - {None})
        session.flush()
        for rows_of in (_article, _hit, _said):
            session.add_all(row for number, hit in enumerate(hits, 1) for row in rows_of(number, hit, start))
            session.flush()
        for number, hit in enumerate(hits, 1):
            index(session, number, None, folded(number, hit))


def _article(number, hit, start):
    found = start + timedelta(minutes=hit.minute)
    of_article = {"source_id": SOURCES.index(hit.source) + 1, "language": hit.language, "found": found}
    yield ArticleRow(id=number, url_key=f"{number}", title=f"Hit {number}", due=found, state="done", **of_article)


def _hit(number, hit, start):
    found = start + timedelta(minutes=hit.minute)
    yield TextRow(article_id=number, body=zlib.compress(hit.text.encode()))
    yield HitRow(
        id=number,
        article_id=number,
        source_id=SOURCES.index(hit.source) + 1,
        story_id=hit.story,
        language=hit.language,
        country=COUNTRIES[hit.source],
        topic=hit.topic,
        grade=hit.grade,
        score=1,
        found=found,
        state=hit.state,
        withdrawn=hit.withdrawn,
    )


def _said(number, hit, start):
    yield HitTextRow(hit_id=number, folded=folded(number, hit))
    yield from (HitTagRow(hit_id=number, tag=tag) for tag in hit.tags)
    yield from (DecisionRow(hit_id=number, at=start, state=hit.state) for _ in range(hit.decisions))


def folded(number, hit):
    """What is searched of a hit."""
    return fold(f"Hit {number}\n{hit.text}")


def fits(hit, number, wanted, start=START):
    """Whether a hit is asked for."""
    found = start + timedelta(minutes=hit.minute)
    words = words_of(wanted.search or "")
    text = folded(number, hit)
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
