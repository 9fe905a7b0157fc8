"""Cron lines: which are accepted, and the next time they name across the changes of summer time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.cron import check_cron, next_cron


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.fault("G3")
@pytest.mark.parametrize(
    ("line", "tz", "after", "expected"),
    [
        ("0 8 * * 1-5", "UTC", "2025-01-03 09:00", "2025-01-06 08:00"),
        ("0 8 * * *", "UTC", "2025-01-03 08:00", "2025-01-04 08:00"),
        ("0 8 * * *", "Europe/Berlin", "2025-01-03 06:59", "2025-01-03 07:00"),
        ("0 8 * * *", "Europe/Berlin", "2025-07-03 05:59", "2025-07-03 06:00"),
        # 03:30 does not exist in Kyiv on 30 March 2025 and comes twice on 26 October 2025.
        ("30 3 * * *", "Europe/Kyiv", "2025-03-29 12:00", "2025-03-30 01:00"),
        ("30 3 * * *", "Europe/Kyiv", "2025-10-25 12:00", "2025-10-26 00:30"),
        ("30 3 * * *", "Europe/Kyiv", "2025-10-26 00:30", "2025-10-27 01:30"),
        ("30 3 * * *", "Europe/Kyiv", "2025-10-26 01:15", "2025-10-27 01:30"),
        ("*/30 * * * *", "Europe/Kyiv", "2025-10-26 01:15", "2025-10-26 01:30"),
        ("0 0 29 2 *", "UTC", "2025-01-01 00:00", "2028-02-29 00:00"),
    ],
)
def test_the_next_time(line, tz, after, expected):
    assert next_cron(line, utc(after), tz) == utc(expected)


@pytest.mark.fault("G3")
@pytest.mark.parametrize("tz", ["Europe/Kyiv", "America/New_York", "America/Havana", "Australia/Lord_Howe"])
@pytest.mark.parametrize("line", ["*/20 * * * *", "30 1-23/2 * * *", "45 1 * * *", "15 0 * * *"])
def test_the_next_time_is_never_past(line, tz):
    for day in ("2024-04-06 12:00", "2024-10-26 20:00", "2024-11-02 20:00"):
        for minutes in range(0, 16 * 60, 5):
            after = utc(day) + timedelta(minutes=minutes)
            assert after < next_cron(line, after, tz) <= after + timedelta(hours=26)


def test_spaces_are_made_single():
    assert check_cron("  0   8 * *  1-5 ") == "0 8 * * 1-5"


@pytest.mark.parametrize(
    "line",
    [
        "",
        "* * * *",
        "0 0 8 * * *",
        "60 * * * *",
        "0 8 * * 8",
        "@daily",
        "a b c d e",
        "0 0 30 2 *",
        "*/0 * * * *",
        "1" + "/1" * 90 + " * * * *",
    ],
)
def test_lines_that_are_none_are_refused(line):
    with pytest.raises(ValueError, match="cron line"):
        check_cron(line)


@given(st.lists(st.text("0123456789*/,-#LW", min_size=1, max_size=5), min_size=5, max_size=5).map(" ".join))
def test_any_line_is_accepted_with_a_next_time_or_refused(line):
    try:
        normal = check_cron(line)
    except ValueError:
        return
    assert next_cron(normal, utc("2025-01-01 00:00"), "Europe/Kyiv") > utc("2025-01-01 00:00")
