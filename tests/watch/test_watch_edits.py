"""Edited articles: read again, the old words kept, told once when they come to match."""

from __future__ import annotations

from datetime import timedelta

import pytest
from small_web import FEED, GONE, GROUP, RAIN, SmallHouse, item, page, rss

STORY = "https://harbour.example/story/1"


@pytest.fixture
def house(database, clock):
    house = SmallHouse(database, clock)
    house.day = clock()
    show(house, "A walk along the coast", RAIN)
    return house


def show(house, title, text, summary="What is in it", read=True):
    house.web[FEED] = rss(item(1, house.day, title, summary, guid="g"))
    house.web[STORY] = page(title, text)
    house.poll()
    return house.read() if read else 0


def test_an_edit_that_makes_it_match_is_told_once_as_an_edit(house):
    assert house.alerts() == []
    house.clock.forward(minutes=30)
    assert show(house, "Ministers at the coast", GROUP) == 1
    assert house.article(1).revision == 2
    (hit,) = house.hits()
    assert hit.revision == 2
    assert len(house.alerts()) == 1
    for _ in range(3):
        house.clock.forward(hours=2)
        show(house, "Ministers at the coast, all day", f"{GROUP} They stayed. ")
    assert len(house.alerts()) == 1


def test_what_it_said_before_is_kept(house):
    house.clock.forward(minutes=30)
    show(house, "Ministers at the coast", GROUP)
    house.clock.forward(hours=2)
    show(house, "Ministers leave the coast", f"{GROUP} They left early. ")
    old = house.revisions()
    assert [revision.number for revision in old] == [1, 2]
    assert [revision.title for revision in old] == ["A walk along the coast", "Ministers at the coast"]


def test_a_hit_is_read_again_for_corrections(house):
    house.clock.forward(minutes=30)
    show(house, "Ministers at the coast", GROUP)
    house.clock.forward(hours=6)
    house.web[STORY] = page("Ministers at the coast", GROUP.replace("more air defence", "nothing at all"))
    assert house.read() == 1
    assert house.article(1).revision == 3
    house.clock.forward(days=3)
    assert house.read() == 0


def test_counters_are_no_edit(house):
    for comments in (1, 22, 333):
        house.clock.forward(hours=2)
        assert show(house, "A walk along the coast", RAIN, f"What is in it ({comments})") == (comments == 1)
    assert house.article(1).revision == 1


def test_an_entry_that_changes_at_every_poll_is_read_once_an_hour_at_most(house):
    reads = 0
    for step in range(12 * 4):
        house.clock.forward(minutes=5)
        reads += show(house, "A walk along the coast", RAIN, f"What is in it {'abcdefgh'[step % 8] * (step + 1)}")
    assert reads == 4


@pytest.mark.parametrize("answer", [GONE, b"<html><title>Just a moment...</title><body>Checking</body></html>", b""])
def test_a_page_that_cannot_be_had_again_keeps_what_was_read(house, answer):
    house.clock.forward(minutes=30)
    show(house, "Ministers at the coast", GROUP)
    before = house.article(1)
    house.web[STORY] = answer
    for _ in range(6):
        house.clock.forward(hours=7)
        house.read()
    after = house.article(1)
    assert (after.state, after.extraction, after.revision) == ("done", before.extraction, before.revision)
    assert after.verdicts == before.verdicts
    assert len(house.hits()) == len(house.alerts()) == 1


def test_a_better_reading_is_no_edit(database, clock):
    house = SmallHouse(database, clock)
    house.web[FEED] = rss(item(1, clock(), "Ministers at the coast", "They came together"))
    house.poll()
    house.read()
    assert house.article(1).extraction == "none"
    clock.forward(minutes=11)
    house.web[STORY] = page("Ministers at the coast", GROUP)
    house.read()
    assert (house.article(1).extraction, house.article(1).revision) == ("full", 1)
    assert house.revisions() == []


def test_pages_behind_a_wall_are_read_when_it_is_gone(database, clock):
    house = SmallHouse(database, clock)
    numbers = range(7)
    wall = GONE.__class__("http", "answers 403", status=403, permanent=True)
    house.web[FEED] = rss(*(item(number, clock()) for number in numbers))
    house.web.update({f"https://harbour.example/story/{number}": wall for number in numbers})
    house.poll()
    for _ in range(5):
        house.read()
        clock.forward(hours=7)
        house.poll()
    assert house.view().health == "blocked"
    assert all(house.article(number).state == "done" for number in numbers)
    for number in range(8):
        house.web[f"https://harbour.example/story/{number}"] = page(f"Story {number}", GROUP)
    house.web[FEED] = rss(*(item(number, clock()) for number in range(8)))
    house.poll()
    house.read()
    assert {house.article(number).extraction for number in range(8)} == {"full"}
    clock.forward(minutes=15)
    house.poll()
    assert house.view().health == "back"
    assert house.notices() == ["blocked", "back"]


def test_an_edit_while_it_is_read_is_read_once_more(house):
    house.clock.forward(minutes=30)
    show(house, "A walk along the coast in winter", RAIN, read=False)
    article = house.read_desk.claim(house.clock())
    finding = house.read_desk.work(article)
    house.clock.forward(hours=1, minutes=1)
    show(house, "Ministers at the coast", GROUP, "They came", read=False)
    house.read_desk.save(article, finding, house.clock())
    house.clock.forward(seconds=timedelta(minutes=1).total_seconds())
    house.read()
    assert len(house.alerts()) == 1
