"""/metrics: what is measured, in the text format of Prometheus. The only door to prometheus_client.

What the database says is the same whichever process is asked; what a process counted begins at nothing with it. Names
follow https://prometheus.io/docs/practices/naming/. Must not: measure anything itself.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, Metric, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from monitor.errors import StoreError
from monitor.footprint import Footprint, footprint
from monitor.meter import COUNTED, LATENCY, TIMED, Distribution, Labels, Meter, Timed
from monitor.model.metering import Standings
from monitor.store.metering import MeterStore
from monitor.versions import versions
from monitor.web.health import Health
from monitor.web.kept import Kept
from monitor.web.measured import Family, of_installation, of_process, of_versions
from monitor.web.pulse import Pulse

KIND = CONTENT_TYPE_PLAIN_0_0_4
"""The content type of the page, which every Prometheus reads."""
FRESH = 5.0
"""Seconds for which what was measured is shown again."""
LAG = timedelta(seconds=30)
"""An alert is counted so long after it was sent: by then its transaction is over."""

_log = logging.getLogger("monitor.web")


@dataclass(frozen=True, slots=True)
class _Measured:
    standings: Standings | None
    """None where the database cannot be read."""
    footprint: Footprint | None
    at: datetime


class Metrics(Collector):
    """What one process shows."""

    def __init__(
        self,
        store: MeterStore,
        meter: Meter,
        pulse: Pulse,
        health: Health,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        started: datetime | None = None,
    ) -> None:
        """``started``: when the program was; now where nobody says."""
        self._store = store
        self._meter = meter
        self._pulse = pulse
        self._health = health
        self._now = now
        self._monotonic = monotonic
        self._told = started or now()
        """Up to when alerts were counted."""
        self._versions = versions()
        self._kept = Kept(self._measure, FRESH, monotonic)
        self._registry = CollectorRegistry()
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def page(self) -> bytes:
        """The answer to a scrape."""
        return generate_latest(self._registry)

    def describe(self) -> Iterable[Metric]:
        """Nothing ahead of the first scrape, which would be one."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Every family; those of the database are missing while it cannot be read, and monitor_database_up is 0."""
        measured = self._measured()
        families = [of_versions(self._versions), *self._of_health(measured)]
        if measured.footprint is not None:
            families += of_process(measured.footprint)
        if measured.standings is not None:
            families += of_installation(measured.standings, measured.at)
        yield from map(_metric, families)
        for what in COUNTED:
            yield _metric(
                Family(what.name, what.words, tuple(self._meter.counts(what).items()), what.labels, "counter")
            )
        for what in TIMED:
            yield _histogram(what, self._meter.times(what))

    def _measured(self) -> _Measured:
        try:
            return self._kept.get()
        except TimeoutError:
            return _Measured(None, None, self._now())

    def _measure(self) -> _Measured:
        now = self._now()
        try:
            standings = self._store.standings(now)
            self._count_alerts(now - LAG)
        except StoreError as error:
            _log.warning("not everything can be measured: %s", error)
            standings = None
        return _Measured(standings, footprint(), now)

    def _count_alerts(self, until: datetime) -> None:
        """Sort the alerts that were sent since the last time into their buckets, each once."""
        if until > self._told:
            delays = self._store.delays(self._told, until)
            self._told = until
            for seconds in delays:
                self._meter.time(LATENCY, seconds)
        elif self._told - until > 2 * LAG:  # the clock was put back: what comes from now on is counted
            self._told = until

    def _of_health(self, measured: _Measured) -> Iterator[Family]:
        healthy, up = self._health.live()[0] == 200, measured.standings is not None
        yield Family("monitor_healthy", "Whether /healthz says that the work moves.", [((), healthy)])
        yield Family("monitor_database_up", "Whether the database can be read.", [((), up)])
        at = self._monotonic()
        quiet = [((desk,), at - beat) for desk, beat in self._pulse.desks().items()]
        yield Family("monitor_desk_quiet_seconds", "Time since a desk last showed that it moves.", quiet, ("desk",))


def _metric(family: Family) -> Metric:
    made: Metric
    if family.kind == "counter":
        made = CounterMetricFamily(family.name, family.words, labels=family.labels)
    else:
        made = GaugeMetricFamily(family.name, family.words, labels=family.labels)
    for labels, number in family.values:
        made.add_metric(labels, number)
    return made


def _histogram(what: Timed, found: Mapping[Labels, Distribution]) -> Metric:
    made = HistogramMetricFamily(what.name, what.words, labels=what.labels)
    for labels, spread in found.items():
        buckets = [(str(float(bound)), number) for bound, number in spread.buckets]
        made.add_metric(labels, [*buckets, ("+Inf", spread.number)], spread.total)
    return made
