"""A crew of threads works off a desk: one thread claims and saves, the others only work. The three crews together.

So there is one place that writes, and the network and the CPU never wait inside a transaction. A piece of work that
raises is logged and left to its lease: it becomes due again, and no other piece is stopped by it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from monitor.meter import HITS, WORK, WORKING, Meter
from monitor.model import Event, RoundSum
from monitor.trail import Value, about

Job = TypeVar("Job")
Done = TypeVar("Done")

_log = logging.getLogger("monitor.crew")
_NAP = 0.25
"""Seconds after which a waiting crew looks for newly due work."""
_MOMENT = 0.04
"""Seconds for which a piece of work that is done waits for others: each transaction costs a write to the disk."""


class Desk(Protocol[Job, Done]):
    """Claim, work, save: the shape of every desk."""

    name: str
    together: int
    """Pieces of work that are saved in one transaction, at most."""

    def about(self, job: Job) -> Mapping[str, Value]:
        """What the log should say that a job is about, by number or name."""

    def claim_many(self, now: datetime, most: int) -> Sequence[Job]:
        """Lease due rows, at most so many; none when none is due."""

    def work(self, job: Job) -> Done:
        """Network and CPU; no database. An expected failure is a value."""

    def save_many(self, done: Sequence[tuple[Job, Done]], now: datetime) -> Sequence[Event]:
        """One transaction, all of it or nothing; says what became of each job."""

    def next_claim(self, until: datetime) -> datetime | None:
        """When the next row due by ``until`` can be claimed; None when nothing waits."""


@dataclass(frozen=True, slots=True)
class _Ended(Generic[Job, Done]):
    """A piece of work that was done."""

    job: Job
    done: Done
    seconds: float


class Crew(Generic[Job, Done]):
    """Works one desk off with at most ``size`` pieces of work in hand."""

    def __init__(
        self, desk: Desk[Job, Done], size: int, now: Callable[[], datetime], stop: threading.Event, meter: Meter
    ) -> None:
        self._desk = desk
        self._size = size
        self._now = now
        self._stop = stop
        self._threads = ThreadPoolExecutor(size, thread_name_prefix=desk.name)
        self._meter = meter
        self._in_hand: dict[Future[tuple[Done, float]], Job] = {}
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
        """Claim as much as there are idle threads for; what ends meanwhile makes room for the next time."""
        room = self._size - sum(not future.done() for future in self._in_hand)
        while room > 0 and (jobs := self._desk.claim_many(self._now(), room)):
            self._in_hand.update({self._threads.submit(self._work, job): job for job in jobs})
            room -= len(jobs)

    def _work(self, job: Job) -> tuple[Done, float]:
        """In a thread of its own: what came of it, and the seconds it took."""
        begun = time.monotonic()
        with about(self._desk.about(job)):
            return self._desk.work(job), time.monotonic() - begun

    def _put_down(self, report: Callable[[Event], None], seconds: float) -> None:
        """Save what ends; what ends within a moment of it goes into the same transaction."""
        done, others = wait(self._in_hand, timeout=seconds, return_when=FIRST_COMPLETED)
        if done and others:
            done |= wait(others, timeout=_MOMENT).done
        in_order = [future for future in self._in_hand if future in done]
        ended = [one for future in in_order if (one := self._ended(self._in_hand.pop(future), future)) is not None]
        for at in range(0, len(ended), self._desk.together):
            self._save(ended[at : at + self._desk.together], report)

    def _ended(self, job: Job, future: Future[tuple[Done, float]]) -> _Ended[Job, Done] | None:
        with self._guarded(job):
            return _Ended(job, *future.result())
        return None

    def _save(self, ended: Sequence[_Ended[Job, Done]], report: Callable[[Event], None]) -> None:
        """In one transaction; where that fails each by itself, so that one broken piece stops no other."""
        try:
            events = self._desk.save_many([(one.job, one.done) for one in ended], self._now())
        except Exception:  # whatever it is, it shows again with the one that it is about
            if len(ended) > 1:
                for one in ended:
                    self._save([one], report)
                return
            with self._guarded(ended[0].job):
                raise
            return
        for one, event in zip(ended, events, strict=True):
            with self._guarded(one.job):
                self._count(event, one.seconds)
                report(event)

    @contextmanager
    def _guarded(self, job: Job) -> Iterator[None]:
        """The last line of defence: one broken piece of work stops no other, and its lease brings it back.

        Also where a library in it ends the thread (SystemExit) or gives up (CancelledError).
        """
        with about(self._desk.about(job)):
            try:
                yield
            except KeyboardInterrupt:
                raise
            except BaseException:  # noqa: BLE001 - see above
                self._meter.count(WORK, self._desk.name, "broken")
                _log.exception("%s: a piece of work failed and will be tried again after its lease", self._desk.name)

    def _count(self, event: Event, seconds: float) -> None:
        self._meter.count(WORK, event.desk, event.result)
        self._meter.count(HITS, by=event.hits)
        self._meter.time(WORKING, seconds, event.desk)


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
