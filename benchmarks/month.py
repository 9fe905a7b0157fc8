"""A month of a whole installation in minutes: a clock that is set, a web that is simulated, everything else real.

    python benchmarks/month.py [--days N] [--sources N] [--first N] [--seed N] [--notices]

Sources have their own rhythms, windows and troubles (``month_web.py``). Desks, stores, parser and matcher are the real
ones, on a real database. At the end it is checked that every story ever published was read or lies in a recorded gap,
that none was alerted twice or too late, that no host was asked too often, and that notices came once. Exit code 1
otherwise.
"""

from __future__ import annotations

import argparse
import importlib
import itertools
import re
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import month_web
from month_web import CALM, DAY, HOUR, Outlet, Story, Web
from sqlmodel import func, select

from monitor.deliver.routing import deliveries
from monitor.model import Alert, DueArticle, Finding, Source
from monitor.poll.desk import PollDesk
from monitor.poll.outage import Outage
from monitor.read.desk import ReadDesk
from monitor.read.stories import link
from monitor.store import Database, PollStore, ReadStore, open_database
from monitor.store.history_tables import GapRow, NoticeRow
from monitor.store.outbox_tables import DeliveryRow
from monitor.store.tables import ArticleRow, SourceRow

START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
SECOND, NEVER = timedelta(seconds=1), datetime.max.replace(tzinfo=UTC)
ALERT = Alert("desk", "mailto://desk@example.org", ("ramstein",))
TOPIC = (
    "{name: ramstein, threshold: 3, certain: 5, concepts: {group: {en: [contact group*]}}, "
    "hits: [{rule: named, concept: group, weight: {title: 5, lead: 5, text: 5}}]}"
)
LAST = timedelta(hours=3)
"""What was published so shortly before the end need not have been found."""
NOTICES_A_WEEK = 14
"""More notices of one source in a week, on average, are a flood."""


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


class Runner:
    """Stands for the pool: the same tasks in this process."""

    def __init__(self) -> None:
        self._tasks: dict[str, Callable[[bytes, Mapping[str, Any]], Any]] = {}

    def __call__(self, task: str, body: bytes, meta: Mapping[str, Any], setup: Mapping[str, Any] | None = None) -> Any:
        if task not in self._tasks:
            module, _, factory = task.partition(":")
            self._tasks[task] = getattr(importlib.import_module(module), factory)(setup or {})
        return self._tasks[task](body, meta)


@dataclass
class House:
    """One run of the program on the database."""

    polls: PollStore
    reads: ReadStore
    poll: PollDesk
    read: ReadDesk
    database: Database


def sources(outlets: list[Outlet]) -> tuple[Source, ...]:
    return tuple(Source(outlet.name, outlet.url) for outlet in outlets)


def house(url: str, outlets: list[Outlet], web: Web, run: Runner, chance: Random) -> House:
    """Wire the desks as the composition root does."""
    database, known = open_database(url), sources(outlets)
    polls, reads = PollStore(database, known), ReadStore(database, known, link)
    polls.sync(web.now())
    polls.recover()
    reads.recover()
    outage = Outage(len({outlet.host for outlet in outlets}), polls.down_since())
    setup = {"topics": [{"file": "topic.yaml", "text": TOPIC}]}
    return House(
        polls,
        reads,
        PollDesk(polls, web.fetch, run, chance.random, outage),
        ReadDesk(reads, web.fetch, run, _route, setup=setup, obey_robots=True),
        database,
    )


def _route(finding: Finding, article: DueArticle, now: datetime) -> Any:
    hits = [verdict.topic for verdict in finding.verdicts if verdict.hit]
    return deliveries(finding, hits, [ALERT], source=None, found=article.found, backlog=article.backlog, now=now)


def work(desk: PollDesk | ReadDesk, clock: Clock) -> bool:
    """Claim, work and save once; tell whether there was anything."""
    job: Any = desk.claim(clock())
    if job is None:
        return False
    done: Any = desk.work(job)
    desk.save(job, done, clock())
    return True


def live(place: House, clock: Clock, until: datetime) -> None:
    """Let the clock run from one piece of work to the next."""
    while clock.now < until:
        source, article = _next(place.database)
        while source <= clock.now and work(place.poll, clock):
            pass
        while article <= clock.now and work(place.read, clock):
            pass
        clock.now = min(max(clock.now + SECOND, min(_next(place.database))), until)


def _next(database: Database) -> tuple[datetime, datetime]:
    """When the next source and the next article are due."""
    waiting = ArticleRow.state.in_(("pending", "again"))  # type: ignore[attr-defined]
    with database.read() as session:
        source = session.exec(select(func.min(SourceRow.due))).one()
        article = session.exec(select(func.min(ArticleRow.due)).where(waiting)).one()
    return source, article or NEVER


@contextmanager
def database_url() -> Iterator[str]:
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield f"sqlite:///{folder}/monitor.db"


def month(url: str, web: Web, days: int, seed: int) -> Database:
    """Run the whole time; in the middle the process is killed with work in hand and starts anew."""
    clock, run, chance = web.now, Runner(), Random(f"chance {seed}")
    assert isinstance(clock, Clock)
    first = house(url, web.outlets, web, run, chance)
    live(first, clock, START + days * DAY / 2)
    first.poll.claim(clock())
    first.read.claim(clock())
    first.database.close()
    clock.now += timedelta(minutes=7)
    second = house(url, web.outlets, web, run, chance)
    live(second, clock, START + days * DAY)
    return second.database


# --- what came of it -----------------------------------------------------------------------------


@dataclass
class Sum:
    """What one source came to."""

    published: int = 0
    read: int = 0
    in_gaps: int = 0
    delays: list[float] = field(default_factory=list)
    """Minutes from publication to the first sight of it."""
    notices: int = 0
    alerts: int = 0


class Outcome:
    """The database after the month, and the web's log, against what was really published."""

    def __init__(self, database: Database, web: Web, days: int) -> None:
        self.web, self.days = web, days
        self.end = START + days * DAY
        self.faults: list[str] = []
        with database.read() as session:
            self.names = {row.id: row.name for row in session.exec(select(SourceRow))}
            self.articles: dict[str, list[ArticleRow]] = defaultdict(list)
            for row in session.exec(select(ArticleRow)):
                self.articles[_token(row)].append(row)
            self.gaps: dict[str, list[GapRow]] = defaultdict(list)
            for gap in session.exec(select(GapRow)):
                self.gaps[self.names[gap.source_id]].append(gap)
            self.notices = list(session.exec(select(NoticeRow).order_by(NoticeRow.id)))  # type: ignore[arg-type]
            sent = select(DeliveryRow).where(DeliveryRow.state != "suppressed")
            self.alerted = Counter(row.article_id for row in session.exec(sent))
            self.sources = {row.name: row for row in session.exec(select(SourceRow))}
            session.expunge_all()
        self.sums = {outlet.name: self._sum(outlet) for outlet in web.outlets}

    def _sum(self, outlet: Outlet) -> Sum:
        found = Sum(notices=sum(notice.subject == outlet.name for notice in self.notices))
        for story in outlet.stories:
            if START <= story.published < self.end - LAST:
                self._count(outlet, story, found)
            self._alerts(outlet, story, found)
        return found

    def _count(self, outlet: Outlet, story: Story, found: Sum) -> None:
        found.published += 1
        rows = self.articles.get(story.token, [])
        if rows and any(row.read_at for row in rows):
            found.read += 1
            found.delays.append((min(row.found for row in rows) - story.published).total_seconds() / 60)
        elif any(gap.since <= story.published <= gap.until for gap in self.gaps[outlet.name]):
            found.in_gaps += 1
        elif self._is_known_to_be_out(outlet, story):
            found.published -= 1  # it is told, and a gap begins when it answers again
        else:
            what = "found but never read" if rows else "neither read nor in a gap"
            self.faults.append(f"{outlet.name}: story {story.token} of {story.published:%d %H:%M} is {what}")

    def _is_known_to_be_out(self, outlet: Outlet, story: Story) -> bool:
        source = self.sources[outlet.name]
        out = source.health in ("failing", "blocked", "gone") and source.failures > 0
        return out and source.last_ok is not None and story.published >= source.last_ok - timedelta(hours=2)

    def _alerts(self, outlet: Outlet, story: Story, found: Sum) -> None:
        rows = [row for row in self.articles.get(story.token, []) if self.alerted[row.id]]
        found.alerts += len(rows)
        if sum(self.alerted[row.id] for row in rows) > 1:
            self.faults.append(f"{outlet.name}: story {story.token} was alerted twice: {[row.url for row in rows]}")
        if any(row.found - story.published > DAY for row in rows) and not story.joins:
            self.faults.append(f"{outlet.name}: story {story.token} was alerted although it is old")
        seen = self.articles.get(story.token, [])
        edited = story.edited is not None and story.joins and story.edited < self.end - 6 * HOUR
        young = seen and min(row.found for row in seen) - story.published <= DAY
        if young and not rows and story.published < self.end - LAST and (story.topic or edited):
            read = any(row.read_at for row in seen)
            told = outlet.trouble != "edits" or story.topic or self._was_shown(outlet, story)
            if read and told:
                self.faults.append(f"{outlet.name}: story {story.token} is of the topic and was not alerted")

    def _was_shown(self, outlet: Outlet, story: Story) -> bool:
        """Tell whether the feed still showed a story for an hour after it was edited."""
        later = outlet.out((story.edited or story.published) + 2 * HOUR)
        return outlet.stories.index(story) >= later - outlet.window

    def check(self) -> list[str]:
        """Say everything that is wrong."""
        self._check_hosts()
        self._check_polls()
        self._check_notices()
        self._check_copies()
        return self.faults

    def _check_hosts(self) -> None:
        last: dict[str, datetime] = {}
        for one in self.web.asked:
            if one.host in last and one.at - last[one.host] < SECOND:
                self.faults.append(f"{one.host} was asked twice within a second at {one.at:%d %H:%M:%S}")
            last[one.host] = one.at

    def _check_polls(self) -> None:
        least = Source("", "").interval_min * 0.85
        last: dict[int, datetime] = {}
        for one in self.web.asked:
            if one.what == "feed":
                if one.outlet in last and one.at - last[one.outlet] < least and not self._was_back(last[one.outlet]):
                    self.faults.append(f"outlet {one.outlet} was polled after {one.at - last[one.outlet]}")
                last[one.outlet] = one.at

    def _was_back(self, at: datetime) -> bool:
        """Tell whether our own network was found back right then: what failed before is polled at once."""
        return any(at <= one.at < at + timedelta(minutes=3) for one in self.notices if one.subject == "network")

    def _check_notices(self) -> None:
        network = [notice.state for notice in self.notices if notice.subject == "network"]
        if network != ["down", "ok"]:
            self.faults.append(f"notices of our own network: {network}")
        cut = self.web.cut
        for outlet in self.web.outlets:
            told = [notice for notice in self.notices if notice.subject == outlet.name]
            states = [notice.state for notice in told]
            if any(one == other for one, other in itertools.pairwise(states)):
                self.faults.append(f"{outlet.name}: one state told twice: {states}")
            if outlet.trouble in CALM and told:
                self.faults.append(f"{outlet.name}: told of for nothing: {[(n.at, n.state, n.words) for n in told]}")
            if len(told) > max(3, NOTICES_A_WEEK * self.days / 7):
                self.faults.append(f"{outlet.name}: {len(told)} notices: {Counter(states)}")
            if any(cut[0] <= notice.at < cut[1] and notice.state == "failing" for notice in told):
                self.faults.append(f"{outlet.name}: held responsible for our own network")

    def _check_copies(self) -> None:
        for token, rows in self.articles.items():
            if len(rows) > 1:
                self.faults.append(f"story {token} is {len(rows)} articles: {[row.url for row in rows]}")


def _token(row: ArticleRow) -> str:
    found = re.search(r"[0-9]+x[0-9]+", f"{row.url} {row.title}")
    return found[0] if found else row.url_key


def table(outcome: Outcome) -> None:
    """Print what each kind of trouble came to."""
    days = outcome.days
    print(f"{'trouble':16} {'n':>2} {'published':>9} {'read':>6} {'in gaps':>7} {'gap h':>6} {'polls/day':>9}"
          f" {'asked/day':>9} {'median':>7} {'p95':>7} {'notices':>7} {'alerts':>6}")  # fmt: skip
    groups: dict[str, list[Outlet]] = defaultdict(list)
    for outlet in outcome.web.outlets:
        groups[outlet.trouble].append(outlet)
    asked = Counter((one.outlet, one.what) for one in outcome.web.asked)
    for trouble, members in [*groups.items(), ("all", outcome.web.outlets)]:
        sums = [outcome.sums[outlet.name] for outlet in members]
        delays = [delay for one in sums for delay in one.delays] or [0.0]
        hours = sum((gap.until - gap.since) / HOUR for one in members for gap in outcome.gaps[one.name])
        polls = sum(asked[one.number, "feed"] for one in members) / len(members) / days
        every = sum(asked[one.number, what] for one in members for what in ("feed", "older", "page"))
        late = statistics.quantiles(delays, n=20)[-1] if len(delays) > 1 else delays[0]
        print(
            f"{trouble:16} {len(members):2} {sum(one.published for one in sums):9} {sum(one.read for one in sums):6}"
            f" {sum(one.in_gaps for one in sums):7} {hours:6.1f} {polls:9.1f} {every / len(members) / days:9.1f}"
            f" {statistics.median(delays):6.1f}m {late:6.1f}m"
            f" {sum(one.notices for one in sums):7} {sum(one.alerts for one in sums):6}"
        )


def main() -> int:
    parser = argparse.ArgumentParser(description="a simulated month")
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--sources", type=int, default=60)
    parser.add_argument("--first", type=int, default=0, help="number of the first source, which decides its trouble")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--notices", action="store_true", help="print every notice")
    wanted = parser.parse_args()
    clock, began = Clock(), time.monotonic()
    cut = START + wanted.days * DAY / 3 + 8 * HOUR
    numbers = range(wanted.first, wanted.first + wanted.sources)
    web = Web(month_web.outlets(numbers, START, wanted.days, wanted.seed), (cut, cut + 2 * HOUR), clock)
    with database_url() as url:
        database = month(url, web, wanted.days, wanted.seed)
        outcome = Outcome(database, web, wanted.days)
        database.close()
    faults = outcome.check()
    table(outcome)
    if wanted.notices:
        for notice in outcome.notices:
            print(f"{notice.at:%d %H:%M} {notice.subject}: {notice.was} -> {notice.state}: {notice.words}")
    kinds = Counter(gap.state for gaps in outcome.gaps.values() for gap in gaps)
    print(f"{wanted.days} days in {time.monotonic() - began:.0f} s; gaps {dict(kinds)}; {len(faults)} faults")
    for fault in faults[:60]:
        print("FAULT", fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
