"""Answers made ahead: none too old is shown, two are never made at once, and nobody waits for the second one."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from monitor.errors import MonitorError
from monitor.web.ahead import FRESH, KEPT, LATELY, OLDEST, Ahead

NOW = datetime(2026, 2, 12, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Kitchen:
    """Makes answers that say how manieth they are, and can be told to wait or to fail."""

    def __init__(self):
        self.now = NOW
        self.made, self.at_once, self.most = 0, 0, 0
        self.error = None
        self.open = threading.Event()
        self.open.set()
        self.begun, self.ended = threading.Semaphore(0), threading.Semaphore(0)
        self.ahead = Ahead(self.make, lambda: self.now)

    def make(self, question, now):
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        self.begun.release()
        assert self.open.wait(10)
        try:
            if self.error:
                raise self.error
            self.made += 1
            return f"{question} {self.made}"
        finally:
            self.at_once -= 1
            self.ended.release()

    def ask(self, question="a"):
        return self.ahead.get(question).answer


@pytest.fixture
def kitchen():
    made = Kitchen()
    yield made
    made.open.set()
    made.ahead.stop()


def test_without_its_thread_an_answer_is_shown_for_a_minute(kitchen):
    assert kitchen.ask() == "a 1"
    kitchen.now = NOW + FRESH - SECOND
    assert kitchen.ask() == "a 1"
    assert kitchen.ask("b") == "b 2"
    kitchen.now = NOW + FRESH
    assert kitchen.ask() == "a 3"
    assert kitchen.ahead.get("a").at == NOW + FRESH
    kitchen.now = NOW - SECOND
    assert kitchen.ask() == "a 4", "the clock was put back"


def test_who_asks_later_gets_the_old_answer_at_once_and_the_next_one_a_new_one(kitchen):
    kitchen.ahead.start()
    kitchen.ask()
    kitchen.now, kitchen.open = NOW + OLDEST - SECOND, threading.Event()
    assert kitchen.begun.acquire(timeout=10)
    assert kitchen.ask() == "a 1"
    assert kitchen.begun.acquire(timeout=10), "a newer one is being made"
    assert kitchen.ask() == "a 1", "while it is made nobody waits"
    kitchen.open.set()
    kitchen.ahead.stop()
    assert kitchen.ask() == "a 2"
    assert kitchen.ahead.get("a").at == NOW + OLDEST - SECOND


def test_what_is_too_old_is_not_shown(kitchen):
    kitchen.ahead.start()
    kitchen.ask()
    kitchen.now = NOW + OLDEST
    assert kitchen.ask() == "a 2"


def test_many_who_wait_for_one_answer_cost_one(kitchen):
    kitchen.open.clear()
    answers = []
    readers = [threading.Thread(target=lambda: answers.append(kitchen.ask())) for _ in range(8)]
    for reader in readers:
        reader.start()
    assert kitchen.begun.acquire(timeout=10)
    kitchen.open.set()
    for reader in readers:
        reader.join(10)
    assert answers == ["a 1"] * 8
    assert kitchen.most == 1


def test_a_failure_is_raised_to_who_waits_and_logged_where_nobody_does(kitchen, caplog):
    kitchen.error = MonitorError("the disk is gone")
    with pytest.raises(MonitorError, match="the disk is gone"):
        kitchen.ask()
    kitchen.error = None
    kitchen.ahead.start()
    kitchen.ask()
    kitchen.now, kitchen.error = NOW + FRESH, MonitorError("the disk is gone")
    while kitchen.ended.acquire(blocking=False):
        pass
    assert kitchen.ask() == "a 1"
    assert kitchen.ended.acquire(timeout=10)
    kitchen.ahead.stop()
    assert "not made ahead: the disk is gone" in caplog.text
    kitchen.error = None
    assert kitchen.ask() == "a 2"


def test_what_nobody_asked_for_lately_is_not_made_ahead():
    kitchen = Kitchen()
    kitchen.ahead = Ahead(kitchen.make, lambda: kitchen.now, every=0.01)
    kitchen.ask("old")
    kitchen.now = NOW + LATELY
    kitchen.ask("new")
    kitchen.ahead.start()
    for _ in range(5):
        assert kitchen.ended.acquire(timeout=10)
    kitchen.ahead.stop()
    kitchen.now += FRESH - SECOND
    assert int(kitchen.ask("new").split()[1]) >= 4
    assert kitchen.ask("old").split()[1] == str(kitchen.made), "made only now"


def test_only_so_many_answers_are_kept(kitchen):
    for number in range(KEPT + 1):
        kitchen.now += SECOND / 10
        kitchen.ask(number)
    assert kitchen.ask(1) == "1 2"
    assert kitchen.ask(0) == f"0 {KEPT + 2}"
