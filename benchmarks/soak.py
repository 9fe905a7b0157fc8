"""A day of a whole installation in minutes: does it hold what it took after an hour, or does something grow?

    nice python benchmarks/soak.py [--hours 24] [--sources 300] [--seed N] [--step 10] [--keep FOLDER] [--trace]

The program (``soak_house.py``) is a process of its own with its children, a real database, the real fetcher, page,
canary, log and clock-driven jobs; only its clock is set, so that waits are jumped over. Its outside (``soak_web.py``)
misbehaves: sites that hang, drip, reset, flood, send bombs and garbage, channels that fail for hours. The
configuration is taken over anew now and then, once a bad one is refused; people and programs ask the page. What is
kept is kept for hours in place of weeks, so that retention shows within a day.

Each quarter of a simulated hour the process tree, the database and the log are measured. Exit code 1 when one of the
verdicts at the end does not hold. ``--trace`` says what grows, at several times the cost.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from soak_house import KEPT, START, Clock
from soak_web import HOUR, SOUND, Chat, Hook, Mailbox, Site, Web, words

from monitor.footprint import footprint
from monitor.passwords import hashed

QUARTER = HOUR / 4
MIB = 1 << 20
MEMORY = 400e6
"""Bytes that the process tree may take."""
GROWTH = 1.10
WAL = 64 * MIB + MIB
"""Bytes that the log of the database may have: its limit and what is written before that is looked at again."""
LOG = 50e6
"""Bytes of log a day."""
PASSWORD = "a long walk by the canal"
TOKEN = "soak-token-0123456789-0123456789"
PAGES = (
    *("/", "/list", "/sources", "/alerts", "/figures", "/coverage", "/configuration", "/suggestions"),
    *("/learning", "/why?url=http://nowhere.example/", "/?search=ukraine", "/?search=Рамштайн&language=uk", "/help"),
    *(
        "/hits.atom",
        "/hits.csv",
        "/api/v1/hits",
        "/api/v1/stories",
        "/api/v1/sources",
        "/api/v1/alerts",
        "/api/v1/near",
    ),
    *("/healthz", "/readyz", "/metrics", "/static/page.css", "/nothing-here"),
)
_NO_HIT = "NOT EXISTS (SELECT 1 FROM hit h WHERE h.article_id = a.id)"
OVERDUE = {
    "text": f"FROM text t JOIN article a ON a.id = t.article_id WHERE a.read_at < ? AND {_NO_HIT}",
    "revisions": f"FROM revision r JOIN article a ON a.id = r.article_id WHERE r.until < ? AND {_NO_HIT}",
    "articles": f"FROM article a WHERE a.state = 'done' AND a.due < ? AND a.feed_text != '' AND {_NO_HIT}",
    "attempts": "FROM attempt t JOIN delivery d ON d.id = t.delivery_id WHERE t.ended < ? AND d.state = 'sent'",
}
"""Rows that ought to be gone, by what sources.yaml calls it."""


@dataclass(frozen=True)
class Sample:
    """What was measured at one time; bytes, counts."""

    hour: float
    pss: int
    main: int
    peak: int
    files: int
    threads: int
    children: int
    database: int
    wal: int
    log: int
    blocks: int
    cpu: float
    rows: dict[str, int]
    queues: dict[str, int]


@dataclass
class Outside:
    """All that is not the program."""

    web: Web
    chat: Chat
    mail: Mailbox
    hook: Hook


class Program:
    """The program in its process."""

    def __init__(self, folder: Path, step: float, *, trace: bool) -> None:
        command = [sys.executable, str(Path(__file__).with_name("soak_house.py")), str(folder), str(step)]
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, *(["--trace"] if trace else [])],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
            )  # fmt: skip
        self.page = self._said()["page"]

    def live(self, until: float) -> dict[str, Any]:
        assert self.process.stdin
        self.process.stdin.write(f"{until}\n")
        self.process.stdin.flush()
        return self._said()

    def end(self) -> int:
        assert self.process.stdin
        self.process.stdin.close()
        return self.process.wait(60)

    def _said(self) -> dict[str, Any]:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"the program ended: {self.log.read_text('utf-8', 'replace')[-3000:]}")
        said: dict[str, Any] = json.loads(line)
        return said


def sources_yaml(out: Outside, sites: list[Site], *, round_: int, stored: str) -> str:
    """The configuration; each round another source is switched off."""
    quarter = "interval: 15m, interval_min: 15m, interval_max: 15m"
    sources = "\n".join(
        f'  - {{name: "Site {site.number} {site.trouble}", url: "{site.url}/feed", {quarter}'
        f"{', enabled: false' if site.number == round_ and round_ else ''}}}"
        for site in sites
    )
    return f"""
defaults: {{alert_backlog: 1d, timezone: Europe/Kyiv}}
fetch: {{allow_private_addresses: true, contact: "mailto:desk@example.org"}}
deliver: {{telegram_api_base: "{out.chat.base}/bot", review_url: "http://127.0.0.1:8000"}}
watch: {{heartbeat_url: "{sites[0].url}/ping", canary: "0 */4 * * *", alive: "0 9 * * *", low_disk: 1MB}}
web:
  users: [{{name: desk, password: "{stored}"}}]
  tokens: [{{name: program, token: {TOKEN}, scopes: [read, review]}}]
topics: [ramstein, ukraine-aid]
sources:
{sources}
alerts:
  - {{name: chat, url: "{out.chat.url}", updates: 1h}}
  - {{name: mail, url: "{out.mail.url}", when: "*/30 * * * *", quiet: "22:00-06:00"}}
  - {{name: hook, url: "{out.hook.url}", topics: [ramstein], cooldown: 10m}}
"""


class Reader:
    """A person with a browser and a program with a token."""

    def __init__(self, page: str) -> None:
        self._page = page
        self.answers: dict[int, int] = {}

    def look(self) -> None:
        """Log in anew and ask for everything once, by name and by token."""
        with httpx.Client(base_url=self._page, timeout=30) as person:
            person.post("/login", data={"name": "desk", "password": PASSWORD, "next": "/"})
            hits = person.get("/api/v1/hits").json()
            found = hits.get("hits", []) if isinstance(hits, dict) else hits
            for path in (*PAGES, *(f"/hits/{hit['id']}" for hit in found[:3])):
                self._count(person.get(path))
        with httpx.Client(base_url=self._page, timeout=30, headers={"Authorization": f"Bearer {TOKEN}"}) as program:
            for path in PAGES:
                self._count(program.get(path))

    def _count(self, answer: httpx.Response) -> None:
        self.answers[answer.status_code] = self.answers.get(answer.status_code, 0) + 1
        if answer.status_code >= 500 or (answer.status_code >= 400 and self.answers[answer.status_code] == 1):
            print(f"  {answer.request.url} answered {answer.status_code}")


class Measure:
    """Looks at the process tree, the database and the log."""

    def __init__(self, folder: Path, program: Program) -> None:
        self._folder, self._program = folder, program
        self.samples: list[Sample] = []

    def take(self, seconds: float, said: dict[str, Any]) -> Sample:
        pid = self._program.process.pid
        tree = footprint(pid)
        assert tree
        path = self._folder / "monitor.db"
        rows, queues = self._counts(path)
        one = Sample(
            seconds / HOUR, tree.pss, kib(pid, "smaps_rollup", "Pss"), kib(pid, "status", "VmHWM"), tree.files,
            tree.threads, tree.children, path.stat().st_size, size(path.with_name("monitor.db-wal")),
            size(self._program.log), said["blocks"], said["cpu"], rows, queues,
        )  # fmt: skip
        self.samples.append(one)
        return one

    def _counts(self, path: Path) -> tuple[dict[str, int], dict[str, int]]:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as asked:
            names = [name for (name,) in asked.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            plain = [name for name in names if not name.startswith(("sqlite_", "hit_search", "alembic"))]
            rows = {name: asked.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in sorted(plain)}
            waiting = "SELECT state, count(*) FROM {} WHERE state NOT IN ('done', 'sent', 'suppressed') GROUP BY state"
            queues = {
                f"{table} {state}": count
                for table in ("article", "delivery")
                for state, count in asked.execute(waiting.format(table))
            }
        return rows, queues


def kib(pid: int, file: str, name: str) -> int:
    lines = Path(f"/proc/{pid}/{file}").read_text("ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


def size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


# --- verdicts ------------------------------------------------------------------------------------


@dataclass
class Verdicts:
    """What has to hold."""

    failed: list[str] = field(default_factory=list)

    def hold(self, name: str, words_: str, *, well: bool) -> None:
        print(f"{'holds ' if well else 'FAILS '} {name}: {words_}")
        if not well:
            self.failed.append(name)


def judge(samples: list[Sample], folder: Path, sites: list[Site], hours: float) -> Verdicts:
    found = Verdicts()
    early = [one for one in samples if 1 <= one.hour <= 2]
    late = samples[-len(early) :]
    grown(found, "memory of the tree (PSS)", early, late, lambda one: one.pss / MIB, "MiB")
    grown(found, "memory of the main process (PSS)", early, late, lambda one: one.main / MIB, "MiB")
    most = max(one.pss for one in samples)
    found.hold("memory below 400 MB", f"at most {most / 1e6:.0f} MB", well=most < MEMORY)
    for name, get, more in (("open files", lambda one: one.files, 16), ("threads", lambda one: one.threads, 8)):
        first, last = max(map(get, early)), max(map(get, late))
        found.hold(name, f"{first} in the first hours, {last} in the last", well=last <= first + more)
    children = max(one.children for one in samples)
    found.hold("child processes", f"at most {children}", well=children <= 3)  # two, and what they are forked from
    wal = max(one.wal for one in samples)
    found.hold("log of the database", f"at most {wal / MIB:.1f} MiB", well=wal <= WAL)
    a_day = samples[-1].log / hours * 24
    found.hold("log output", f"{a_day / 1e6:.1f} MB a day", well=a_day < LOG)
    kept(found, folder, hours)
    waiting(found, samples[-1])
    hits(found, folder, sites, hours)
    return found


def grown(
    found: Verdicts, name: str, early: list[Sample], late: list[Sample], get: Callable[[Sample], float], unit: str
) -> None:
    first, last = (statistics.median(map(get, some)) for some in (early, late))
    found.hold(name, f"{first:.0f} {unit} after an hour, {last:.0f} {unit} at the end", well=last <= GROWTH * first)


def kept(found: Verdicts, folder: Path, hours: float) -> None:
    """Nothing is older than it may be, but for the hour between two looks."""
    with closing(sqlite3.connect(f"file:{folder}/monitor.db?mode=ro", uri=True)) as asked:
        for name, query in OVERDUE.items():
            before = START + timedelta(hours=hours - 1.1) - getattr(KEPT, name)
            (left,) = asked.execute(f"SELECT count(*) {query}", (f"{before:%Y-%m-%d %H:%M:%S.%f}",)).fetchone()
            found.hold(f"retention of {name}", f"{left} rows too old", well=left == 0)


def waiting(found: Verdicts, last: Sample) -> None:
    articles = last.queues.get("article pending", 0)
    found.hold("nothing piles up", f"{articles} articles wait; {last.queues}", well=articles < 1000)


def hits(found: Verdicts, folder: Path, sites: list[Site], hours: float) -> None:
    """What sound sites published of a topic was found."""
    wanted = {
        one.token
        for site in sites
        if site.trouble in SOUND and site.number not in range(1, 8)  # which were switched off for a while
        for one in site.stories((hours - 1) * HOUR)
        if one.topical
    }
    with closing(sqlite3.connect(f"file:{folder}/monitor.db?mode=ro", uri=True)) as asked:
        urls = asked.execute("SELECT a.url FROM article a JOIN hit h ON h.article_id = a.id").fetchall()
    have = {str(url).rpartition("/")[2] for (url,) in urls}
    missing = sorted(wanted - have)
    found.hold("hits", f"{len(wanted & have)} of {len(wanted)} of sound sites {missing[:5]}", well=not missing)


# --- the run -------------------------------------------------------------------------------------


@contextmanager
def outside(said: argparse.Namespace, clock: Clock) -> Iterator[Outside]:
    def now() -> float:
        return clock.seconds

    known = words()
    sites = [Site(number, known, said.seed, said.hours) for number in range(said.sources)]
    with Web(sites, now, START) as web, Chat(now) as chat, Mailbox(now) as mail, Hook(now) as hook:
        yield Outside(web, chat, mail, hook)


def run(said: argparse.Namespace, folder: Path, out: Outside) -> Verdicts:
    sites, stored = out.web.sites, hashed(PASSWORD, os.urandom(16))
    config, round_ = folder / "sources.yaml", 0
    config.write_text(sources_yaml(out, sites, round_=0, stored=stored), "utf-8")
    program = Program(folder, said.step, trace=said.trace)
    measure, reader = Measure(folder, program), Reader(program.page)
    print(HEAD)
    for quarter in range(1, round(said.hours * 4) + 1):
        if quarter % 16 == 10:  # every four hours another one, one of them bad for a while
            config.write_text("sources: [{name: broken", "utf-8") if quarter == 26 else None
        if quarter % 16 == 12:
            round_ += 1
            config.write_text(sources_yaml(out, sites, round_=round_, stored=stored), "utf-8")
        answer = program.live(quarter * QUARTER)
        if quarter % 2:
            reader.look()
        show(measure.take(quarter * QUARTER, answer), out)
    print("pages:", reader.answers, " asked:", dict(out.web.asked))
    print("rows:", measure.samples[-1].rows)
    print("sent:", {"chat": len(out.chat.accepted), "mail": len(out.mail.mails), "hook": len(out.hook.accepted)})
    code = program.end()
    found = judge(measure.samples, folder, sites, said.hours)
    found.hold("orderly end", f"exit code {code}", well=code == 0)
    errors = program.log.read_text("utf-8", "replace").count("Traceback")
    found.hold("no traceback in the log", f"{errors}", well=errors == 0)
    return found


HEAD = (
    "  hour  tree MiB  main  peak files thr kids  db MiB   wal  log MiB    blocks"
    "  polls articles texts  hits waiting  cpu s"
)


def show(one: Sample, out: Outside) -> None:
    rows = one.rows
    print(
        f"{one.hour:6.2f} {one.pss / MIB:9.1f} {one.main / MIB:5.0f} {one.peak / MIB:5.0f}"
        f" {one.files:5} {one.threads:3} {one.children:4} {one.database / MIB:7.1f} {one.wal / MIB:5.1f}"
        f" {one.log / MIB:8.2f} {one.blocks:9}"
        f" {out.web.asked['feed']:6} {rows['article']:8} {rows['text']:5} {rows['hit']:5}"
        f" {sum(one.queues.values()):7} {one.cpu:6.0f}",
        flush=True,
    )


def main() -> int:
    """Run it; 0 when everything held."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--hours", type=float, default=24)
    asked.add_argument("--sources", type=int, default=300)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--step", type=float, default=10, help="least simulated seconds between two looks")
    asked.add_argument("--keep", type=Path, help="a folder in which the database and the log stay")
    asked.add_argument("--trace", action="store_true")
    said = asked.parse_args()
    began = time.monotonic()
    if said.keep:
        said.keep.mkdir(parents=True)
    memory = Path("/dev/shm")  # what is measured is the program, not a disk
    place = (
        nullcontext(said.keep) if said.keep else tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None)
    )
    with place as folder:
        clock = Clock(Path(folder) / "clock")
        with outside(said, clock) as out:
            found = run(said, Path(folder), out)
    print(f"{time.monotonic() - began:.0f} s; {len(found.failed)} verdicts fail")
    return int(bool(found.failed))


if __name__ == "__main__":
    sys.exit(main())
