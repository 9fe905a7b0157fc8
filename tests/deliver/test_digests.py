"""Several hits as one message: each story once, every hit named, and what it says of itself."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from messages import HOSTILE, NOW, assert_deliverable, carrier, hit, message, notice, parcel
from telegram_html import telegram_text, utf16_units

from monitor.deliver.message import TELEGRAM
from monitor.model import Item


def numbers(text):
    """Every hit that a text names, its ranges spelt out."""
    found = set()
    for listed in re.findall(r"#hit-([\d–, ]+)", text):
        last = 0
        for part in re.split("[, ]+", listed.strip(" ,")):
            ends = []
            for number in part.split("–"):
                last = last // 1000 * 1000 * (int(number) < last) + int(number)
                ends.append(last)
            found.update(range(ends[0], ends[-1] + 1))
    return found


def story_of(count, story, start=1, **given):
    return [hit(id=start + n, article_id=start + n, story=story, source=f"Outlet {n}", **given) for n in range(count)]


def test_a_story_is_told_once():
    made = message(*story_of(5, 7, title="The same"), *story_of(2, 8, start=50, title="Another"))
    assert made.subject == "Ramstein: 2 stories, 7 hits (en 7)"
    for part in (made.text, made.html, telegram_text(made.telegram)):
        assert part.count("The same") == part.count("Another") == 1


def test_a_story_is_shown_by_its_surest_and_then_its_first_article():
    times = [NOW.replace(hour=hour) for hour in (9, 8, 7)]
    grades = ["certain", "certain", "probable"]
    pairs = enumerate(zip(times, grades, strict=True))
    made = message(*(hit(id=n, title=f"T{n}", story=1, published=at, grade=grade) for n, (at, grade) in pairs))
    assert re.findall(r"^T\d", made.text, re.MULTILINE) == ["T1"]


def test_stories_are_newest_first():
    times = [NOW.replace(hour=hour) for hour in (3, 9, 6)]
    made = message(*(hit(id=number, title=f"T{number}", published=at) for number, at in enumerate(times)))
    assert re.findall(r"^T\d", made.text, re.MULTILINE) == ["T1", "T2", "T0"]


def test_one_article_on_two_topics_is_one_story_with_one_outlet():
    made = message(hit(id=1, story=3), hit(id=2, story=3, topic="ukraine-aid"))
    assert made.subject == "Ramstein, Ukraine-aid: 1 story, 2 hits (en 2)"
    assert "Also" not in made.text
    assert numbers(made.text) == {1, 2}


@pytest.mark.fault("F2")
@pytest.mark.parametrize(
    "ids",
    [range(1, 91), range(1, 501), range(104_512, 105_512, 2), [n * n + 10 for n in range(300)], [7, 9_999_999]],
    ids=["90", "500", "every second", "far apart", "two"],
)
@pytest.mark.parametrize("shared", [False, True])
def test_every_hit_is_named_however_many(ids, shared):
    made = message(*(hit(id=n, article_id=n, title="headline " * 30, story=n // 10 if shared else None) for n in ids))
    for part in (made.text, made.html, telegram_text(made.telegram)):
        assert numbers(part) == set(ids)
    assert utf16_units(made.telegram) <= TELEGRAM


def test_numbers_that_no_message_could_hold_are_said_to_be_more():
    made = message(*(hit(id=n * 1013 + 10_000_000) for n in range(500)))
    assert "not all of them: see the review page" in telegram_text(made.telegram)
    assert_deliverable(made)


def test_a_story_told_before_is_marked_as_an_update():
    made = message(Item(1, hit(id=1, story=1), update=True), Item(2, hit(id=2, story=2)))
    assert made.text.count("Update · ") == telegram_text(made.telegram).count("Update · ") == 1
    assert made.html.count(">update<") == 1


@pytest.mark.fault("F1")
def test_only_what_may_be_repeated_is_marked_so():
    made = message(Item(1, hit(id=1), repeated=True), Item(2, hit(id=2)), Item(3, hit(id=3)))
    assert "repeated" not in made.subject
    for part in (made.text, made.html, telegram_text(made.telegram)):
        assert "(possibly repeated: #hit-1" in part
        assert part.count("(possibly repeated)") == 1


def test_the_reason_stands_first():
    made = message(hit(id=1), hit(id=2), reason="34 alerts waited: the channel was down")
    assert made.text.startswith("34 alerts waited: the channel was down.\n")
    assert telegram_text(made.telegram).startswith("34 alerts waited: the channel was down.\n")
    assert made.html.index("34 alerts waited") < made.html.index("<h1>")


def test_the_monitor_speaks_of_itself_last():
    made = message(hit(title="Headline"), notices=[notice("RBC"), notice("net", "down", "all is down", kind="network")])
    for part in (made.text, telegram_text(made.telegram)):
        assert part.index("Headline") < part.index("The monitor about itself") < part.index("RBC refuses us")
        assert "Our own network is down" in part


def test_outlets_that_are_not_in_the_message_are_named_too():
    others = (carrier(90, "Ninety", "pl"), carrier(91, "Two"))
    made = message(*(hit(id=n, article_id=n, source=f"S{n}", story=5, others=others) for n in (1, 2)))
    assert "Also: S2; Ninety (pl), Two" in made.text
    assert "S1 +3" in made.text


def test_a_digest_has_no_thread():
    assert message(hit(id=1, story=1), hit(id=2, story=2)).thread is None


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(HOSTILE, HOSTILE, st.integers(0, 3), st.booleans()), min_size=2, max_size=20),
    st.lists(st.tuples(HOSTILE, HOSTILE), max_size=3),
    HOSTILE,
)
def test_any_digest_can_be_delivered(hits, notices, reason):
    items = [
        Item(n, hit(id=n, title=title, source=source, story=story, others=(carrier(n, source, title),)), update=flag)
        for n, (title, source, story, flag) in enumerate(hits)
    ]
    said = [notice(subject, state, subject) for subject, state in notices]
    assert_deliverable(message(*items, notices=said, reason=reason))


def test_a_message_of_five_hundred_hits_is_no_giant():
    made = message(*(hit(id=n, title="headline " * 10) for n in range(500)))
    assert len(made.html) < 400_000
    assert parcel(*(hit(id=n) for n in range(3))).delivery_ids == (0, 1, 2)
