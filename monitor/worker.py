"""One of many workers on a PostgreSQL database: the same desks, with the rows that the engine gives them.

One worker leads: it offers due rows to all of them, and does what only one may do (housekeeping, the canary). Another
one leads within seconds when it ends or is cut off. The leases in our own rows stay the truth; see ``engine``.
"""

from __future__ import annotations

import logging
import math
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from monitor.app import App, utc_now
from monitor.canary import Canary
from monitor.clockwork import Clockwork, Job, keeping, log_event
from monitor.crew import Crew, Desk
from monitor.engine import Dispatcher, Engine, Kind, Work
from monitor.model import CANARY, Event, Offered
from monitor.store import Leadership
from monitor.web.pulse import Pulse

BATCH = 8
"""Rows of one job."""
AT_ONCE = {"poll": 8, "read": 8, "deliver": 8}
"""Jobs of each kind that one worker does at once."""
AHEAD = 32
"""Jobs of each kind that wait to be taken up at most: what was offered too early is not offered where it is done."""
OFFERED = timedelta(seconds=60)
"""For how long a row is offered; then its job is taken for lost."""
TICK = 0.25
"""Seconds between two looks for due work, or for whether to lead."""
PROMPT = 1.0
"""Seconds after taking a host's place within which its request begins, or is left out; see ``store.pace.BETWEEN``."""
LATE = "begun too late for its host's pace, on a machine or a database that is too slow; it waits for its lease"
CLEAR = 60.0
"""Seconds between two looks for what workers that are gone have left in the engine."""
GRACE = 4.0
"""Seconds that jobs in hand get to end."""

_log = logging.getLogger("monitor.worker")

Piece = TypeVar("Piece")
Done = TypeVar("Done")


class Offering(Protocol):
    """A desk whose rows can be offered."""

    name: str

    def offer(self, until: datetime, now: datetime, most: int) -> Sequence[Offered]:
        """Lease due rows until then, for whoever takes them up."""


class Handed(Generic[Piece, Done]):
    """A desk that works off what it was handed, and nothing else; one of its kind saves at a time."""

    def __init__(
        self,
        desk: Desk[Piece, Done],
        take: Callable[[datetime], Sequence[Piece]],
        saving: threading.Lock,
        end: float = math.inf,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """``take`` is asked until it has nothing more; nothing is begun after the instant ``end``."""
        self.name, self.together, self.about = desk.name, desk.together, desk.about
        self._desk = desk
        self._take = take
        self._saving = saving
        self._end = end
        self._monotonic = monotonic

    def claim_many(self, now: datetime, most: int) -> Sequence[Piece]:
        """What it was handed: no more than it has threads for."""
        del most
        return self._take(now)

    def work(self, piece: Piece) -> Done | None:
        """As the desk does it; None for what would begin too late: the next request to its host may be on its way."""
        return self._desk.work(piece) if self._monotonic() <= self._end else None

    def save_many(self, done: Sequence[tuple[Piece, Done | None]], now: datetime) -> Sequence[Event]:
        """As the desk does it; what began too late waits for its lease."""
        begun = [(piece, found) for piece, found in done if found is not None]
        with self._saving:
            saved = iter(self._desk.save_many(begun, now) if begun else ())
        return [self._late(piece) if found is None else next(saved) for piece, found in done]

    def next_claim(self, until: datetime) -> datetime | None:
        """Never: what it could not take up is offered again."""
        del until
        return None

    def _late(self, piece: Piece) -> Event:
        name: Any = self.name
        subject = ", ".join(map(str, self.about(piece).values()))
        return Event(name, subject, LATE, ok=False, noticed=True, result="late")


class Worker:
    """Works with one configuration from ``start()`` to ``stop()``."""

    def __init__(self, app: App, url: str, pulse: Pulse, canary: Canary | None, started: datetime) -> None:
        self._app = app
        self._pulse = pulse
        self._canary = canary
        self._started = started
        self._own = secrets.token_hex(8)
        self._saving = {name: threading.Lock() for name in AT_ONCE}
        work: dict[str, Work] = {
            "poll": partial(self._fetch, app.desks.poll),
            "read": partial(self._fetch, app.desks.read),
            "deliver": self._deliver,
        }
        kinds = {name: Kind(does, AT_ONCE[name]) for name, does in work.items()}
        self._engine = Engine(url, kinds, self._own, partial(self._beat, "engine"))
        self._dispatcher = Dispatcher(url)
        self._leadership = Leadership(url)
        self._clock: Clockwork | None = None
        self._cleared = 0.0
        self._lead = Job("lead", self._step)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lead", daemon=True)

    def start(self) -> None:
        """Take up jobs, and lead when nobody does. Raises StoreError when the engine's tables cannot be made."""
        self._engine.start()
        self._thread.start()

    def wake(self) -> None:
        """The clock may have been set."""
        if self._clock is not None:
            self._clock.wake()

    def stop(self) -> int:
        """Lead no more, take up nothing. Returns how many jobs are left to their leases."""
        self._ended.set()
        left = self._engine.stop(GRACE)
        self._thread.join(GRACE)
        return left

    def _beat(self, name: str) -> None:
        self._pulse.beat(name, time.monotonic())

    # --- leading ---------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._ended.wait(TICK):
            self._lead()
        self._follow()
        self._leadership.close()
        self._dispatcher.close()

    def _step(self) -> None:
        self._beat("lead")
        if not self._leadership.hold():
            self._follow()
            return
        if self._clock is None:
            self._begin()
        if time.monotonic() - self._cleared > CLEAR:
            self._cleared = time.monotonic()
            self._dispatcher.clear(self._own)
        self._offer()

    def _begin(self) -> None:
        _log.info("this worker leads: it offers what is due, and keeps the house")
        self._clock = Clockwork()
        keeping(self._clock, self._app, self._pulse, self._canary, self._started)
        self._clock.start()

    def _follow(self) -> None:
        clock, self._clock = self._clock, None
        if clock is not None:
            _log.info("this worker leads no more")
            self._leadership.release()
            clock.stop()

    def _offer(self) -> None:
        waiting, now = self._dispatcher.waiting(), utc_now()
        for desk in (self._app.desks.poll, self._app.desks.read):
            room = AHEAD - waiting[desk.name]
            if room > 0:
                self._give(desk, desk.offer(now + OFFERED, now, room * BATCH), now + OFFERED)
        for alert in self._app.desks.deliver.ready(now):
            self._dispatcher.give_once("deliver", alert, {"alert": alert}, self._own if alert == CANARY else "")

    def _give(self, desk: Offering, offered: Sequence[Offered], until: datetime) -> None:
        for own in (False, True):
            numbers = [one.number for one in offered if one.own == own]
            chunks = (numbers[at : at + BATCH] for at in range(0, len(numbers), BATCH))
            jobs = [{"numbers": chunk, "until": until.isoformat()} for chunk in chunks]
            self._dispatcher.give(desk.name, jobs, self._own if own else "")

    # --- working ---------------------------------------------------------------------------------------

    def _fetch(self, desk: Any, numbers: Sequence[int], until: str) -> None:
        """A job of the poll desk or the read desk."""
        taken, asked = taken_up(desk, numbers, datetime.fromisoformat(until))
        handed = iter([taken])
        self._work_off(desk, lambda _now: next(handed, ()), len(numbers), asked + PROMPT)

    def _deliver(self, alert: str) -> None:
        """A job of the deliver desk: all that is due on one alert."""
        desk = self._app.desks.deliver

        def take(now: datetime) -> Sequence[Any]:
            parcel = desk.claim(now, alert)
            return [] if parcel is None else [parcel]

        self._work_off(desk, take, 1)

    def _work_off(self, desk: Any, take: Callable[[datetime], Sequence[Any]], size: int, end: float = math.inf) -> None:
        handed: Handed[Any, Any] = Handed(desk, take, self._saving[desk.name], end)
        crew = Crew(handed, size, utc_now, self._app.stop, self._app.meter)
        crew.drain(log_event)
        crew.finish(log_event, GRACE)


def taken_up(
    desk: Any, numbers: Sequence[int], until: datetime, monotonic: Callable[[], float] = time.monotonic
) -> tuple[Sequence[Any], float]:
    """What of these rows can be worked on now, and the instant from which the places of their hosts count.

    That is when the clock was asked, within the transaction: a slow database may need long to end it.
    """
    asked: list[float] = []

    def clock() -> datetime:
        asked.append(monotonic())
        return utc_now()

    return desk.take_up(numbers, until, clock), asked[0]
