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
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

WANTED = 120
"""Polls a second at least."""
HOSTS = 5
"""Sources a host has."""
PACE = 1.0
"""Seconds between two requests to a host."""
INTERVAL = 900
LEASE = 120 + 60
"""Seconds after which what a dead worker had in hand or was offered is free again."""
CONFIG = """
defaults: {interval: 15m}
fetch: {allow_private_addresses: true, obey_robots: false}
topics: ["./topic.yaml"]
sources: [{name: none, url: "http://127.0.0.1:9/"}]
"""
TOPIC = "{name: small, threshold: 3, concepts: {a: {en: [ramstein]}}, hits: [{rule: named, concept: a, weight: {title: 5}}]}"


def sources(number: int) -> list[Any]:
    from monitor.model import Source

    return [
        Source(f"s{at}", f"https://h{at // HOSTS}.example/{at}", interval=timedelta(seconds=INTERVAL))
        for at in range(number)
    ]


def fill(url: str, number: int) -> None:
    """All were polled once; they fell due one after the other within the last interval."""
    from sqlalchemy import text

    from monitor.store import open_database

    database, now = open_database(url), datetime.now(UTC).replace(tzinfo=None)
    row = """INSERT INTO source (name, url, kind, host, polite, active, due, etag, body_hash, failures, passing, soft, hard,
        walls, health, moved_seen, arrivals, trail, notes, entries, articles, first_poll, last_poll, last_ok, interval,
        outcome, paused_by) SELECT 's' || n, 'https://h' || n / :hosts || '.example/' || n, 'feed',
        'h' || n / :hosts || '.example', 'host:h' || n / :hosts || '.example', true,
        CAST(:now AS timestamp) - (n % :interval) * interval '1 second', '"v1"', 'x', 0, 0, 0, 0, 0, 'ok', 0, '[]', '[]', '[]',
        0, 0, :now, CAST(:now AS timestamp) - (n % :interval + :interval) * interval '1 second', :now, :interval, 'unchanged', ''
        FROM generate_series(0, :number - 1) AS n"""
    with database.write() as session:
        session.execute(text(row), {"now": now, "hosts": HOSTS, "interval": INTERVAL, "number": number})
    with database.write() as session:
        session.execute(text("ANALYZE"))
    database.close()


def child(url: str, folder: Path, number: int) -> None:
    """One worker whose fetcher answers "not modified" and writes down when it was asked."""
    from dataclasses import replace

    from monitor import app as root
    from monitor.loading import load
    from monitor.model import Document
    from monitor.store import open_database
    from monitor.store.lock import InstanceLock
    from monitor.web.pulse import Pulse
    from monitor.worker import Worker

    loaded = load(folder / "sources.yaml", {})
    loaded = replace(loaded, settings=replace(loaded.settings, sources=tuple(sources(number)), alerts=()))
    made = root._wire(loaded, open_database(url), InstanceLock(url), recover=False, canary=None, now=root.utc_now)
    log = (folder / f"asked-{os.getpid()}").open("w", buffering=1)

    def fetch(address: str, **_asked: Any) -> Document:
        begun = time.monotonic()
        document = Document(address, address, 304, {}, b"")
        log.write(f"{address} {begun:.6f} {time.monotonic():.6f}\n")
        return document

    made.desks.poll._fetch = fetch
    worker = Worker(made, url, Pulse(), None, root.utc_now())
    signal.signal(signal.SIGTERM, lambda *_: (worker.stop(), os._exit(0)))
    worker.start()
    (folder / f"up-{os.getpid()}").touch()
    while True:
        time.sleep(1)


def asked(folder: Path) -> list[tuple[float, float, str, int]]:
    """Begin, end, address and process of each request, in order."""
    found = []
    for path in folder.glob("asked-*"):
        pid = int(path.name.split("-")[1])
        for line in path.read_text().splitlines():
            address, begun, ended = line.split()
            found.append((float(begun), float(ended), address, pid))
    return sorted(found)


def check(requests: list[Any], killed: float, dead: int, due: dict[str, float], began: float, end: float) -> list[str]:
    """What does not hold."""
    wrong = []
    rates = [
        sum(start <= begun < stop for begun, *_ in requests) / (stop - start)
        for start, stop in ((began, killed), (killed + 5, end))
    ]
    print(f"polls a second: {rates[0]:.0f} with all workers, {rates[1]:.0f} after the kill")
    wrong += [f"fewer than {WANTED} polls a second"] if min(rates) < WANTED else []
    by_source, by_host = defaultdict(list), defaultdict(list)
    for begun, ended, address, pid in requests:
        by_source[address].append((begun, ended, pid))
        by_host[address.split("/")[2]].append(begun)
    twice = [one for one, times in by_source.items() for (_, a, _), (b, _, _) in zip(times, times[1:]) if b < a]
    again = [one for one, times in by_source.items() if len(times) > 1 and not any(pid == dead for *_, pid in times)]
    gaps = [b - a for times in by_host.values() for a, b in zip(times, times[1:])]
    early = sorted(gap for gap in gaps if gap < PACE)
    print(
        f"{len(requests)} polls of {len(by_source)} sources; asked again within the run: {len(again)}; at once: {len(twice)}"
    )
    print(
        f"hosts: {len(gaps)} waits between two requests, {len(early)} shorter than {PACE:g} s (shortest {min(gaps, default=0):.3f} s)"
    )
    wrong += ["a source was asked twice at once"] if twice else []
    wrong += ["a source was asked again too soon"] if again else []
    wrong += ["a host was asked too soon"] if early and early[0] < PACE * 0.95 else []
    order = [due[address] for _, _, address, _ in requests]
    missed = max((max(order[: at + 1]) - value for at, value in enumerate(order[:20000:200])), default=0)
    print(f"oldest first: out of order by at most {missed:.0f} s of lateness among the first 20,000")
    return wrong


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
    from sqlalchemy import create_engine, text

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
        leading = [at for at, _ in enumerate(workers) if "this worker leads" in (folder / f"log-{at}").read_text()]
        dead = workers[leading[0] if leading else 0]
        dead.kill()
        dead.wait()
        killed = time.monotonic()
        engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
        with engine.connect() as raw:
            lost = "SELECT url FROM source WHERE lease_until IS NOT NULL AND lease_until > (now() AT TIME ZONE 'UTC')"
            held = set(raw.execute(text(lost)).scalars())
        time.sleep(options.after)
        end = time.monotonic()
        requests = asked(folder)
        later = {address for begun, _, address, _ in requests if begun > killed}
        ended = {address for begun, _, address, pid in requests if pid != dead.pid and begun > killed - 5}
        left = held - later - ended
        due = {f"https://h{at // HOSTS}.example/{at}": float(-(at % INTERVAL)) for at in range(options.sources)}
        wrong = check(requests, killed, dead.pid, due, began, end)
        print(f"leased at the kill: {len(held)}; not polled by others since: {len(left)}")
        wrong += ["what the dead worker had in hand was not done"] if left else []
        print("; ".join(wrong) or "all of it holds")
        return int(bool(wrong))
    finally:
        for worker in workers:
            worker.kill()
        server.close()


if __name__ == "__main__":
    sys.exit(main())
