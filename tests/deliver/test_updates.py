"""News of a story that was told before: only what is new."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from messages import HOSTILE, NOW, assert_deliverable, carrier, hit, message
from telegram_html import telegram_text

from monitor.model import Item

TOLD = (carrier(1, "Фокус", "uk", "Перший заголовок", how="first"), carrier(2, "УНН", "uk", "Другий"))


def news(number, source, language, **given):
    values = {"title": f"Title {number}", "story": 7, "others": TOLD, "url": f"https://site{number}.example.org/"}
    return hit(**values | given, id=number, article_id=number, source=source, language=language)


def test_it_says_how_many_and_what_is_new():
    made = message(*(news(n, f"S{n}", lang) for n, lang in enumerate(["pl", "pl", "cs", "uk"], 10)), update=True)
    assert made.subject == "Ramstein: +4 outlets, now also pl, cs: Перший заголовок"
    for part in (made.text, telegram_text(made.telegram)):
        assert part.startswith("+4 outlets, first in Polish and Czech\nUpdate of: Перший заголовок\n")
        assert part.index("Polish (new)") < part.index("Czech (new)") < part.index("Ukrainian")


def test_every_new_outlet_has_its_link_and_what_was_told_has_none():
    made = message(news(10, "Onet", "pl"), news(11, "Novinky", "cs"), update=True)
    for part in (made.text, made.html, made.telegram):
        assert "https://site10.example.org/" in part
        assert "https://site11.example.org/" in part
        assert "УНН" not in part


def test_the_newest_headline_of_each_language_is_shown():
    hours = (8, 10, 9)
    made = message(
        *(
            news(n, f"S{n}", "pl", title=f"H{hour}", published=NOW.replace(hour=hour))
            for n, hour in enumerate(hours, 10)
        ),
        update=True,
    )
    for part in (made.text, made.html, made.telegram):
        assert "H10" in part
        assert "H8" not in part


def test_without_a_new_language_it_counts_them():
    made = message(news(10, "S1", "uk"), news(11, "S2", "uk"), update=True)
    assert made.subject == "Ramstein: +2 outlets: Перший заголовок"
    assert made.text.startswith("+2 outlets (uk 2)\n")


def test_an_outlet_that_writes_again_is_an_article_not_an_outlet():
    made = message(news(10, "УНН", "uk"), update=True)
    assert made.subject == "Ramstein: +1 article: Перший заголовок"


def test_nothing_is_called_new_when_it_is_not_known_what_was_told():
    made = message(news(10, "S", "uk", others=()), update=True)
    assert made.subject == "Ramstein: +1 outlet: Title 10"
    assert "(new)" not in made.text


def test_one_article_on_two_topics_is_named_once():
    shown = [news(10, "Onet", "pl"), replace(news(10, "Onet", "pl"), id=11, topic="ukraine-aid")]
    made = message(*shown, update=True)
    assert made.text.count("Onet:") == 1
    assert "#hit-10, 11" in made.text


def test_it_stands_under_the_alert_that_told_of_it_first():
    first, later = message(hit(story=7)), message(news(10, "S", "pl"), update=True)
    assert first.thread == later.thread == "story-7-desk-mail"
    assert message(hit()).thread is None


def test_two_stories_are_a_digest_though_both_were_told():
    made = message(news(10, "S", "pl"), news(11, "S", "pl", story=8), update=True)
    assert made.subject == "Ramstein: 2 hits (pl 2)"


def test_what_may_be_repeated_is_marked():
    made = message(
        Item(1, news(10, "One", "pl"), update=True, repeated=True), Item(2, news(11, "Two", "pl"), update=True)
    )
    assert "(possibly repeated)" not in made.subject
    assert "One (possibly repeated)" in made.text
    assert telegram_text(made.telegram).count("(possibly repeated)") == 1


@pytest.mark.parametrize("count", [14, 120, 500])
def test_many_outlets_fit_or_are_counted(count):
    made = message(*(news(1000 + n, f"Outlet {n}", ("pl", "cs", "ja")[n % 3]) for n in range(count)), update=True)
    assert_deliverable(made)
    assert f"#hit-1000–{999 + count}" in telegram_text(made.telegram)
    assert all(f"Outlet {n}:" in made.text for n in range(count))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(HOSTILE, HOSTILE, HOSTILE), min_size=1, max_size=12), HOSTILE, st.booleans())
def test_any_update_can_be_delivered(hits, told, repeated):
    others = (carrier(1, told, told[:3], told, told),)
    shown = [
        hit(id=n + 10, title=title, source=source, language=language[:6], story=1, others=others)
        for n, (title, source, language) in enumerate(hits)
    ]
    assert_deliverable(message(*shown, update=True, repeated=repeated, reason=told))
