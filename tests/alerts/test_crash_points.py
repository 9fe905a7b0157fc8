"""kill -9 at every step of the way from a feed to its channels: the first time it is passed, the second, to the end."""

from collections import Counter

import pytest
from lives import House
from stores import lay_out

DESKS = ("poll", "read", "deliver")
MOMENTS = (
    ("claim", "written"),
    ("claim", "committed"),
    ("work", "before"),
    ("work", "after"),
    ("save", "written"),
    ("save", "committed"),
)
STEPS = [(desk, *moment) for desk in DESKS for moment in MOMENTS]
OFTEN = {"poll": {1}, "read": {2}, "deliver": {3}, ("read", "claim"): {1}, ("read", "save"): {1, 2}}
"""How often each step is passed: two articles are claimed together, and saved together where they end together."""
ACCEPTED = {("deliver", "work", "after"), ("deliver", "save", "written")}
"""A message was accepted and nothing says so yet."""


def end_everywhere(nursery, folder, step, articles, variant=""):
    """An installation for each time that ``step`` is passed in a round, killed there and started again."""
    times, killed = 0, True
    while killed:
        times += 1
        place = folder / f"{'-'.join(step)} {times}"
        place.mkdir()
        lay_out(place / "monitor.db")
        with House(nursery, place, rate=10, variant=variant, interval="1d") as house:
            house.publish(articles)
            killed = house.round(step=step, times=times)
            if killed:
                house.round()
            house.look_at_the_end()
            yield house


def repeats(house):
    """How often each channel took more than it had to."""
    came = Counter(name for name, _ in house.accepted())
    return {name: count - len(house.published) for name, count in came.items()}


@pytest.mark.fault("F1")
@pytest.mark.parametrize("step", STEPS, ids=" ".join)
def test_nothing_is_lost_wherever_it_is_killed(nursery, tmp_path, step):
    *killed, whole = end_everywhere(nursery, tmp_path, step, articles=2 if step[0] == "read" else 1)
    assert len(killed) in OFTEN.get(step[:2], OFTEN[step[0]])
    for house in (*killed, whole):
        assert not house.wrong
    for house in killed:
        assert set(repeats(house).values()) <= ({0, 1} if step[0] == "deliver" else {0})
        assert any(repeats(house).values()) or step not in ACCEPTED
    assert set(repeats(whole).values()) == {0}
