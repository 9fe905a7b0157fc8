"""Laws of the next poll."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.poll.schedule import LONGEST, next_poll

NOW = datetime(2023, 2, 14, 12, tzinfo=UTC)
MINUTES = timedelta(minutes=1)

intervals = st.timedeltas(timedelta(minutes=1), timedelta(days=7))
failures = st.integers(0, 10_000)
waits = st.one_of(st.none(), st.floats(-1e9, 1e9))
jitters = st.floats(-1, 1)


@pytest.mark.parametrize(
    ("interval", "failed", "retry_after", "jitter", "wait"),
    [
        (15, 0, None, 0, 15),
        (15, 0, None, 1, 16.5),
        (15, 0, None, -1, 13.5),
        (15, 1, None, 0, 30),
        (15, 3, None, 0, 120),
        (15, 7, None, 0, 24 * 60),
        (15, 0, 3600.0, 0, 60),
        (15, 0, 60.0, 0, 15),
        (15, 0, 1e9, 0, 24 * 60),
        (15, 1_000_000, None, 0, 24 * 60),
    ],
)
def test_examples(interval, failed, retry_after, jitter, wait):
    assert next_poll(interval * MINUTES, failed, retry_after, jitter, NOW) == NOW + wait * MINUTES


@given(intervals, failures, waits, jitters)
def test_the_wait_has_bounds(interval, failed, retry_after, jitter):
    wait = next_poll(interval, failed, retry_after, jitter, NOW) - NOW
    assert interval * 0.89 <= wait <= max(interval, LONGEST) * 1.11


@given(intervals, failures, jitters, st.floats(0, 1e9))
def test_never_sooner_than_the_server_asked_up_to_a_day(interval, failed, jitter, retry_after):
    asked = min(timedelta(seconds=min(retry_after, 1e6)), LONGEST)
    assert next_poll(interval, failed, retry_after, jitter, NOW) - NOW >= asked


@given(intervals, failures, waits, jitters)
def test_more_failures_never_shorten_the_wait(interval, failed, retry_after, jitter):
    sooner = next_poll(interval, failed, retry_after, jitter, NOW)
    assert sooner <= next_poll(interval, failed + 1, retry_after, jitter, NOW)
