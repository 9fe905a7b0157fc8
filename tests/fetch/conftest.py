from __future__ import annotations

import contextlib

import certificates as made
import pytest
from raw_server import RawServer

from monitor.fetch import Fetcher, FetchSettings


@pytest.fixture
def serve():
    """Start a server that answers with the given function; ended with the test."""
    with contextlib.ExitStack() as stack:
        yield lambda answer, tls=None: stack.enter_context(RawServer(answer, tls))


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    """The folder of ``certificates.make``; only for tests that need openssl."""
    return made.make(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def make_fetcher():
    """A fetcher with these settings; closed with the test."""
    with contextlib.ExitStack() as stack:

        def make(monotonic=None, **settings):
            extra = {"monotonic": monotonic} if monotonic else {}
            return stack.enter_context(contextlib.closing(Fetcher(FetchSettings(**settings), **extra)))

        yield make


@pytest.fixture
def fetcher(make_fetcher):
    """A fetcher that may go to loopback."""
    return make_fetcher(allow_private_addresses=True, contact="mailto:desk@example.org")
