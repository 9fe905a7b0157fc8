"""How SQLite goes about what the pages and the daemon ask each minute: never through a whole table of a million rows.

Its plans do not depend on how much there is, so a small database shows what a large one would do.
"""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from listed import START, Hit, fill
from sqlalchemy import event
from sqlalchemy.engine import Engine

from monitor.model import HitFilter, Position
from monitor.store import (
    CoverageStore,
    ListingStore,
    ReadStore,
    RetentionStore,
    ReviewStore,
    SpikeStore,
    WatchStore,
    open_database,
)
from monitor.store.filtering import Effort

LARGE = re.compile(r"SCAN (article|sighting|text|hit_text|print|delivery|attempt|decision)\b")
PARTS = ("article_near", "article_leased", "sighting_of_nets")
"""Indexes that hold few of their table's rows."""
AFTER, NOW = Position(START + timedelta(minutes=5), 6), START + timedelta(hours=2)
FILTERS = {
    "nothing": HitFilter(),
    "a source": HitFilter(source="Harbour Post"),
    "a tag": HitFilter(tag="map"),
    "a story": HitFilter(story=1),
    "everything": HitFilter("ramstein", "certain", "uk", "ua", None, "new", "map", START, NOW, None, 1),
}


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    database = open_database(f"sqlite:///{tmp_path_factory.mktemp('plans')}/monitor.db")
    fill(database, [Hit(at, "ramstein ab", story=at % 3 + 1) for at in range(9)])
    yield database
    database.close()


def plan(database, ask):
    """The steps of all statements that reading something takes."""
    statements = []

    def note(_connection, _cursor, statement, parameters, *_):
        statements.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    asked = [(f"EXPLAIN QUERY PLAN {one}", given) for one, given in statements if "SELECT" in one]
    assert asked
    with database.read() as session:
        raw = session.connection()
        return [row[3] for one, given in asked for row in raw.exec_driver_sql(one, given)]


def through_all(steps):
    return [step for step in steps if LARGE.match(step) and not any(part in step for part in PARTS)]


@pytest.mark.parametrize("search", [None, "ramstein", "ab"])
@pytest.mark.parametrize("name", FILTERS)
def test_lists_are_walked_in_the_order_of_an_index(filled, name, search):
    listing, wanted = ListingStore(filled, Effort((1,), 0)), replace(FILTERS[name], search=search)
    for ask in (lambda: listing.count(wanted), lambda: listing.newer(wanted, AFTER)):
        steps = plan(filled, ask)
        assert through_all(steps) == []
        assert [step for step in steps if "TEMP B-TREE" in step] == []
    assert through_all(plan(filled, lambda: listing.stories(wanted, AFTER))) == []
    assert through_all(plan(filled, lambda: listing.hits(wanted, AFTER))) == []


def of_pages(review):
    """What the pages ask besides."""
    listing, alerts, stories = review.listing, review.alerts, review.stories
    return {
        "choices": listing.choices,
        "near misses": lambda: listing.near(HitFilter(language="uk", country="ua", source="Harbour Post"), AFTER),
        "a hit": lambda: review.hit(1),
        "a ledger": lambda: review.ledger(1),
        "why": lambda: review.why("https://nowhere.example/"),
        "sources": review.sources,
        "troubles": review.troubles,
        "channels": alerts.channels,
        "deliveries in a state": lambda: alerts.deliveries(("sent",)),
        "deliveries of an alert": lambda: alerts.deliveries((), "chat"),
        "deliveries of an alert in a state": lambda: alerts.deliveries(("sent",), "chat"),
        "suggestions": stories.suggestions,
        "suggestions of one article": lambda: stories.suggestions(1),
    }


def of_the_daemon(database):
    """What is asked each minute or hour while pages are read."""
    return {
        "what waits": lambda: WatchStore(database).facts(NOW),
        "spikes": lambda: SpikeStore(database).series(NOW, 1),
        "what second nets showed": CoverageStore(database, ()).watch,
    }


@pytest.mark.parametrize("name", of_pages(ReviewStore(None)))
def test_no_page_goes_through_all_articles_or_deliveries(filled, name):
    assert through_all(plan(filled, of_pages(ReviewStore(filled))[name])) == []


@pytest.mark.parametrize("name", of_the_daemon(None))
def test_the_daemon_does_not_either(filled, name):
    assert through_all(plan(filled, of_the_daemon(filled)[name])) == []


@pytest.mark.parametrize("ask", ["claim", "offer"])
def test_a_claim_looks_at_what_is_due_longest_and_not_at_all_that_waits(filled, ask):
    reads = ReadStore(filled, (), lambda *_: None)
    steps = plan(filled, lambda: reads.claim_many(NOW, 4) if ask == "claim" else reads.offer(NOW, NOW, 4))
    assert [step for step in steps if "article_waiting" in step]
    assert [step for step in steps if "TEMP B-TREE" in step] == []


def test_retention_goes_through_what_was_read_in_the_order_of_an_index(filled):
    steps = plan(filled, lambda: RetentionStore(filled).drop("articles", NOW))
    assert [step for step in steps if "article_done" in step]
    assert [step for step in steps if "TEMP B-TREE" in step] == []
