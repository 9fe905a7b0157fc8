"""kill -9 at random instants of hundreds of deliveries, to channels that fail, stall and cut after they accepted."""

import os

import pytest
from killing import drain, kill_again_and_again
from lives import House

SEED = int(os.environ.get("KILL_SEED", "5"))


def lived(nursery, folder, *, kills, new, seed, rules=None, variant=""):
    with House(nursery, folder, seed=seed, share=0.15, rules=rules, variant=variant) as house:
        kill_again_and_again(house, kills, new=new)
        drain(house)
        house.look_at_the_end()
        return house


@pytest.mark.fault("F1", "F4")
def test_nothing_is_lost_in_forty_kills_and_what_comes_twice_says_so(nursery, tmp_path):
    house = lived(nursery, tmp_path, kills=40, new=8, seed=SEED)
    assert not house.wrong, f"KILL_SEED={SEED}"
    assert len(house.kills) == 41
    assert len(house.accepted()) > 300
