"""A quarter of a year in one process: what it holds and what it writes stays within bounds.

The long form is ``benchmarks/soak.py``.
"""

import logging
import sqlite3
from contextlib import closing

import pytest
from installation import SMALL
from world import GROUP, WEATHER, Answer

from monitor.clockwork import log_event
from monitor.footprint import footprint

ROUNDS, APART = 24, 4
"""Rounds of the whole program, and days between two of them."""
MONTH = "defaults: {interval: 1h}\nkeep: {text: 14d, revisions: 31d, attempts: 31d, notices: 31d}\n"
TABLES = (
    "text WHERE article_id NOT IN (SELECT article_id FROM hit)",  # those of hits are kept for ever
    *("revision", "attempt", "notice", "pace"),
)
SPARE = {"log": 500, "wal": 1 << 20, "files": 8, "threads": 8}
"""How much more may be measured in one round than in another, of what does not grow."""


class Life:
    """An installation day by day: a paper that publishes and edits, and sources that fail in many ways."""

    def __init__(self, desk, outlet, other, clock):
        self.desk, self.outlet, self.clock = desk, outlet, clock
        other.answers = {
            "/feed": Answer(b"no feed at all"),
            "/broken": Answer(b"", status=500),
            "/loop": Answer(b"", status=302, headers={"Location": "/loop"}),
        }
        failing = [f"{other.base}/{path}" for path in ("feed", "broken", "loop", "missing")]
        desk.write(outlet.feed, *failing, more=MONTH, topic=SMALL)
        self.rounds = []

    def live(self, app, caplog):
        for number in range(ROUNDS):
            self.publish(number)
            caplog.clear()
            self.round(app)
            self.clock.forward(days=APART)
            self.rounds.append(self.measured(app, caplog))

    def publish(self, number):
        """What was new the last time is edited; now and then there is something of the topic."""
        rain = [(f"rain{one}", f"Rain, {number - one} times told", WEATHER) for one in (number - 1, number) if one >= 0]
        hit = [(f"hit{number}", f"Contact group meets for the {number}th time", GROUP)] if number % 3 == 0 else []
        self.outlet.publish(*hit, *rain)

    def round(self, app):
        """What the clockwork does; the clock stands still meanwhile, so nothing is waited for."""
        app.watch()
        for crew in app.crews.each():
            crew.drain(log_event)
        app.tidy()

    def measured(self, app, caplog):
        with closing(sqlite3.connect(self.desk.folder / "monitor.db")) as asked:
            rows = {table: asked.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}
        held = footprint()
        lines = [record.getMessage() for record in caplog.records if record.levelno >= logging.INFO]
        return rows | {
            "files": held.files,
            "threads": held.threads,
            "wal": (self.desk.folder / "monitor.db-wal").stat().st_size,
            "log": sum(map(len, lines)),
        }


@pytest.mark.fault("J8")
def test_a_quarter_of_a_year_stays_within_bounds(desk, outlet, other, clock, caplog):
    caplog.set_level(logging.INFO)
    life = Life(desk, outlet, other, clock)
    with desk.app(now=clock) as app:
        life.live(app, caplog)
    middle, last = life.rounds[10:17], life.rounds[-7:]
    for what in last[-1]:
        assert max(one[what] for one in last) <= max(one[what] for one in middle) + 2 + SPARE.get(what, 0), what
    assert max(one["wal"] for one in life.rounds) < 8 << 20
