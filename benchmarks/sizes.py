"""Cost against size: what a poll and a read cost with very many known articles, and what the program costs to start.

    python -m benchmarks.sizes [--full]

The work is done by the real desks and stores; only the web is missing, and the children that parse. The two databases
take turns, so that what else the machine does meets both. ``--full`` is for ten times as many articles.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import sizes_made, sizes_start
from benchmarks.sizes_desks import BATCH, NEW, SHOWN, House

SMALL, LARGE, FULL = 10_000, 1_000_000, 10_000_000
ROUNDS = 11
SOURCES = 5_000
STARTS = 3
"""How often the program is started on a database that knows its sources."""
MOST, START, MEMORY, HELP = 1.3, 3.0, 350.0, 0.3
"""Times, seconds, MB, seconds."""
A_KNOWN = 1_700
"""Bytes that an article takes in the database, with all that belongs to it."""
IN_MEMORY = Path("/dev/shm")

Row = dict[str, Any]
Ready = Callable[[House], None]
KINDS: Mapping[str, tuple[Ready, Callable[[House], int]]] = {
    "poll, not modified": (lambda house: house.want(modified=False), House.poll),
    f"poll, {SHOWN} known articles": (lambda house: house.want(), House.poll),
    f"poll, {NEW} new articles of {SHOWN}": (lambda house: house.want(new=NEW), House.poll),
    "read with a hit": (lambda house: house.meet(hit=True), House.read),
    "read without a hit": (lambda house: house.meet(hit=False), House.read),
}
"""What is measured, each with what has to be ready before; what is read was brought by the poll before it."""


@dataclass
class Taken:
    """CPU and wall milliseconds of a piece of work, a batch each."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)

    def add(self, house: House, work: Callable[[House], int]) -> None:
        """Do a batch of work."""
        cpu, wall = time.process_time(), time.perf_counter()
        done = work(house)
        self.cpu.append((time.process_time() - cpu) / done * 1000)
        self.wall.append((time.perf_counter() - wall) / done * 1000)


def rows(full: bool) -> list[Row]:
    """Measure all of it."""
    articles = FULL if full else LARGE
    place = IN_MEMORY if IN_MEMORY.is_dir() and _fits(IN_MEMORY, articles) else None
    with tempfile.TemporaryDirectory(dir=place) as made, ThreadPoolExecutor(1) as aside:
        folder = Path(made)
        paths = {number: folder / f"{number}.db" for number in (SMALL, articles)}
        with sizes_start.world(folder, SOURCES) as world:
            with sizes_start.running(world) as fresh:
                making = aside.submit(_make, paths)  # while the program settles
                time.sleep(sizes_start.SETTLED)
                memory = sizes_start.megabytes(fresh.pid)
            seconds = making.result()
            known = [_start(world) for _ in range(STARTS)]
        where = f"{'tmpfs' if place else 'disk'}, made in {seconds:.0f} s"
        return [*_starts(fresh.seconds, known, memory), _help(), *_against_size(paths, where)]


def _fits(folder: Path, articles: int) -> bool:
    return shutil.disk_usage(folder).free > 2 * A_KNOWN * articles


def _make(paths: Mapping[int, Path]) -> float:
    """Make the databases. Returns the seconds that it took."""
    began = time.monotonic()
    for number, path in paths.items():
        sizes_made.make(path, number)
    return time.monotonic() - began


def _start(world: sizes_start.World) -> float:
    """Start the program on a database that knows the sources, all of them due."""
    world.make_due()
    with sizes_start.running(world) as known:
        return known.seconds


def _starts(fresh: float, known: Sequence[float], memory: float) -> list[Row]:
    note = f"process start to the first request, {SOURCES:,} sources on as many hosts"
    settled = f"{sizes_start.SETTLED:.0f} s after the start, {SOURCES:,} sources, polling and reading"
    return [
        _limited("start, sources known", median(known), START, "s", f"{note}; median of {len(known)}"),
        _limited("start, new database", fresh, START, "s", note),
        _limited("memory of the process tree (PSS)", memory, MEMORY, "MB", settled),
    ]


def _limited(name: str, ours: float, limit: float, unit: str, note: str) -> Row:
    words = f"<= {limit:g} {unit}"
    row = {"name": name, "ours": ours, "rival": None, "ratio": ours / limit, "limit": words, "holds": ours <= limit}
    return {**row, "unit": unit, "note": note}


def _help() -> Row:
    ours, bare = sizes_start.seconds("-m", "monitor", "--help"), sizes_start.seconds("-c", "pass")
    row = _limited("monitor --help", ours, HELP, "s", f"against python -c pass; median of {sizes_start.TIMES}")
    return {**row, "rival": bare, "ratio": ours / bare}


def _against_size(paths: Mapping[int, Path], where: str) -> list[Row]:
    with ExitStack() as stack:
        houses = [stack.enter_context(closing(House(path, number))) for number, path in paths.items()]
        for house in houses:
            house.settle()
        small, large = measured(houses, ROUNDS)
    sizes = " against ".join(f"{number:,}" for number in reversed(paths))
    note = f"{sizes} known articles, medians of {ROUNDS} x {BATCH}, {where}"
    return [_compared(kind, small[kind], large[kind], note) for kind in KINDS]


def measured(houses: Sequence[House], rounds: int) -> list[dict[str, Taken]]:
    """What each kind of work took in each of the houses, which take turns."""
    taken = [{kind: Taken() for kind in KINDS} for _ in houses]
    for _ in range(rounds):
        for kind, (ready, work) in KINDS.items():
            for house, times in zip(houses, taken, strict=True):
                ready(house)
                times[kind].add(house, work)
        for house in houses:
            house.read_all()
    return taken


def _compared(kind: str, small: Taken, large: Taken, note: str) -> Row:
    """The row says the worse one of CPU and wall time."""
    pairs = {name: (median(getattr(large, name)), median(getattr(small, name))) for name in ("cpu", "wall")}
    said = ", ".join(f"{name} {ours / before:.2f} x" for name, (ours, before) in pairs.items())
    worse = max(pairs, key=lambda name: pairs[name][0] / pairs[name][1])
    ours, rival = pairs[worse]
    row = {"name": kind, "ours": ours, "rival": rival, "ratio": ours / rival, "limit": f"<= {MOST}"}
    return {**row, "holds": ours / rival <= MOST, "unit": f"ms of {worse}", "note": f"{said}; {note}"}


def main() -> int:
    """Measure and print; 0 when every row holds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help=f"{FULL:,} known articles")
    found = rows(parser.parse_args().full)
    for row in found:
        rival = f" against {row['rival']:.2f}" if row["rival"] is not None else ""
        said = f"{row['ours']:.2f}{rival} {row['unit']}, {row['ratio']:.2f} x, {row['limit']}"
        print(f"{'holds' if row['holds'] else 'FAILS'}  {row['name']}: {said} ({row['note']})")
    return int(not all(row["holds"] for row in found))


if __name__ == "__main__":
    sys.exit(main())
