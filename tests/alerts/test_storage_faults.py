"""SQLITE_BUSY, SQLITE_FULL and SQLITE_IOERR at the n-th statement that writes, for every n."""

import sqlite3
import threading
from collections import Counter

import pytest
from articles import articles
from office import Office
from sqlalchemy import Engine, event
from watched import Watch, WatchedBot, WatchedMail
from world import Outlet

from monitor.errors import StoreError

ERRORS = ("database is locked", "database or disk is full", "disk I/O error")
WRITES = ("INSERT", "UPDATE", "DELETE", "COMMIT")
ALL = 84
"""No fewer than there are such statements on the way of two articles to two channels."""


class Disk:
    """Refuses writes: the ``first`` one from now, and so many ``more``; what changes nothing does not count."""

    def __init__(self):
        self.words, self.first, self.more, self.passed = "", 0, 0, 0
        self._counting = threading.Lock()

    def fail(self, words, first, more=0):
        self.words, self.first, self.more, self.passed = words, first, more, 0

    def passes(self, statement):
        if self.first and statement.lstrip().upper().startswith(WRITES):
            with self._counting:
                self.passed += 1
                fails = self.first <= self.passed <= self.first + self.more
            if fails:
                raise sqlite3.OperationalError(self.words)


@pytest.fixture
def disk():
    """The disk under every database that is opened from here on."""
    broken = Disk()

    class Cursor(sqlite3.Cursor):
        def execute(self, statement, *arguments):
            broken.passes(statement)
            return super().execute(statement, *arguments)

        def executemany(self, statement, *arguments):
            broken.passes(statement)
            return super().executemany(statement, *arguments)

    class Connection(sqlite3.Connection):
        def cursor(self, *_):
            return super().cursor(Cursor)

        committed = 0

        def commit(self):
            if self.total_changes > self.committed:
                broken.passes("COMMIT")
            super().commit()
            self.committed = self.total_changes

    def connect(_dialect, _record, _arguments, options):
        options["factory"] = Connection

    event.listen(Engine, "do_connect", connect)
    yield broken
    event.remove(Engine, "do_connect", connect)


@pytest.fixture
def house(tmp_path, clock, disk):
    """Two articles on the way to two channels."""
    watch = Watch(clock)
    with (
        Outlet() as outlet,
        WatchedMail().watched("mail", watch, ()) as smtp,
        WatchedBot().watched("chat", watch, ()) as bot,
    ):
        outlet.publish(*articles(2))
        alerts = [f'name: {one.name}, url: "{one.url}", topics: [ramstein]' for one in (bot, smtp)]
        with Office(
            tmp_path, clock, alerts, [outlet.feed], f'deliver: {{telegram_api_base: "{bot.base}/bot"}}\n'
        ) as office:
            yield office, (bot, smtp)


def accepted(channels):
    return Counter((one.name, hit) for one in channels for seen in one.seen for hit in seen.hits)


def at_the_end(office, channels):
    """Nothing is lost, and what came twice had an unknown outcome."""
    rows = {(row.alert, row.hit_id): row for row in office.app.review.alerts.deliveries() if row.kind == "hit"}
    came = accepted(channels)
    assert {key: row.state for key, row in rows.items()} == dict.fromkeys(
        [(one.name, hit) for one in channels for hit in (1, 2)], "sent"
    )
    assert all(1 <= came[key] <= 1 + row.unknown for key, row in rows.items())
    return sum(came.values()) - len(rows)


def go_on(office, channels):
    """Enough ticks for every lease and every wait to be over, or until all is sent; then one behind every lease."""
    for _ in range(5):
        if all(office.states(one.name) == ["sent"] * 2 for one in channels):
            break
        office.tick(seconds=30)
        office.tick(minutes=4)
    office.tick(minutes=20)


@pytest.mark.fault("E2", "E4")
@pytest.mark.parametrize("first", range(1, ALL + 1))
def test_one_write_that_fails_loses_nothing(house, disk, first):
    office, channels = house
    disk.fail(ERRORS[first % 3], first)
    for _ in range(3):
        office.tick(seconds=2)
    assert disk.passed >= min(first, 70)
    go_on(office, channels)
    assert at_the_end(office, channels) <= 1


def test_that_is_every_write_on_the_way(house, disk):
    office, channels = house
    disk.fail("", 1_000_000)
    while len(accepted(channels)) < 4:
        office.tick(seconds=2)
    assert disk.passed <= ALL


@pytest.mark.fault("E4")
@pytest.mark.parametrize("first", range(1, ALL, 7))
def test_a_claim_that_cannot_be_committed_is_not_sent(house, disk, first):
    """A disk that stays full for a day: only what was claimed before is sent, and not again until there is room."""
    office, channels = house
    disk.fail(ERRORS[first % 3], first, more=1_000_000)
    for _ in range(12):
        office.tick(hours=2)
    assert max(accepted(channels).values(), default=0) <= 1
    assert any(isinstance(said, StoreError) for said in office.events)
    disk.fail("", 0)
    go_on(office, channels)
    assert at_the_end(office, channels) <= 2
