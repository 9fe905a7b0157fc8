from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.deliver.routing import deliveries, due
from monitor.model import Alert, Finding, Verdict

DAY = timedelta(days=1)
NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
ALERT = Alert("desk", "json://h", ("ramstein",), timezone="Europe/Berlin")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def quiet(hours, when="now", tz="Europe/Berlin"):
    return replace(ALERT, quiet=hours, when=when, timezone=tz)


@pytest.mark.parametrize(
    ("alert", "now", "expected"),
    [
        (ALERT, "2024-03-01T23:00", "2024-03-01T23:00"),
        (quiet("22:00-06:00"), "2024-03-01T12:00", "2024-03-01T12:00"),
        (quiet("22:00-06:00"), "2024-03-01T20:59", "2024-03-01T20:59"),
        (quiet("22:00-06:00"), "2024-03-01T21:00", "2024-03-02T05:00"),
        (quiet("22:00-06:00"), "2024-03-02T04:59", "2024-03-02T05:00"),
        (quiet("22:00-06:00"), "2024-03-02T05:00", "2024-03-02T05:00"),
        (quiet("12:00-14:00"), "2024-03-01T12:00", "2024-03-01T13:00"),
        (quiet("08:00-08:00"), "2024-03-01T12:00", "2024-03-01T12:00"),
        # the night in which the clock goes from 02:00 to 03:00: 02:30 is skipped, 06:00 comes an hour earlier
        (quiet("22:00-06:00"), "2024-03-30T22:00", "2024-03-31T04:00"),
        (quiet("22:00-02:30"), "2024-03-30T22:00", "2024-03-31T01:30"),
        # the night in which 02:00-03:00 comes twice: the first 02:30 ends it, and so does the second
        (quiet("22:00-02:30"), "2024-10-26T22:00", "2024-10-27T00:30"),
        (quiet("22:00-02:30"), "2024-10-27T01:10", "2024-10-27T01:30"),
        (replace(ALERT, when="0 8 * * 1-5"), "2024-03-01T06:59", "2024-03-01T07:00"),
        (replace(ALERT, when="0 8 * * 1-5"), "2024-03-01T07:00", "2024-03-04T07:00"),
        (quiet("22:00-09:00", when="0 8 * * *"), "2024-03-01T12:00", "2024-03-02T08:00"),
    ],
)
def test_when_an_alert_is_due(alert, now, expected):
    assert due(alert, at(now)) == at(expected)


TIMES = st.times().map(lambda time: f"{time:%H:%M}")


@settings(max_examples=200, deadline=None)
@given(
    st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: at("2024-01-01T00:00") + timedelta(minutes=minutes)),
    TIMES,
    TIMES,
    st.sampled_from(["UTC", "Europe/Berlin", "Europe/Kyiv", "America/New_York", "Australia/Lord_Howe"]),
)
def test_an_alert_is_never_due_in_the_past_nor_in_its_quiet_hours(now, start, end, tz):
    moment = due(quiet(f"{start}-{end}", tz=tz), now)
    local = moment.astimezone(ZoneInfo(tz)).strftime("%H:%M")
    inside = start <= local < end if start <= end else local >= start or local < end
    assert now <= moment <= now + timedelta(hours=26)
    assert not inside
    assert moment.utcoffset() == timedelta(0)


def finding(published=NOW, **hits):
    verdicts = tuple(Verdict(topic, hit, "certain" if hit else None, 1.0) for topic, hit in hits.items())
    return Finding(1, "t", "x", "full", verdicts, published=published)


def route(found, alerts=(ALERT,), topics=("ramstein", "aid"), backlog=DAY):
    return deliveries(found, topics, alerts, found=NOW, backlog=backlog, now=NOW)


def test_an_article_goes_to_each_alert_that_wants_it_once():
    both = replace(ALERT, name="both", topics=("aid", "ramstein"), expires=timedelta(hours=2))
    other = replace(ALERT, name="other", topics=("weather",))
    made = route(finding(ramstein=True, aid=True), (ALERT, both, other))
    assert [(one.alert, one.topic) for one in made] == [("desk", "ramstein"), ("both", "aid")]
    assert made[1].due == NOW
    assert made[1].expires == NOW + timedelta(hours=2)


def test_a_topic_that_hit_for_certain_goes_before_one_that_probably_did():
    both = replace(ALERT, topics=("aid", "ramstein"))
    verdicts = (
        Verdict("ramstein", hit=True, grade="certain", score=9),
        Verdict("aid", hit=True, grade="probable", score=3),
    )
    (made,) = route(replace(finding(), verdicts=verdicts), (both,))
    assert made.topic == "ramstein"


def test_nothing_is_routed_for_a_topic_that_did_not_hit_or_is_not_asked_for():
    assert route(finding(ramstein=False)) == ()
    assert route(finding(ramstein=True), topics=()) == ()


@pytest.mark.parametrize(
    ("published", "backlog", "suppressed"),
    [
        (NOW - DAY, DAY, None),
        (NOW - DAY - timedelta(seconds=1), DAY, "older than alert_backlog (1d)"),
        (NOW - DAY, timedelta(hours=6), "older than alert_backlog (6h)"),
        (NOW - DAY, timedelta(minutes=90), "older than alert_backlog (90m)"),
        (NOW - DAY, timedelta(0), "older than alert_backlog (0s)"),
        (NOW + 30 * DAY, DAY, None),
        (None, DAY, None),
    ],
)
def test_what_is_older_than_the_backlog_is_stored_and_not_sent(published, backlog, suppressed):
    (made,) = route(finding(published, ramstein=True), backlog=backlog)
    assert made.suppressed == suppressed
