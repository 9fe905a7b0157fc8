"""Quiet hours and digests as the reader's clock shows them, also in the nights in which it is changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.deliver.hours import after_quiet, clock_words, day_words, may_go, next_digest, quiet_end
from monitor.model import Alert

ALERT = Alert("desk", "json://h", ("ramstein",), timezone="Europe/Berlin")
ZONES = [
    "UTC",
    "Europe/Kyiv",
    "Europe/Berlin",
    "America/New_York",
    "America/Havana",  # the clock is changed at midnight
    "Australia/Lord_Howe",  # by half an hour
    "Africa/Casablanca",  # twice around Ramadan, to standard time and back
    "Asia/Kathmandu",  # 5:45 ahead
]
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def quiet(hours, when="now", tz="Europe/Berlin"):
    return replace(ALERT, quiet=hours, when=when, timezone=tz)


def local(moment, tz):
    return f"{moment.astimezone(ZoneInfo(tz)):%H:%M}"


def inside(moment, start, end, tz):
    shown = local(moment, tz)
    return start <= shown < end if start <= end else shown >= start or shown < end


@pytest.mark.fault("G3")
@pytest.mark.parametrize(
    ("alert", "now", "expected"),
    [
        (ALERT, "2024-03-01T23:00", None),
        (quiet("22:00-06:00"), "2024-03-01T20:59", None),
        (quiet("22:00-06:00"), "2024-03-01T21:00", "2024-03-02T05:00"),
        (quiet("22:00-06:00"), "2024-03-02T04:59", "2024-03-02T05:00"),
        (quiet("22:00-06:00"), "2024-03-02T05:00", None),
        (quiet("12:00-14:00"), "2024-03-01T12:00", "2024-03-01T13:00"),
        (quiet("08:00-08:00"), "2024-03-01T12:00", None),
        # The night in which the clock goes from 02:00 to 03:00: 06:00 comes an hour earlier, 02:30 is skipped.
        (quiet("22:00-06:00"), "2024-03-30T22:00", "2024-03-31T04:00"),
        (quiet("22:00-02:30"), "2024-03-30T22:00", "2024-03-31T01:00"),
        (quiet("22:00-03:00"), "2024-03-30T22:00", "2024-03-31T01:00"),
        # All that is free is skipped: quiet until the next night.
        (quiet("03:00-02:30"), "2024-03-30T22:00", "2024-04-01T00:30"),
        # The night in which 02:00 to 03:00 comes twice: it is quiet twice.
        (quiet("22:00-02:30"), "2024-10-26T22:00", "2024-10-27T00:30"),
        (quiet("22:00-02:30"), "2024-10-27T00:40", None),
        (quiet("22:00-02:30"), "2024-10-27T01:10", "2024-10-27T01:30"),
        # Kyiv, where 03:00 to 04:00 is skipped and comes twice.
        (quiet("23:00-03:30", tz="Europe/Kyiv"), "2025-03-29T22:00", "2025-03-30T01:00"),
        (quiet("23:00-03:30", tz="Europe/Kyiv"), "2025-10-25T22:00", "2025-10-26T00:30"),
        (quiet("23:00-03:30", tz="Europe/Kyiv"), "2025-10-26T01:15", "2025-10-26T01:30"),
        (quiet("03:30-04:00", tz="Europe/Kyiv"), "2025-10-26T00:30", "2025-10-26T01:00"),
        # Havana: 00:00 to 01:00 is skipped.
        (quiet("20:00-00:30", tz="America/Havana"), "2025-03-09T04:00", "2025-03-09T05:00"),
    ],
)
def test_when_quiet_hours_end(alert, now, expected):
    assert quiet_end(alert, at(now)) == (expected and at(expected))


@pytest.mark.fault("G3")
@pytest.mark.parametrize(
    ("alert", "now", "expected"),
    [
        (replace(ALERT, when="0 8 * * 1-5"), "2024-03-01T06:59", "2024-03-01T07:00"),
        (replace(ALERT, when="0 8 * * 1-5"), "2024-03-01T07:00", "2024-03-04T07:00"),
        (quiet("22:00-09:00", when="0 8 * * *"), "2024-03-01T12:00", "2024-03-02T08:00"),
        # 03:30 is skipped in Kyiv, so the digest comes right after the change; where it comes twice, once.
        (replace(ALERT, when="30 3 * * *", timezone="Europe/Kyiv"), "2025-03-29T12:00", "2025-03-30T01:00"),
        (replace(ALERT, when="30 3 * * *", timezone="Europe/Kyiv"), "2025-10-25T12:00", "2025-10-26T00:30"),
        (replace(ALERT, when="30 3 * * *", timezone="Europe/Kyiv"), "2025-10-26T00:30", "2025-10-27T01:30"),
        # ... and in quiet hours once more at their end.
        (quiet("22:00-06:00", when="30 3 * * *", tz="Europe/Kyiv"), "2025-03-29T12:00", "2025-03-30T03:00"),
        (quiet("22:00-06:00", when="30 3 * * *", tz="Europe/Kyiv"), "2025-10-25T12:00", "2025-10-26T04:00"),
    ],
)
def test_when_a_digest_goes_out(alert, now, expected):
    assert next_digest(alert, at(now)) == at(expected)


TIMES = st.times().map(lambda time: f"{time:%H:%M}")
ANY = st.integers(0, 3 * 365 * 24 * 60).map(lambda minutes: at("2024-01-01T00:00") + minutes * MINUTE)
CHANGES = st.sampled_from(
    ["2024-03-10", "2024-03-31", "2024-04-07", "2024-04-14", "2024-10-06", "2024-10-27", "2024-11-03", "2025-02-23"]
)
NEAR = st.builds(lambda day, minutes: at(day) + minutes * MINUTE, CHANGES, st.integers(-24 * 60, 36 * 60))
MOMENTS = st.one_of(ANY, NEAR)
"""Any time, and often one near a day on which one of the zones changes its clocks."""


@pytest.mark.fault("G3")
@settings(max_examples=200, deadline=None)
@given(MOMENTS, TIMES, TIMES, st.sampled_from(ZONES))
def test_quiet_hours_are_what_the_clock_shows(now, start, end, tz):
    loud = now
    while start != end and inside(loud, start, end, tz):
        loud += MINUTE
    alert = quiet(f"{start}-{end}", tz=tz)
    assert after_quiet(alert, now) == loud
    assert after_quiet(alert, now).utcoffset() == timedelta(0)
    assert quiet_end(alert, now) == (loud if loud > now else None)


def free_for_two_hours(start, end):
    minutes = [int(text[:2]) * 60 + int(text[3:]) for text in (start, end)]
    return (minutes[0] - minutes[1]) % 1440 >= 120


@pytest.mark.fault("G3")
@settings(max_examples=300, deadline=None)
@given(MOMENTS, TIMES, TIMES, st.sampled_from(ZONES))
def test_quiet_hours_end_within_a_day(now, start, end, tz):
    wait = after_quiet(quiet(f"{start}-{end}", tz=tz), now) - now
    assert wait <= timedelta(hours=25 if free_for_two_hours(start, end) else 49)


@pytest.mark.fault("G3")
@settings(max_examples=200, deadline=None)
@given(MOMENTS, TIMES, TIMES, st.sampled_from(ZONES), st.timedeltas(timedelta(0), timedelta(days=2)))
def test_waiting_longer_never_ends_earlier(now, start, end, tz, later):
    alert = replace(quiet(f"{start}-{end}", when="30 1-23/2 * * *", tz=tz), cooldown=10 * MINUTE)
    assert after_quiet(alert, now) <= after_quiet(alert, now + later)
    assert next_digest(alert, now) <= next_digest(alert, now + later)
    assert after_quiet(alert, now) + alert.cooldown <= may_go(alert, now) <= may_go(alert, now + later)


def test_in_words():
    assert clock_words(at("2026-11-23T07:00"), "Europe/Berlin") == "08:00 Berlin"
    assert clock_words(at("2026-11-23T07:00"), "America/Argentina/Buenos_Aires") == "04:00 Buenos Aires"
    assert clock_words(at("2026-11-23T07:00"), "UTC") == "07:00 UTC"
    assert day_words(at("2026-11-22T23:30"), "Europe/Berlin") == "23 Nov"
