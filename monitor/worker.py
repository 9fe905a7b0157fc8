"""One of many workers on a PostgreSQL database: the same desks, with the rows that the engine gives them.

One worker leads: it offers due rows to all of them, and does what only one may do (housekeeping, the canary). Another
one leads within seconds when it ends or is cut off. The leases in our own rows stay the truth; see ``engine``.
"""

from __future__ import annotations

import logging
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
PROMPT = 0.5
"""Seconds after taking a host's place within which its request begins, or is left out; see ``store.pace.BETWEEN``."""
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
        self, desk: Desk[Piece, Done], take: Callable[[datetime], Sequence[Piece]], saving: threading.Lock
    ) -> None:
        """``take`` is asked until it has nothing more."""
        self.name, self.together = desk.name, desk.together
        self.about, self.work = desk.about, desk.work
        self._desk = desk
        self._take = take
        self._saving = saving

    def claim_many(self, now: datetime, most: int) -> Sequence[Piece]:
        """What it was handed: no more than it has threads for."""
        del most
        return self._take(now)

    def save_many(self, done: Sequence[tuple[Piece, Done]], now: datetime) -> Sequence[Event]:
        """As the desk does it."""
        with self._saving:
            return self._desk.save_many(done, now)

    def next_claim(self, until: datetime) -> datetime | None:
        """Never: what it could not take up is offered again."""
        del until
        return None


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
        handed = iter([taken_up(desk, numbers, datetime.fromisoformat(until))])
        self._work_off(desk, lambda _now: next(handed, ()), len(numbers))

    def _deliver(self, alert: str) -> None:
        """A job of the deliver desk: all that is due on one alert."""
        desk = self._app.desks.deliver

        def take(now: datetime) -> Sequence[Any]:
            parcel = desk.claim(now, alert)
            return [] if parcel is None else [parcel]

        self._work_off(desk, take, 1)

    def _work_off(self, desk: Any, take: Callable[[datetime], Sequence[Any]], size: int) -> None:
        handed: Handed[Any, Any] = Handed(desk, take, self._saving[desk.name])
        crew = Crew(handed, size, utc_now, self._app.stop, self._app.meter)
        crew.drain(log_event)
        crew.finish(log_event, GRACE)


def taken_up(
    desk: Any, numbers: Sequence[int], until: datetime, monotonic: Callable[[], float] = time.monotonic
) -> Sequence[Any]:
    """What of these rows can be worked on now; nothing where the database was so slow that hosts are asked too soon.

    Their places count from when the clock was asked, within the transaction.
    """
    asked: list[float] = []

    def clock() -> datetime:
        asked.append(monotonic())
        return utc_now()

    taken: Sequence[Any] = desk.take_up(numbers, until, clock)
    late = monotonic() - asked[0]
    if late <= PROMPT:
        return taken
    _log.warning("%s: %d rows were taken up %.1f s late; they wait for their lease", desk.name, len(taken), late)
    return ()
