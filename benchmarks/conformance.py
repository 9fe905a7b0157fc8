"""How well feeds are read, beside feedparser alone: five parser suites and several hundred real documents.

    python benchmarks/conformance.py

Needs the suites (``conformance/`` and ``feeds/`` with ``index.csv``) in ``../shared/real``; says so when they are
absent. Each case is a document and what its suite asserts of its entries. A case counts when every assertion holds.

``exact`` is feedparser alone, each asserted field compared letter by letter. The other two columns go through one
fair comparison, which allows for what an entry is here: a title is plain text in one line; one date (published, else
updated) and only from 1995 to 2099; a link is absolute; at most 2,000 entries a feed. ``-v`` names the cases that fail.
"""

from __future__ import annotations

import calendar
import csv
import io
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import feedparser

from monitor.errors import ParseError
from monitor.poll.kinds import dates, feed, raw
from monitor.poll.kinds.answer import feed_from_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

PROJECT = Path(__file__).resolve().parents[1]
REAL = PROJECT.parent / "shared" / "real"
URL = "http://feed.invalid/dir/feed.xml"

Values = list[dict[str, Any]]


class Score(NamedTuple):
    """Cases passed, and the names of those that were not."""

    passed: int
    cases: int
    failed: tuple[str, ...]


def suites() -> list[str]:
    """Names of the suites present."""
    folder = REAL / "conformance"
    return sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []


def score(
    suite: str, read: Callable[[bytes], Values], judge: Callable[[Values, dict[str, Any]], bool] | None = None
) -> Score:
    """Run one suite; ``judge`` compares what was found with what is expected (``holds`` when left out)."""
    judge = judge or holds
    results = [(name, judge(read(body), expected)) for name, body, expected in _cases(suite)]
    failed = tuple(name for name, ok in results if not ok)
    return Score(len(results) - len(failed), len(results), failed)


def _cases(suite: str) -> Iterator[tuple[str, bytes, dict[str, Any]]]:
    for path in sorted((REAL / "conformance" / suite).glob("*.json")):
        yield path.stem, path.with_suffix(".feed").read_bytes(), json.loads(path.read_text("utf-8"))


def holds(found: Values, expected: dict[str, Any]) -> bool:
    """Tell whether all that a case asserts is found."""
    wanted, found = expected["entries"][: raw.MAX_ENTRIES], found[: raw.MAX_ENTRIES]
    if min(expected["n_entries"], raw.MAX_ENTRIES) != len(found):
        return False
    return all(_entry_holds(got, want) for got, want in zip(found, wanted, strict=False))


def holds_exactly(found: Values, expected: dict[str, Any]) -> bool:
    """Tell whether all that a case asserts is found, letter by letter."""
    wanted = expected["entries"]
    same = len(wanted) <= len(found) == expected["n_entries"]
    return same and all(got[name] == want[name] for got, want in zip(found, wanted, strict=False) for name in want)


def _entry_holds(got: dict[str, Any], want: dict[str, Any]) -> bool:
    for name in ("id", "title", "link"):
        if want.get(name) and _same_text(name, got[name], want[name]) is False:
            return False
    date = want.get("published") or want.get("updated")
    return not date or not _plausible(date) or date in got["dates"]


def _same_text(name: str, got: str | None, want: str) -> bool:
    if name == "title":
        return raw.line(got or "", plain=True) in {raw.line(want), raw.line(want, plain=True)}
    return (got or "").strip().rstrip("/") == want.strip().rstrip("/") or (got or "").endswith(want.strip())


def _plausible(date: str) -> bool:
    return dates.in_range(datetime.fromisoformat(date))


def with_feedparser(body: bytes, headers: Mapping[str, str] | None = None) -> Values:
    """Read a document with feedparser as it comes."""
    try:
        parsed = feedparser.parse(io.BytesIO(body), response_headers=dict(headers or {}))
    except Exception:  # noqa: BLE001 -- what it raises is part of the comparison
        return []
    return [_from_feedparser(entry) for entry in parsed.entries]


def _from_feedparser(entry: Any) -> dict[str, Any]:
    times = {name: _feedparser_date(entry.get(f"{name}_parsed")) for name in ("published", "updated")}
    dates = {time for time in times.values() if time}
    return {name: entry.get(name) for name in ("id", "title", "link")} | times | {"dates": dates}


def _feedparser_date(parsed: Any) -> str | None:
    return _stamp(datetime.fromtimestamp(calendar.timegm(parsed), UTC)) if parsed else None


def with_feedparser_as_text(body: bytes) -> Values:
    """Read a document with feedparser, its links made absolute and its titles plain text."""
    found = with_feedparser(body, {"content-location": URL})
    return [entry | {"title": raw.line(entry["title"] or "")} for entry in found]


def with_monitor(body: bytes) -> Values:
    """Read a document as the monitor does."""
    try:
        parsed = feed_from_json(feed.parse(body, {"url": URL, "content_type": ""}))
    except ParseError:
        return []
    return [
        {"id": e.guid, "title": e.title, "link": e.url, "dates": {_stamp(e.published)} if e.published else set()}
        for e in parsed.entries
    ]


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class RealFeed(NamedTuple):
    """One real document: entries found here and by feedparser alone, and the time taken here in seconds."""

    path: str
    entries: int
    reference: int
    seconds: float
    error: str


def real_feeds() -> Iterator[RealFeed]:
    """Read every real document of the index."""
    index = REAL / "feeds" / "index.csv"
    if not index.is_file():
        return
    with index.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            yield _real_feed(row["path"], int(row["entries_feedparser"] or 0))


def _real_feed(path: str, reference: int) -> RealFeed:
    body = (REAL / "feeds" / path).read_bytes()
    started = time.perf_counter()
    answer = feed.parse(body, {"url": URL, "content_type": ""})
    seconds = time.perf_counter() - started
    return RealFeed(path, len(answer.get("entries", ())), reference, seconds, answer.get("error", ""))


def _print_suite(suite: str, *, named: bool) -> None:
    ours, theirs = score(suite, with_monitor), score(suite, with_feedparser_as_text)
    exact = score(suite, with_feedparser, holds_exactly)
    print(f"{suite:<20}{ours.passed:>12}{theirs.passed:>12}{exact.passed:>12}{ours.cases:>8}")
    for name in ours.failed if named else ():
        print(f"    {name}{'' if name in theirs.failed else '   (feedparser reads it)'}")


def main() -> int:
    if not suites():
        print(f"the suites are not at {REAL}")
        return 1
    print(f"{'suite':<20}{'monitor':>12}{'feedparser':>12}{'exact':>12}{'cases':>8}")
    for suite in suites():
        _print_suite(suite, named="-v" in sys.argv)
    feeds = list(real_feeds())
    fewer = [one for one in feeds if one.entries < min(one.reference, raw.MAX_ENTRIES)]
    print(f"real documents {len(feeds)}, with fewer entries than feedparser {len(fewer)}, ", end="")
    print(f"no feed {sum(bool(one.error) for one in feeds)}, slowest {max(one.seconds for one in feeds):.2f} s")
    for one in fewer:
        print(f"    {one.path}: {one.entries} of {one.reference} {one.error}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
