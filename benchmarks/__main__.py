"""All that the program promises of speed, in one table: each row a ratio, in one run, against a rival or a limit.

    python -m benchmarks [--full] [--json FILE] [--results FILE] [--newspaper PYTHON]

Takes less than five minutes on two cores; let nothing else run meanwhile. A rival that reads every page slowly reads
some of the feeds. ``--full`` measures the cost against ten times as many known articles, and takes longer.
``--newspaper`` names the Python of an environment with newspaper4k, whose requirements do not go with ours. Exit code
1 when a row does not hold.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sqlite3
import sys
import tempfile
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import rivals, sizes
from benchmarks.ours import WARM_ROUNDS, measured, p95
from benchmarks.world import world

SOME = 100
"""Feeds that the slow rivals read."""
FEW = 10
"""Feeds that newspaper4k reads, which is slower still."""
LONG = 200.0
"""Seconds that a rival gets."""
TIMES, TIMES_TWO, OF_LIMIT = 8.0, 4.5, 0.5
"""What is promised of a cold round: times a rival's articles a second, and this part of what is possible at all."""
WARM, WARM_CPU, LATE, MEMORY = 400.0, 2.0, 2.0, 350.0
"""Sources a second, milliseconds of CPU a source, seconds to the alert, MB."""
PACKAGES = ("httpx", "feedparser", "trafilatura", "SQLAlchemy", "sqlmodel", "selectolax", "ahocorasick_rs", "reader")

Row = dict[str, Any]


def machine() -> dict[str, str]:
    """What it was measured on."""
    info = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    model = next((line.partition(":")[2].strip() for line in info if line.startswith("model name")), "unknown")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return {
        "machine": f"{os.cpu_count()} cores of {model}, {memory:.0f} GiB, {platform.system()}",
        "versions": f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {packages}",
    }


def rounds(newspaper: str | None) -> list[Row]:
    """The rounds over the loopback world, ours and the rivals'."""
    with tempfile.TemporaryDirectory() as place, world(Path(place)) as path:
        known = json.loads(path.read_text("utf-8"))
        others = {
            "obvious": rivals.run("obvious", path, LONG, feeds=SOME),
            "obvious_two": rivals.run("obvious_two", path, LONG, feeds=SOME),
            "reader": rivals.run("reader_feeds", path, LONG),
            "limit": rivals.run("limit", path, LONG),
        }
        if newspaper:
            others["newspaper4k"] = rivals.run("newspaper_pages", path, LONG, feeds=FEW, python=newspaper)
        ours = measured(path, LONG)
    return [*_cold(ours["cold"], others, known), *_warm(ours, others["reader"])]


def _cold(ours: dict[str, Any], others: dict[str, dict[str, Any]], known: dict[str, Any]) -> list[Row]:
    speed, size = (
        ours["articles"] / ours["seconds"],
        f"{ours['articles']:,} new articles on {len(known['feeds'])} hosts",
    )
    names = {
        "obvious": ("the obvious script", TIMES),
        "obvious_two": ("the same on two processes", TIMES_TWO),
        "newspaper4k": ("newspaper4k", None),
        "limit": ("what is possible at all", OF_LIMIT),
    }
    found = [
        _against(f"cold round against {words}", speed, others[name], least, size)
        for name, (words, least) in names.items()
        if name in others
    ]
    return [*found, _recall(ours, others["obvious"], known)]


def _against(name: str, ours: float, rival: dict[str, Any], least: float | None, size: str) -> Row:
    if "error" in rival:
        return _row(name, ours, None, 0, "a rival that runs", holds=False, unit="articles/s", note=rival["error"])
    theirs = rival["articles"] / rival["seconds"]
    note = f"{size}; the rival {rival['articles']:,}, {rival['cpu'] / rival['articles'] * 1000:.1f} ms of CPU each"
    limit = "-" if least is None else f">= {least:g}"
    holds = least is None or ours / theirs >= least
    return _row(name, ours, theirs, ours / theirs, limit, holds=holds, unit="articles/s", note=note)


def _recall(ours: dict[str, Any], rival: dict[str, Any], known: dict[str, Any]) -> Row:
    """The share of the articles on topic that was found, of those that each of them read."""
    hits, wanted = set(ours["hits"]), set(known["on_topic"])
    hosts = {feed.rpartition("/")[0] for feed in known["feeds"][:SOME]}
    read = {url for url in wanted if url.split("/20")[0] in hosts}
    mine, theirs = len(hits & wanted) / len(wanted), len(set(rival.get("hits", ())) & read) / max(1, len(read))
    wrong = len(hits - wanted), len(set(rival.get("hits", ())) - wanted)
    note = f"of {len(wanted)} on topic; other hits: ours {wrong[0]} of {ours['articles']:,}, the script's {wrong[1]}"
    limit = "as good or better"
    return _row(
        "recall of the cold round",
        mine,
        theirs,
        mine / max(theirs, 0.01),
        limit,
        holds=mine >= theirs,
        unit="share",
        note=note,
    )


def _warm(ours: dict[str, Any], reader: dict[str, Any]) -> list[Row]:
    warm, steady = ours["warm"], ours["steady"]
    speed, each = warm["polls"] / warm["seconds"], warm["cpu"] / warm["polls"] * 1000
    theirs = reader["articles"] / 20 / reader["warm_seconds"] if "warm_seconds" in reader else None
    ratio, limit = speed / theirs if theirs else 0, f">= {WARM:g} sources/s"
    size = f"{WARM_ROUNDS} rounds over 200 sources, {warm['same']:,} of {warm['polls']:,} answered 304"
    meanwhile = f"{steady['polls'] / steady['seconds']:.0f} polls/s meanwhile"
    load = f"{len(steady['late'])} of {steady['new']} told, {steady['joined']} of stories told before, {meanwhile}"
    return [
        _row(
            "warm round against reader", speed, theirs, ratio, limit, holds=speed >= WARM, unit="sources/s", note=size
        ),
        _within("CPU of an unchanged feed", each, WARM_CPU, "ms", size),
        _within("from appearance to alert, p95", p95(steady["late"]), LATE, "s", load),
        _within("memory of the process tree (PSS) after it", ours["pss"] / 1e6, MEMORY, "MB", "200 sources"),
    ]


def _within(name: str, ours: float, most: float, unit: str, note: str) -> Row:
    limit = f"<= {most:g} {unit}"
    return _row(name, ours, None, ours / most, limit, holds=ours <= most, unit=unit, note=note)


def _row(
    name: str, ours: float, rival: float | None, ratio: float, limit: str, *, holds: bool, unit: str, note: str
) -> Row:
    return {
        "name": name,
        "ours": ours,
        "rival": rival,
        "ratio": ratio,
        "limit": limit,
        "holds": holds,
        "unit": unit,
        "note": note,
    }


def _cells(row: Row) -> list[str]:
    rival = "" if row["rival"] is None else _figure(row["rival"])
    sign = "yes" if row["holds"] else "NO"
    return [row["name"], f"{_figure(row['ours'])} {row['unit']}", rival, f"{row['ratio']:.2f}", row["limit"], sign]


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


HEAD = ("what", "ours", "rival or limit", "ratio", "promised", "holds")


def show(rows: list[Row]) -> None:
    """The table on the terminal."""
    table = Table(*HEAD)
    for row in rows:
        table.add_row(*_cells(row))
    Console().print(table)


def markdown(about: dict[str, str], rows: list[Row], seconds: float) -> str:
    """The table as it is kept."""
    lines = [
        "# Results",
        "",
        f"`python -m benchmarks` on {about['machine']}: {seconds:.0f} s. {about['versions']}.",
        "",
        "Each row is a ratio of two figures of this one run. What does not hold is said as it is.",
        "",
        f"| {' | '.join(HEAD)} | of what |",
        f"|{'---|' * (len(HEAD) + 1)}",
        *(f"| {' | '.join([*_cells(row), row['note']])} |" for row in rows),
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Measure, print, keep; 0 when every row holds."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    asked.add_argument("--full", action="store_true", help="cost against ten million known articles, which takes long")
    asked.add_argument("--json", type=Path, metavar="FILE", help="write the rows there")
    asked.add_argument("--results", type=Path, metavar="FILE", help="write the table there, in Markdown")
    asked.add_argument("--newspaper", metavar="PYTHON", help="the Python of an environment with newspaper4k")
    said = asked.parse_args()
    try:
        began, about = time.monotonic(), machine()
    except PackageNotFoundError as missing:
        asked.error(f"{missing.name} is not installed, against which we are measured: pip install -e '.[bench]'")
    print(about["machine"], about["versions"], sep="\n", file=sys.stderr)
    rows = [*rounds(said.newspaper), *sizes.rows(said.full)]
    seconds = time.monotonic() - began
    show(rows)
    if said.json:
        said.json.write_text(json.dumps({**about, "seconds": seconds, "rows": rows}, indent=1), "utf-8")
    if said.results:
        said.results.write_text(markdown(about, rows, seconds), "utf-8")
    return int(not all(row["holds"] for row in rows))


if __name__ == "__main__":
    sys.exit(main())
