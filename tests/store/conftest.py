from datetime import timedelta

import pytest

from monitor.model import Alert, Source
from monitor.store import DeliveryStore, PollStore, ReadStore, ReviewStore

SOURCES = (
    Source("Harbour Post", "https://harbour.example/feed"),
    Source("Metro Courier", "https://metro.example/rss"),
    Source("Sister", "https://harbour.example/second"),
)
ALERTS = (
    Alert("mail", "mailto://x@example.org", ("ramstein",)),
    Alert("chat", "tgram://token/1", ("ramstein", "ukraine-aid")),
    Alert("digest", "mailto://y@example.org", ("ramstein",), when="0 8 * * *"),
)


class Stores:
    """The stores of one database."""

    def __init__(self, database, now, pace=timedelta(seconds=1)):
        self.database = database
        self.polls = PollStore(database, SOURCES, pace)
        self.reads = ReadStore(database, SOURCES, pace)
        self.outbox = DeliveryStore(database, ALERTS, {"chat": timedelta(seconds=1)})
        self.review = ReviewStore(database)
        self.polls.sync(now)


@pytest.fixture
def stores(database, clock):
    return Stores(database, clock())
