from contextlib import contextmanager
from datetime import timedelta

import pytest
from make import ALERTS, SOURCES, link
from stores import Outbox, lay_out

from monitor.store import PollStore, ReadStore, ReviewStore, open_database


class Stores:
    """The stores of one database."""

    def __init__(self, database, now):
        self.database = database
        self.polls = PollStore(database, SOURCES)
        self.reads = ReadStore(database, SOURCES, link)
        self.outbox = Outbox(database, ALERTS, {"chat": ((1, timedelta(seconds=1)),)})
        self.review = ReviewStore(database)
        self.polls.sync(now)


ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("PostgreSQL"))]


@contextmanager
def laid_out(request, folder):
    """The URL of a database with all tables and nothing in them."""
    if request.param == "sqlite":
        lay_out(folder / "monitor.db")
        yield f"sqlite:///{folder}/monitor.db"
        return
    with request.getfixturevalue("postgres").fresh() as url:
        yield url


@pytest.fixture(params=ENGINES)
def database_url(request, tmp_path):
    """A test's own database, of each engine in turn."""
    with laid_out(request, tmp_path) as url:
        yield url


@pytest.fixture
def sqlite_database(tmp_path):
    """For what only that engine has."""
    lay_out(tmp_path / "monitor.db")
    opened = open_database(f"sqlite:///{tmp_path}/monitor.db")
    yield opened
    opened.close()


@pytest.fixture(scope="module", params=ENGINES)
def shared_database(request, tmp_path_factory):
    """One database for a module, of each engine in turn."""
    with laid_out(request, tmp_path_factory.mktemp("shared")) as url:
        opened = open_database(url)
        yield opened
        opened.close()


@pytest.fixture
def database(database_url):
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def stores(database, clock):
    return Stores(database, clock())


@pytest.fixture
def stores_of(clock):
    """The stores of a database that a test opens itself."""
    return lambda database: Stores(database, clock())
