"""What every test may ask for: a clock that stands still, a real database, and a word when a part is missing."""

from __future__ import annotations

import gc
import os
import signal
from datetime import UTC, datetime, timedelta

import hypothesis
import postgres as postgresql
import pytest
from in_process import Parsers
from stores import lay_out

from monitor.store import open_database

# The same examples every time; HYPOTHESIS_RANDOM=1 looks for new ones.
hypothesis.settings.register_profile("same", derandomize=not os.environ.get("HYPOTHESIS_RANDOM"))
hypothesis.settings.load_profile("same")

START = datetime(2026, 5, 4, 7, 0, tzinfo=UTC)

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a job in the background has it, and would hand it on
    signal.signal(signal.SIGINT, signal.default_int_handler)

gc.disable()  # until all tests are collected


def pytest_collection_finish():
    """What is loaded by now stays; the collector need not walk through it again and again, a sixth of all the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 10, 50)
    gc.enable()


class Clock:
    """A clock that moves only when told to."""

    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now

    def forward(self, **span):
        self.now += timedelta(**span)
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(scope="session")
def parsers():
    with Parsers() as shared:
        yield shared


@pytest.fixture
def database(tmp_path):
    lay_out(tmp_path / "monitor.db")
    opened = open_database(f"sqlite:///{tmp_path}/monitor.db")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def postgres():
    """A real PostgreSQL server for the whole run."""
    folder = postgresql.programs()
    if folder is None:
        pytest.skip("no PostgreSQL server is installed")
    server = postgresql.Server(folder)
    yield server
    server.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Where MONITOR_TESTS_COMPLETE is set (CI), a test whose outside part is missing fails instead of being skipped."""
    report = yield
    if report.skipped and item.get_closest_marker("needs") and os.environ.get("MONITOR_TESTS_COMPLETE"):
        report.outcome = "failed"
        report.longrepr = f"skipped although everything must be there: {report.longrepr}"
    return report
