"""Group G of the faults in whole rounds: clocks that jump, pauses, herds, work that takes too long or breaks down."""

import asyncio
import threading
from collections import Counter
from datetime import timedelta

import pytest
from installation import SMALL
from sqlmodel import select
from world import GROUP, WEATHER

from monitor.crew import Crew
from monitor.meter import Meter
from monitor.model import Event, HitFilter, Source
from monitor.store import PollStore
from monitor.store.tables import SourceRow

NEWS = ("group-meets", "Contact group meets", GROUP)
RAIN = ("rain", "Rain until Sunday", WEATHER)
QUARTER = "defaults: {interval: 15m}\n"


@pytest.fixture
def ten(desk, outlet):
    """Ten sources of one outlet, a quarter of an hour each."""
    outlet.publish(RAIN)
    for number in range(10):
        outlet.answers[f"/feed{number}"] = outlet.answers["/feed"]
    return desk.write(*(f"{outlet.base}/feed{number}" for number in range(10)), more=QUARTER, topic=SMALL)


def polls(outlet):
    return Counter(path for path in outlet.asked if path.startswith("/feed"))


@pytest.mark.fault("G2", "G7")
@pytest.mark.parametrize("jump", [timedelta(hours=hours) for hours in (-1, 1, -72, 72, 8)], ids=str)
def test_a_clock_that_jumps_stops_nothing_and_starts_no_storm(ten, outlet, clock, jump):
    with ten.app(now=clock) as app:
        app.round()
        clock.forward(minutes=20)
        app.round()
        before = polls(outlet)
        clock.now += jump
        for _ in range(4):  # an hour
            app.round()
            clock.forward(minutes=15)
        asked = polls(outlet) - before
        assert set(asked) == set(before)  # every source goes on
        assert max(asked.values()) <= 6
        outlet.publish(NEWS, RAIN)
        outlet.answers["/feed0"] = outlet.answers["/feed"]
        clock.forward(minutes=40)
        app.round()
        assert len(list(app.review.hits(HitFilter()))) == 1
        assert not [notice for notice in app.review.notices() if notice.kind == "backlog"]
    assert len(ten.mails) == len(ten.chats) == 1


@pytest.mark.fault("G7", "G9")
def test_after_a_long_pause_each_source_is_polled_once_and_then_apart(ten, outlet, clock):
    with ten.app(now=clock) as app:
        app.round()
        before = polls(outlet)
        clock.forward(hours=8)
        app.round()
        assert set((polls(outlet) - before).values()) == {1}
        due = sorted(view.next_poll - clock() for view in app.review.sources())
    assert due[-1] - due[0] > timedelta(minutes=1)
    assert due[0] > timedelta(minutes=5)


@pytest.mark.fault("G9")
def test_two_thousand_overdue_sources_are_taken_oldest_first_and_at_the_pace_of_their_hosts(database, clock):
    sources = [
        Source(f"Source {number}", f"https://host{number % 100}.example/feed{number}", pace=timedelta(seconds=1))
        for number in range(2000)
    ]
    store = PollStore(database, sources)
    store.sync(clock())
    with database.write() as session:
        for row in session.exec(select(SourceRow)):
            number = int(row.name.split()[1])
            row.due = clock() - timedelta(hours=8) + timedelta(seconds=number * 7 % 2000)
    claimed = []
    while (due := store.claim(clock())) is not None:
        claimed.append(due)
    assert len({due.source.url.split("/")[2] for due in claimed}) == len(claimed) == 100  # one a host, the rest waits
    assert [due.due for due in claimed] == sorted(due.due for due in claimed)
    clock.forward(seconds=1)
    again = [store.claim(clock()) for _ in range(100)]
    assert all(again)
    assert store.claim(clock()) is None
    clock.forward(seconds=1)
    assert store.claim(clock()) is None  # no host has more than two in hand


@pytest.mark.fault("G4")
def test_a_poll_that_takes_longer_than_its_interval_is_not_begun_again(desk, outlet):
    outlet.publish(RAIN)
    gate = outlet.answers["/feed"].gate = threading.Event()
    desk.write(outlet.feed, more="defaults: {interval: 1s}\n", topic=SMALL)
    with desk.app() as app, desk.app() as second:
        working = threading.Thread(target=app.round)
        working.start()
        assert outlet.wait_for("/feed")
        assert second.round(everything=True).sources == 0
        assert outlet.asked.count("/feed") == 1
        gate.set()
        working.join()
        (view,) = app.review.sources()
    assert view.outcome == "new"


class Breaking:
    """A desk whose first pieces of work end in every way that work can."""

    name = "poll"
    together = 1

    def __init__(self):
        self.jobs = [SystemExit(1), asyncio.CancelledError(), MemoryError(), ValueError("x"), None, None]
        self.saved = 0

    def about(self, job):
        return {}

    def claim_many(self, now, most):
        return [(self.jobs.pop(0),)] if self.jobs else []

    def work(self, job):
        if job[0] is not None:
            raise job[0]
        return 1

    def save_many(self, done, now):
        self.saved += sum(one for _, one in done)
        return [Event("poll", "x", "done") for _ in done]

    def next_claim(self, until):
        return until if self.jobs else None


@pytest.mark.fault("G5")
def test_work_that_breaks_down_in_any_way_stops_no_other(clock):
    desk = Breaking()
    crew = Crew(desk, 2, clock, threading.Event(), Meter())
    crew.drain(lambda _event: None)
    assert (desk.saved, desk.jobs) == (2, [])
    assert crew.finish(lambda _event: None, 0) == 0


@pytest.mark.fault("G10")
def test_a_source_that_fails_for_a_month_is_still_asked_and_named_each_week(desk, outlet, other, clock):
    outlet.publish(RAIN)
    desk.write(outlet.feed, other.feed, more=QUARTER + 'watch: {alive: "0 9 * * 1"}\n', topic=SMALL)
    said = []
    with desk.app(now=clock) as app:
        for _ in range(30):
            app.round()
            said.append(app.watcher.say_alive(clock(), clock()))
            clock.forward(days=1)
        asked = other.asked.count("/feed")
    told = [notice.words for notice in said if notice]
    assert asked >= 25
    assert len(told) == 5
    assert ["1 source dead for more than a week: Outlet 2 (gone)" in words for words in told] == [False, *[True] * 4]
