"""A clock that was put back: what is planned moves with it, nothing stands still and nothing runs into a herd."""

from datetime import timedelta

import pytest
from make import SOURCES, found, poll, polled, routes, sighting, store_hit
from sqlmodel import select

from monitor.model import Outcome
from monitor.store import ClockStore
from monitor.store.outbox_tables import ChannelRow
from monitor.store.tables import ArticleRow, PaceRow, SourceRow

MINUTES = {"Harbour Post": 5, "Metro Courier": 9, "Sister": 14}
BACK = [timedelta(hours=1), timedelta(days=3), timedelta(days=4000)]
pytestmark = pytest.mark.fault("G2")


def set_back(stores, clock, by):
    """Put the clock back and look at it as the daemon does. Returns how much was moved."""
    clock.now -= by
    return ClockStore(stores.database, SOURCES).retime(clock())


def all_polled(stores, clock):
    for name, minutes in MINUTES.items():
        poll(stores.polls, polled(name, sighting(name)), clock() + timedelta(minutes=minutes), clock())


def due_in(stores, clock):
    """Minutes until each source is due."""
    with stores.database.read() as session:
        return {row.name: (row.due - clock()) / timedelta(minutes=1) for row in session.exec(select(SourceRow))}


@pytest.mark.parametrize("by", BACK)
def test_sources_are_due_as_before_and_stay_apart(stores, clock, by):
    all_polled(stores, clock)
    clock.forward(minutes=3)
    assert set_back(stores, clock, by) >= 3
    assert due_in(stores, clock) == MINUTES
    assert set_back(stores, clock, timedelta(0)) == 0  # once


def test_what_was_polled_before_and_after_stays_in_its_place(stores, clock):
    all_polled(stores, clock)
    clock.forward(hours=2)
    clock.now -= timedelta(hours=1)  # long after the last poll
    assert set_back(stores, clock, timedelta(0)) == 0
    assert all(minutes < 0 for minutes in due_in(stores, clock).values())


@pytest.mark.parametrize("by", BACK)
def test_a_source_that_was_never_polled_is_due_at_once(stores, clock, by):
    set_back(stores, clock, by)
    assert stores.polls.claim(clock()) is not None


def test_a_forward_jump_moves_nothing(stores, clock):
    all_polled(stores, clock)
    assert set_back(stores, clock, timedelta(days=-3)) == 0
    assert all(minutes < 0 for minutes in due_in(stores, clock).values())


def test_what_no_wish_of_a_server_can_explain_is_brought_back(stores, clock):
    all_polled(stores, clock)
    with stores.database.write() as session:
        for row in session.exec(select(SourceRow)):
            row.due = clock() + timedelta(hours=26 if row.name == "Sister" else 28)
    assert set_back(stores, clock, timedelta(0)) == 2
    assert due_in(stores, clock) == {"Harbour Post": 0, "Metro Courier": 0, "Sister": 26 * 60}


@pytest.mark.parametrize("by", BACK)
def test_the_pace_of_a_host_does_not_stop_it(stores, clock, by):
    stores.polls.claim(clock())
    set_back(stores, clock, by)
    with stores.database.read() as session:
        assert all(row.next_at <= clock() + timedelta(seconds=1) for row in session.exec(select(PaceRow)))


@pytest.mark.parametrize("by", BACK)
def test_an_article_that_waits_is_read(stores, clock, by):
    all_polled(stores, clock)
    set_back(stores, clock, by)
    assert stores.reads.claim(clock()) is not None


@pytest.mark.parametrize("by", BACK)
def test_an_article_that_waits_for_another_try_waits_as_long_as_before(stores, clock, by):
    poll(stores.polls, polled("Sister", sighting("a")), clock() + timedelta(hours=9), clock())
    article = stores.reads.claim(clock())
    stores.reads.save(found(article, retry_in=timedelta(hours=6)), article, routes(due=clock()), clock())
    set_back(stores, clock, by)
    with stores.database.read() as session:
        assert session.exec(select(ArticleRow.due)).one() == clock() + timedelta(hours=6)


@pytest.mark.parametrize("by", BACK)
def test_an_alert_that_waits_is_sent(stores, clock, by):
    store_hit(stores, clock)
    set_back(stores, clock, by)
    assert stores.outbox.claim(clock()) is not None


@pytest.mark.parametrize("outcome", [Outcome(ok=True), Outcome(ok=False, error="connection refused")])
@pytest.mark.parametrize("by", BACK)
def test_a_channel_is_not_left_alone_until_the_clock_has_caught_up(stores, clock, by, outcome):
    store_hit(stores, clock, alerts=("chat",))
    stores.outbox.done(stores.outbox.claim(clock()), outcome, clock())
    set_back(stores, clock, by)
    with stores.database.read() as session:
        assert session.get(ChannelRow, "chat").next_at is None


@pytest.mark.parametrize("by", BACK)
def test_what_was_in_hand_when_a_process_died_is_free_in_minutes(stores, clock, by):
    store_hit(stores, clock)
    assert stores.outbox.claim(clock()) is not None
    assert stores.polls.claim(clock()) is not None
    set_back(stores, clock, by)
    clock.forward(minutes=3)
    assert stores.outbox.claim(clock()).repeated
    assert stores.polls.claim(clock()) is not None
