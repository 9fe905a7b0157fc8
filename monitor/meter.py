"""What this process has done, counted: how often each thing ended how, and how long it took. Thread-safe.

Whatever works is handed one; ``web/metrics`` shows it. It begins at nothing with each start, which Prometheus expects
of counters. Must not: read a clock, know the format in which it is shown.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from typing import Final, ParamSpec, TypeVar

Labels = tuple[str, ...]
Given = ParamSpec("Given")
Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Counted:
    """Something that is counted."""

    name: str
    words: str
    labels: Labels = ()
    """Names of the labels; what they may say is bounded by the code or the configuration."""


@dataclass(frozen=True, slots=True)
class Timed(Counted):
    """Something whose length in seconds is sorted into buckets."""

    bounds: tuple[float, ...] = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)
    """Upper bounds of the buckets, in seconds; what is longer than the last one is counted beyond it."""


WORK: Final = Counted("monitor_work", "Pieces of work by desk and how they ended.", ("desk", "outcome"))
HITS: Final = Counted("monitor_hits", "New hits stored by this process.")
RESTARTS: Final = Counted(
    "monitor_child_restarts",
    "Child processes replaced: recycled when large or after many documents, or broken (killed, crashed).",
    ("reason",),
)
WORKING: Final = Timed("monitor_work_seconds", "Time of a piece of work without the database.", ("desk",))
READING: Final = Timed(
    "monitor_reading_seconds",
    "Time that a child spent on one article, by stage: prefilter, extract, match.",
    ("stage",),
    (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
LATENCY: Final = Timed(
    "monitor_alert_latency_seconds",
    "Time from publication to alert, of alerts sent since this process began.",
    (),
    (60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400, 604800),
)
COUNTED: Final = (WORK, HITS, RESTARTS)
TIMED: Final = (WORKING, READING, LATENCY)
STAGES: Final = ("prefilter", "extract", "match")
"""What a child tells the times of."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """How long things took."""

    buckets: tuple[tuple[float, int], ...]
    """Upper bound and how many took at most so long."""
    number: int
    total: float
    """Seconds in all."""


class _Spread:
    """One distribution while it grows."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self._total = 0.0

    def add(self, seconds: float) -> None:
        self._counts[bisect_left(self._bounds, seconds)] += 1
        self._total += seconds

    def so_far(self) -> Distribution:
        sums = tuple(accumulate(self._counts))
        return Distribution(tuple(zip(self._bounds, sums[:-1], strict=True)), sums[-1], self._total)


class Stopwatch:
    """Adds up how long each stage of one piece of work takes, on the clock that is given (seconds)."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.seconds: dict[str, float] = {}
        self._clock = clock

    def timed(self, stage: str, work: Callable[Given, Done]) -> Callable[Given, Done]:
        """The same work, with a look at the clock before and after it."""
        return partial(self._run, stage, work)

    def _run(self, stage: str, work: Callable[Given, Done], *given: Given.args, **named: Given.kwargs) -> Done:
        begun = self._clock()
        try:
            return work(*given, **named)
        finally:
            self.seconds[stage] = self.seconds.get(stage, 0.0) + self._clock() - begun


class Meter:
    """The counts of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[tuple[Counted, Labels]] = Counter()
        self._times: dict[tuple[Timed, Labels], _Spread] = {}

    def count(self, what: Counted, *labels: str, by: int = 1) -> None:
        """Add to a count."""
        with self._lock:
            self._counts[what, labels] += by

    def time(self, what: Timed, seconds: float, *labels: str) -> None:
        """Sort a length into its bucket."""
        with self._lock:
            self._times.setdefault((what, labels), _Spread(what.bounds)).add(seconds)

    def read(self, stages: Mapping[str, float]) -> None:
        """Note the times that a child told of one article; they are hostile like all that it answers."""
        for stage in STAGES:
            seconds = stages.get(stage)
            if isinstance(seconds, int | float) and 0 <= seconds <= READING.bounds[-1]:
                self.time(READING, float(seconds), stage)

    def counts(self, what: Counted) -> dict[Labels, int]:
        """The counts of one thing by its labels; 0 for one without labels that did not happen yet."""
        with self._lock:
            found = {labels: number for (one, labels), number in self._counts.items() if one == what}
        return found if found or what.labels else {(): 0}

    def times(self, what: Timed) -> dict[Labels, Distribution]:
        """The distributions of one thing by its labels; an empty one for what has none and did not happen yet."""
        with self._lock:
            found = {labels: spread.so_far() for (one, labels), spread in self._times.items() if one == what}
        return found if found or what.labels else {(): _Spread(what.bounds).so_far()}
