from datetime import timedelta

import pytest
from make import ALERTS, SOURCES, link
from stores import Outbox

from monitor.store import PollStore, ReadStore, ReviewStore


class Stores:
    """The stores of one database."""

    def __init__(self, database, now):
        self.database = database
        self.polls = PollStore(database, SOURCES)
        self.reads = ReadStore(database, SOURCES, link)
        self.outbox = Outbox(database, ALERTS, {"chat": ((1, timedelta(seconds=1)),)})
        self.review = ReviewStore(database)
        self.polls.sync(now)


@pytest.fixture
def stores(database, clock):
    return Stores(database, clock())
