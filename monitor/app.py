"""The composition root: settings in, everything wired, no globals. Reads top to bottom.

Only here are the clock and chance handed out; nothing below reads them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import SystemRandom
from types import TracebackType
from typing import Any, Self

from monitor.crew import Crews, add_up
from monitor.deliver.backoff import free_at
from monitor.deliver.desk import DeliverDesk
from monitor.deliver.names import language_name
from monitor.deliver.notify import Notifier
from monitor.deliver.plan import decide
from monitor.deliver.router import Router
from monitor.desks import Desks, fetch_settings, fetching, heartbeat_of, looking_up, manned, retiming
from monitor.errors import AlreadyRunningError
from monitor.fetch import Fetcher
from monitor.keep import spikes
from monitor.keep.canary import with_canary
from monitor.keep.coverage import rulings
from monitor.keep.heartbeat import Heartbeat
from monitor.keep.rematch import changes
from monitor.keep.retention import BREATH, drop_old
from monitor.keep.room import room
from monitor.keep.watcher import Watcher
from monitor.loading import Loaded, load
from monitor.meter import Meter
from monitor.model import CanaryPlace, Change, Event, Finding, Notice, Print, RoundSum
from monitor.pool import Pool
from monitor.read import stories
from monitor.store import (
    CanaryStore,
    CoverageStore,
    Database,
    DeliveryStore,
    KeepStore,
    PollStore,
    ReadStore,
    RetentionStore,
    ReviewStore,
    SpikeStore,
    WatchStore,
    open_database,
)
from monitor.store.lock import InstanceLock

WORKERS = 2
"""Child processes that parse downloaded bytes."""
EVER = datetime.min.replace(tzinfo=UTC)
PATIENCE = 60.0
"""Seconds for which a round waits for a host or a channel that is not free yet; a longer wait is for the next round."""


def utc_now() -> datetime:
    """The clock of the whole program."""
    return datetime.now(UTC)


class App:
    """Everything wired for one installation. A context manager; ``close`` gives all of it back."""

    closed = False

    def __init__(  # noqa: PLR0913 - the parts are made in ``build``
        self,
        loaded: Loaded,
        database: Database,
        desks: Desks,
        crews: Crews,
        closers: list[Callable[[], None]],
        polls: PollStore,
        stop: threading.Event,
        *,
        shared: list[Callable[[], None]],
        heartbeat: Heartbeat | None,
        router: Router,
        meter: Meter,
        retime: Callable[[datetime], None],
        anew: Callable[[Loaded], App],
        now: Callable[[], datetime],
    ) -> None:
        self.loaded, self.settings = loaded, loaded.settings
        self.review = ReviewStore(database)
        self.kept, self.old = KeepStore(database, stories.link), RetentionStore(database)
        self.coverage = CoverageStore(database, loaded.settings.sources)
        self.canary = CanaryStore(database)
        self.hourly = SpikeStore(database)
        off = [source.name for source in loaded.settings.sources if not source.enabled]
        self.heartbeat = heartbeat
        options = loaded.settings.watch
        self.watcher = Watcher(WatchStore(database), options, loaded.settings.timezone, off, router.unsaved)
        self.desks = desks
        self.crews = crews
        self.meter = meter
        self.stop = stop
        self._closers = closers
        self._shared = shared
        self._polls = polls
        self._now = now
        self._router = router
        self._retime = retime
        self._anew = anew

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is KeyboardInterrupt:  # who presses Ctrl-C does not wait for a slow server; what is in hand is not lost
            self.stop.set()
            return
        self.close()

    def round(self, progress: Callable[[Event], None] | None = None, *, everything: bool = False) -> RoundSum:
        """One whole round: poll what is due (or everything), read what is new, deliver what is due."""
        self._retime(self._now())
        if everything:
            self.make_due()
        events: list[Event] = []

        def report(event: Event) -> None:
            events.append(event)
            if progress is not None:
                progress(event)

        self.crews.poll.drain(report, PATIENCE)
        self.crews.read.drain(report, PATIENCE)
        self.tidy()  # before the last desk, which sends what was missed
        self.crews.deliver.drain(report, PATIENCE)
        if self.watcher.look(self._now(), awake=EVER):
            self.crews.deliver.drain(report, PATIENCE)
        return add_up(events)

    def watch(self) -> None:
        """Look at ourselves, and bring back what a clock that was put back has left too far ahead."""
        self.watcher.look(self._now())
        self._retime(self._now())

    def make_due(self) -> None:
        """Make every source due, whatever its interval."""
        self._polls.make_due(self._now())

    def poll_now(self, names: Iterable[str]) -> Iterator[tuple[str, Event | None]]:
        """Poll sources by name, due or not; None for one that is in work, or that is not watched."""
        for name in names:
            due = self._polls.claim_named(name, self._now())
            yield name, self.desks.poll.save(due, self.desks.poll.work(due), self._now()) if due else None

    def tidy(self) -> dict[str, int]:
        """Rule on what second nets showed, and drop what was kept long enough. Returns how many of each kind."""
        self.decide(self._now())
        return drop_old(self.old, self.settings.keep, self._now(), partial(self.stop.wait, BREATH))

    def decide(self, now: datetime) -> int:
        """Rule on what second nets showed; what was missed goes into the outbox. Returns how many deliveries."""
        return self.coverage.save(rulings(self.coverage.watch(), now), self._router.missed, now)

    def spikes(self) -> tuple[Notice, ...]:
        """Tell of topics and languages that had far more hits in the last full hour than they usually have."""
        now = self._now()
        notices = spikes.told(self.hourly.series(now, spikes.HITS), language_name, now)
        self.hourly.tell(notices)
        return notices

    def rematch(self, topic: str, since: datetime) -> Iterator[Change]:
        """What the configured rules of ``topic`` would gain and lose among the texts of articles found since then."""
        from monitor.match.engine import Matcher

        matcher = Matcher([known for known in self.loaded.topics if known.name == topic])
        return changes(self.kept.texts(topic, since), topic, matcher.match)

    def apply(self, found: Iterable[Change]) -> int:
        """Make changes of ``rematch`` so; the alerts go out as one message a channel. Returns how many alerts."""
        return self.kept.apply(found, self._router.gained, _prints, self._now())

    def finish(self, report: Callable[[Event], None], seconds: float) -> int:
        """Stop taking up work, save what ends within ``seconds`` in all. Returns what is left to its lease."""
        self.stop.set()
        end = time.monotonic() + seconds
        return sum(crew.finish(report, max(end - time.monotonic(), 0)) for crew in self.crews.each())

    def settle(self, report: Callable[[Event], None], seconds: float) -> int:
        """Stop taking up work, save what ends within ``seconds`` a desk. Returns what is still in hand."""
        self.stop.set()
        return sum(crew.settle(report, seconds) for crew in self.crews.each())

    def again(self, loaded: Loaded) -> App:
        """The program with another configuration, on the same database and under the same lock; this one is over.

        What is still in hand here is left to its lease. Raises StoreError, and may then be tried again.
        """
        self.finish(lambda _event: None, 0)
        new = self._anew(loaded)
        self.closed = True
        for closer in self._closers:
            closer()
        return new

    def close(self) -> None:
        """Give back threads, child processes, connections, the lock and the database; a second time does nothing."""
        if self.closed:
            return
        self.closed = True
        self.finish(lambda _event: None, 0)
        for closer in (*self._closers, *self._shared):
            closer()


def build(
    path: Path,
    database_url: str,
    environ: Mapping[str, str],
    *,
    alone: bool = False,
    canary: CanaryPlace | None = None,
    now: Callable[[], datetime] = utc_now,
    loaded: Loaded | None = None,
) -> App:
    """Wire the whole program; ``loaded`` is its configuration where that was read already.

    ``alone`` demands the instance lock (the daemon); otherwise it is taken when it is free, and the leases keep two
    processes apart when it is not. ``canary`` is where the process serves its own articles. Raises ConfigError,
    StoreError or AlreadyRunningError; changes nothing on disk before the configuration is known to be good.
    """
    loaded = loaded or load(path, environ)
    database = open_database(database_url)
    lock = InstanceLock(database_url)
    try:
        held = lock.demand() if alone else lock.take()
    except AlreadyRunningError:
        database.close()
        raise
    return _wire(loaded, database, lock, recover=held, canary=canary, now=now)


def build_empty(
    path: Path, database_url: str, environ: Mapping[str, str], canary: CanaryPlace, now: Callable[[], datetime]
) -> App:
    """Wire the program with its topics and the canary alone: nobody's sources are asked, nobody is alerted."""
    loaded = load(path, environ)
    empty = replace(loaded, settings=replace(loaded.settings, sources=(), alerts=()))
    return _wire(empty, open_database(database_url), InstanceLock(database_url), recover=False, canary=canary, now=now)


def _wire(
    loaded: Loaded,
    database: Database,
    lock: InstanceLock,
    *,
    recover: bool,
    canary: CanaryPlace | None,
    now: Callable[[], datetime],
    meter: Meter | None = None,
) -> App:
    meter = meter or Meter()
    settings = with_canary(loaded.settings, canary) if canary else loaded.settings
    stop = threading.Event()
    polls = PollStore(database, settings.sources)
    reads = ReadStore(database, settings.sources, stories.link, room(database.folder, settings.watch.low_disk))
    router = Router(settings.alerts, settings.sources, looking_up(ReviewStore(database).filters, now))
    notifier = Notifier(settings.deliver.telegram_api_base)
    channels = {alert.name: notifier.channel(alert.url) for alert in settings.alerts}
    outbox = DeliveryStore(database, settings.alerts, channels, decide=decide, pace=free_at, tell=router.notice)
    polls.sync(now())
    if recover:
        polls.recover()
        reads.recover()
        outbox.recover(now())
    outbox.sync(now())
    retime = retiming(database, settings.sources, outbox)
    retime(now())
    fetcher, pool = Fetcher(fetch_settings(loaded.settings, canary)), Pool(WORKERS, meter=meter)
    deliver = DeliverDesk(
        outbox, notifier, settings.alerts, channels, settings.deliver.review_url, SystemRandom().random
    )
    desks = Desks(*fetching(loaded, polls, reads, router, fetcher, pool, meter), deliver)
    crews = manned(desks, len(settings.alerts), now, stop, meter)
    heartbeat = heartbeat_of(settings)
    closers = [fetcher.close, pool.close, *([heartbeat.close] if heartbeat else [])]
    shared = [database.close, lock.release]
    anew = partial(_wire, database=database, lock=lock, recover=False, canary=canary, now=now, meter=meter)
    bound: dict[str, Any] = {"shared": shared, "heartbeat": heartbeat, "router": router, "retime": retime}
    return App(loaded, database, desks, crews, closers, polls, stop, **bound, meter=meter, anew=anew, now=now)


def _prints(finding: Finding, found: datetime) -> Print:
    return stories.fingerprint(finding.title, finding.text, finding.language, finding.published, found)
