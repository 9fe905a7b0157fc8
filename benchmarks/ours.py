"""The program itself over the loopback world: a cold round, warm rounds, and alerts under steady load.

    python -m benchmarks.ours WORLD_JSON

A process of its own, wired and ticking as ``monitor run`` is, with its children, a database with fsync and a channel.
Prints one line of JSON.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import urlsplit

import httpx

from monitor.app import App, build, utc_now
from monitor.clockwork import ticking
from monitor.footprint import footprint, hold_little
from monitor.meter import WORK
from monitor.model import Event
from monitor.web.pulse import Pulse

WARM_ROUNDS = 10
STEADY = 30.0
"""Seconds of the steady load."""
POLLS = 400
"""Polls a second under the steady load, most of them of feeds that have not changed."""
GROWING = 0.6
"""New articles on topic a second meanwhile: fewer than the channel takes by its own pace."""
PATIENCE = 120.0
"""Seconds after which a round that does not end is given up."""
UPDATES = "SELECT count(*) FROM delivery WHERE is_update"
"""Alerts of articles that belong to a story which was told already: these wait for one message that gathers them."""
_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_of(pid: int) -> float:
    """CPU seconds of a process and of all below it, those that have ended included."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    own = sum(map(int, fields[11:15])) / _TICKS
    below = (task / "children" for task in Path(f"/proc/{pid}/task").iterdir())
    return own + sum(cpu_of(int(child)) for file in below for child in file.read_text("ascii").split())


def config(folder: Path, world: dict[str, Any]) -> Path:
    """Everything as it is delivered, but for the pace: all hosts are this machine."""
    feeds = "\n".join(f'  - {{name: "Outlet {n}", url: "{url}"}}' for n, url in enumerate(world["feeds"]))
    channel = world["feeds"][0].replace("http://", "json://").replace("/feed", "/alert")
    path = folder / "sources.yaml"
    path.write_text(
        "fetch: {allow_private_addresses: true, pace: 0s}\n"
        f'alerts: [{{name: desk, url: "{channel}", max_per_hour: 1000}}]\n'
        f"topics: [ramstein, ukraine-aid]\nsources:\n{feeds}\n",
        "utf-8",
    )
    return path


class Watched:
    """The program and what is seen of it from outside."""

    def __init__(self, app: App, database: Path, origin: str) -> None:
        self.app, self._database, self._origin = app, database, origin
        self._asked = sqlite3.connect(f"file:{database}?mode=ro", uri=True, isolation_level=None)

    def count(self, query: str) -> int:
        return int(self._asked.execute(query).fetchone()[0])

    def reads(self) -> int:
        """Articles read so far, by the program's own count: asking the database all the time costs CPU."""
        return sum(number for (desk, _), number in self.app.meter.counts(WORK).items() if desk == "read")

    def hits(self) -> list[str]:
        with closing(sqlite3.connect(f"file:{self._database}?mode=ro", uri=True)) as asked:
            return [
                url
                for (url,) in asked.execute("SELECT DISTINCT a.url FROM article a JOIN hit h ON h.article_id = a.id")
            ]

    def states(self) -> list[Any]:
        """What there is, by state, for whom a round does not end."""
        query = "SELECT state, count(*), max(error) FROM {} GROUP BY state"
        with closing(sqlite3.connect(f"file:{self._database}?mode=ro", uri=True)) as asked:
            return [row for table in ("article", "delivery") for row in asked.execute(query.format(table))]

    def until(self, done: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not done():
            if time.monotonic() > end:
                raise SystemExit(f"the round does not end: {self.states()}")
            time.sleep(0.1)

    def seen(self) -> dict[str, Any]:
        found: dict[str, Any] = httpx.get(f"{self._origin}/seen").json()
        return found


def cold(watched: Watched, world: dict[str, Any]) -> dict[str, Any]:
    """All feeds for the first time, and all their articles; as with the rivals, from when all is loaded."""
    watched.app.desks.prepare()
    clock = ticking(watched.app, Pulse(), None, utc_now())
    began, used = time.monotonic(), cpu_of(os.getpid())
    clock.start()
    most = world["articles"]
    read = "SELECT count(*) FROM article WHERE state IN ('done', 'again')"
    watched.until(lambda: watched.reads() >= most and watched.count(read) >= most)
    seconds, used = time.monotonic() - began, cpu_of(os.getpid()) - used
    watched.until(lambda: not watched.count("SELECT count(*) FROM delivery WHERE state IN ('pending', 'sending')"))
    clock.stop()
    return {"articles": most, "seconds": seconds, "cpu": used, "hits": watched.hits(), "late": late(watched, 0)}


def late(watched: Watched, since: float) -> list[float]:
    """Seconds from an article's first appearance in an answer to the alert that names it."""
    seen = watched.seen()
    return sorted(told - seen["shown"][url] for url, told in seen["told"].items() if seen["shown"][url] >= since)


def warm(watched: Watched) -> dict[str, Any]:
    """The same feeds again and again, all unchanged; one process polls them."""
    polls = watched.app.crews.poll
    events: list[Event] = []
    began, used = time.monotonic(), cpu_of(os.getpid())
    for _ in range(WARM_ROUNDS):
        watched.app.make_due()
        polls.drain(events.append)
    seconds, used = time.monotonic() - began, cpu_of(os.getpid()) - used
    same = sum(event.outcome.startswith("not modified") for event in events)
    return {"polls": len(events), "same": same, "seconds": seconds, "cpu": used}


def steady(watched: Watched, world: dict[str, Any]) -> dict[str, Any]:
    """Feeds are polled all the time; now and then one of them has a new article on topic."""
    began, feeds, stop = time.monotonic(), world["feeds"], threading.Event()
    before, updates = watched.seen()["asked"], watched.count(UPDATES)

    def due() -> None:
        while not stop.wait(len(feeds) / POLLS):
            watched.app.make_due()

    polling = threading.Thread(target=due)
    clock = ticking(watched.app, Pulse(), None, utc_now())
    clock.start()
    polling.start()
    for number in range(round(STEADY * GROWING)):
        httpx.post(feeds[(number * 37) % len(feeds)].replace("/feed", "/grow"))
        time.sleep(1 / GROWING)
    last = time.monotonic() + PATIENCE / 10
    while time.monotonic() < last and len(late(watched, began)) < round(STEADY * GROWING):
        time.sleep(0.1)
    stop.set()
    polling.join()
    seconds = time.monotonic() - began
    clock.stop()
    after = watched.seen()["asked"]
    polls = sum(after[kind] - before[kind] for kind in ("feed", "same"))
    told, joined = late(watched, began), watched.count(UPDATES) - updates
    return {"polls": polls, "seconds": seconds, "late": told, "new": round(STEADY * GROWING), "joined": joined}


def main() -> None:
    hold_little()
    gc.freeze()  # what was imported stays, as in ``monitor run``
    logging.disable(logging.WARNING)
    world = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    parts = urlsplit(world["feeds"][0])
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        database = folder / "monitor.db"
        with build(config(folder, world), f"sqlite:///{database}", {}, alone=True) as app:
            watched = Watched(app, database, f"http://{parts.netloc}")
            said: dict[str, Any] = {"cold": cold(watched, world), "warm": warm(watched)}
            said["steady"] = steady(watched, world)
            tree = footprint()
            said["pss"] = tree.pss if tree else 0
    print(json.dumps(said))


def measured(world: Path, seconds: float) -> dict[str, Any]:
    """What the program measured over a world, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.ours", str(world)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=seconds)
    if done.returncode:
        raise SystemExit(f"our own round failed: {done.stderr[-1000:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def p95(values: list[float]) -> float:
    """The 95th percentile; of one value that one."""
    return quantiles(values, n=20)[-1] if len(values) > 1 else values[0]


if __name__ == "__main__":
    main()
