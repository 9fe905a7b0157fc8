from datetime import timedelta

import pytest
from make import ALERTS, SOURCES
from stores import Outbox, read_store

from monitor.store import PollStore, ReviewStore


class Stores:
    """The stores of one database."""

    def __init__(self, database, now):
        self.database = database
        self.polls = PollStore(database, SOURCES)
        self.reads = read_store(database, SOURCES)
        self.outbox = Outbox(database, ALERTS, {"chat": ((1, timedelta(seconds=1)),)})
        self.review = ReviewStore(database)
        self.polls.sync(now)


@pytest.fixture
def stores(database, clock):
    return Stores(database, clock())
