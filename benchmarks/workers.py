"""Many workers on one PostgreSQL, 100,000 sources due every 15 minutes, asked through a fetcher that answers at once.

    python benchmarks/workers.py [--sources N] [--seconds N] [--workers N]

A PostgreSQL of its own is started (with its log of changes flushed to disk), and filled with sources that were polled
before and are overdue, five on each host. The workers are real processes: the desks, the engine, one of them leading;
only the web is missing. Half-way one of them, the one that leads, is killed with kill -9. Each request is written down
with the time at which it began and ended. Afterwards is checked: polls a second before and after the kill; no source
twice at once; no host asked sooner than its pace allows; what the dead worker had in hand was done by others within
the lease; the sources that waited longest came first. Exit code 1 when one of these does not hold.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
sys.stdout.reconfigure(line_buffering=True)

WANTED = 120
"""Polls a second at least."""
HOSTS = 5
"""Sources a host has."""
PACE = 1.0
"""Seconds between two requests to a host."""
NEARLY = 0.9
"""A request begins some time after its host's turn was taken; by how much that may shorten a wait."""
INTERVAL = 900
LEASE = 120 + 60
"""Seconds after which what a dead worker had in hand or was offered is free again."""
CONFIG = """
defaults: {interval: 15m}
fetch: {allow_private_addresses: true, obey_robots: false}
topics: ["./topic.yaml"]
sources: [{name: none, url: "http://127.0.0.1:9/"}]
"""
TOPIC = """
name: small
threshold: 3
concepts: {a: {en: [ramstein]}}
hits: [{rule: named, concept: a, weight: {title: 5}}]
"""


def sources(number: int) -> list[Any]:
    from monitor.model import Source

    interval = timedelta(seconds=INTERVAL)
    return [Source(f"s{at}", address(at), interval=interval) for at in range(number)]


def address(number: int) -> str:
    return f"https://h{number // HOSTS}.example/{number}"


def fill(url: str, number: int) -> None:
    """All were polled once; they fell due one after the other within the last interval."""
    from sqlalchemy import text

    from monitor.store import open_database

    database, now = open_database(url), datetime.now(UTC).replace(tzinfo=None)
    row = """INSERT INTO source (name, url, kind, host, polite, active, due, etag, body_hash, failures, passing, soft,
        hard, walls, health, moved_seen, arrivals, trail, notes, entries, articles, first_poll, last_poll, last_ok,
        interval, outcome, paused_by) SELECT 's' || n, 'https://h' || n / :hosts || '.example/' || n, 'feed',
        'h' || n / :hosts || '.example', 'host:h' || n / :hosts || '.example', true,
        CAST(:now AS timestamp) - (n % :interval) * interval '1 second', '"v1"', 'x', 0, 0, 0, 0, 0, 'ok', 0,
        '[]', '[]', '[]', 0, 0, :now, CAST(:now AS timestamp) - (n % :interval + :interval) * interval '1 second',
        :now, :interval, 'unchanged', '' FROM generate_series(0, :number - 1) AS n"""
    with database.write() as session:
        session.execute(text(row), {"now": now, "hosts": HOSTS, "interval": INTERVAL, "number": number})
    with database.write() as session:
        session.execute(text("ANALYZE"))
    database.close()


def child(url: str, folder: Path, number: int) -> None:
    """One worker whose fetcher answers "not modified" and writes down when it was asked."""
    import logging
    from dataclasses import replace

    from monitor import app as root
    from monitor.loading import load
    from monitor.model import Document
    from monitor.store import open_database
    from monitor.store.lock import InstanceLock
    from monitor.web.pulse import Pulse
    from monitor.worker import Worker

    logging.basicConfig(level=logging.INFO)  # who leads is said there
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    loaded = load(folder / "sources.yaml", {})
    loaded = replace(loaded, settings=replace(loaded.settings, sources=tuple(sources(number)), alerts=()))
    made = root._wire(  # noqa: SLF001 - the program with sources that no file names
        loaded, open_database(url), InstanceLock(url), recover=False, canary=None, now=root.utc_now
    )
    log = (folder / f"asked-{os.getpid()}").open("w", buffering=1)

    def fetch(address: str, **_asked: Any) -> Document:
        begun = time.monotonic()
        document = Document(address, address, 304, {}, b"")
        log.write(f"{address} {begun:.6f} {time.monotonic():.6f}\n")
        return document

    made.desks.poll._fetch = fetch  # noqa: SLF001 - the web is what is missing
    worker = Worker(made, url, Pulse(), None, root.utc_now())
    signal.signal(signal.SIGTERM, lambda *_: (worker.stop(), os._exit(0)))
    worker.start()
    (folder / f"up-{os.getpid()}").touch()
    while True:
        time.sleep(1)


@dataclass(frozen=True, order=True)
class Asked:
    """One request, and whose it was."""

    begun: float
    ended: float
    address: str
    pid: int


def asked(folder: Path) -> list[Asked]:
    """All requests, in order."""
    found = []
    for path in folder.glob("asked-*"):
        pid = int(path.name.split("-")[1])
        lines = (line.split() for line in path.read_text().splitlines() if line.count(" ") == 2)
        found += [Asked(float(begun), float(ended), url, pid) for url, begun, ended in lines]
    return sorted(found)


def leader(workers: list[Any], folder: Path) -> Any:
    logs = [(folder / f"log-{at}").read_text() for at in range(len(workers))]
    return next(worker for worker, log in zip(workers, logs, strict=True) if "this worker leads" in log)


def leased(url: str) -> set[str]:
    """What is in work or offered at present."""
    from sqlalchemy import create_engine, text

    asked = "SELECT url FROM source WHERE lease_until > (now() AT TIME ZONE 'UTC')"
    with create_engine(url.replace("postgresql:", "postgresql+psycopg:")).connect() as raw:
        return set(raw.execute(text(asked)).scalars())


def rate(requests: list[Asked], begin: float, end: float) -> float:
    return sum(begin <= one.begun < end for one in requests) / (end - begin)


def check(requests: list[Asked], dead: int) -> list[str]:
    """What does not hold, whatever the speed."""
    by_source, by_host = defaultdict(list), defaultdict(list)
    for one in requests:
        by_source[one.address].append(one)
        by_host[one.address.split("/")[2]].append(one.begun)
    pairs = [pair for times in by_source.values() for pair in pairwise(times)]
    twice = [later for earlier, later in pairs if later.begun < earlier.ended]
    again = [later for earlier, later in pairs if later.begun - earlier.begun < INTERVAL / 2 and earlier.pid != dead]
    gaps = [b - a for times in by_host.values() for a, b in pairwise(times)]
    early = [gap for gap in gaps if gap < PACE]
    print(f"{len(requests)} polls of {len(by_source)} sources; at once {len(twice)}, again too soon {len(again)}")
    print(f"{len(gaps)} waits of a host, {len(early)} under {PACE:g} s, the shortest {min(gaps, default=PACE):.3f} s")
    return [
        *(["a source was asked twice at once"] if twice else []),
        *(["a source was asked again too soon"] if again else []),
        *(["a host was asked too soon"] if early and min(early) < PACE * NEARLY else []),
    ]


def starved(requests: list[Asked], number: int) -> float:
    """By how many seconds of lateness a source was passed by others that were due after it."""
    late = {address(at): -(at % INTERVAL) for at in range(number)}
    worst, newest = 0.0, float("-inf")
    for one in requests:
        newest = max(newest, late[one.address])
        worst = max(worst, newest - late[one.address])
    return worst


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sources", type=int, default=100_000)
    parser.add_argument(
        "--seconds", type=float, default=60, help="before the kill, and after the lease of what was lost"
    )
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--after", type=float, default=LEASE + 10, help="seconds after the kill")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.child[0], Path(options.child[1]), options.sources)
    import postgres

    server = postgres.Server(postgres.programs(), fsync="on", full_page_writes="on", shared_buffers="256MB")
    folder = Path(tempfile.mkdtemp())
    (folder / "sources.yaml").write_text(CONFIG)
    (folder / "topic.yaml").write_text(TOPIC)
    workers = []
    try:
        url = server.create("many")
        fill(url, options.sources)
        command = [sys.executable, __file__, "--sources", str(options.sources), "--child", url, str(folder)]
        workers = [subprocess.Popen(command, stderr=(folder / f"log-{at}").open("w")) for at in range(options.workers)]
        while len(list(folder.glob("up-*"))) < len(workers):
            time.sleep(0.2)
        time.sleep(3)
        began = time.monotonic()
        print(f"{options.sources} sources, {len(workers)} workers, PostgreSQL with fsync", flush=True)
        time.sleep(options.seconds)
        dead = leader(workers, folder)
        dead.kill()
        dead.wait()
        killed = time.monotonic()
        held = leased(url)
        time.sleep(options.after)
        requests = asked(folder)
        rates = rate(requests, began, killed), rate(requests, killed + 5, time.monotonic())
        print(f"polls a second: {rates[0]:.0f} with all workers, {rates[1]:.0f} after the kill")
        wrong = [f"fewer than {WANTED} polls a second"] if rates[0] < WANTED else []
        wrong += check(requests, dead.pid)
        left = held - {one.address for one in requests if one.pid != dead.pid and one.begun > killed - 5}
        print(f"leased at the kill {len(held)}, not polled by others since {len(left)}")
        wrong += ["what the dead worker had in hand was not done"] if left and options.after > LEASE else []
        print(f"passed by others that were due later: by {starved(requests, options.sources):.0f} s at most")
        print("; ".join(wrong) or "all of it holds")
        return int(bool(wrong))
    finally:
        for worker in workers:
            worker.kill()
        server.close()


if __name__ == "__main__":
    sys.exit(main())
