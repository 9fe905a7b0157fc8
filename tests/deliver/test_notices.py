"""The monitor about itself: what, since when, what it means, what to do."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from messages import HOSTILE, assert_deliverable, message, notice
from telegram_html import telegram_text


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("blocked", ("refuses us", "are not read", "user_agent")),
        ("failing", ("fails", "goes on being polled", "monitor sources check 'An outlet'")),
        ("gone", ("is gone", "monitor sources add")),
        ("silent", ("has fallen silent", "monitor sources add")),
        ("moved", ("has moved", "sources.yaml")),
        ("rotated", ("shows less than it publishes", "interval_min")),
        ("late", ("is polled late", "interval")),
        ("back", ("is well again",)),
        ("ok", ("is well again",)),
    ],
)
def test_every_state_of_a_source_is_told_with_what_to_do(state, words):
    made = message(notices=[notice(state=state, words="HTTP 403 since the morning")])
    assert made.subject.startswith("Monitor: An outlet ")
    for part in (made.text, telegram_text(made.telegram)):
        assert all(
            word in part.replace("\n", " ") for word in (*words, "HTTP 403 since the morning", "12 Feb, 13:27 Berlin")
        )


@pytest.mark.parametrize(
    ("kind", "state", "headline"),
    [
        ("network", "down", "Our own network is down"),
        ("network", "ok", "Our own network is back"),
        ("channel", "refused", "The channel An outlet does not take messages"),
        ("channel", "ok", "The channel An outlet works again"),
        ("config", "bad", "The new configuration is not in force"),
        ("disk", "low", "Disk space is short"),
        ("disk", "ok", "There is disk space again"),
        ("backlog", "high", "The monitor is behind"),
        ("filter", "unsaved", "The filter An outlet is not saved"),
        ("canary", "missing", "The test article did not come through"),
        ("alive", "alive", "Still alive"),
    ],
)
def test_every_kind_has_its_headline(kind, state, headline):
    made = message(notices=[notice(state=state, kind=kind, words="the facts")])
    assert made.subject == f"Monitor: {headline}"
    assert made.text.startswith(f"{headline}\n\nThe facts.\n")


def test_a_state_that_nobody_has_words_for_is_told_all_the_same():
    made = message(notices=[notice(state="puzzled", words="it is not known")])
    assert made.text.startswith("An outlet: puzzled\n\nIt is not known.")


def test_several_changes_are_one_message():
    made = message(notices=[notice("A"), notice("B", "ok"), notice("C", "gone")])
    assert made.subject == "Monitor: 3 changes: A refuses us"
    assert all(f"{name} " in telegram_text(made.telegram) for name in "ABC")


def test_a_spike_speaks_for_its_topic_and_keeps_its_lines():
    made = message(notices=[notice(kind="spike", state="spike", topic="ramstein", language="pl", words="One\nTwo")])
    assert made.subject == "Ramstein: many more articles than usual in Polish"
    assert "\nOne\nTwo\n" in made.text
    assert "One<br>Two" in made.html


def test_many_changes_fit_telegram_and_the_rest_is_named():
    made = message(notices=[notice(f"Source {n}", words="word " * 300) for n in range(40)])
    assert_deliverable(made)
    assert "more" in telegram_text(made.telegram)
    assert all(f"Source {n} refuses us" in made.text for n in range(40))


def test_the_key_is_in_it():
    made = message(notices=[notice()], key="n-17")
    assert all("n-17" in part for part in (made.text, made.html, made.telegram))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(HOSTILE, HOSTILE, HOSTILE), min_size=1, max_size=5), st.booleans(), HOSTILE)
def test_any_notice_can_be_delivered(notices, repeated, reason):
    said = [notice(f"N{subject}", state, words) for subject, state, words in notices]
    assert_deliverable(message(notices=said, repeated=repeated, reason=reason))
