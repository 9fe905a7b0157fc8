"""Identity on the real store: whatever a feed does with its GUIDs and addresses, one story is one article."""

from __future__ import annotations

from datetime import timedelta

import pytest
from small_web import FEED, GROUP, RAIN, SmallHouse, item, page, rss

from monitor.store.tables import ArticleRow

LONG = RAIN * 2


@pytest.fixture
def house(database, clock):
    return SmallHouse(database, clock)


def show(house, *items):
    house.web[FEED] = rss(*items)
    house.clock.forward(minutes=15)
    house.poll()
    return len(house.rows(ArticleRow))


def dates(house, number=4):
    return [house.clock() - timedelta(minutes=7 * step + 1) for step in range(number)]


@pytest.mark.fault("B10")
@pytest.mark.parametrize("dated", [True, False])
def test_guids_that_change_at_every_poll(house, dated):
    days = dates(house) if dated else [None] * 4
    for poll in range(3):
        assert show(house, *(item(n, day, guid=f"{poll}-{n}") for n, day in enumerate(days))) == 4
    assert house.notices() == []


@pytest.mark.parametrize("dated", [True, False])
def test_guids_that_change_on_entries_that_have_nothing_else(house, dated):
    days = dates(house) if dated else [None] * 4
    for poll in range(3):
        items = (item(n, day, link="", guid=f"{poll}-{n}", text=f"{LONG} {'abcd'[n]}") for n, day in enumerate(days))
        assert show(house, *items) == 4


@pytest.mark.fault("B10")
def test_one_guid_for_all(house):
    days = dates(house, 6)
    assert show(house, *(item(n, days[n], guid="1") for n in range(4))) == 4
    assert show(house, *(item(n, days[n], guid="1") for n in range(2, 6))) == 6
    assert show(house, item(9, house.clock(), guid="1")) == 7


@pytest.mark.parametrize(
    "twin", ["http://{}", "https://www.{}", "https://m.{}", "https://{}?utm_source=rss", "https://{}/amp"]
)
def test_twins_of_an_address(house, twin):
    day, plain = house.clock(), "harbour.example/story/1"
    assert show(house, item(1, day, link=f"https://{plain}", guid="a")) == 1
    assert show(house, item(1, day, link=twin.format(plain), guid="b", title="Under another headline")) == 1


@pytest.mark.parametrize("front", ["https://harbour.example/", "https://harbour.example/live"])
@pytest.mark.parametrize("guids", [True, False])
def test_all_entries_lead_to_one_address(house, front, guids):
    days = dates(house, 8)
    items = [
        item(n, days[n], f"Story {'abcdefgh'[n]}", link=front, guid=None if not guids else f"g{n}") for n in range(8)
    ]
    assert show(house, *items[:4]) == 4
    assert show(house, *items[2:6]) == 6
    assert show(house, *items[4:8]) == 8
    assert show(house, *items[4:8]) == 8


def test_a_front_page_is_no_article_even_for_a_single_entry(house):
    front = "https://harbour.example/"
    assert show(house, item(1, None, "Story a", link=front, guid="a")) == 1
    assert show(house, item(2, None, "Story b", link=front, guid="b")) == 2


@pytest.mark.parametrize("dated", [True, False])
def test_a_redesign_neither_floods_nor_hides(house, dated):
    days = dates(house) if dated else [None] * 4
    text = "" if dated else LONG
    show(house, *(item(n, days[n], f"Story {'abcd'[n]}", text, guid=f"old-{n}") for n in range(3)))
    renewed = [
        item(n, days[n], f"Story {'abcd'[n]}", text, f"https://new.example/{n}.html", f"new-{n}") for n in range(3)
    ]
    fresh = item("fresh", house.clock(), "Story of today", text, "https://new.example/fresh.html", "new-9")
    assert show(house, fresh, *renewed) == 4
    assert house.view().health == "ok"


def test_two_stories_alike_that_are_shown_together_stay_two(house):
    day = house.clock()
    assert show(house, item(1, day, "Photo of the day"), item(2, day, "Photo of the day")) == 2


def test_a_story_like_one_that_is_still_shown_is_new(house):
    day = house.clock()
    assert show(house, item(1, day, "Photo of the day")) == 1
    assert show(house, item(2, day, "Photo of the day"), item(1, day, "Photo of the day")) == 2


def test_a_guid_with_its_date_at_another_address_under_another_headline_is_the_same_story(house):
    day = house.clock()
    show(house, item(1, day, "Ministers to meet", guid="g1"))
    corrected = item("ministers-have-met", day, "Ministers have met", guid="g1")
    assert show(house, corrected) == 1


def test_a_guid_used_again_on_another_day_is_another_story(house):
    assert show(house, item(1, house.clock(), "One", guid="latest")) == 1
    assert show(house, item(2, house.clock() + timedelta(minutes=9), "Two", guid="latest")) == 2


def test_a_story_whose_address_was_wrong_is_read_at_the_right_one(house):
    day = house.clock()
    show(house, item("typo", day, "Ministers meet", guid="g1"))
    house.read()
    assert house.article("typo").error
    house.clock.forward(hours=1)
    right = "https://harbour.example/right"
    house.web[right] = page("Ministers meet", GROUP)
    show(house, item("right", day, "Ministers meet", link=right, guid="g1"))
    house.read()
    assert len(house.alerts()) == 1
    assert len(house.rows(ArticleRow)) == 1


@pytest.mark.fault("B11")
def test_what_a_new_source_holds_is_recorded_and_only_the_young_alerts(house):
    now = house.clock()
    ages = {1: timedelta(hours=3), 2: timedelta(hours=23), 3: timedelta(hours=25), 4: timedelta(days=9)}
    for number in ages:
        house.web[f"https://harbour.example/story/{number}"] = page(f"Story {number}", GROUP)
    show(house, *(item(number, now - age) for number, age in ages.items()))
    house.read()
    assert len(house.rows(ArticleRow)) == len(house.hits()) == 4
    assert len(house.alerts()) == 2


def test_old_stories_that_come_back_do_not_alert(house):
    show(house, item("now", house.clock()))
    old = house.clock() - timedelta(days=30)
    house.web["https://harbour.example/story/old"] = page("An old story", GROUP)
    show(house, item("old", old), item("now", house.clock()))
    house.read()
    assert house.alerts() == []
