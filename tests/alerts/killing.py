"""The kill -9 loop: a daemon at work is killed at random instants, by a seeded plan, while its channels fail."""

from __future__ import annotations

import os
import random
import signal
import threading
from dataclasses import dataclass

NAMES = ("chat", "mail", "hook")


@dataclass(frozen=True)
class End:
    """How one life ends: at a time, or a moment after a channel has accepted so many messages in it."""

    seconds: float
    """At the latest."""
    channel: str = ""
    messages: int = 0
    later: float = 0.0
    """Seconds between the acceptance and the kill; within the first ones lies the answer, then the record."""


def ends(seed, count):
    """The ends of so many lives: half of them at any time, half of them close to an acceptance."""
    dice = random.Random(seed)
    for number in range(count):
        if number % 2:
            later = dice.choice((0.0, dice.uniform(0, 0.004), dice.uniform(0, 0.03)))
            yield End(2.0, dice.choice(NAMES), dice.randint(1, 3), later)
        else:
            yield End(dice.uniform(0.1, 1.0))


class Killer:
    """Ends the life of one process, once."""

    def __init__(self, pid, end):
        self._pid, self._end, self._left = pid, end, end.messages
        self._once = threading.Lock()
        self.done = threading.Event()

    def accepted(self, channel):
        """A channel took a message."""
        if channel != self._end.channel:
            return
        self._left -= 1
        if self._left == 0:
            if self._end.later:
                self.done.wait(self._end.later)
            self.kill()

    def kill(self):
        with self._once:
            if not self.done.is_set():
                os.kill(self._pid, signal.SIGKILL)
                self.done.set()


def kill_again_and_again(house, kills, *, new):
    """So many lives, each begun with at most ``new`` new articles and ended by a kill; then one that is left alone."""
    dice = random.Random(house.watch.seed)
    for end in ends(house.watch.seed, kills):
        house.publish(dice.randint(0, new))
        killer = Killer(house.start("live"), end)
        house.watch.on_accept = killer.accepted
        killer.done.wait(end.seconds)
        killer.kill()
        house.ended()
    house.watch.on_accept = lambda _channel: None


def drain(house, seconds=240):
    """Have all channels well, and wait until nothing waits any more; much less than the limit on an idle machine."""
    house.watch.share = 0
    killer = Killer(house.start("live"), End(seconds))
    done = any(killer.done.wait(0.05) or house.done() for _ in range(int(seconds / 0.05)))
    killer.kill()
    assert done, f"what was published is not delivered after {seconds} seconds"
    house.ended()
