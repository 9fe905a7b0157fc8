"""Stores wired as the program wires them, for tests that need no whole installation, and databases to begin with."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from monitor.deliver.backoff import after, free_at
from monitor.deliver.plan import decide
from monitor.deliver.routing import notice_deliveries
from monitor.model import Channel
from monitor.read.stories import link
from monitor.store import DeliveryStore, KeepStore, ReadStore, open_database


def lay_out(path):
    """Put a database there with all tables and nothing in them, unless one is there; opened, it is not migrated.

    For tests that begin with an empty database and are not about how it comes to be.
    """
    if not path.exists():
        path.write_bytes(_empty())


@cache
def _empty():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "monitor.db"
        open_database(f"sqlite:///{path}").close()
        return path.read_bytes()


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
