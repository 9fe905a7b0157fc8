"""Databases of earlier schemas with what they hold."""

import json
import unicodedata
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command

from monitor.model import HitFilter
from monitor.store import Database, ReviewStore, open_database
from monitor.store.migrate import _config

CASES = [json.loads(line) for line in (Path(__file__).parent / "cases/search.jsonl").read_text().splitlines()]
DAY = "2026-02-12 09:30:00.000000"


def first_fold(text):
    """How texts were folded in schema 5."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = (char for char in plain if not "\u0300" <= char <= "\u036f" and unicodedata.category(char) != "Cf")
    return unicodedata.normalize("NFKC", "".join(kept))


def insert(connection, table, **values):
    """One row; what has to be there and is not given is empty."""
    empty = {"JSON": "[]", "INTEGER": 0, "FLOAT": 0, "BOOLEAN": 0, "BLOB": b"", "DATETIME": DAY}
    columns = connection.exec_driver_sql(f"PRAGMA table_info({table})")
    needed = {name: empty.get(kind, "") for _, name, kind, must, _, key in columns if must and not key}
    row = {**needed, **values}
    names, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
    connection.exec_driver_sql(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory):
    url = f"sqlite:///{tmp_path_factory.mktemp('upgrade')}/monitor.db"
    old = Database(url)
    with old.connection() as connection:
        command.upgrade(_config(connection), "0005")
        insert(connection, "source", id=1, name="Old", url="https://old.example/feed", country="ua", health="ok")
        insert(connection, "story", id=5)
        for number, case in enumerate(CASES, 1):
            insert(
                connection,
                "article",
                id=number,
                url_key=f"old.example/{number}",
                source_id=1,
                title=case["of"],
                state="done",
                language="uk" if number % 2 else None,
                url=f"https://old.example/{number}",
            )
            folded = first_fold(f"{case['of']}\n{case['text']}")
            hit = {"id": number, "article_id": number, "topic": "ramstein", "grade": "certain", "state": "new"}
            insert(connection, "hit", **hit, search=folded, revision=1, withdrawn=int(case is CASES[-1]))
            insert(connection, "text", article_id=number, body=zlib.compress(case["text"].encode()))
            if number <= 3:
                insert(connection, "print", article_id=number, story_id=5)
        insert(connection, "decision", hit_id=1, state="starred")
        connection.commit()
    old.close()
    database = open_database(url)
    yield database
    database.close()


@pytest.mark.parametrize("case", CASES[:-1], ids=lambda case: case["of"])
def test_texts_stored_before_are_found_as_new_ones(upgraded, case):
    listing = ReviewStore(upgraded).listing
    for search in case["finds"]:
        assert case["of"] in [hit.title for hit in listing.hits(HitFilter(search=search)).hits]
    for search in case["misses"]:
        assert case["of"] not in [hit.title for hit in listing.hits(HitFilter(search=search)).hits]


def test_old_hits_stand_in_the_lists_with_their_stories_languages_and_countries(upgraded):
    review = ReviewStore(upgraded)
    page = review.listing.stories(HitFilter(country="ua"), limit=100)
    assert [(story.head.id, story.articles) for story in page.stories if story.articles > 1] == [(3, 3)]
    assert len(page.stories) == len(CASES) - 1 - 2  # the last one is withdrawn
    assert review.listing.count(HitFilter(language="und")).hits == len(CASES) // 2 - 1
    assert review.listing.choices().languages == ("uk", "und")
    assert review.hit(1).stamp == 1
    assert (review.counts()["articles"], review.sources()[0].hits) == (len(CASES), len(CASES) - 1)


def test_what_was_found_then_is_found_by_its_time(upgraded):
    at = datetime(2026, 2, 12, 9, 30, tzinfo=UTC)
    listing = ReviewStore(upgraded).listing
    assert listing.count(HitFilter(since=at)).hits == len(CASES) - 1
    assert listing.count(HitFilter(until=at)).hits == 0
