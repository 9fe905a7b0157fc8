from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wire import START, day

from monitor.model import Known, Linking, Print
from monitor.read.stories import WINDOW, fingerprint, link

NOW = datetime(2026, 3, 17, 12, tzinfo=UTC)
TITLE = "Norway to pay for drones built in Ukraine, minister tells allies"
TEXT = (
    "Norway will put new money into drones that are built in Ukraine, its defence minister told the contact group. "
    "The first of them should fly before the summer, and crews are training already at two schools near Kyiv. "
    "The minister said that production in Ukraine was cheaper and faster than anything his own industry could offer. "
    "Other donors are watching the model closely and may follow it in the autumn, according to two officials."
)
OTHER = (
    "Ministers of many countries sat down on Tuesday to speak about what Ukraine lacks most. Norway's pledge for "
    "drones drew praise, yet several delegates complained in the corridors that air defence was left for the last hour."
)


def made(title=TITLE, text=TEXT, language="en", at=NOW):
    return fingerprint(title, text, language, at, at)


def known(*prints):
    return [Known(number, number * 10, one) for number, one in enumerate(prints, 1)]


def runs(items):
    """Link the items one by one; return the story each ended in and what it should be."""
    seen, ends = [], []
    for number, item in enumerate(items, 1):
        one = made(item.title, item.text, item.language, item.at)
        linking = link(one, seen)
        seen.append(Known(number, linking.story_id or number, one))
        ends.append((seen[-1].story_id, item.story, linking.how))
    return ends


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_five_hundred_copies_of_forty_stories_make_forty_first_alerts(seed):
    ends = runs(day(stories=40, copies=500, seed=seed))
    assert sum(how == "first" for _, _, how in ends) == 40
    assert len({(end, story) for end, story, _ in ends}) == 40


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (TITLE, TEXT),
        ("Oslo backs Ukrainian drone makers", TEXT),
        (f"{TITLE} - The Daily Example", f"Subscribe to our newsletter. {TEXT} Read also: the weather."),
        (TITLE, TEXT[:230]),
        (TITLE, f"{TITLE}\n{TEXT[:170]}…"),
        (TITLE, ""),
        (TITLE.upper(), TEXT.replace(". ", ".\n\n").replace("'", "’")),
        ("UPDATE: Norway to pay for drones built in Ukraine", TEXT + " A spokesman for the group declined to comment."),
    ],
)
def test_a_copy_is_linked(title, text):
    linking = link(made(title, text, at=NOW + timedelta(hours=3)), known(made()))
    assert (linking.story_id, linking.how) == (10, "copy")
    assert linking.why


def test_another_report_of_the_event_is_a_story_of_its_own():
    assert link(made("Allies applaud Norway's drone pledge", OTHER), known(made())).how == "first"


def test_two_words_of_headline_say_nothing():
    assert link(made("Ramstein talks", "", "en"), known(made("Ramstein talks", ""))).how == "first"
    assert link(made("拉姆施泰因会议", "", "zh"), known(made("拉姆施泰因会议", "", "zh"))).how == "first"


def test_one_headline_over_two_texts_is_two_stories():
    assert link(made(TITLE, OTHER), known(made())).how == "first"


def test_texts_from_one_pattern_are_told_apart_by_their_figures():
    pattern = (
        "{} sends Ukraine {} howitzers from its stocks, {} said at the contact group meeting. The package is worth {} "
        "million euros and comes with spare parts and training. Deliveries begin within weeks, the ministry said."
    )
    first = made("Howitzers for Ukraine", pattern.format("Denmark", 19, "Poulsen", 340))
    second = made("More howitzers for Ukraine", pattern.format("Italy", 26, "Crosetto", 715))
    assert link(second, known(first)).how == "first"


def test_meetings_of_different_numbers_are_never_one_story():
    text = "The {} meeting of the group takes place soon. " + TEXT
    assert link(made(text=text.format("34th")), known(made(text=text.format("35th")))).how == "first"


def test_copies_reach_as_far_as_the_window():
    assert link(made(at=NOW + WINDOW), known(made())).how == "copy"
    assert link(made(at=NOW + WINDOW + timedelta(seconds=1)), known(made())).how == "first"


def test_a_date_in_the_future_is_not_believed():
    assert fingerprint(TITLE, TEXT, "en", NOW + timedelta(days=400), NOW).when == NOW
    assert fingerprint(TITLE, TEXT, "en", None, NOW).when == NOW


def test_a_print_of_another_scheme_or_a_broken_one_is_not_compared():
    own = made()
    for signature in (b"", b"\0" * 10, bytes([own.signature[0] + 1]) + own.signature[1:], own.signature[:-1]):
        assert isinstance(link(own, known(replace(own, signature=signature, title="else"))), Linking)
    foreign = replace(own, signature=bytes([own.signature[0] + 1]) + own.signature[1:], title="else", marks=())
    assert link(own, known(foreign)).how == "first"


def test_a_signature_is_the_same_in_every_process():
    """What is stored must stay comparable; whoever changes this changes SCHEME and these figures."""
    signature = made().signature
    assert signature[:2] == b"\1\2"  # ours, rensa's
    assert signature[12:20].hex() == "ab239638a8ed3252"


TEXTS = st.text(max_size=400) | st.sampled_from(
    [TEXT, OTHER, "\ud800" * 50, "\u0301" * 3_000, "ا" * 500, "12.1.1.1,1 " * 80]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS, TEXTS, st.sampled_from([None, "en", "ar", "zh", "xx", "not a tag"]))
def test_hostile_text_is_only_text(title, text, language):
    one = made(title, text, language)
    assert len(one.marks) <= 96
    assert isinstance(link(one, known(made(), one)), Linking)


@pytest.mark.parametrize(
    "text", ["a" * 1_000_000, "\u0301" * 1_000_000, "1 " * 500_000, "А-1" * 300_000, "第" * 300_000]
)
def test_a_megabyte_is_read_in_part(text):
    assert isinstance(made(text, text), Print)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.sampled_from(["Oslo", "drones", "forty", "allies", "Kyiv", "meeting", "said", "autumn"]),
        min_size=60,
        max_size=90,
    )
)
def test_a_text_is_its_own_copy_and_likeness_is_mutual(words):
    text = " ".join(words)
    one, other = made("A headline", text), made("Another one", text[: len(text) // 2] + " " + TEXT)
    assert link(one, known(one)).how == "copy"
    assert link(one, known(other)).how == link(other, known(one)).how


@given(st.permutations(range(6)))
@settings(max_examples=20, deadline=None)
def test_the_order_of_the_known_does_not_matter(order):
    items = day(stories=6, copies=6, seed=4)
    some = [
        Known(place + 1, place + 1, made(one.title, one.text, one.language, START)) for place, one in enumerate(items)
    ]
    new = made(items[2].title, items[2].text[:300], items[2].language, START)
    assert link(new, [some[place] for place in order]) == link(new, some)
