"""The ticks: what is looked at how often. The only door to APScheduler.

"Due" is a column in the database, so a tick only says "look": a late, missed or doubled one changes nothing.
APScheduler goes by the wall clock, which may be set; so a tick is planned from now on, never from the last one, and
one that a clock put back has left too far ahead is planned anew (``wake``).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from monitor.app import App, utc_now
from monitor.canary import Canary
from monitor.crew import Crew
from monitor.errors import MonitorError
from monitor.model import CANARY, Event
from monitor.web.health import STALLED, stalls
from monitor.web.pulse import Pulse

TICK = 0.5
"""Seconds between two looks for due work."""
LOOK = 5.0
"""Seconds between two looks for the canary."""
WATCH = 60.0
"""Seconds between two looks at ourselves."""
HOUR = 3600.0
_BRIEF = 1.0
"""No job comes more often than once in so many seconds, whatever the configuration says; the desks do."""

_log = logging.getLogger("monitor")


class Every(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """So many seconds from now. What was missed is not made up: after a jump of years it would never end."""

    def __init__(self, seconds: float) -> None:
        self._wait = timedelta(seconds=seconds)

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """When next; both times in the scheduler's zone."""
        del previous_fire_time
        return now + self._wait


class Job:
    """One thing that is done again and again. One that fails stops no other one, and is tried again the next time."""

    def __init__(self, name: str, work: Callable[[], object], done: Callable[[], None] = lambda: None) -> None:
        """``done`` is called each time that the work has ended well."""
        self._name = name
        self._work = work
        self._done = done
        self._failed = ""

    def __call__(self) -> None:
        """Do it. What goes wrong is logged once a change: a tick that fails, fails twice a second."""
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001 - also a SystemExit of a library ends no tick
            self._fail(error)
            return
        if self._failed:
            _log.info("%s: works again", self._name)
        self._failed = ""
        self._done()

    def _fail(self, error: BaseException) -> None:
        said = f"{type(error).__name__}: {error}"
        if said != self._failed:
            trace = None if isinstance(error, MonitorError) else error
            _log.error("%s failed and is tried again: %s", self._name, said, exc_info=trace)
        self._failed = said


class Clockwork:
    """All that a process does again and again, from ``start()`` to ``stop()``."""

    def __init__(self) -> None:
        # Its own words are about ticks that found the desk still at work, which is how it is meant.
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
        self._scheduler = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )

    def add(
        self,
        name: str,
        every: Any,
        work: Callable[[], object],
        done: Callable[[], None] = lambda: None,
        **first: datetime,
    ) -> None:
        """Have something done every so many seconds, or by a trigger; ``done`` is called when it has ended well.

        ``next_run_time`` is when it is done first, in place of one such time from now.
        """
        trigger = Every(every) if isinstance(every, float) else every
        self._scheduler.add_job(Job(name, work, done), trigger, id=name, **first)

    def start(self) -> None:
        """Begin."""
        self._scheduler.start()

    def at_once(self, name: str, work: Callable[[], object]) -> None:
        """Have something done once, as soon as it has begun."""
        self._scheduler.add_job(Job(name, work))

    def wake(self) -> None:
        """Plan anew what a clock that was put back has left too far ahead."""
        wake(self._scheduler)

    def stop(self) -> int:
        """End, when what is being done is done; nothing is left in hand."""
        self._scheduler.shutdown(wait=True)
        return 0


class Resting:
    """The clockwork of a process that leaves the work to others."""

    def start(self) -> None:
        """Begin nothing."""

    def wake(self) -> None:
        """There is nothing to plan anew."""

    def stop(self) -> int:
        """End nothing; nothing is left in hand."""
        return 0


def ticking(app: App, pulse: Pulse, canary: Canary | None, started: datetime) -> Clockwork:
    """The clockwork of a process that does everything; ``started``: when the process was."""
    clock = Clockwork()
    clock.at_once("children", app.desks.prepare)
    for name, crew in zip(("poll", "read", "deliver"), app.crews.each(), strict=True):
        beat = beating(name, pulse)
        clock.add(name, TICK, tick(crew, beat), beat, next_run_time=utc_now())
    keeping(clock, app, pulse, canary, started)
    return clock


def keeping(clock: Clockwork, app: App, pulse: Pulse, canary: Canary | None, started: datetime) -> None:
    """What one process does for all of them: it looks at them, drops what is old, sends the canary out."""
    looks = Pulse()
    clock.at_once("watch", app.watch)  # what is to be known before anything is called well
    clock.add("watch", WATCH, lambda: watch(app, started), beating("watch", looks))
    clock.add("tidy", HOUR, app.tidy)
    clock.add("spikes", CronTrigger(minute=10, timezone="UTC"), app.spikes)
    if canary is not None:
        clock.add("canary", LOOK, lambda: canary.step(app, utc_now()))
    if app.heartbeat is not None:
        heart, often = app.heartbeat, max(app.settings.watch.heartbeat_every.total_seconds(), _BRIEF)
        clock.add("heartbeat", often, lambda: heart.beat(wrong(app, started, pulse, looks)))


def wake(scheduler: BackgroundScheduler) -> int:
    """Have done at once what is planned for later than it would be now: the clock was put back. Returns how many jobs.

    What goes by the calendar waits for its time.
    """
    now = datetime.now(scheduler.timezone)
    woken = 0
    for job in scheduler.get_jobs():
        planned = job.trigger.get_next_fire_time(None, now)
        if planned is not None and job.next_run_time is not None and job.next_run_time > planned:
            job.modify(next_run_time=now if isinstance(job.trigger, Every) else planned)
            woken += 1
    return woken


def wrong(app: App, started: datetime, *pulses: Pulse) -> Sequence[str]:
    """What keeps the monitor from being well, in words; nothing while it is."""
    quiet, now = max(pulse.age(time.monotonic()) for pulse in pulses), utc_now()
    progress = app.review.metering.progress(now - timedelta(seconds=STALLED), now)
    still = [f"a desk has not moved for {quiet:.0f} s"] if quiet > STALLED else []
    return [*app.watcher.wrong, *still, *stalls(progress, started, now)]


def watch(app: App, started: datetime) -> None:
    """Look at ourselves, and say "still alive" when its time has come."""
    app.watch()
    app.watcher.say_alive(started, utc_now())


def beating(name: str, pulse: Pulse) -> Callable[[], None]:
    """A beat of this name; the first one is now, so that a scheduler that never ticks is seen."""

    def beat() -> None:
        pulse.beat(name, time.monotonic())

    beat()
    return beat


def tick(crew: Crew[Any, Any], beat: Callable[[], None]) -> Callable[[], None]:
    """Work a desk off. It shows that it moves with each piece of work, and when there is none."""

    def report(event: Event) -> None:
        beat()
        log_event(event)

    return lambda: crew.drain(report)


def log_event(event: Event) -> None:
    """One line a piece of work; a quiet one is only of interest when looking for a fault.

    A source that fails warns when its state changes, not at every poll; the canary has a line of its own.
    """
    worth = event.hits or event.desk == "deliver" or event.outcome.startswith("near")
    dull = event.ok and (not worth or event.subject.startswith(CANARY))
    warns = event.noticed or not (event.ok or event.desk == "poll")
    level = logging.WARNING if warns else logging.DEBUG if dull else logging.INFO
    _log.log(level, "%s: %s: %s", event.desk, event.subject, event.outcome)
