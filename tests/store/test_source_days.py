"""What each source brought by day: kept true by every change, whatever comes after what."""

import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make import link, poll, polled, sighting, store_hit, verdict
from sqlmodel import select
from stores import keep_store

from monitor.keep.rematch import changes
from monitor.model import CANARY, Finding, Source
from monitor.store import PollStore, ReadStore, RetentionStore, ReviewStore, open_database
from monitor.store.review_tables import SourceDayRow
from monitor.store.source_days import day
from monitor.store.tables import HitRow, SightingRow, SourceRow

START = datetime(2026, 5, 4, 7, 0, tzinfo=UTC)
DAY = timedelta(days=1)
PAPER = Source("Paper", "https://paper.example/rss", connections=8, pace=timedelta(0))
NET = Source("Net", "https://net.example/rss", connections=8, pace=timedelta(0), control=True)
OWN = Source(CANARY, "http://127.0.0.1:9/feed", connections=8, pace=timedelta(0))
SOURCES = (PAPER, NET)


def tally(database):
    with database.read() as session:
        rows = session.exec(select(SourceDayRow)).all()
    return {(row.source_id, row.day): (row.entries, row.hits) for row in rows if row.entries or row.hits}


def counted(database):
    """The same by counting rows."""
    with database.read() as session:
        canary = session.exec(select(SourceRow.id).where(SourceRow.name == CANARY)).first()
        entries = Counter((row.source_id, day(row.seen)) for row in session.exec(select(SightingRow)))
        hits = Counter((row.source_id, day(row.found)) for row in session.exec(select(HitRow)) if not row.withdrawn)
    return {key: (entries[key], hits[key]) for key in entries.keys() | hits.keys() if key[0] != canary}


class World:
    """One database, through the stores that the desks use."""

    def __init__(self, folder):
        self.database = open_database(f"sqlite:///{folder}/m.db")
        self.polls = PollStore(self.database, SOURCES)
        self.reads = ReadStore(self.database, SOURCES, link)
        self.keep = keep_store(self.database)
        self.now = START
        self.polls.sync(self.now)

    def show(self, source, keys):
        shown = [sighting(key, f"https://news.example/{key}") for key in keys]
        poll(self.polls, polled(source, *shown), self.now + DAY, self.now)

    def read(self, topics):
        while (article := self.reads.claim(self.now)) is not None:
            said = tuple(verdict(topic, hit=topic in topics) for topic in ("ramstein", "aid"))
            found = Finding(article.id, article.title, "The group met.", "full", said, "en")
            self.reads.save(found, article, lambda *_: (), self.now)

    def rematch(self, topic, hit):
        found = changes(self.keep.texts(topic, START - DAY), topic, lambda _text: (verdict(topic, hit=hit),))
        self.keep.apply(list(found), lambda *_: (), lambda *_: None, self.now)


KEYS = st.lists(st.sampled_from("abcdef"), max_size=4, unique=True)
TOPICS = st.sets(st.sampled_from(["ramstein", "aid"]))
STEP = st.one_of(
    st.tuples(st.just("show"), st.sampled_from([source.name for source in SOURCES]), KEYS),
    st.tuples(st.just("read"), TOPICS),
    st.tuples(st.just("rematch"), st.sampled_from(["ramstein", "aid"]), st.booleans()),
    st.tuples(st.just("wait"), st.sampled_from([1, 7, 20])),
)


@given(st.lists(STEP, max_size=14))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_tally_is_what_counting_gives(steps):
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        for name, *values in steps:
            if name == "wait":
                world.now += timedelta(hours=values[0])
            else:
                getattr(world, name)(*values)
            assert tally(world.database) == counted(world.database)
        world.database.close()


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    yield made
    made.database.close()


def test_an_entry_counts_for_each_source_that_shows_it_and_once(world):
    world.show("Paper", "ab")
    world.show("Paper", "abc")
    world.show("Net", "a")
    assert sorted(tally(world.database).values()) == [(1, 0), (3, 0)]


def test_a_hit_counts_on_the_day_on_which_it_was_found_also_when_it_is_gained_again(world):
    world.show("Paper", "a")
    world.now += DAY
    world.read({"ramstein"})
    first = {(1, "2026-05-04"): (1, 0), (1, "2026-05-05"): (0, 1)}
    assert tally(world.database) == first
    world.now += DAY
    world.rematch("ramstein", hit=False)
    assert tally(world.database) == {(1, "2026-05-04"): (1, 0)}
    world.now += DAY
    world.rematch("ramstein", hit=True)
    assert tally(world.database) == first == counted(world.database)


def test_a_hit_passes_with_its_article_from_a_second_net_to_the_source_that_brings_it(world):
    world.show("Net", "a")
    world.read({"ramstein"})
    world.now += timedelta(hours=1)
    world.show("Paper", "a")
    world.read({"ramstein"})
    assert tally(world.database) == counted(world.database)
    assert {row[1] for key, row in tally(world.database).items() if key[0] == 1} == {1}


def test_the_canary_does_not_count(database, clock):
    polls, reads = PollStore(database, (OWN,)), ReadStore(database, (OWN,), link)
    with database.write() as session:
        session.add(SourceRow(name=CANARY, url=OWN.url, kind="feed", host="127.0.0.1", due=clock()))
    poll(polls, polled(CANARY, sighting("a", "http://127.0.0.1:9/a")), clock() + DAY, clock())
    article = reads.claim(clock())
    reads.save(Finding(article.id, "T", "Text", "full", (verdict(),), "en"), article, lambda *_: (), clock())
    with database.read() as session:
        assert len(session.exec(select(HitRow)).all()) == 1
    assert tally(database) == {}


def test_a_view_has_thirty_days_and_today_is_the_last(world):
    world.show("Paper", "ab")
    world.now += 2 * DAY
    world.show("Paper", "abc")
    world.read({"ramstein"})
    watched = ReviewStore(world.database).watched
    paper, net = watched.views([1, 2], world.now)
    assert (paper.name, net.name) == ("Paper", "Net")
    assert paper.days == (*[(0, 0)] * 27, (2, 0), (0, 0), (1, 3))
    assert net.days == ((0, 0),) * 30
    assert watched.by_name(world.now)["Paper"] == paper.days


def test_old_days_are_dropped_and_the_others_stay(world):
    world.show("Paper", "a")
    world.now += 10 * DAY
    world.show("Paper", "ab")
    assert RetentionStore(world.database).drop_days(START + 9 * DAY) == 1
    assert [key[1] for key in tally(world.database)] == ["2026-05-14"]


def test_days_are_those_of_utc_whatever_the_zone_of_the_clock(stores, clock):
    from zoneinfo import ZoneInfo

    local = clock().replace(hour=23, minute=30).astimezone(ZoneInfo("Asia/Tokyo"))
    poll(stores.polls, polled("Harbour Post", sighting("a")), local + DAY, local)
    assert [key[1] for key in tally(stores.database)] == ["2026-05-04"]


def test_a_database_of_before_is_counted_once_when_it_is_brought_up_to_date(tmp_path, stores, clock):
    """What the migration counts is what the program would have counted."""
    from alembic import command

    from monitor.store import Database
    from monitor.store.migrate import _config

    store_hit(stores, clock, "a")
    clock.forward(days=1)
    store_hit(stores, clock, "b", source="Metro Courier")
    before = tally(stores.database)
    assert before == counted(stores.database) != {}
    for way in (command.downgrade, command.upgrade):
        turned = Database(stores.database.url)
        with turned.connection() as connection:
            way(_config(connection), "0005" if way is command.downgrade else "head")
            connection.commit()
        turned.close()
    assert tally(stores.database) == before
