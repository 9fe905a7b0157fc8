"""The review page of an installation's database, as a proxy or a program finds it: below /monitor, behind a login."""

import time
from contextlib import contextmanager

import pytest
from stores import lay_out

from monitor.cli.options import now
from monitor.model import Access, ApiToken
from monitor.store import ReviewStore, open_database
from monitor.web.server import Pulse, WebServer

NEWSROOM = "newsroom-" + "x" * 24
PASSWORD = "correct horse"


@contextmanager
def page(path, public="https://news.example.org/monitor"):
    """The address of the page on this database file."""
    database = open_database(f"sqlite:///{path}")
    token = ApiToken("newsroom", NEWSROOM, frozenset({"read"}))
    access = Access((), (token,), password=PASSWORD, public=public)
    review, pulse = ReviewStore(database), Pulse()
    server = WebServer(
        "127.0.0.1", 0, review, pulse, access=access, now=now, monotonic=time.monotonic, root="/monitor", watch=0.05
    )
    server.start()
    try:
        yield server.url
    finally:
        server.stop()
        database.close()


@pytest.fixture
def served(tmp_path):
    lay_out(tmp_path / "monitor.db")
    with page(tmp_path / "monitor.db") as url:
        yield url
