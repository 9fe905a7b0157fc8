from datetime import timedelta

import pytest
from make import store_hit

from monitor.model import HitFilter


@pytest.fixture
def three(stores, clock):
    store_hit(stores, clock, "a", title="Залужний і Рамштайн")
    store_hit(stores, clock, "b", title="RAMSTEIN’DA toplantı")
    store_hit(stores, clock, "c", title="রামস্টেইনে বৈঠক")
    return stores.review


def titles(review, **wanted):
    return [hit.title for hit in review.hits(HitFilter(**wanted))]


def test_newest_first_and_no_more_than_asked(three):
    assert titles(three, limit=2) == ["রামস্টেইনে বৈঠক", "RAMSTEIN’DA toplantı"]


@pytest.mark.parametrize(
    ("search", "expected"),
    [("рамштайн", "Залужний і Рамштайн"), ("ramstein’da", "RAMSTEIN’DA toplantı"), ("রামস্টেইন", "রামস্টেইনে বৈঠক")],
)
def test_search_finds_parts_of_words_in_every_script(three, search, expected):
    assert titles(three, search=search) == [expected]


@pytest.mark.parametrize("search", ['" OR 1=1 --', "%", "_", "NEAR(", "\\"])
def test_search_words_are_data(three, search):
    assert titles(three, search=search) == []


def test_filters(three, clock):
    assert titles(three, topic="ukraine-aid") == []
    assert len(titles(three, source="Harbour Post")) == 3
    assert titles(three, since=clock() - timedelta(seconds=3)) == ["রামস্টেইনে বৈঠক"]
    assert len(titles(three, until=clock() - timedelta(seconds=3))) == 2


def test_a_decision_is_kept_with_its_note(three, clock):
    assert three.mark(1, "starred", "ask the desk", clock())
    assert (three.hit(1).state, three.hit(1).note) == ("starred", "ask the desk")
    assert len(titles(three, state="starred")) == 1
    assert not three.mark(99, "starred", None, clock())
    assert three.hit(99) is None
