"""Hits by the hour from a real database: what counts, in which hour, and what is told once."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hourly import END, HOUR, NOW, Hourly
from sqlmodel import select

from monitor.model import CANARY
from monitor.store.history_tables import NoticeRow


@pytest.fixture
def house(database):
    return Hourly(database)


def test_a_burst_is_told_once_and_its_end_to_nobody(house):
    house.quiet()
    house.burst()
    assert house.told() == [("ramstein uk", "spike")]
    assert house.told() == []
    house.burst(20, END + HOUR)
    assert house.told(NOW + HOUR) == []
    assert house.told(NOW + 2 * HOUR) == []
    assert house.told(NOW + 3 * HOUR) == [("ramstein uk", "ok")]
    with house.database.read() as session:
        assert [(row.state, row.told) for row in session.exec(select(NoticeRow))] == [("spike", False), ("ok", True)]
    house.burst(40, END + 10 * HOUR)
    assert house.told(NOW + 10 * HOUR) == [("ramstein uk", "spike")]


def test_the_last_full_hour_counts_in_utc_whatever_the_zone(house):
    house.quiet()
    house.hit(END)  # of the hour that is not over
    house.hit(END - HOUR - timedelta(seconds=1))
    house.burst(6)
    (series,) = house.series()
    assert series.counts[-2:] == (2, 6)  # one of them a second before the hour
    assert len(series.counts) == 332  # since the first hit
    for zone in ("Asia/Kathmandu", "America/St_Johns", "Europe/Kyiv"):
        assert house.series(NOW.astimezone(ZoneInfo(zone))) == (series,)


@pytest.mark.parametrize("end", [datetime(2026, 3, 29, 4, 0, tzinfo=UTC), datetime(2026, 10, 25, 4, 0, tzinfo=UTC)])
def test_no_hour_is_missing_or_doubled_when_the_clocks_are_changed(house, end):
    for hour in range(1, 338):
        house.hit(end - hour * HOUR)
    house.burst(5, end)
    (series,) = house.series(end + timedelta(minutes=10))
    assert series.counts == (*[1] * 336, 6)


def test_the_turn_of_the_year_is_an_hour_like_any_other(house):
    end = datetime(2026, 1, 3, 0, 0, tzinfo=UTC)
    for hour in range(1, 338):
        house.hit(end - hour * HOUR)
    house.burst(5, end)
    assert house.series(end)[0].counts == (*[1] * 336, 6)


def test_hours_before_the_topics_first_hit_do_not_count(house):
    house.hit(END - 80 * HOUR, language="pl")
    house.burst(8)
    (series,) = house.series()
    assert series.counts == (*[0] * 79, 8)


def test_what_is_no_news_does_not_count(house):
    house.quiet()
    house.burst(4)
    house.hit(END - timedelta(minutes=9), withdrawn=True)
    house.hit(END - timedelta(minutes=9), published=END - timedelta(days=3))
    house.hit(END - 300 * HOUR, late=300 * HOUR - timedelta(minutes=3))  # gained by changed rules just now
    house.source("New", first_poll=END - timedelta(minutes=30))
    house.hit(END - timedelta(minutes=9), source="New")
    house.source(CANARY)
    house.hit(END - timedelta(minutes=9), source=CANARY)
    assert house.series() == ()
    house.hit(END - timedelta(minutes=9), published=END - timedelta(hours=3))
    assert house.series()[0].counts[-1] == 5


def test_topics_and_languages_are_kept_apart(house):
    house.quiet()
    for language, topic in (("uk", "ramstein"), (None, "ramstein"), ("uk", "ukraine-aid")):
        for number in range(6):
            house.hit(END - timedelta(minutes=9), source=f"Outlet {number}", language=language, topic=topic)
    keys = {(series.topic, series.language): series.counts[-1] for series in house.series()}
    assert keys == {("ramstein", "uk"): 6, ("ramstein", None): 6, ("ukraine-aid", "uk"): 6}


def test_outlets_and_stories_come_largest_first(house):
    house.quiet()
    for number, (source, story) in enumerate([("A", 1), ("B", 1), ("C", 1), ("A", 2), ("D", 2), ("A", None)]):
        house.hit(END - timedelta(minutes=30 - number), source=source, story=story, title=f"{story} by {source}")
    (series,) = house.series()
    assert series.outlets == ("A", "B", "C", "D")
    assert series.headlines == ("1 by A", "2 by A", "None by A")
