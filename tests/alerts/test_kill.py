"""kill -9 at random instants of hundreds of deliveries, to channels that fail, stall and cut after they accepted."""

import os

import pytest
from killing import drain, kill_again_and_again
from lives import House

SEED = int(os.environ.get("KILL_SEED", "5"))
pytestmark = pytest.mark.timeout(400)
EACH_MINUTE = 'when: "* * * * *"'


def lived(house, *, kills, new):
    kill_again_and_again(house, kills, new=new)
    drain(house)
    house.look_at_the_end()


@pytest.mark.fault("J3")
@pytest.mark.fault("F1", "F4", "E3")
def test_nothing_is_lost_and_what_comes_twice_says_so(nursery, tmp_path):
    with House(nursery, tmp_path, seed=SEED, share=0.15) as house:
        lived(house, kills=40, new=6)
    assert not house.wrong, f"KILL_SEED={SEED}"
    assert len(house.kills) == 41
    assert len(house.accepted()) > 300


@pytest.mark.fault("F1", "F4")
def test_nothing_is_lost_from_a_digest_either(nursery, tmp_path):
    rules = {"mail": EACH_MINUTE, "hook": "cooldown: 1m"}
    with House(nursery, tmp_path, seed=SEED, share=0.15, rules=rules) as house:
        lived(house, kills=12, new=8)
    assert not house.wrong, f"KILL_SEED={SEED}"
    assert len(house.kills) == 13
    assert max(len(seen.hits) for seen in house.mail.seen) > 5
