"""The heartbeat is withheld for the same reasons for which /healthz is red."""

import time
from datetime import timedelta

import pytest
from installation import SMALL
from sqlmodel import select

from monitor.app import utc_now
from monitor.clockwork import wrong
from monitor.store import open_database
from monitor.store.tables import SourceRow
from monitor.web.pulse import Pulse


@pytest.mark.fault("J7", "F14")
def test_polling_that_stands_still_withholds_the_heartbeat(desk, outlet):
    long_ago, pulse = utc_now() - timedelta(minutes=10), Pulse()
    pulse.beat("poll", time.monotonic())
    desk.write(outlet.feed, topic=SMALL)
    with desk.app() as app:
        app.watcher.look(utc_now())
        assert wrong(app, long_ago, pulse) == []
        database = open_database(desk.database)
        with database.write() as session:
            session.exec(select(SourceRow)).one().due = long_ago
        database.close()
        (words,) = wrong(app, long_ago, pulse)
        assert words.startswith("polling makes no progress for 6")
        assert wrong(app, utc_now(), pulse) == []  # a program that has just begun has its time
