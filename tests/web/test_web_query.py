"""The language of addresses: what people type becomes a filter, and a filter has one address that is read back."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import HitFilter, Position
from monitor.web.query import LONGEST, NAMES, PAGE, cursor, place, read, read_query

NOW = datetime(2026, 2, 12, 13, 40, tzinfo=UTC)
ZONE = "Europe/Berlin"
WHOLE = {
    "topic": "ramstein",
    "grade": "certain",
    "language": "uk",
    "country": "UA",
    "source": "Українська правда",
    "state": "new",
    "tag": "air defence",
    "since": "7d",
    "until": "2026-02-12",
    "q": '"контактна група" Рамштайн',
    "story": "12",
}
anything = st.one_of(
    st.text(max_size=30),
    st.from_regex(r"[0-9]{1,6}[hdw]|[0-9]{8}T[0-9]{6}[.][0-9]{6}Z-[0-9]{1,21}", fullmatch=True),
    st.sampled_from(["", "1", "UA", "ua", "-", "certain", "NEW", "24h", "9999w", "0001-01-01", "9999-12-31T23:59-23"]),
)
asked = st.dictionaries(st.sampled_from([*NAMES, "after", "page", "other"]), anything)


def test_every_part_of_a_filter_can_be_asked():
    question = read(WHOLE, NOW, ZONE)
    assert question.wanted == HitFilter(
        topic="ramstein",
        grade="certain",
        language="uk",
        country="UA",
        source="Українська правда",
        state="new",
        tag="air defence",
        since=NOW - timedelta(days=7),
        until=datetime(2026, 2, 11, 23, tzinfo=UTC),
        search='"контактна група" Рамштайн',
        story=12,
        limit=PAGE + 1,
    )
    assert question.problems == ()
    assert (question.near, question.after, question.page) == (False, None, 1)


@given(asked)
def test_anything_may_be_given_and_what_is_written_is_read_back_as_the_same(params):
    question = read(params, NOW, ZONE)
    again = read(parse_qsl(question.query()), NOW, ZONE)
    assert (again.given, again.near) == (question.given, question.near)
    assert again.query() == question.query()
    assert again.problems == ()
    assert (again.page, again.after) == (1, None)


@given(asked)
def test_what_is_not_used_is_said(params):
    question = read(params, NOW, ZONE)
    for name in NAMES:
        if params.get(name, "").isprintable() and params.get(name, "").strip() not in {"", "0"}:
            assert name in question.given or name in {mistake.name for mistake in question.mistakes}


@given(st.datetimes(timezones=st.just(UTC)), st.integers(0, 2**63 - 1))
def test_a_place_in_the_list_is_read_back_as_written(found, number):
    assert place(cursor(Position(found, number))) == Position(found, number)


def test_a_place_is_written_as_agreed():
    assert cursor(Position(NOW.replace(microsecond=123456), 17)) == "20260212T134000.123456Z-17"


def test_one_filter_has_one_address_whatever_the_order():
    backwards = read(list(reversed(WHOLE.items())), NOW, ZONE)
    assert backwards.query() == read(WHOLE, NOW, ZONE).query()
    assert read_query("?language=uk&topic=ramstein", NOW, ZONE).query() == "topic=ramstein&language=uk"


def test_links_change_one_part_and_keep_the_rest():
    question = read(
        {"topic": "ramstein", "state": "new", "page": "3", "after": "20260212T134000.000000Z-17"}, NOW, ZONE
    )
    assert question.after == Position(NOW, 17)
    assert question.query() == "topic=ramstein&state=new"
    assert question.query(state=None, language="uk") == "topic=ramstein&language=uk"
    assert question.query(state="") == "topic=ramstein"
    assert question.query(after=Position(NOW, 5)) == "topic=ramstein&state=new&after=20260212T134000.000000Z-5"
    assert question.address(2) == "?topic=ramstein&state=new&page=2"


@pytest.mark.parametrize(
    ("name", "given", "kept"),
    [
        ("country", "ua", "UA"),
        ("country", "-", "-"),
        ("grade", "Certain", "certain"),
        ("state", "NEW", "new"),
        ("language", "und", "und"),
        ("near", "1", "1"),
        ("q", "  a \t b\n", "a b"),
        ("q", "x" * LONGEST + " y", "x" * LONGEST),
    ],
)
def test_what_people_type_has_one_form(name, given, kept):
    assert read({name: given}, NOW, ZONE).given == {name: kept}


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("grade", "sure", "grade is one of certain, probable; shown are all."),
        ("country", "Ukraine", "country is two letters such as UA, or - for those that are not known; shown are all."),
        ("until", "soon", "until is a span such as 24h, 7d, 2w or a date such as 2026-02-12; shown is any time."),
        ("near", "maybe", "near is 1 for near misses, 0 for hits; shown are hits."),
        (
            "after",
            "20261341T000000.000000Z-1",
            "after is the place in a list that a link or an answer of the API names; shown is the beginning.",
        ),
        ("story", "-1", "story is the number of a story; shown are all."),
        ("page", "-1", "page is a number from 1; shown is the first."),
        ("page", "201", "Pages end at 200; narrow the list with a filter to see older hits."),
        ("q", "x" * 201, "q is longer than 200 characters; only the first 200 count."),
    ],
)
def test_what_cannot_be_used_is_said_in_words(name, given, words):
    question = read({name: given}, NOW, ZONE)
    assert question.problems == (words,)
    assert [mistake.name for mistake in question.mistakes] == [name]


def test_a_zone_east_of_greenwich_survives_the_address():
    question = read_query("since=2026-02-12T10:00+02:00", NOW, ZONE)
    assert question.wanted.since == datetime(2026, 2, 12, 8, tzinfo=UTC)
    assert read_query(question.query(), NOW, ZONE).wanted == question.wanted
