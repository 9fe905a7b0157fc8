"""A crew of threads works off a desk: one thread claims and saves, the others only work. The three crews together.

So there is one place that writes, and the network and the CPU never wait inside a transaction. A piece of work that
raises is logged and left to its lease: it becomes due again, and no other piece is stopped by it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from monitor.model import Event, RoundSum

Job = TypeVar("Job")
Done = TypeVar("Done")

_log = logging.getLogger("monitor.crew")
_NAP = 0.25
"""Seconds after which a waiting crew looks for newly due work."""


class Desk(Protocol[Job, Done]):
    """Claim, work, save: the shape of every desk."""

    name: str

    def claim(self, now: datetime) -> Job | None:
        """Lease one due row."""

    def work(self, job: Job) -> Done:
        """Network and CPU; no database. An expected failure is a value."""

    def save(self, job: Job, done: Done, now: datetime) -> Event:
        """One transaction; says what became of the job."""

    def next_claim(self, until: datetime) -> datetime | None:
        """When the next row due by ``until`` can be claimed; None when nothing waits."""


class Crew(Generic[Job, Done]):
    """Works one desk off with at most ``size`` pieces of work in hand."""

    def __init__(self, desk: Desk[Job, Done], size: int, now: Callable[[], datetime], stop: threading.Event) -> None:
        self._desk = desk
        self._size = size
        self._now = now
        self._stop = stop
        self._threads = ThreadPoolExecutor(size, thread_name_prefix=desk.name)
        self._in_hand: dict[Future[Done], Job] = {}
        self._at_work = threading.Lock()

    def drain(self, report: Callable[[Event], None], patience: float = 0) -> None:
        """Work until nothing is due any more, or until stopped; what is in hand then is left to ``finish``.

        A due row whose host or channel is not free yet is waited for when that is at most ``patience`` seconds off.
        """
        with self._at_work:
            self._drain(report, patience)

    def _drain(self, report: Callable[[Event], None], patience: float) -> None:
        until: datetime | None = None
        while not self._stop.is_set():
            self._take_up()
            until = until or self._now()  # a claim may have made something due: what the operator is told
            if self._in_hand:
                self._put_down(report, _NAP)
                until = max(until, self._now())
                continue
            ready = self._desk.next_claim(until)
            away = None if ready is None else (ready - self._now()).total_seconds()
            if away is None or away > patience:
                return
            self._stop.wait(min(max(away, 0.005), _NAP))

    def finish(self, report: Callable[[Event], None], seconds: float) -> int:
        """Save what ends within ``seconds``, once stopped. Returns how many pieces are left to their leases."""
        left = self.settle(report, seconds)
        self._threads.shutdown(wait=False, cancel_futures=True)
        return left

    def settle(self, report: Callable[[Event], None], seconds: float) -> int:
        """Like ``finish``, but what is left may still end and be saved by the next call."""
        with self._at_work:
            if self._in_hand:
                wait(self._in_hand, timeout=seconds)
                self._put_down(report, 0)
            return len(self._in_hand)

    def _take_up(self) -> None:
        while len(self._in_hand) < self._size:
            job = self._desk.claim(self._now())
            if job is None:
                return
            self._in_hand[self._threads.submit(self._desk.work, job)] = job

    def _put_down(self, report: Callable[[Event], None], seconds: float) -> None:
        done, _ = wait(self._in_hand, timeout=seconds, return_when=FIRST_COMPLETED)
        for future in done:
            job = self._in_hand.pop(future)
            try:
                report(self._desk.save(job, future.result(), self._now()))
            except KeyboardInterrupt:
                raise
            except BaseException:  # noqa: BLE001 - see below
                # The last line of defence: one broken piece of work stops no other, and its lease brings it back;
                # also where a library in it ends the thread (SystemExit) or gives up (CancelledError).
                _log.exception("%s: a piece of work failed and will be tried again after its lease", self._desk.name)


@dataclass(frozen=True)
class Crews:
    """The three desks with their threads."""

    poll: Crew[Any, Any]
    read: Crew[Any, Any]
    deliver: Crew[Any, Any]

    def each(self) -> tuple[Crew[Any, Any], ...]:
        """In the order of the flow."""
        return (self.poll, self.read, self.deliver)


def add_up(events: Iterable[Event]) -> RoundSum:
    """The sum of what was done."""
    done = list(events)
    return RoundSum(
        sources=sum(event.desk == "poll" for event in done),
        articles=sum(event.desk == "read" for event in done),
        hits=sum(event.hits for event in done),
        delivered=sum(event.delivered for event in done),
        failed=sum(not event.ok for event in done),
    )
