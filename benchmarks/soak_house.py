"""The program under test of ``soak.py``, in a process of its own: everything real but the clock, which is set.

    python benchmarks/soak_house.py FOLDER STEP [--trace]

FOLDER holds sources.yaml, the database and the clock, eight bytes that the simulated web reads as well. A line on
standard input is a time in seconds since the start; the program then lives until that time, jumping over what it would
wait, and answers with a line of JSON. It does by hand, at their simulated times, what ``clockwork`` does by the wall's.
"""

from __future__ import annotations

import gc
import json
import mmap
import struct
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from monitor.app import App, build
from monitor.canary import Canary, CanaryServer
from monitor.cli.logs import Mask, configure
from monitor.cli.page import accessed
from monitor.clockwork import HOUR, WATCH, Clockwork, Job, log_event
from monitor.errors import ConfigError
from monitor.footprint import hold_little
from monitor.in_force import report
from monitor.model import KeepFor
from monitor.probing.desk import SourceDesk
from monitor.reload import Reload
from monitor.web.pulse import Pulse
from monitor.web.server import Configuration, WebServer

START = datetime(2026, 10, 24, 12, 0, tzinfo=UTC)
"""Half a day before summer time ends in Europe."""
HANGING = 1.0
"""Seconds of real time for which a server that hangs is waited for, in place of half a minute."""
KEPT = KeepFor(*(timedelta(hours=hours) for hours in (3, 3, 4, 4, 4)))
"""How long what is kept, in place of weeks: shorter than sources.yaml may say."""
_CANARY = 30.0


class Clock:
    """Simulated seconds since the start, in a file that two processes have open."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(8))
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), 8)

    @property
    def seconds(self) -> float:
        return float(struct.unpack("d", self._memory[:])[0])

    @seconds.setter
    def seconds(self, value: float) -> None:
        self._memory[:] = struct.pack("d", value)

    def __call__(self) -> datetime:
        return START + timedelta(seconds=self.seconds)


class House:
    """The program with its page, its canary and what it does from time to time."""

    def __init__(self, folder: Path, step: float, mask: Mask, own: CanaryServer, clock: Clock) -> None:
        self.clock, self._step, self._mask = clock, step, mask
        self._config = folder / "sources.yaml"
        self.app = build(self._config, f"sqlite:///{folder}/monitor.db", {}, alone=True, canary=own.place, now=clock)
        self._reload = Reload(self._config, {}, self.app.loaded, clock)
        self._pulse, self._canary = Pulse(), Canary(own)
        self.server = WebServer(
            "127.0.0.1", 0, self.app.review, self._pulse, access=accessed(self.app.settings, None), now=clock,
            monotonic=time.monotonic, meter=self.app.meter,
        )  # fmt: skip
        self._ticks = Clockwork()  # for its threads and memory; its jobs are done here
        self._ticks.start()
        self._adopt(self.app)
        self.server.start()
        self.app.watcher.configuration("sources.yaml", (), clock())
        self._jobs: list[list[Any]] = [
            [0.0, WATCH, Job("watch", self._watch)],
            [0.0, HOUR, Job("tidy", self._tidy)],
            [600.0, HOUR, Job("spikes", self._spikes)],
            [0.0, _CANARY, Job("canary", lambda: self._canary.step(self.app, self.clock()))],
            [0.0, WATCH, Job("heartbeat", self._beat)],
        ]

    def live(self, until: float) -> None:
        """Work until then."""
        while self.clock.seconds < until:
            self._take_over()
            for name, crew in zip(("poll", "read", "deliver"), self.app.crews.each(), strict=True):
                Job(name, partial(crew.drain, log_event))()
                self._pulse.beat(name, time.monotonic())
            for job in self._jobs:
                if job[0] <= self.clock.seconds:
                    job[2]()
                    job[0] = self.clock.seconds + job[1]
            self.clock.seconds = min(self._next(), until)

    def close(self) -> None:
        self.server.stop()
        self._ticks.stop()
        self.app.close()

    def _next(self) -> float:
        """When there is something to do again."""
        soon = self.clock() + timedelta(seconds=WATCH)
        desks = self.app.desks
        claims = [desk.next_claim(soon) for desk in (desks.poll, desks.read, desks.deliver)]
        times = [*((at - START).total_seconds() for at in claims if at), *(job[0] for job in self._jobs)]
        return max(min(times), self.clock.seconds + self._step)

    def _watch(self) -> None:
        self.app.watch()
        self.app.watcher.say_alive(START, self.clock())

    def _tidy(self) -> None:
        self.app.tidy()

    def _spikes(self) -> None:
        self.app.spikes()

    def _beat(self) -> None:
        if self.app.heartbeat is not None:
            self.app.heartbeat.beat(self.app.watcher.wrong)

    def _take_over(self) -> None:
        found = self._reload.look()
        if isinstance(found, ConfigError):
            self.app.watcher.configuration("sources.yaml", found.problems, self.clock())
        elif found is not None:
            self.app.stop.set()
            self._adopt(self.app.again(found))
            self.app.watcher.configuration("sources.yaml", (), self.clock())

    def _adopt(self, app: App) -> None:
        """What ``monitor run`` does with another configuration."""
        self.app, settings = app, app.settings
        app.settings = replace(settings, keep=KEPT)
        self._mask.hide(settings.secrets())
        for desk in (app.desks.poll, app.desks.read):
            desk._fetch = _impatient(desk._fetch)  # noqa: SLF001 - there is no other way to it
        server = self.server
        server.show(settings.timezone, [topic.name for topic in app.loaded.topics], accessed(settings, None))
        server.define(app.loaded.topics, app.loaded.definitions)
        server.route(settings.alerts)
        server.offer(SourceDesk(self._config, {}, settings, self.clock, time.monotonic))
        self._reload.adopted()
        server.explain(
            Configuration(partial(report, app.loaded, app.loaded.environment), lambda: self._reload.standing)
        )


def _impatient(fetch: Callable[..., Any]) -> Callable[..., Any]:
    def ask(url: str, *, deadline: float, **more: Any) -> Any:
        return fetch(url, deadline=min(deadline, HANGING), **more)

    return ask


class Tracer:
    """What grows, by type and by line, since it was looked at first."""

    def __init__(self) -> None:
        tracemalloc.start(6)
        self._lines: tracemalloc.Snapshot | None = None
        self._types: Counter[str] = Counter()

    def look(self) -> None:
        """Say on stderr what has grown; the first look begins."""
        gc.collect()
        types = Counter(type(one).__name__ for one in gc.get_objects())
        lines = tracemalloc.take_snapshot()
        if self._lines is None:
            self._lines, self._types = lines, types
            return
        print("TRACE types", (types - self._types).most_common(12), file=sys.stderr)
        for one in lines.compare_to(self._lines, "traceback")[:12]:
            print("TRACE", one, *one.traceback.format()[-8:], sep="\n  ", file=sys.stderr)


def main() -> None:
    """Live as long as standard input says."""
    folder, step, trace = Path(sys.argv[1]), float(sys.argv[2]), "--trace" in sys.argv
    hold_little()
    clock, mask = Clock(folder / "clock"), configure("text", verbose=True)
    tracer = Tracer() if trace else None
    with CanaryServer(clock) as own:
        house = House(folder, step, mask, own, clock)
        print(json.dumps({"page": house.server.url}), flush=True)
        for line in sys.stdin:
            house.live(float(line))
            if tracer and clock.seconds % 3600 == 0:
                tracer.look()
            print(json.dumps({"blocks": sys.getallocatedblocks(), "cpu": time.process_time()}), flush=True)
        house.close()


if __name__ == "__main__":
    main()
