"""The daemon: the desks tick, the review page is served beside them, a changed configuration is taken over.

SIGHUP reads the configuration at once, SIGTERM and SIGINT end the process in order; a second one of these ends it at
once, as safely as kill -9.
"""

from __future__ import annotations

import logging
import os
import queue
import signal
import threading
import time
from collections.abc import Callable
from datetime import datetime
from types import FrameType
from typing import Protocol

from monitor.app import App, utc_now
from monitor.clockwork import log_event
from monitor.errors import ConfigError, StoreError
from monitor.loading import Loaded
from monitor.reload import Reload
from monitor.versions import doubts, versions

LOOK = 5.0
"""Seconds between two looks at the configuration's files and at the clock."""
HANDS = 60.0
"""Seconds that work in hand gets to end before another configuration is taken over; the rest is left to its leases."""
GRACE = 4.0
"""Seconds that work in hand gets to end after a signal; the rest is free again at the next start."""
LAST = 8.0
"""Seconds after a signal at which the process ends whatever still runs, as safely as after a kill."""
_STEP = 0.25

_log = logging.getLogger("monitor")


class Server(Protocol):
    """What answers requests beside the work."""

    url: str
    what: str
    """What is to be seen there."""

    def start(self) -> None:
        """Answer from now on."""

    def stop(self) -> None:
        """Answer no more."""


Adopt = Callable[[App], None]
"""What is to be told that another program works now."""


class Signals:
    """What the process was asked for. A handler does next to nothing: it may come in the middle of anything."""

    def __init__(self, rest: Callable[[], None]) -> None:
        """``rest``: called in a thread as soon as the process is to end, whatever is being done."""
        self.stopping = False
        self._rest = rest
        self._asked: queue.SimpleQueue[str] = queue.SimpleQueue()  # whose put may interrupt itself
        self._last: queue.SimpleQueue[None] = queue.SimpleQueue()

    def listen(self) -> None:
        """Hear signals from now on, and end the process in time after one that ends it."""
        signal.signal(signal.SIGHUP, self._reload)
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        threading.Thread(target=self._end_in_time, name="last", daemon=True).start()

    def wait(self, seconds: float) -> str:
        """The next thing that is asked for within so many seconds: ``stop``, ``reload`` or nothing."""
        try:
            return self._asked.get(timeout=seconds)
        except queue.Empty:
            return ""

    def _reload(self, _number: int, _frame: FrameType | None) -> None:
        self._asked.put("reload")

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        if self.stopping:
            os._exit(0)  # what is in hand is free at the next start, since the lock ends with the process
        self.stopping = True
        self._asked.put("stop")
        self._last.put(None)

    def _end_in_time(self) -> None:
        """An orderly stop must not depend on everything going well: what watches us kills after ten seconds."""
        self._last.get()
        self._rest()
        threading.Event().wait(LAST)
        _log.warning("not stopped after %g seconds; ending at once", LAST)
        logging.shutdown()
        os._exit(0)


class Working(Protocol):
    """How a process works with one configuration: ``Clockwork`` alone, or one of many workers."""

    def start(self) -> None:
        """Begin."""

    def wake(self) -> None:
        """The clock may have been set."""

    def stop(self) -> int:
        """Take nothing up any more. Returns how many pieces of work are left to their leases."""


def run(app: App, reload: Reload, server: Server, adopt: Adopt, work: Callable[[App, datetime], Working]) -> int:
    """Work until SIGTERM or SIGINT, with one configuration after the other. Returns the exit code.

    ``work`` says how, given the program and when the process was started. The server is started behind it, for it may
    take a while; one that cannot be started ends the work.
    """
    started, first = utc_now(), app
    signals = Signals(lambda: app.stop.set())  # noqa: PLW0108 - of the program that works then, which may be another one
    signals.listen()
    _say_versions()
    while True:
        known = app.settings
        _log.info("%d sources, %d alerts; %s at %s", len(known.sources), len(known.alerts), server.what, server.url)
        app.watcher.configuration(reload.path.name, (), utc_now())
        working = work(app, started)
        working.start()
        try:
            if app is first:
                server.start()
            loaded = _until(app, reload, signals, working.wake)
        finally:
            app.stop.set()
            left = working.stop()  # it sees the flag; two threads must not put down one crew's work
        new = None if loaded is None else _taken_over(app, loaded, signals)
        if new is None:
            return _stopped(app, server, left)
        app = new
        adopt(app)


def _say_versions() -> None:
    found = versions()
    _log.info("versions: %s", ", ".join(f"{name} {version}" for name, version in found.items()))
    for doubt in doubts(found):
        _log.warning("%s", doubt)


def _until(app: App, reload: Reload, signals: Signals, each: Callable[[], object]) -> Loaded | None:
    """Wait for a good new configuration, telling of bad ones; None when the process is to end."""
    while (asked := signals.wait(LOOK)) != "stop":
        each()
        try:
            found = reload.look(at_once=asked == "reload")
        except Exception:  # noqa: BLE001 - whatever a file holds, what is in force goes on
            _log.exception("the configuration could not be looked at; what is in force stays")
            continue
        if isinstance(found, ConfigError):
            _log.error("the configuration is bad; what was in force stays:\n%s", found)
            app.watcher.configuration(reload.path.name, found.problems, utc_now())
        elif found is not None:
            return found
    return None


def _taken_over(app: App, loaded: Loaded, signals: Signals) -> App | None:
    """The program with another configuration, once what was in hand is done; None when the process is to end."""
    _log.info("another configuration is taken over: finishing what is in hand")
    end = time.monotonic() + HANDS
    while app.settle(log_event, _STEP) and time.monotonic() < end and not signals.stopping:
        pass
    while not signals.stopping:
        try:
            return app.again(loaded)
        except StoreError as error:
            _log.error("%s; tried again", error)
        except Exception:  # noqa: BLE001 - whatever it is, a daemon that ends polls nothing
            _log.exception("the other configuration could not be taken over; tried again")
        signals.wait(LOOK)
    return None


def _stopped(app: App, server: Server, left: int) -> int:
    _log.info("stopping: finishing what is in hand")
    server.stop()
    left += app.finish(log_event, GRACE)
    _log.info("stopped; %d pieces of work are left for the next start", left)
    if left:
        logging.shutdown()
        os._exit(0)  # threads in a long exchange would hold the interpreter up to their deadline
    app.close()
    return 0
