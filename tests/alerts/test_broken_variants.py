"""The test of the tests: what is wrong on purpose is caught by the kill tests."""

import pytest
from lives import House
from test_crash_points import ACCEPTED, end_everywhere
from test_kill import SEED, lived

SENDING = ("deliver", "work", "before")


def wrong(nursery, folder, step, variant):
    return [words for house in end_everywhere(nursery, folder, step, 1, variant) for words in house.wrong]


def test_marked_as_sent_before_it_is_sent_is_lost_by_a_kill_in_between(nursery, tmp_path):
    found = wrong(nursery, tmp_path, SENDING, "mark then send")
    assert any(words.startswith("LOST") for words in found)
    assert any("was never accepted" in words for words in found)


@pytest.mark.parametrize("step", sorted(ACCEPTED), ids=" ".join)
def test_sent_before_it_is_claimed_comes_twice_without_a_word(nursery, tmp_path, step):
    found = wrong(nursery, tmp_path, step, "send then store")
    assert any("does not say so" in words for words in found)
    assert any("with an unknown outcome" in words for words in found)


@pytest.mark.parametrize("variant", ["mark then send", "send then store"])
def test_kills_at_random_find_them_too(nursery, tmp_path, variant):
    with House(nursery, tmp_path, seed=SEED, share=0.15, variant=variant) as house:
        lived(house, kills=8, new=5)
    assert house.wrong
