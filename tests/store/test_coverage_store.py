"""Whatever order things come in: each article of a second net ends in exactly one of found, found later and missed."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make import found, poll, polled, sighting, verdict
from stores import Outbox, lay_out, read_store

from monitor.keep.coverage import rulings
from monitor.keep.recall import report
from monitor.model import Alert, NewDelivery, Outcome, Source
from monitor.store import CoverageStore, PollStore, ReviewStore, open_database

HOUR = timedelta(hours=1)
START = datetime(2026, 5, 4, 7, tzinfo=UTC)
SOURCES = (
    Source("Harbour Post", "https://harbour.example/feed", pace=timedelta(0)),
    Source("Search", "https://search.example/feed", pace=timedelta(0), control=True),
    Source("Other search", "https://othersearch.example/feed", pace=timedelta(0), control=True),
)
MAIL = Alert("mail", "mailto://x@example.org", ("ramstein",))
HOURS = st.sampled_from([0, 1, 2, 23, 24, 25, 26, 40])
NEWS = (0, 1, 2, 23, 24, 25, 26, 40, 47, 48, 49, 64, 80)
"""The hours in which something comes or has to be ruled on."""
STEPS = st.dictionaries(
    st.integers(0, 3),
    st.tuples(st.one_of(st.none(), HOURS), st.one_of(st.none(), HOURS), st.one_of(st.none(), HOURS), st.booleans()),
    min_size=1,
)
"""For each article the hour at which each source shows it, or never; and whether it is on topic."""


@dataclass
class Life:
    """One database, hour by hour."""

    database: object

    def __post_init__(self):
        self.polls = PollStore(self.database, SOURCES)
        self.reads = read_store(self.database, SOURCES)
        self.outbox = Outbox(self.database, [MAIL])
        self.coverage = CoverageStore(self.database, SOURCES)
        self.polls.sync(START)
        self.sent = []

    def show(self, source, keys, now):
        if keys:
            poll(self.polls, polled(source, *(sighting(f"number-{key}") for key in keys)), now + HOUR, now)

    def read(self, now, on_topic):
        while (article := self.reads.claim(now)) is not None:
            hit = int(article.url.rpartition("-")[2]) in on_topic
            self.reads.save(found(article, verdict(hit=hit)), article, self.route, now)

    def route(self, finding, _article, now):
        hit = any(verdict.hit for verdict in finding.verdicts)
        return [NewDelivery("ramstein", "mail", now, now + timedelta(days=7))] if hit else []

    def route_late(self, _source, _found, _backlog, finding, now):
        return self.route(finding, None, now)

    def rule(self, now):
        made = rulings(self.coverage.watch(), now)
        return self.coverage.save(made, self.route_late, now)

    def send(self, now):
        while (parcel := self.outbox.claim(now)) is not None:
            self.outbox.done(parcel, Outcome(ok=True), now)
            self.sent.append([hit.title for hit in parcel.hits])


@settings(max_examples=25, deadline=None)
@given(STEPS, st.sets(HOURS, max_size=4))
def test_each_ends_in_one_and_everything_on_topic_is_told_once(steps, skipped):
    with TemporaryDirectory() as folder:
        lay_out(Path(folder) / "monitor.db")
        database = open_database(f"sqlite:///{folder}/monitor.db")
        try:
            live_and_check(Life(database), steps, skipped)
        finally:
            database.close()


def live_and_check(life, steps, skipped):
    on_topic = {key for key, step in steps.items() if step[3]}
    for hour in NEWS:
        now = START + hour * HOUR
        for place, source in enumerate(SOURCES):
            life.show(source.name, [key for key, step in steps.items() if step[place] == hour], now)
        life.read(now, on_topic)
        if hour not in skipped:
            life.rule(now)
        life.send(now)
    rows = life.coverage.coverage(START).rows
    assert {row.article.title: row.caught for row in rows} == expected(steps)
    told = [title for message in life.sent for title in message]
    shown = {f"Headline number-{key}" for key in on_topic if any(at is not None for at in steps[key][:3])}
    assert sorted(told) == sorted(shown)
    assert report(life.coverage.coverage(START), START).total.size == len(rows)


def expected(steps):
    return {
        f"Headline number-{key}": caught(ours, min(at for at in nets if at is not None))
        for key, (ours, *nets, hit) in steps.items()
        if hit and any(at is not None for at in nets)
    }


def caught(ours, net):
    if ours is None or ours > net + 24:
        return "missed"
    return "found" if ours <= net else "later"


def test_all_that_is_missed_goes_out_as_one_message(database):
    life = Life(database)
    life.show("Search", range(30), START)
    life.read(START, set(range(30)))
    assert life.rule(START) == 0
    assert life.rule(START + 24 * HOUR) == 30
    assert life.rule(START + 25 * HOUR) == 0
    life.send(START + 25 * HOUR)
    assert [len(message) for message in life.sent] == [30]


def test_a_ruling_and_its_deliveries_are_stored_together(database):
    life = Life(database)
    life.show("Search", [1], START)
    life.read(START, {1})
    day = START + 24 * HOUR

    def broken(*asked):
        return [*life.route_late(*asked), "not a delivery"]

    made = list(rulings(life.coverage.watch(), day))
    with pytest.raises(AttributeError):
        life.coverage.save(made, broken, day)
    assert life.coverage.coverage(START).rows == ()
    assert ReviewStore(database).alerts.deliveries() == []
    assert life.rule(day) == 1
