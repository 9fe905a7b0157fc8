"""Laws of the watching that hold after whatever a source answers, in whatever order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Cursor, DueSource, Hints, Moved, PollResult, Source, Standing, Tally
from monitor.poll import gap, health, moves
from monitor.poll.schedule import LONGEST, adapted, heeded, spread
from monitor.poll.standing import QUIET, after

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
SOURCE = Source("Harbour", "https://harbour.example/feed")
LONGEST_WAIT = max(LONGEST, SOURCE.interval_max) * 1.11
KINDS = ["dns", "connect", "timeout", "tls", "not_a_feed", "empty", "robots", "worker_crashed", "too_large"]

failures = st.one_of(
    st.builds(PollResult, st.just("Harbour"), st.just("failed"), error_kind=st.sampled_from(KINDS)),
    st.builds(
        PollResult,
        st.just("Harbour"),
        st.just("failed"),
        error_kind=st.just("http"),
        status=st.sampled_from([403, 404, 410, 429, 500, 503]),
        retry_after=st.one_of(st.none(), st.floats(0, 1e9)),
    ),
)
hints = st.builds(
    Hints,
    every=st.one_of(st.none(), st.timedeltas(timedelta(0), timedelta(days=400))),
    skip_hours=st.frozensets(st.integers(0, 23)),
    skip_days=st.frozensets(st.integers(0, 6)),
)
goods = st.builds(
    PollResult,
    st.just("Harbour"),
    st.sampled_from(["new", "unchanged"]),
    moved=st.sampled_from([None, "https://new.example/feed"]),
    hints=hints,
    fresh=st.one_of(st.none(), st.timedeltas(timedelta(0), timedelta(days=365))),
    whole=st.booleans(),
)
tallies = st.builds(Tally, new=st.integers(0, 50), known=st.integers(0, 50), linked=st.integers(0, 5))
polls = st.lists(st.tuples(st.one_of(failures, goods), tallies, st.integers(0, 3000), st.floats(0, 1)), max_size=40)


def live(steps):
    """Yield what one poll after the other leads to, a random number of minutes late each."""
    standing, at, due_at = Standing(), NOW, NOW
    for result, tally, late, chance in steps:
        at = due_at + timedelta(minutes=late)
        counts = Tally() if result.outcome != "new" else tally
        due = DueSource(SOURCE, Cursor(), standing.last_ok is None, at, due_at, standing)
        what = after(due, result, counts, chance, at)
        yield due, result, what, at
        standing, due_at = what.standing, what.due
        if what.gap in ("closed", "open"):  # what the store no longer hands out
            standing = replace(standing, gap=None)


@given(polls)
def test_a_source_is_never_given_up(steps):
    for _, _, what, at in live(steps):
        assert timedelta(0) < what.due - at <= LONGEST_WAIT


@given(polls)
def test_the_interval_stays_within_its_limits(steps):
    for _, _, what, _ in live(steps):
        assert what.standing.interval is None or SOURCE.interval_min <= what.standing.interval <= SOURCE.interval_max


@given(polls)
def test_a_change_of_state_is_told_once_and_nothing_else_is(steps):
    owed = None
    for due, _, what, at in live(steps):
        was, state = due.standing.health, what.standing.health
        if was != state:
            assert what.standing.since == at
            owed = (was, state) if state == "rotated" else None  # told when it is known what could be read back
        if what.notice is None:
            known_move = state == "moved" and due.standing.address == what.standing.address
            assert was == state or (was, state) in QUIET or known_move or owed
        else:
            assert was != state or (owed and what.gap in ("closed", "open"))
            assert (what.notice.state, what.notice.at) == (state, at)
            owed = None
        if what.gap in ("closed", "open"):
            assert owed is None


@given(polls)
def test_every_broken_state_is_left_by_one_good_poll(steps):
    standing = Standing()
    for _, _, what, _ in live(steps):
        standing = replace(what.standing, gap=None, trail=(), walls=0)
    at = NOW + timedelta(days=4000)
    standing = replace(standing, planned=at, last_poll=at, arrivals=())
    due = DueSource(SOURCE, Cursor(), standing.last_ok is None, at, at, standing)
    what = after(due, PollResult("Harbour", "new"), Tally(known=3), 0.5, at)
    assert what.standing.health not in health.BROKEN
    assert (what.standing.failures, what.standing.passing, what.standing.soft, what.standing.hard) == (0, 0, 0, 0)


@given(polls)
def test_a_state_of_failing_only_gets_worse_until_a_good_poll(steps):
    worse = ("failing", "blocked", "gone")
    for due, result, what, _ in live(steps):
        was, state = due.standing.health, what.standing.health
        if result.outcome == "failed" and was in worse and not due.reading_back:
            assert worse.index(state) >= worse.index(was)


@given(polls)
def test_a_move_is_taken_over_after_three_polls_and_two_days_at_the_earliest(steps):
    since, seen = None, 0
    for due, result, what, at in live(steps):
        if result.outcome != "failed" and not due.reading_back:
            seen, since = (seen + 1, since or at) if result.moved else (0, None)
        if what.standing.address not in (None, due.standing.address):
            assert seen >= moves.TIMES
            assert at - since >= moves.SPAN


def test_a_temporary_redirect_is_never_a_move():
    assert moves.seen(Moved("https://new.example/feed", NOW, 9), None, NOW) is None


def test_a_move_that_leads_elsewhere_starts_anew():
    again = moves.seen(Moved("https://new.example/feed", NOW - timedelta(days=9), 9), "https://other.example/", NOW)
    assert again == Moved("https://other.example/", NOW, 1)


def test_a_failure_between_leaves_a_move_as_it_was():
    moved = Moved("https://new.example/feed", NOW - timedelta(days=1), 2)
    due = DueSource(
        SOURCE, Cursor(), first=False, at=NOW, due=NOW, standing=Standing(health="ok", last_ok=NOW, moved=moved)
    )
    assert after(due, PollResult("Harbour", "failed", error_kind="dns"), Tally(), 0.5, NOW).standing.moved == moved


# --- when to poll --------------------------------------------------------------------------------


@given(hints, st.one_of(st.none(), st.timedeltas(timedelta(0), timedelta(days=999))), st.integers(0, 20_000))
def test_what_a_feed_asks_for_only_delays_and_never_beyond_the_longest_interval(asked, fresh, ahead):
    due, longest = NOW + timedelta(seconds=ahead), timedelta(minutes=30)
    planned = heeded(due, asked, fresh, longest, NOW)
    assert due <= planned <= max(due, NOW + longest)


@pytest.mark.parametrize(
    ("asked", "fresh", "minutes"),
    [
        (Hints(every=timedelta(minutes=20)), None, 20),
        (Hints(every=timedelta(hours=9)), None, 30),
        (Hints(), timedelta(minutes=25), 25),
        (Hints(skip_hours=frozenset({12})), None, 30),
        (Hints(), None, 10),
    ],
)
def test_ttl_skip_hours_and_freshness_are_heeded(asked, fresh, minutes):
    planned = heeded(NOW + timedelta(minutes=10), asked, fresh, timedelta(minutes=30), NOW)
    assert planned == NOW + timedelta(minutes=minutes)


def test_a_source_faster_than_it_says_is_not_asked_later():
    standing = Standing(health="ok", last_ok=NOW, interval=timedelta(minutes=4), arrivals=(1.0,))
    due = DueSource(SOURCE, Cursor(), first=False, at=NOW, due=NOW, standing=standing)
    result = PollResult("Harbour", "new", fresh=timedelta(hours=1), hints=Hints(every=timedelta(hours=1)))
    assert after(due, result, Tally(new=5, known=5), 0.5, NOW).due == NOW + SOURCE.interval_min


@pytest.mark.parametrize(
    ("minutes", "new", "known", "then"),
    [
        (15, 10, 10, 7.5),
        (15, 5, 15, 11.25),
        (15, 1, 19, 15),
        (15, 0, 20, 18.75),
        (4, 20, 0, 3),
        (29, 0, 20, 30),
        (20, 0, 0, 25),
    ],
)
def test_the_interval_follows_the_overlap(minutes, new, known, then):
    assert adapted(SOURCE, timedelta(minutes=minutes), Tally(new=new, known=known)) == timedelta(minutes=then)


def test_a_first_poll_tells_nothing_of_the_rhythm():
    assert adapted(SOURCE, None, Tally(new=50)) == SOURCE.interval


@given(st.floats(0, 1), st.timedeltas(timedelta(minutes=1), timedelta(days=1)))
def test_second_polls_are_spread_over_half_an_interval(chance, interval):
    assert interval / 2 <= spread(interval, chance, NOW) - NOW <= interval


# --- rhythm and rotation ---------------------------------------------------------------------------


@given(st.lists(st.integers(1, 100_000), max_size=300))
def test_arrivals_are_few_in_order_and_the_last_is_exact(waits):
    arrivals, at = (), NOW
    for seconds in waits:
        at += timedelta(seconds=seconds)
        arrivals = health.arrived(arrivals, at)
        assert arrivals[-1] == at.timestamp()
    assert len(arrivals) <= health.ARRIVALS
    assert list(arrivals) == sorted(arrivals)


def test_an_outlet_that_rests_at_the_weekend_is_never_silent_and_is_on_wednesday_when_it_stops():
    arrivals, monday, told = (), datetime(2026, 3, 2, tzinfo=UTC), []
    for hour in range(24 * 28):
        at = monday + timedelta(hours=hour)
        if at.weekday() < 5 and 7 <= at.hour < 18:
            arrivals = health.arrived(arrivals, at)
        told += [at] if health.is_silent(arrivals, at) else []
    assert told == []
    end = monday + timedelta(days=28)
    silent = next(hour for hour in range(400) if health.is_silent(arrivals, end + timedelta(hours=hour)))
    assert 24 <= silent <= 24 * 3


@pytest.mark.parametrize(
    ("first", "arrivals", "tally", "rotated"),
    [
        (False, (1.0,), Tally(new=20), True),
        (False, (1.0,), Tally(linked=20), True),
        (False, (1.0,), Tally(new=20, known=1), False),
        (False, (1.0,), Tally(), False),
        (True, (), Tally(new=20), False),
        (False, (), Tally(new=20), False),
    ],
)
def test_a_feed_has_rotated_only_when_nothing_known_is_left_of_what_it_had(first, arrivals, tally, rotated):
    due = DueSource(SOURCE, Cursor(), first, NOW, NOW, Standing(arrivals=arrivals))
    assert gap.rotated(due, tally) is rotated
