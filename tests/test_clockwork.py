"""The ticks: they go on whatever the clock does, and whatever goes wrong in one of them."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from apscheduler.schedulers.background import BackgroundScheduler

from monitor.clockwork import Every, Job, wake
from monitor.errors import StoreError

NOW = datetime(2026, 5, 4, 7, 0, tzinfo=UTC)


class Ticking:
    """A scheduler as the daemon has it, with jobs that count."""

    def __init__(self):
        self.scheduler = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self.scheduler.start()

    def add(self, work, seconds=0.02, **more):
        return self.scheduler.add_job(work, Every(seconds), **more)


@pytest.fixture
def ticking(caplog):
    caplog.set_level(logging.CRITICAL, "apscheduler")
    made = Ticking()
    yield made
    made.scheduler.shutdown(wait=True)


@pytest.mark.fault("G2")
def test_a_jump_of_years_is_one_tick_and_not_all_that_were_missed():
    every = Every(0.5)
    assert every.get_next_fire_time(NOW, NOW + timedelta(days=20_000)) == NOW + timedelta(days=20_000, seconds=0.5)


@pytest.mark.fault("G2")
def test_a_tick_that_a_clock_put_back_has_left_far_ahead_comes_all_the_same(ticking):
    ticked = Event()
    job = ticking.add(ticked.set, seconds=30)
    job.modify(next_run_time=datetime.now(UTC) + timedelta(hours=1), trigger=Every(0.02))
    assert wake(ticking.scheduler) == 1
    assert ticked.wait(10)


def test_a_tick_that_is_near_is_left_as_it_is(ticking):
    ticking.add(Event().set, seconds=60)
    assert wake(ticking.scheduler) == 0


@pytest.mark.fault("G1")
def test_one_that_blocks_keeps_no_other_waiting_and_comes_once_when_it_is_free(ticking):
    gate, others, again = Event(), [], Event()
    calls = []

    def blocked():
        calls.append(1)
        gate.wait(20)
        if len(calls) > 1:
            again.set()

    ticking.add(blocked)
    seen = Event()
    ticking.add(lambda: (others.append(1), len(others) > 20 and seen.set()))
    assert seen.wait(20)
    assert len(calls) == 1
    gate.set()
    assert again.wait(10)


@pytest.mark.fault("G5")
@pytest.mark.parametrize(
    "error", [SystemExit(1), asyncio.CancelledError(), MemoryError(), StoreError("full")], ids=repr
)
def test_one_that_breaks_down_is_done_again_and_takes_no_other_along(ticking, error):
    calls, again, other = [], Event(), Event()

    def breaks():
        calls.append(1)
        if len(calls) > 3:
            again.set()
        raise error

    ticking.add(Job("breaks", breaks))
    assert again.wait(10)
    ticking.add(other.set)
    assert other.wait(10)


def test_what_goes_wrong_is_said_once_a_change(caplog):
    caplog.set_level(logging.INFO)
    outcomes = [None, StoreError("disk full"), StoreError("disk full"), StoreError("locked"), None, None]
    done = []

    def work():
        if (error := outcomes.pop(0)) is not None:
            raise error

    job = Job("read", work, lambda: done.append(1))
    for _ in range(6):
        job()
    assert [record.getMessage() for record in caplog.records] == [
        "read failed and is tried again: StoreError: disk full",
        "read failed and is tried again: StoreError: locked",
        "read: works again",
    ]
    assert not any(record.exc_info for record in caplog.records)
    assert len(done) == 3
