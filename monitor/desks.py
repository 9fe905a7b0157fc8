"""The three desks, and how those that ask the web are wired; the heartbeat. A part of the composition root.

Must not: read a clock; hand out chance to anything but a desk.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from random import SystemRandom

from monitor.config.settings import Settings
from monitor.crew import Crew, Crews
from monitor.deliver.chosen import Named
from monitor.deliver.desk import DeliverDesk
from monitor.deliver.plan import latest_due
from monitor.deliver.router import Router
from monitor.fetch import Fetcher, FetchSettings
from monitor.keep.heartbeat import Heartbeat
from monitor.loading import Loaded
from monitor.meter import Meter
from monitor.model import CanaryPlace, HitFilter, Manner, Source
from monitor.poll.desk import PollDesk
from monitor.poll.kinds import KINDS
from monitor.poll.outage import Outage
from monitor.pool import Pool
from monitor.query import read_query
from monitor.read.desk import TASK, ReadDesk
from monitor.store import ClockStore, Database, DeliveryStore, FilterStore, PollStore, ReadStore
from monitor.urls import check_url, host_of, place_of

FETCHES = 32
"""Requests under way at once, for each of the two desks that fetch."""


@dataclass(frozen=True)
class Desks:
    """The three desks."""

    poll: PollDesk
    read: ReadDesk
    prepare: Callable[[], None]
    """Has ready what reads hostile bytes for these two; else who first needs it waits."""
    deliver: DeliverDesk


def manned(desks: Desks, channels: int, now: Callable[[], datetime], stop: threading.Event, meter: Meter) -> Crews:
    """The desks with their threads; each channel can have one, so that none waits for another one."""
    return Crews(
        Crew(desks.poll, FETCHES, now, stop, meter),
        Crew(desks.read, FETCHES, now, stop, meter),
        Crew(desks.deliver, max(4, channels), now, stop, meter),
    )


def fetching(
    loaded: Loaded, polls: PollStore, reads: ReadStore, router: Router, fetcher: Fetcher, pool: Pool, meter: Meter
) -> tuple[PollDesk, ReadDesk, Callable[[], None]]:
    """The two desks that ask the web, and what has ready the processes that read for them."""
    settings = loaded.settings
    hosts = {host_of(source.url) for source in settings.sources if source.enabled}
    setup = loaded.setup()
    return (
        PollDesk(
            polls,
            fetcher.fetch,
            pool.run,
            SystemRandom().random,
            Outage(len(hosts), polls.down_since()),
            obey_robots=settings.fetch.obey_robots,
        ),
        ReadDesk(
            reads,
            fetcher.fetch,
            pool.run,
            router.read,
            setup=setup,
            obey_robots=settings.fetch.obey_robots,
            timed=meter.read,
        ),
        partial(pool.prepare, {KINDS["feed"]: None, TASK: setup}),
    )


def retiming(database: Database, sources: Sequence[Source], outbox: DeliveryStore) -> Callable[[datetime], None]:
    """How what a clock that was put back has left too far ahead is brought back."""
    clock = ClockStore(database, sources)

    def retime(now: datetime) -> None:
        clock.retime(now)
        outbox.retime(latest_due, now)

    return retime


def looking_up(filters: FilterStore, now: Callable[[], datetime]) -> Named:
    """How a saved filter is found by its name: anew each time, so that one that is saved again counts at once."""

    def named(name: str) -> HitFilter | None:
        saved = filters.named(name)
        return None if saved is None else read_query(saved.query, now(), "UTC").wanted

    return named


def fetch_settings(settings: Settings, canary: CanaryPlace | None) -> FetchSettings:
    """How documents are fetched, and which places are open beside the usual ports, by the configuration."""
    return FetchSettings(
        allow_private_addresses=settings.fetch.allow_private_addresses,
        contact=settings.fetch.contact,
        places=frozenset(place_of(check_url(source.url)) for source in settings.sources if source.enabled),
        own=canary.origin if canary else None,
    )


def heartbeat_of(settings: Settings) -> Heartbeat | None:
    """The heartbeat where one is wanted. Its address is the user's own, so it may be of the own network."""
    url = settings.watch.heartbeat_url
    if url is None:
        return None
    fetcher = Fetcher(FetchSettings(allow_private_addresses=True, contact=settings.fetch.contact))
    return Heartbeat(fetcher, url, Manner(proxy=settings.fetch.proxy))
