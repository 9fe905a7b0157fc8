from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.deliver.backoff import after, free_at, wait, wait_asked
from monitor.model import Channel, ChannelState, Outcome, Parcel

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
CHANNEL = Channel("desk", ((1, timedelta(seconds=1)), (20, timedelta(minutes=1))))
OK = Outcome(ok=True)
DOWN = Outcome(ok=False, error="no answer")
NEVER = Outcome(ok=False, error="403", permanent=True)
POISON = Outcome(ok=False, error="400", permanent=True, poison=True)


class Several(Parcel):
    """A parcel of three rows."""

    @property
    def delivery_ids(self):
        return (1, 2, 3)


def parcel(kind=Parcel, attempts=0, **state):
    return kind("desk", (), attempts, "key", ChannelState("desk", **state))


def follows(outcome, one=None, jitter=0.0):
    return after(one or parcel(), outcome, CHANNEL, jitter, NOW)


def test_the_wait_doubles_from_five_seconds_to_a_quarter_of_an_hour():
    assert [wait(n, 0.0) for n in (1, 2, 3, 8, 9, 500)] == [5, 10, 20, 640, 900, 900]


@pytest.mark.fault("F3")
@pytest.mark.parametrize(("asked", "kept"), [(35, 35), (0, 1), (10**6, 3600), (0.2, 1)])
def test_a_wait_that_the_channel_asked_for_is_kept_within_limits(asked, kept):
    assert wait_asked(asked, 0.0) == kept
    made = follows(Outcome(ok=False, retry_after=asked))
    assert made.again == made.channel.next_at == NOW + timedelta(seconds=kept)
    assert (made.channel.health, made.channel.failures) == ("ok", 0)


def test_nothing_is_tried_again_once_it_was_taken_and_the_pace_is_kept():
    made = follows(OK, parcel(health="failing", failures=3, since=NOW, error="x"))
    assert (made.again, made.channel.health, made.channel.failures) == (None, "ok", 0)
    assert made.channel.next_at == NOW + timedelta(seconds=1)


def test_twenty_a_minute_is_twenty_in_any_minute():
    recent = tuple(NOW - timedelta(seconds=20 - number) for number in range(20))
    assert free_at(recent, CHANNEL, NOW) == NOW + timedelta(seconds=40)


def test_a_channel_that_says_never_is_refused_and_only_the_one_in_hand_given_up():
    alone, many = follows(NEVER), follows(NEVER, parcel(Several))
    assert (alone.again, alone.channel.health, alone.channel.next_at) == (None, "refused", NOW + timedelta(hours=1))
    assert (many.again, many.alone) == (NOW + timedelta(hours=1), False)
    assert alone.notice.state == "refused"
    assert follows(NEVER, parcel(health="refused", told=True)).notice is None


def test_what_is_not_taken_is_given_up_alone_and_leaves_the_channel_well():
    alone, many = follows(POISON), follows(POISON, parcel(Several))
    assert (alone.again, alone.channel.health) == (None, "ok")
    assert (many.again, many.alone) == (NOW, True)


def test_three_in_a_row_that_are_not_taken_are_the_channels_doing():
    second = follows(POISON, parcel(failures=1))
    assert (second.channel.health, second.channel.failures, second.notice) == ("ok", 2, None)
    third = follows(POISON, replace(parcel(), channel=second.channel))
    assert (third.channel.health, third.notice.state) == ("refused", "refused")
    assert follows(OK, replace(parcel(), channel=second.channel)).channel.failures == 0


def test_a_failing_channel_is_spoken_of_after_ten_minutes_and_when_it_is_back():
    since = NOW - timedelta(minutes=10)
    assert follows(DOWN, parcel(health="failing", since=NOW - timedelta(minutes=9))).notice is None
    made = follows(DOWN, parcel(health="failing", since=since, failures=8))
    assert (made.notice.was, made.notice.state, made.channel.told) == ("ok", "failing", True)
    assert follows(DOWN, replace(parcel(), channel=made.channel)).notice is None
    back = follows(OK, replace(parcel(), channel=made.channel))
    assert (back.notice.was, back.notice.state, back.channel.told) == ("failing", "ok", False)


def test_only_a_channel_that_had_refused_wakes_what_it_refused():
    assert follows(OK, parcel(health="refused")).wake
    assert not follows(OK, parcel(health="failing")).wake


@given(st.integers(0, 10**6), st.none() | st.floats(0, 1e9), st.floats(0, 1, exclude_max=True), st.booleans())
def test_every_failure_that_may_pass_is_tried_again_within_bounds(attempts, asked, jitter, unknown):
    outcome = Outcome(ok=False, unknown=unknown, retry_after=asked)
    made = follows(outcome, parcel(attempts=attempts, failures=attempts), jitter)
    assert timedelta(seconds=1) <= made.again - NOW <= timedelta(seconds=3960)
    assert timedelta(seconds=1) <= made.channel.next_at - NOW <= timedelta(seconds=3960)
    if asked is not None:
        assert made.channel.next_at - NOW >= timedelta(seconds=min(max(asked, 1), 3600))


@given(st.lists(st.integers(0, 300), max_size=60))
def test_no_window_ever_holds_more_than_its_limit(gaps):
    """Messages sent as soon as the channel is free, or a while later, by any rhythm."""
    state, sent, now = ChannelState("desk"), [], NOW
    for gap in gaps:
        now = max(now + timedelta(milliseconds=100 * gap), state.next_at or now)
        state = after(replace(parcel(), channel=state), OK, CHANNEL, 0.0, now).channel
        sent.append(now)
    for count, window in CHANNEL.limits:
        assert all(later - first >= window for first, later in zip(sent, sent[count:], strict=False))
