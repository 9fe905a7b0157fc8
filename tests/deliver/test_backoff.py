from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.deliver.backoff import next_try
from monitor.model import Outcome

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
FAILED = Outcome(ok=False, error="x")


def wait(attempts, outcome=FAILED, jitter=0.0):
    return (next_try(attempts, outcome, jitter, NOW) - NOW).total_seconds()


def test_the_wait_doubles_from_five_seconds_to_a_quarter_of_an_hour():
    assert [wait(n) for n in (1, 2, 3, 8, 9, 500)] == [5, 10, 20, 640, 900, 900]


@pytest.mark.parametrize(("asked", "kept"), [(35, 35), (0, 1), (10**6, 3600), (0.2, 1)])
def test_a_wait_that_the_channel_asked_for_is_kept_within_limits(asked, kept):
    assert wait(3, Outcome(ok=False, retry_after=asked)) == kept


@pytest.mark.parametrize("outcome", [Outcome(ok=True), Outcome(ok=False, permanent=True, retry_after=3)])
def test_nothing_is_tried_again_after_the_end(outcome):
    assert next_try(1, outcome, 0.5, NOW) is None


@given(
    st.integers(0, 10**6),
    st.none() | st.floats(0, 1e9),
    st.floats(0, 1, exclude_max=True),
    st.booleans(),
)
def test_every_other_failure_is_tried_again_within_bounds(attempts, asked, jitter, unknown):
    outcome = Outcome(ok=False, unknown=unknown, retry_after=asked)
    at = next_try(attempts, outcome, jitter, NOW)
    assert timedelta(seconds=1) <= at - NOW <= timedelta(seconds=3960)
    if asked is not None:
        assert at - NOW >= timedelta(seconds=min(max(asked, 1), 3600))
