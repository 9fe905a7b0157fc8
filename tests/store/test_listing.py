import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from listed import SOURCES, START, Hit, expected, fill, heads, place

from monitor.errors import UsageError
from monitor.model import CANARY, HitFilter, HitPage
from monitor.store import ListingStore
from monitor.store.filtering import Effort

WORDS = ("ramstein", "рамштайн", "北约", "나토", "b", "ramp", "stein", "drone")
SEARCHES = (
    *("ramstein", "RAMSTEIN", "рамштайн", "北约", "约", "나토", "b", "ram stein", "ra%n", '"'),
    *('"ramp stein"', '"b ramp"', '"amp st"', '"p s"', '"p b st"', '"n b"', '"drone ramstein b"'),
)
HITS = st.lists(
    st.builds(
        Hit,
        minute=st.integers(0, 5),
        text=st.lists(st.sampled_from(WORDS), max_size=3).map(" ".join),
        topic=st.sampled_from(["ramstein", "ukraine-aid"]),
        grade=st.sampled_from(["certain", "probable"]),
        language=st.sampled_from(["en", "uk", None]),
        source=st.sampled_from(SOURCES),
        state=st.sampled_from(["new", "relevant"]),
        story=st.sampled_from([None, 1, 2, 3]),
        withdrawn=st.sampled_from([False, False, False, True]),
        tags=st.sampled_from([(), (), ("later",), ("later", "map")]),
        decisions=st.sampled_from([0, 0, 2]),
    ),
    max_size=14,
)
FILTERS = st.builds(
    HitFilter,
    topic=st.sampled_from([None, None, None, "ramstein", "nothing"]),
    grade=st.sampled_from([None, None, None, "certain"]),
    language=st.sampled_from([None, None, None, "uk", "und"]),
    country=st.sampled_from([None, None, None, "ua", "-"]),
    source=st.sampled_from([None, None, None, "Дніпро", CANARY, "Nobody"]),
    state=st.sampled_from([None, None, None, "new"]),
    tag=st.sampled_from([None, None, None, "later"]),
    since=st.sampled_from([None, None, START + timedelta(minutes=2)]),
    until=st.sampled_from([None, None, START + timedelta(minutes=4)]),
    search=st.sampled_from([None, None, *SEARCHES]),
    story=st.sampled_from([None, None, None, 2]),
)
EFFORTS = (Effort(), Effort((1, 2), 1), Effort((2,), 0), Effort((), 100))


@pytest.fixture
def listing(shared_database):
    fill(shared_database, [])
    return ListingStore(shared_database)


def pieces(ask, wanted, size):
    """Every piece of a list, one after the other."""
    piece = ask(wanted, None, size)
    while piece.next is not None:
        yield piece
        piece = ask(wanted, piece.next, size)
    yield piece


def ids(page):
    return [hit.id for hit in page.hits] if isinstance(page, HitPage) else [story.head.id for story in page.stories]


@settings(max_examples=70, deadline=None)
@given(hits=HITS, wanted=FILTERS, size=st.integers(1, 5), effort=st.sampled_from(EFFORTS))
def test_lists_are_those_of_plain_python(shared_database, hits, wanted, size, effort):
    fill(shared_database, hits)
    listing = ListingStore(shared_database, effort)
    flat, stories = expected(hits, wanted), heads(hits, wanted)
    assert [ids(page) for page in pieces(listing.hits, wanted, size)] == in_pieces(flat, size)
    assert [ids(page) for page in pieces(listing.stories, wanted, size)] == in_pieces(stories, size)
    count = listing.count(wanted, most=size)
    assert (count.hits, count.more) == (min(len(flat), size), len(flat) > size)
    assert count.stories == len(heads_of(hits, flat[:size]))
    assert replace(listing.stories(wanted, None, size, size), count=None) == listing.stories(wanted, None, size)
    assert listing.stories(wanted, None, 1, size).count == count
    for number in flat[:1] + flat[-1:]:
        above = flat.index(number)
        assert listing.newer(wanted, place(hits, number), most=size) == min(above, size)


def in_pieces(numbers, size):
    return [numbers[at : at + size] for at in range(0, len(numbers), size)] or [[]]


def heads_of(hits, numbers):
    return {hits[number - 1].story or -number for number in numbers}


@settings(max_examples=30, deadline=None)
@given(hits=HITS, wanted=FILTERS)
def test_a_story_is_summed_up_whole_whatever_of_it_was_asked_for(shared_database, hits, wanted):
    fill(shared_database, hits)
    for story in ListingStore(shared_database).stories(wanted).stories:
        members = {
            number: hit
            for number, hit in enumerate(hits, 1)
            if not hit.withdrawn and (number == story.head.id or (hit.story and hit.story == story.head.story))
        }
        assert story.articles == len(members)
        assert story.outlets == len({hit.source for hit in members.values()})
        assert story.newest == max(members)
        assert story.states == Counter(hit.state for hit in members.values())
        assert set(story.languages) == {hit.language for hit in members.values()} - {None}
        assert (story.stamp > 0) == any(hit.decisions for hit in members.values())


def test_the_languages_of_a_story_begin_with_the_heads_then_the_most_frequent(shared_database, listing):
    languages = ["uk", "de", "de", "en", "uk", "uk", "pl"]
    fill(shared_database, [Hit(at, language=language, story=1) for at, language in enumerate(languages)])
    (story,) = listing.stories(HitFilter()).stories
    assert story.languages == ("pl", "uk", "de", "en")


def test_a_hit_in_a_list_has_its_tags_and_the_number_of_the_last_decision(shared_database, listing):
    fill(shared_database, [Hit(tags=("map", "Later"), decisions=2), Hit(1)])
    newest, oldest = listing.hits(HitFilter()).hits
    assert (newest.tags, newest.stamp) == ((), 0)
    assert oldest.tags == ("Later", "map")
    assert oldest.stamp == listing.stories(HitFilter(tag="map")).stories[0].stamp > newest.stamp


def test_what_comes_in_between_two_pieces_moves_nothing(shared_database, listing):
    hits = [Hit(at, story=at % 5 + 1) for at in range(10)]
    fill(shared_database, hits)
    first = listing.stories(HitFilter(), limit=2)
    fill(shared_database, [*hits, Hit(20), Hit(21, story=5)])
    assert ids(first) + ids(listing.stories(HitFilter(), first.next)) == [10, 9, 8, 7, 6]
    assert listing.newer(HitFilter(), place(hits, 10)) == 2


def test_choices_are_the_values_that_standing_hits_have(shared_database, listing):
    hits = [
        Hit(language=None, source="Metro Courier"),
        Hit(language="uk", source="Дніпро", topic="ukraine-aid", tags=("map",)),
        Hit(language="fr", topic="gone", withdrawn=True),
        Hit(language="zh", topic="of the canary", source=CANARY),
    ]
    fill(shared_database, hits)
    chosen = listing.choices()
    assert chosen.topics == ("ramstein", "ukraine-aid")
    assert chosen.languages == ("uk", "und")
    assert chosen.countries == ("ua", "-")
    assert chosen.sources == ("Metro Courier", "Дніпро")
    assert chosen.tags == ("map",)


CASES = [json.loads(line) for line in (Path(__file__).parent / "cases/search.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def of_all_scripts(shared_database):
    fill(shared_database, [Hit(text=case["text"]) for case in CASES])
    return shared_database


@pytest.mark.parametrize("effort", EFFORTS[:3], ids=["newest first", "by the index", "by the index, walked"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["of"])
def test_search_finds_it_in_every_script(of_all_scripts, case, effort):
    listing, number = ListingStore(of_all_scripts, effort), CASES.index(case) + 1
    missed = [word for word in case["finds"] if number not in ids(listing.hits(HitFilter(search=word)))]
    assert missed == []
    assert [word for word in case["misses"] if number in ids(listing.hits(HitFilter(search=word)))] == []


HOSTILE = (
    *('" OR 1=1 --', "' OR ''='", "'; DROP TABLE hit;--", "NEAR(ramstein, 5)", "NOT ramstein", "ramstein AND drone"),
    *("ramstein*", "rams%", "r_mstein", "runs:ramstein", "-ramstein", "^ramstein", "(ramstein", "{ramstein}"),
    *("\\", "%", "_", "*", "\x00", "\ud83d", "🇺🇦", "\U0010fffd"),
)


@pytest.mark.fault("H9")
@pytest.mark.parametrize("search", HOSTILE)
def test_a_search_is_data(shared_database, search):
    fill(shared_database, [Hit(text="the ramstein group")])
    for effort in EFFORTS:
        assert ids(ListingStore(shared_database, effort).hits(HitFilter(search=search))) == []


@pytest.mark.fault("H9")
def test_a_search_of_endless_words_is_refused(listing):
    assert ids(listing.hits(HitFilter(search=" ".join(f"word{at}" for at in range(100))))) == []
    assert ids(listing.hits(HitFilter(search="a" * 100_000))) == []
    with pytest.raises(UsageError, match="at most 100 words"):
        listing.hits(HitFilter(search=" ".join(f"word{at}" for at in range(101))))
