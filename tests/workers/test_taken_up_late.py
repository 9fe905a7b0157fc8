"""What a slow database or a slow machine would begin too late for its host's pace is left to its lease, and said."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest

from monitor.model import Event
from monitor.worker import LATE, PROMPT, Handed, taken_up

NOW = datetime(2026, 5, 4, 7, 0, tzinfo=UTC)
UNTIL = datetime(2026, 5, 4, 7, 1, tzinfo=UTC)


class Desk:
    """Its database answers after so many seconds, its requests begin after so many more each."""

    name, together = "poll", 32

    def __init__(self, answers, begins):
        self.answers, self.begins, self.now, self.asked = answers, begins, 100.0, []

    def take_up(self, numbers, until, clock):
        assert (clock().tzinfo, until) == (UTC, UNTIL)
        self.now += self.answers
        return [f"Outlet {number}" for number in numbers]

    def monotonic(self):
        return self.now

    def about(self, piece):
        return {"source": piece}

    def work(self, piece):
        self.asked.append((piece, self.now))
        self.now += self.begins
        return "answer"

    def save_many(self, done, _now):
        assert {found for _, found in done} == {"answer"}
        return [Event("poll", piece, "1 new", result="new") for piece, _ in done]


@pytest.mark.parametrize(
    ("answers", "begins", "in_time"),
    [(0, 0, 3), (PROMPT, 0, 3), (PROMPT + 0.1, 0, 0), (0, PROMPT * 0.6, 2), (PROMPT * 0.7, PROMPT, 1)],
)
def test_only_what_begins_in_time_is_asked_and_the_rest_is_told(answers, begins, in_time):
    desk = Desk(answers, begins)
    taken, counted = taken_up(desk, [1, 2, 3], UNTIL, desk.monotonic)
    handed = Handed(desk, lambda _now: taken, threading.Lock(), counted + PROMPT, desk.monotonic)
    events = handed.save_many([(piece, handed.work(piece)) for piece in handed.claim_many(NOW, 32)], NOW)
    assert [event.subject for event in events] == ["Outlet 1", "Outlet 2", "Outlet 3"]
    assert [(event.outcome, event.noticed) for event in events] == [("1 new", False)] * in_time + [(LATE, True)] * (
        3 - in_time
    )
    assert [piece for piece, _ in desk.asked] == taken[:in_time]
    assert all(begun <= counted + PROMPT for _, begun in desk.asked)
