"""Stores wired as the program wires them, for tests that need no whole installation."""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.deliver.backoff import after, free_at
from monitor.deliver.plan import decide
from monitor.deliver.routing import notice_deliveries
from monitor.model import Channel
from monitor.read.stories import link
from monitor.store import DeliveryStore, KeepStore, ReadStore


def read_store(database, sources):
    return ReadStore(database, sources, link)


def keep_store(database):
    return KeepStore(database, link)


class Outbox(DeliveryStore):
    """The outbox with its channels; ``limits`` by alert, ``shared`` names alerts that write to one recipient."""

    def __init__(self, database, alerts, limits=None, shared=(), tell=notice_deliveries):
        addresses = {alert.name: "shared" if alert.name in shared else alert.name for alert in alerts}
        self.channels = {
            alert.name: Channel(addresses[alert.name], (limits or {}).get(alert.name, ())) for alert in alerts
        }
        super().__init__(
            database,
            alerts,
            self.channels,
            decide=decide,
            pace=free_at,
            tell=lambda notice, now: tell(notice, alerts, now),
        )
        self.sync(datetime(2020, 1, 1, tzinfo=UTC))

    def done(self, parcel, outcome, now, jitter=0.0):
        """Record how a try ended, as the desk does. Returns what follows from it."""
        follows = after(parcel, outcome, self.channels[parcel.alert], jitter, now)
        self.save(parcel, outcome, follows, now)
        return follows
