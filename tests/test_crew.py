"""The crew: it claims, works in threads, saves in one, and never waits longer than it should."""

import threading
from datetime import timedelta

import pytest

from monitor.crew import Crew
from monitor.meter import Meter
from monitor.model import Event


class Queue:
    """A desk over a list of numbers."""

    name = "poll"
    together = 3

    def __init__(self, jobs, free_at=None, unsaved=()):
        self.jobs = list(jobs)
        self.unsaved = unsaved
        self.batches = []
        self.free_at = free_at
        self.saved = []
        self.savers = set()

    def about(self, job):
        return {"job": job}

    def claim_many(self, now, most):
        if self.free_at is not None and now < self.free_at:
            return []
        taken, self.jobs = self.jobs[:most], self.jobs[most:]
        return taken

    def work(self, job):
        if job < 0:
            raise ValueError(job)
        return job * 10

    def save_many(self, done, now):
        self.savers.add(threading.get_ident())
        if any(job in self.unsaved for job, _ in done):
            raise ValueError(done)
        self.saved += done
        self.batches.append(len(done))
        return [Event("poll", str(job), "done") for job, _ in done]

    def next_claim(self, until):
        return self.free_at if self.jobs and self.free_at is not None else None


@pytest.fixture
def stop():
    return threading.Event()


def drained(queue, clock, stop, patience=0):
    events = []
    crew = Crew(queue, 4, clock, stop, Meter())
    crew.drain(events.append, patience)
    assert crew.finish(events.append, 5) == 0
    return events


def test_two_hundred_due_jobs_are_all_done_and_one_thread_saves(clock, stop):
    queue = Queue(range(200))
    assert len(drained(queue, clock, stop)) == 200
    assert sorted(queue.saved) == [(job, job * 10) for job in range(200)]
    assert queue.savers == {threading.get_ident()}


def test_a_piece_of_work_that_raises_stops_no_other(clock, stop, caplog):
    queue = Queue([1, -1, 2])
    assert len(drained(queue, clock, stop)) == 2
    assert "tried again after its lease" in caplog.text


def test_a_piece_that_cannot_be_saved_keeps_no_other_of_its_batch_from_being_saved(clock, stop, caplog):
    queue = Queue(range(50), unsaved={7, 8})
    assert len(drained(queue, clock, stop)) == 48
    assert sorted(job for job, _ in queue.saved) == [job for job in range(50) if job not in {7, 8}]
    assert caplog.text.count("tried again after its lease") == 2
    assert max(queue.batches) <= queue.together


def test_what_is_far_from_free_is_not_waited_for(clock, stop):
    queue = Queue([1], free_at=clock() + timedelta(seconds=3000))
    assert drained(queue, clock, stop, patience=60) == []
    assert queue.jobs == [1]


def test_what_is_nearly_free_is_waited_for_with_patience(clock, stop):
    queue = Queue([1], free_at=clock() + timedelta(seconds=5))
    reading = iter([0, 0, 0, 2, 4, 6])

    def later():
        return clock() + timedelta(seconds=next(reading, 8))

    events = []
    Crew(queue, 1, later, stop, Meter()).drain(events.append, patience=60)
    assert [event.subject for event in events] == ["1"]


def test_a_stopped_crew_takes_nothing_up(clock, stop):
    stop.set()
    queue = Queue([1, 2])
    assert drained(queue, clock, stop) == []
    assert queue.jobs == [1, 2]
