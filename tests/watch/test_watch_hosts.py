"""Many feeds of one host, and one feed that kills the parser: nobody is harmed, nothing is given up."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial
from itertools import pairwise

import pytest
from small_web import FEED, SmallHouse, item, rss

from monitor.errors import WorkerError
from monitor.model import Cursor, PollResult, Source
from monitor.poll.standing import after
from monitor.store import PollStore

FEEDS = 2_000
UNCHANGED = partial(PollResult, outcome="unchanged", cursor=Cursor())


@pytest.mark.fault("A22")
def test_two_thousand_feeds_on_one_host_are_asked_one_after_the_other(database, clock):
    sources = [Source(f"Feed {number}", f"https://one.example/{number}.xml") for number in range(FEEDS)]
    polls = PollStore(database, sources)
    polls.sync(clock())
    begun, in_hand, most, asked, dues = clock(), [], 0, [], []
    while len(asked) < 120:
        due = polls.claim(clock())
        if due is not None:
            in_hand.append((clock() + timedelta(seconds=7), due))
            asked.append(clock())
        most = max(most, len(in_hand))
        done = [one for one in in_hand if one[0] <= clock()]
        for one in done:
            in_hand.remove(one)
            follows = partial(_follow, dues, one[1], clock())
            polls.save(one[1], UNCHANGED(one[1].source.name), follows, clock())
        clock.forward(seconds=0.5)
    assert most == 2
    assert min(later - earlier for earlier, later in pairwise(asked)) >= timedelta(seconds=1)
    assert clock() - begun >= timedelta(seconds=119)
    assert len(set(dues)) > 0.9 * len(dues)
    assert max(dues) - min(dues) >= Source("", "").interval / 3


def _follow(dues, due, now, tally):
    chance = len(dues) % 10 / 10
    what = after(due, UNCHANGED(due.source.name), tally, chance, now)
    dues.append(what.due)
    return what


@pytest.mark.fault("B19")
@pytest.mark.parametrize("kind", ["crashed", "timeout"])
def test_a_feed_that_kills_the_parser_is_set_aside_visibly_and_tried_again(database, clock, kind):
    house = SmallHouse(database, clock)
    sound = house.run

    def deadly(task, body, meta, setup=None):
        if b"deadly" in body:
            raise WorkerError(kind, "the parser died")
        return sound(task, body, meta, setup)

    house.run = deadly
    house.start()
    house.web[FEED] = rss(item(1, clock()))
    house.poll()
    house.web[FEED] = rss(item("deadly", clock()))
    waits, states = [], Counter()
    for _ in range(12):
        clock.now = house.view().next_poll
        house.poll()
        waits.append(house.view().next_poll - clock())
        states[house.view().health] += 1
    view = house.view()
    assert (view.health, view.failures) == ("failing", 12)
    assert "died" in view.error
    assert house.notices() == ["failing"]
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=3)
    assert house.notices("network") == []
    house.web[FEED] = rss(item(1, clock()), item(2, clock()))
    clock.now = view.next_poll
    house.poll()
    assert house.view().health == "back"
    assert len(house.titles()) == 2
