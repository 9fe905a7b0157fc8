"""A paused source is never polled, alarms nobody, is never hidden, and goes on where it was."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make import SOURCES, poll, polled, sighting
from sqlmodel import select

from monitor.model import CANARY
from monitor.store import PollStore, ReviewStore, WatchStore, open_database
from monitor.store.tables import SourceRow

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
POST, COURIER, SISTER = (source.name for source in SOURCES)


def claimed(polls, now):
    return {due.source.name for due in iter(lambda: polls.claim(now), None)}


def view(stores, name, now):
    found = {head.name: head.id for head in stores.review.watched.heads()}
    return stores.review.watched.views([found[name]], now)[0]


STEP = st.one_of(
    st.tuples(st.sampled_from(["pause", "resume", "poll_soon"]), st.sampled_from([POST, COURIER, SISTER])),
    st.tuples(st.sampled_from(["sync", "everything", "claim"]), st.just("")),
    st.tuples(st.just("named"), st.sampled_from([POST, COURIER, SISTER])),
)


@given(steps=st.lists(STEP, max_size=20))
@settings(max_examples=10, deadline=None)
def test_a_paused_source_is_never_claimed_whatever_is_asked_for(tmp_path_factory, steps):
    now = datetime(2026, 5, 4, 7, 0, tzinfo=UTC)
    database = open_database(f"sqlite:///{tmp_path_factory.mktemp('pausing')}/m.db")
    polls, watched, paused = PollStore(database, SOURCES), ReviewStore(database).watched, set()
    polls.sync(now)
    for step, name in steps:
        now += 5 * MINUTE
        if step in {"pause", "resume"}:
            getattr(watched, step)(name, "", now)
            (paused.add if step == "pause" else paused.discard)(name)
        elif step == "poll_soon":
            assert (watched.poll_soon(name, now) == "paused") == (name in paused)
        elif step == "sync":  # a restart, or another configuration
            polls = PollStore(database, SOURCES)
            polls.sync(now)
            polls.recover()
        elif step == "everything":
            polls.make_due(now)
        elif step == "named":
            assert (polls.claim_named(name, now) is None) == (name in paused)
        else:
            assert not claimed(polls, now) & paused
        ready = polls.next_claim(now)
        assert ready is None or paused != {POST, COURIER, SISTER}
    database.close()


def test_what_is_asked_for_twice_changes_nothing_and_says_so(stores, clock):
    watched = stores.review.watched
    assert [watched.pause(POST, "Olha", clock()), watched.pause(POST, "Jan", clock.forward(hours=1))] == [
        "done",
        "already",
    ]
    seen = view(stores, POST, clock())
    assert (seen.paused, seen.paused_by, seen.next_poll) == (clock() - timedelta(hours=1), "Olha", None)
    assert [watched.resume(POST, "", clock()), watched.resume(POST, "", clock())] == ["done", "already"]
    assert view(stores, POST, clock()).next_poll == clock()


@pytest.mark.parametrize("name", ["Nobody", CANARY])
def test_there_is_no_such_source(stores, clock, name):
    with stores.database.write() as session:
        session.add(SourceRow(name=CANARY, url="http://127.0.0.1:9/", kind="feed", host="127.0.0.1", due=clock()))
    watched = stores.review.watched
    assert {ask(name, "", clock()) for ask in (watched.pause, watched.resume)} == {"unknown"}
    assert watched.poll_soon(name, clock()) == "unknown"
    assert CANARY not in {head.name for head in watched.heads()}


def test_one_that_sources_yaml_has_no_more_is_not_paused_and_one_that_was_stays_so_until_it_is_back(stores, clock):
    watched = stores.review.watched
    watched.pause(POST, "", clock())
    PollStore(stores.database, SOURCES[1:2]).sync(clock())
    assert watched.pause(SISTER, "", clock()) == watched.poll_soon(SISTER, clock()) == "off"
    stores.polls.sync(clock())
    assert view(stores, POST, clock()).paused is not None
    assert claimed(stores.polls, clock()) == {COURIER, SISTER}


def test_a_poll_in_hand_is_stored_all_the_same(stores, clock):
    due = stores.polls.claim_named(POST, clock())
    stores.review.watched.pause(POST, "", clock())
    assert poll(stores.polls, polled(POST, sighting("a")), clock(), clock(), due) == 1
    assert stores.polls.claim_named(POST, clock()) is None


def test_it_alarms_nobody_and_is_named_among_the_figures(stores, clock):
    for name in (POST, COURIER, SISTER):
        poll(stores.polls, polled(name, sighting(name)), clock(), clock())
    with stores.database.write() as session:
        for row in session.exec(select(SourceRow)):
            row.health, row.health_since, row.last_ok = "failing", clock() - 20 * DAY, clock() - 20 * DAY
    stores.review.watched.pause(POST, "", clock())
    stores.review.watched.pause(COURIER, "", clock())
    later, store = clock.forward(days=9), WatchStore(stores.database)
    assert stores.review.troubles() == (1, 0)
    assert store.facts(later).waiting["polling"].number == 1
    figures = store.figures(later - 7 * DAY, later)
    assert (figures.sources, figures.paused, [name for name, _ in figures.dead]) == (1, (POST, COURIER), [SISTER])


def test_pausing_and_going_on_stand_among_the_changes_and_go_to_no_channel(stores, clock):
    watched = stores.review.watched
    watched.pause(POST, "Olha", clock())
    watched.resume(POST, "Jan", clock.forward(hours=1))
    on, off = watched.notices(POST, 5)
    assert (off.was, off.state, off.words) == ("new", "paused", "by Olha")
    assert (on.was, on.state, on.words) == ("paused", "new", "goes on, by Jan")
    assert stores.review.notices() == [on, off]
    assert stores.outbox.claim(clock()) is None
    assert stores.review.counts().get("deliveries_pending", 0) == 0


def test_what_was_shown_meanwhile_and_is_shown_no_more_becomes_a_gap(stores, clock):
    poll(stores.polls, polled(POST, sighting("a")), clock(), clock())
    stores.review.watched.pause(POST, "", clock())
    clock.forward(days=2)
    stores.review.watched.resume(POST, "", clock())
    poll(stores.polls, polled(POST, sighting("x"), sighting("y")), clock() + DAY, clock())
    (gap,) = view(stores, POST, clock()).gaps
    assert (gap.since, gap.noticed) == (clock() - 2 * DAY, clock())
