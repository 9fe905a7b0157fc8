"""Whether the monitor makes progress, for whatever watches it: not "the process lives" but "the work moves".

Judged by the database: what is due, held back by nothing and not done, while nothing of its kind is done. A source or
channel that is down is no stall; the desks go on. Anybody may ask, so it is cheap and says no names.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from monitor.errors import StoreError
from monitor.model.metering import Progress
from monitor.store.metering import MeterStore
from monitor.versions import versions
from monitor.web.kept import Kept
from monitor.web.pulse import Pulse

STALLED = 300.0
"""Seconds without a beat of some desk, or without progress at due work, after which the work counts as stopped."""
UNWRITTEN = 180.0
"""Seconds after which a database that was not proved to be writable counts as one that is not: three looks."""
FRESH = 1.0
"""Seconds for which an answer is kept."""

_log = logging.getLogger("monitor.web")

Answer = tuple[int, dict[str, Any]]
"""HTTP status and body."""


class Health:
    """What is said at /healthz and /readyz. Thread-safe; never raises."""

    def __init__(
        self,
        store: MeterStore,
        pulse: Pulse,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        started: datetime | None = None,
    ) -> None:
        """``started``: when the program was; now where nobody says."""
        self._store = store
        self._pulse = pulse
        self._now = now
        self._monotonic = monotonic
        self._started = started or now()
        self._versions = versions()
        self._reading = Standstill()
        self._seen: Kept[tuple[Progress | None, list[str]]] = Kept(self._look, FRESH, monotonic)
        self._ready = False
        self.configured = False
        """Whether a configuration is in force; whoever takes one over says so."""

    def live(self) -> Answer:
        """/healthz: 503 with words when the work has stopped, or the database cannot be used."""
        age = self._pulse.age(self._monotonic())
        progress, wrong = self._progress()
        still = [f"a desk has not moved for {age:.0f} s"] if age > STALLED else []
        body: dict[str, Any] = {"status": "ok", "age": round(age, 1), "counts": {}, "versions": self._versions}
        if progress is not None:
            body |= {"counts": progress.counts, "disk": progress.disk}
        return _answer(body, "stalled", [*still, *wrong])

    def ready(self) -> Answer:
        """/readyz: 503 with words until the program works; then for as long as the database can be read."""
        progress, wrong = self._progress()
        if progress is None:
            return _answer({"status": "ready"}, "not ready", wrong)
        looked = progress.written is not None and progress.written >= self._started
        self._ready = self._ready or (self.configured and looked)
        missing = {"no configuration is in force yet": self.configured, "the first look is not done yet": looked}
        waits = [] if self._ready else [words for words, done in missing.items() if not done]
        return _answer({"status": "ready"}, "not ready", waits)

    def _progress(self) -> tuple[Progress | None, list[str]]:
        try:
            return self._seen.get()
        except TimeoutError:
            return None, ["the database does not answer in time"]

    def _look(self) -> tuple[Progress | None, list[str]]:
        now = self._now()
        try:
            progress = self._store.progress(now - timedelta(seconds=STALLED), now)
        except StoreError as error:
            _log.warning("the health cannot be looked at: %s", error)
            return None, ["the database cannot be read"]
        except Exception:  # noqa: BLE001 - the question is whether the database answers; any failure is the answer
            _log.exception("the health cannot be looked at")
            return None, ["the database cannot be read"]
        still = self._reading.seconds(progress.reading, self._monotonic())
        unread = [f"reading makes no progress for {still:.0f} s although articles are due"] if still > STALLED else []
        return progress, [*stalls(progress, self._started, now), *unread]


class Standstill:
    """How long the same piece of work has been the first in its queue."""

    def __init__(self) -> None:
        self._first: datetime | None = None
        self._since = 0.0

    def seconds(self, first: datetime | None, at: float) -> float:
        """For how long it is this one that waits, as far as was looked; 0.0 when none waits."""
        if first is None or first != self._first:
            self._first, self._since = first, at
        return at - self._since if first is not None else 0.0


def stalls(progress: Progress, started: datetime, now: datetime) -> Iterator[str]:
    """What does not move although it could, in words. Pure.

    ``started``: when the program was, which needs some time for all that was left to it.
    """
    waited: dict[str, float] = {}
    for work in progress.overdue:
        still = (now - max(work.oldest, work.last or work.oldest, started)).total_seconds()
        waited[work.what] = max(still, waited.get(work.what, 0.0))
    for what, seconds in waited.items():
        if seconds > STALLED:
            yield f"{what} makes no progress for {seconds:.0f} s although there is work"
    unwritten = (now - max(progress.written or started, started)).total_seconds()
    if unwritten > UNWRITTEN:
        yield f"the database was not proved to be writable for {unwritten:.0f} s"


def _answer(body: dict[str, Any], bad: str, problems: list[str]) -> Answer:
    if problems:
        return 503, body | {"status": bad, "problem": "; ".join(problems)}
    return 200, body
