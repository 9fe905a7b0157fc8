"""The daemon: APScheduler ticks the desks, the review page is served beside them, a signal ends it in order.

"Due" is a column in the database, so a tick only says "look": a late, missed or doubled one changes nothing.
The only door to APScheduler.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from monitor.app import App
from monitor.crew import Crew
from monitor.model import Event
from monitor.web.server import Pulse, WebServer

TICK = 0.5
"""Seconds between two looks for due work."""
GRACE = 4.0
"""Seconds that work in hand gets to end after a signal; the rest is free again at the next start."""
LAST = 8.0
"""Seconds after a signal at which the process ends whatever still runs, as safely as after a kill."""

_log = logging.getLogger("monitor")


def run(app: App, server: WebServer, pulse: Pulse) -> int:
    """Work until SIGTERM or SIGINT. Returns the exit code; a second signal ends it at once, as safely as kill -9."""
    _on_signals(app.stop)
    server.start()
    scheduler = _scheduler(app, pulse)
    scheduler.start()
    _log.info(
        "%d sources, %d alerts; review page at %s", len(app.settings.sources), len(app.settings.alerts), server.url
    )
    app.stop.wait()
    _end_in_time()
    _log.info("stopping: finishing what is in hand")
    scheduler.shutdown(wait=True)  # ticks see the flag within a moment; two threads must not put down one crew's work
    server.stop()
    left = app.finish(log_event, GRACE)
    _log.info("stopped; %d pieces of work are left for the next start", left)
    if left:
        logging.shutdown()
        os._exit(0)  # threads in a long exchange would hold the interpreter up to their deadline
    app.close()
    return 0


def _end_in_time() -> None:
    """An orderly stop must not depend on everything going well: what watches us kills after ten seconds."""

    def end() -> None:
        _log.warning("not stopped after %g seconds; ending at once", LAST)
        logging.shutdown()
        os._exit(0)

    timer = threading.Timer(LAST, end)
    timer.daemon = True
    timer.start()


def log_event(event: Event) -> None:
    """One line a piece of work; a quiet one is only of interest when looking for a fault.

    A source that fails warns when its state changes, not at every poll.
    """
    dull = event.ok and not event.hits and event.desk != "deliver" and not event.outcome.startswith("near")
    warns = event.noticed or not (event.ok or event.desk == "poll")
    level = logging.WARNING if warns else logging.DEBUG if dull else logging.INFO
    _log.log(level, "%s: %s: %s", event.desk, event.subject, event.outcome)


def _scheduler(app: App, pulse: Pulse) -> BackgroundScheduler:
    # Its own warnings are about ticks that found the desk still at work, which is how it is meant.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler = BackgroundScheduler(
        timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    for name, crew in zip(("poll", "read", "deliver"), app.crews.each(), strict=True):
        pulse.beat(name, time.monotonic())  # so that a scheduler that never ticks is seen
        scheduler.add_job(_tick(name, crew, pulse), IntervalTrigger(seconds=TICK), id=name)
    scheduler.add_job(_tidy, IntervalTrigger(hours=1), args=[app], id="tidy")
    return scheduler


def _tidy(app: App) -> None:
    dropped = app.tidy()
    if dropped:
        _log.info("dropped %d texts older than keep: text; their verdicts stay", dropped)


def _tick(name: str, crew: Crew[object, object], pulse: Pulse) -> Callable[[], None]:
    def tick() -> None:
        def report(event: Event) -> None:
            pulse.beat(name, time.monotonic())
            log_event(event)

        pulse.beat(name, time.monotonic())
        crew.drain(report)

    return tick


def _on_signals(stop: threading.Event) -> None:
    def handle(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            os._exit(0)  # what is in hand is free at the next start, since the lock ends with the process
        stop.set()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)
