"""The figures against a recount by hand; whole days of any zone; samples; and no walk through what is large."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median
from zoneinfo import ZoneInfo

import pytest
from figured import SOURCES, Sent, Told, fill
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.engine import Engine

from monitor.model import CANARY, Latency, Span
from monitor.store import CoverageStore, FigureStore
from monitor.store.days import stretches
from monitor.store.latency import latencies, latency_of, told

NOW = datetime(2026, 4, 2, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOURS = st.integers(0, 9 * 24 * 4).map(lambda quarters: quarters / 4)
SENT = st.lists(
    st.builds(
        Sent,
        st.sampled_from(["mail", "chat", CANARY]),
        st.sampled_from([0.0, 0.25, 1.5, 30, None]),
        st.booleans(),
        st.sampled_from([None, "rematch 2026-04-01", "second net 2026-04-01"]),
    ),
    max_size=3,
    unique_by=lambda sent: sent.alert,
)
ARTICLES = st.lists(
    st.builds(
        Told,
        ago=HOURS,
        source=st.integers(0, len(SOURCES) - 1),
        language=st.sampled_from(["uk", "de", None]),
        country=st.sampled_from(["UA", None]),
        topic=st.sampled_from(["ramstein", "aid"]),
        story=st.sampled_from([1, 2, 3, None]),
        state=st.sampled_from(["new", "relevant"]),
        withdrawn=st.sampled_from([False, False, True]),
        published=st.sampled_from([None, 0.5, 3, -1]),
        sent=SENT,
        decided=st.lists(st.tuples(HOURS, st.sampled_from(["anna", ""]), st.booleans()), max_size=2),
    ),
    max_size=14,
    unique_by=lambda one: one.ago,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ARTICLES, st.sampled_from(["Europe/Berlin", "Asia/Kathmandu"]), st.sampled_from([None, "aid"]))
def test_figures_are_what_a_recount_gives(shared_database, articles, zone, topic):
    fill(shared_database, articles, NOW)
    figures = FigureStore(shared_database).read(Span(7), zone, NOW, topic)
    recount = Recount(articles, zone, topic)
    assert [stretch.start.astimezone(ZoneInfo(zone)).date() for stretch in figures.stretches] == recount.days
    for day, stretch in zip(recount.days, figures.stretches, strict=True):
        assert stretch.languages == recount.count(day, lambda one: one.language or "und")
        assert stretch.topics == recount.count(day, lambda one: one.topic)
        assert stretch.stories == len(recount.begun(day))
        assert stretch.decisions == len(recount.decisions(day))
        assert stretch.latency == recount.latency(recount.first_alerts(day))
    assert figures.countries == recount.count(None, lambda one: one.country or "-")
    assert figures.states == recount.count(None, lambda one: one.state)
    assert figures.deciders == Counter(who for day in recount.days for who in recount.decisions(day))
    outlets = {one.name: one.hits for one in figures.outlets}
    assert outlets == recount.count(None, lambda one: SOURCES[one.source])
    assert list(outlets.values()) == sorted(outlets.values(), reverse=True)
    firsts = Counter(SOURCES[one.source] for day in recount.days for one in recount.begun(day))
    assert {one.name: one.first for one in figures.firsts} == firsts
    every = [alert for day in recount.days for alert in recount.alerts(day)]
    assert figures.latencies.first == recount.latency([alert for alert in every if alert[2]])
    for channel, latency in figures.latencies.channels.items():
        assert latency == recount.latency([alert for alert in every if alert[0].alert == channel])
    assert set(figures.latencies.channels) == {alert[0].alert for alert in every}


class Recount:
    """The same, counted one by one."""

    def __init__(self, articles, zone, topic):
        self.zone = ZoneInfo(zone)
        today = NOW.astimezone(self.zone).date()
        self.days = [today - timedelta(days=back) for back in range(6, -1, -1)]
        self.about = [one for one in articles if topic in {None, one.topic} and SOURCES[one.source] != CANARY]
        self.hits = [one for one in self.about if not one.withdrawn]

    def day(self, ago):
        return (NOW - ago * HOUR).astimezone(self.zone).date()

    def count(self, day, what):
        return Counter(what(one) for one in self.hits if self.day(one.ago) in ([day] if day else self.days))

    def begun(self, day):
        first = {}
        for one in sorted(self.hits, key=lambda one: -one.ago):
            if one.story is not None:
                first.setdefault(one.story, one)
        return [one for one in first.values() if self.day(one.ago) == day]

    def decisions(self, day):
        return [who for one in self.about for ago, who, undo in one.decided if not undo and self.day(ago) == day]

    def alerts(self, day):
        """Sending, its article, and whether nobody was told before."""
        for one in self.about:
            told = [sent for sent in one.sent if sent.after is not None and sent.alert != CANARY]
            earliest = min((sent.after for sent in told), default=None)
            first = next((sent for sent in told if sent.after == earliest), None)
            for sent in told:
                gained = (sent.batch or "").startswith("rematch")
                if (
                    one.published is not None
                    and not sent.update
                    and not gained
                    and self.day(one.ago - sent.after) == day
                ):
                    yield sent, one, sent is first

    def first_alerts(self, day):
        return [alert for alert in self.alerts(day) if alert[2]]

    def latency(self, alerts):
        took = sorted((max(one.published, 0) + sent.after) * 3600 for sent, one, _ in alerts)
        if not took:
            return Latency(0)
        return Latency(len(took), median(took), next(x for x in took if sum(y <= x for y in took) >= 0.95 * len(took)))


@pytest.mark.parametrize(
    ("zone", "now", "hours"),
    [
        ("Europe/Kyiv", datetime(2026, 3, 30, 12, tzinfo=UTC), [24, 23, 24]),
        ("Europe/Kyiv", datetime(2026, 10, 25, 23, tzinfo=UTC), [24, 25, 24]),
        ("Africa/Cairo", datetime(2026, 4, 25, 12, tzinfo=UTC), [24, 23, 24]),
        ("UTC", datetime(2026, 3, 30, 0, 0, tzinfo=UTC), [24, 24, 24]),
    ],
)
def test_days_are_as_long_as_they_are_there(zone, now, hours):
    found = stretches(Span(3), zone, now)
    assert [(end - start) / HOUR for start, end in found] == hours
    assert found[-1][0] <= now < found[-1][1]
    assert all(one[1] == other[0] for one, other in pairwise(found))


def test_a_year_is_shown_in_weeks():
    found = stretches(Span(364, 7), "UTC", NOW)
    assert len(found) == 52
    assert {end - start for start, end in found} == {timedelta(days=7)}


def test_of_very_many_deliveries_an_even_sample_is_taken(shared_database):
    sent = [Sent("mail", 2), Sent("chat", 1)]
    fill(shared_database, [Told(ago=200 - number / 10, published=0, sent=sent) for number in range(400)], NOW)
    with shared_database.read() as session:
        measured = told(session, NOW - 300 * HOUR, NOW, None, 200)
        whole = told(session, NOW - 300 * HOUR, NOW, None)
    assert (measured.sent, whole.sent, whole.sampled) == (800, 800, 800)
    assert 160 <= measured.sampled <= 240
    by_channel = latencies(measured).channels
    assert all(70 <= latency.n <= 130 for latency in by_channel.values())
    assert {name: latency.median for name, latency in by_channel.items()} == {"chat": 3600, "mail": 7200}
    assert latencies(measured).first.p95 == 3600


def test_the_percentile_is_a_time_that_was_measured():
    assert latency_of([]) == Latency(0)
    assert latency_of([7]) == Latency(1, 7, 7)
    assert latency_of(range(1, 101)) == Latency(100, 50.5, 95)
    assert latency_of([*[1] * 19, 1000]).p95 == 1


def plans(database, ask):
    """What SQLite says it would do for each of the questions that ``ask`` asks."""
    asked = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        asked.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    with database.read() as session:
        raw = session.connection().connection.dbapi_connection
        return [row[3] for statement, given in asked if statement.lstrip().startswith(("SELECT", "WITH"))
                for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}", given)]  # fmt: skip


def test_nothing_walks_through_what_is_large(sqlite_database):
    fill(sqlite_database, [Told(ago=1, story=1, net="missed"), Told(ago=2, net="waiting"), Told(ago=30)], NOW)
    coverage, figures = CoverageStore(sqlite_database, ()), FigureStore(sqlite_database)

    def ask():
        for topic in (None, "ramstein"):
            figures.read(Span(30), "UTC", NOW, topic)
        coverage.watch()
        coverage.coverage(NOW - 48 * HOUR)
        coverage.missed(NOW - 48 * HOUR, 10)
        coverage.nets()

    found = plans(sqlite_database, ask)
    walks = [step for step in found if step.startswith("SCAN") and "USING COVERING INDEX sighting_of_nets" not in step]
    large = ("article", "hit", "sighting", "delivery", "decision", "older", "hit_1", "delivery_1")
    assert [step for step in walks if step.split()[1] in large] == []
    hits = [step for step in found if step.startswith("SEARCH hit ") and "found>" in step]
    assert any("COVERING INDEX hit_listed (found>? AND found<?)" in step for step in hits)
