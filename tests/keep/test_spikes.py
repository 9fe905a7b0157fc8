"""When an hour is a spike, and when it is over: laws on made-up series."""

import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.keep.spikes import is_over, is_spike, told, usual
from monitor.model import Series

NOW = datetime(2026, 5, 4, 7, 10, tzinfo=UTC)
MANY = tuple(f"Outlet {number}" for number in range(21))
hours = st.lists(st.integers(0, 200), min_size=72, max_size=336)


def series(*counts, outlets=MANY, lasting=None, headlines=()):
    return Series("ramstein", "uk", tuple(counts), tuple(outlets), tuple(headlines), lasting)


@given(count=st.integers(0, 10_000), length=st.integers(1, 336))
def test_a_constant_series_never_spikes(count, length):
    assert not is_spike(series(*[count] * (length + 1)))


@given(past=hours)
def test_a_spike_is_found_and_one_hit_less_than_it_needs_is_none(past):
    mean, deviation = usual(series(*past, 0))
    needed = next(count for count in range(5, 10_000) if count >= mean + 3 * deviation)
    assert is_spike(series(*past, needed))
    assert not is_spike(series(*past, needed - 1))


@given(past=hours, last=st.integers(0, 500), seed=st.integers())
def test_the_order_of_the_past_is_of_no_matter(past, last, seed):
    mixed = past[:]
    random.Random(seed).shuffle(mixed)
    assert is_spike(series(*past, last)) == is_spike(series(*mixed, last))


@given(past=hours, last=st.integers(0, 500))
def test_more_hits_never_make_less_of_a_spike(past, last):
    if is_spike(series(*past, last)):
        assert is_spike(series(*past, last + 1))


@given(length=st.integers(0, 71), last=st.integers(0, 10_000))
def test_less_than_three_days_say_nothing(length, last):
    assert not is_spike(series(*[0] * length, last))


def test_only_the_last_14_days_say_what_is_usual():
    assert usual(series(*[1000] * 50, *[2] * 336, 9)) == usual(series(*[2] * 336, 9))


def test_it_takes_five_outlets_and_five_hits():
    quiet = [0] * 336
    assert is_spike(series(*quiet, 5, outlets=MANY[:5]))
    assert not is_spike(series(*quiet, 5, outlets=MANY[:4]))
    assert not is_spike(series(*quiet, 4, outlets=MANY[:4]))


def test_single_hits_scatter_by_the_square_root_of_their_mean():
    even = [100] * 336  # no scatter at all in the past
    assert not is_spike(series(*even, 129))
    assert is_spike(series(*even, 130))


# --- while it lasts --------------------------------------------------------------------------------


def test_while_it_lasts_there_is_no_second_one():
    assert is_spike(series(*[2] * 336, 34))
    assert not is_spike(series(*[2] * 336, 34, 80, lasting=2))


@pytest.mark.parametrize(
    ("after", "over"),
    [
        ([], False),
        ([2], False),
        ([2, 2], True),
        ([30, 2], False),
        ([2, 30], False),
        ([2, 30, 2, 2], True),
        ([0, 3], True),
    ],
)
def test_two_hours_below_one_deviation_end_it(after, over):
    assert is_over(series(*[2] * 336, 34, *after, lasting=1 + len(after))) is over


def test_a_spike_of_days_does_not_become_the_usual():
    long = [40] * 48
    assert usual(series(*[2] * 200, *long, lasting=48)) == usual(series(*[2] * 200, 40))
    assert not is_over(series(*[2] * 200, *long, lasting=48))
    assert is_over(series(*[2] * 200, *long, 2, 2, lasting=50))


def test_one_that_nobody_can_judge_any_more_is_over():
    assert is_over(series(*[40] * 100, lasting=90))
    assert not is_over(series(*[2] * 336, 2))


# --- words -----------------------------------------------------------------------------------------


def test_the_words_say_how_many_from_whom_and_on_what():
    headlines = ["Ministers meet", "A\nnew package", "x" * 500, "Not told"]
    (notice,) = told([series(*[2] * 336, 34, headlines=headlines)], {"uk": "Ukrainian"}.get, NOW)
    assert (notice.kind, notice.subject, notice.was, notice.state) == ("spike", "ramstein uk", "ok", "spike")
    assert (notice.topic, notice.language, notice.at) == ("ramstein", "uk", NOW)
    assert notice.words.startswith(
        "Ukrainian: 34 hits on ramstein in the last hour (usually 2), from 21 outlets: Outlet 0,"
    )
    assert "and others; largest stories: Ministers meet / A new package / xxx" in notice.words
    assert "Not told" not in notice.words
    assert len(notice.words) < 500


def test_the_end_is_a_notice_too_and_calm_is_none():
    over = series(*[2] * 336, 34, 2, 2, lasting=3)
    assert [(one.was, one.state) for one in told([over], str, NOW)] == [("spike", "ok")]
    assert told([series(*[2] * 336, 3)], str, NOW) == ()
