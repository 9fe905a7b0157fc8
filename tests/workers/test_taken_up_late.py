"""What a slow database hands to a worker too late for its host's pace is left out, and said."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.worker import PROMPT, taken_up

UNTIL = datetime(2026, 5, 4, 7, 1, tzinfo=UTC)


class Desk:
    """Its database answers after so many seconds."""

    name = "poll"

    def __init__(self, seconds):
        self.seconds, self.now = seconds, 100.0

    def take_up(self, numbers, until, clock):
        assert (clock().tzinfo, until) == (UTC, UNTIL)
        self.now += self.seconds
        return [f"piece {number}" for number in numbers]


@pytest.mark.parametrize(("seconds", "taken"), [(0, ["piece 1", "piece 2"]), (PROMPT + 0.1, [])])
def test_only_what_is_prompt_is_worked_on(seconds, taken, caplog):
    desk = Desk(seconds)
    assert list(taken_up(desk, [1, 2], UNTIL, lambda: desk.now)) == taken
    assert ("2 rows were taken up 0.6 s late" in caplog.text) == (not taken)
