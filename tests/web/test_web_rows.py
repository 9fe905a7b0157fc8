"""The words of the list and of decisions: lines, targets, evidence, history. Values in, values out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.deliver.samples import FULL
from monitor.model import Count, Decided, DecisionView, StoryView, Target, Term
from monitor.web import decided, evidence, rows, show, view
from monitor.web.clock import Clock

NOW = datetime(2026, 2, 12, 13, 40, tzinfo=UTC)
CLOCK = Clock(NOW, "Europe/Berlin")
numbers = st.sets(st.integers(1, 200), max_size=40)


def story(**fields):
    return StoryView(FULL, **({"newest": FULL.id, "states": {"new": 1}} | fields))


@pytest.mark.parametrize(
    ("fields", "state", "split", "outlets"),
    [
        ({}, "new", "", ""),
        ({"outlets": 2, "languages": ("en",)}, "new", "", "2 outlets · en"),
        ({"outlets": 9, "languages": ("en", "uk", "pl", "cs", "ja")}, "new", "", "9 outlets · en, uk, pl, cs +1"),
        ({"outlets": 3}, "new", "", "3 outlets"),
        ({"states": {"irrelevant": 2, "new": 3}}, "new", "3 of 5 new", ""),
        ({"states": {FULL.state: 1, "starred": 2}}, "new" if FULL.state == "new" else FULL.state, None, ""),
    ],
)
def test_a_line_says_what_is_left_to_decide_and_who_else_has_it(fields, state, split, outlets):
    (row,) = rows.of_stories([story(**fields)])
    assert (row.state, row.outlets) == (state, outlets)
    assert split is None or row.split == split


def test_a_decided_story_to_which_a_new_article_came_is_new_again():
    (row,) = rows.of_stories([story(states={"relevant": 5, "new": 1}, newest=20, stamp=7)])
    assert (row.state, row.split, row.target) == ("new", "1 of 6 new", f"{FULL.id}.20.7")


@given(st.integers(1, 10**9), st.none() | st.integers(1, 10**9), st.integers(0, 10**9))
def test_a_target_is_read_as_it_was_written(hit, newest, stamp):
    written = rows.target(hit, newest, stamp)
    assert rows.targets([written]) == (Target(hit, story=newest is not None, newest=newest, stamp=stamp),)


@pytest.mark.parametrize(
    "written", ["", "1", "1.2", "0..0", "1.0.0", "-1..0", "1..-1", "1..0 ", "٣..0", "1..0.0", "9" * 40]
)
def test_what_is_no_target_is_none(written):
    assert rows.targets(["1..0", written]) is None


def test_a_decision_has_a_bounded_number_of_targets():
    assert rows.targets([f"{number}..0" for number in range(1, rows.MOST + 2)]) is None
    assert rows.targets(["1..0"] * 5000) == (Target(1, stamp=0),)


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (Count(37, 12), "12 stories, 37 hits"),
        (Count(1, 1), "1 hit"),
        (Count(0, 0), "0 hits"),
        (Count(1000, 640, more=True), "640+ stories, 1,000+ hits"),
    ],
)
def test_sums(count, said):
    assert rows.sums(count) == said


@given(numbers)
def test_numbers_of_decisions_come_back_from_an_address(wanted):
    assert set(decided.numbers(decided.ranges(wanted))) == wanted


@pytest.mark.parametrize("text", ["", "x", "1-", "1,,2", "-3", "1-99999999", "5-1", "1 2"])
def test_junk_in_an_address_undoes_nothing(text):
    assert decided.numbers(text) == ()
    assert decided.shown({"said": "relevant", "done": text}) is None


def decision(number, **fields):
    plain = {"hit_id": 1, "at": NOW - timedelta(minutes=number), "who": "", "state": "new", "was": "new", "note": ""}
    return DecisionView(**({"id": number, "tags": ()} | plain | fields))


def test_the_history_says_what_each_decision_changed():
    first = decision(1, state="relevant", who="Anna", tags=("air",))
    second = decision(2, state="relevant", was="relevant", note="checked", tags=("air", "land"))
    third = decision(3, state="relevant", was="relevant", tags=("air",), undoes=2)
    newest, middle, oldest = decided.history([third, second, first])
    assert (oldest.added, oldest.noted, oldest.gone) == (("air",), False, False)
    assert (middle.added, middle.removed, middle.noted, middle.gone) == (("land",), (), True, True)
    assert (newest.removed, newest.noted) == (("land",), True)
    assert decided.history([]) == []


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (decision(2, who="Anna", state="irrelevant"), "Anna marked it irrelevant 2 min ago"),
        (decision(2, state="starred", was="starred"), "Somebody changed note or tags 2 min ago"),
        (decision(2, state="new", was="relevant", undoes=1), "Somebody took a decision back 2 min ago; it is new"),
    ],
)
def test_a_decision_in_words(one, words):
    assert decided.words(one, CLOCK) == words


def test_what_stood_in_the_way_is_told_of_the_story_it_is_in():
    stories = {1: 10, 2: 20, 9: 20}
    made = Decided(done=(decision(8),), overtaken=(decision(7, hit_id=9, who="Anna", state="starred"),))
    targets = (Target(1, story=True, newest=5, stamp=0), Target(2, story=True, newest=9, stamp=3))
    (one,) = decided.obstacles(made, targets, stories.get, CLOCK)
    assert (one.target.hit_id, one.again) == (2, "2.9.7")
    assert "Anna marked it starred" in one.words


TERMS = (
    Term("group", "contact group", 0, 13, "title", "contact* group*"),
    Term("group", "Contact Groups", 30, 44, "text", "contact* group*"),
    Term("base", "Ramstein", 50, 58, "text", "ramstein"),
    Term("base", "ramstein", 0, 8, "url", "ramstein"),
)
WHY = (
    'group named with "defence" (en, title): "contact group": +10',
    'taken back: band word "concert" near "Ramstein": -7',
    "score 3 of 3: probable",
)


def test_reasons_have_their_weight_apart_and_what_was_taken_back_is_told():
    first, taken, total = map(evidence.reason, WHY)
    assert (first.weight, first.taken) == ("+10", False)
    assert (taken.words, taken.weight, taken.taken) == ('band word "concert" near "Ramstein"', "−7", True)
    assert (total.words, total.weight) == ("score 3 of 3: probable", "")


def test_each_mark_is_explained_and_the_first_of_each_form_can_be_reached():
    hit = replace(FULL, title="contact group", text="It is read: xx Contact Groups; xx Ramstein.", terms=TERMS, why=WHY)
    found = evidence.explained(hit)
    (mark,) = [one for one in found.headline if one.said]
    assert (mark.words, mark.anchor) == ("contact group", "word-1")
    assert mark.said == 'group, form "contact* group*"\n+10 group named with "defence" (en, title)'
    assert [(word.concept, word.count, word.fields) for word in found.words] == [
        ("group", 2, ("title", "text")),
        ("base", 2, ("text", "url")),
    ]
    assert [one.anchor for line in found.paragraphs for one in line if one.said] == ["", "word-2"]


def test_quoted_words_are_set_apart_whatever_runs_the_other_way():
    sentence = 'group named (he): "קבוצה" + "הגנה"'
    assert show.isolated(sentence) == [
        ("group named (he): ", False),
        ('"קבוצה"', True),
        (" + ", False),
        ('"הגנה"', True),
    ]
    assert show.isolated('odd "') == [('odd "', False)]


@pytest.mark.parametrize(
    ("cookie", "compact", "keys"),
    [("", False, True), ("compact", True, True), ("compact.nokeys", True, False), ("x" * 5000, False, True)],
)
def test_how_one_likes_the_page(cookie, compact, keys):
    assert view.read({"monitor_view": cookie}) == view.View(compact, keys)
    assert view.read({"monitor_view": view.View(compact, keys).cookie()}) == view.View(compact, keys)
