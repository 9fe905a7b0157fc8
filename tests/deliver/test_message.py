"""What a message says: golden files for four scripts, and laws for any text."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from messages import HOSTILE, NOW, assert_deliverable, case_message, hit, message
from telegram_html import telegram_text

from monitor.deliver.message import render_notice, render_test
from monitor.model import Term

CASES = Path(__file__).parent / "cases"


@pytest.mark.parametrize("case", sorted(CASES.glob("*.json")), ids=lambda case: case.stem)
def test_a_case_renders_as_its_golden_files_say(case):
    given = json.loads(case.read_text("utf-8"))
    made = case_message(given)
    assert (made.subject, made.thread) == (given["subject"], given.get("thread"))
    for kind, text in (("txt", made.text), ("html", made.html), ("telegram", made.telegram)):
        assert text + "\n" == case.with_suffix(f".{kind}").read_text("utf-8"), kind


def test_cases_cover_the_scripts_and_the_digest():
    assert {case.stem for case in CASES.glob("*.json")} >= {"english", "ukrainian", "arabic", "bengali", "digest"}


def test_a_possibly_repeated_message_says_so_everywhere_and_keeps_its_key():
    first, again = message(hit()), message(hit(), repeated=True)
    assert first.key == again.key
    assert all("(possibly repeated" in part for part in (again.subject, again.text, again.html, again.telegram))
    assert not any("(possibly repeated" in part for part in (first.subject, first.text, first.html, first.telegram))


@pytest.mark.parametrize(
    ("extraction", "words"),
    [
        ("full", ""),
        ("none", "matched on the feed's text only; the page could not be read"),
        ("degraded", "matched on the whole page"),
    ],
)
def test_a_message_says_what_was_read(extraction, words):
    made = message(hit(extraction=extraction))
    assert words in made.text
    assert words in telegram_text(made.telegram)
    assert ("matched on" in made.text) == bool(words)


def test_without_a_review_page_there_is_no_link_to_it():
    made = message(hit(), review_url=None)
    assert "Review" not in made.text + made.html + made.telegram


@pytest.mark.parametrize(
    "url", [None, "javascript:alert(1)", "https://a b", 'https://a/"onclick', "ftp://a/b", "x" * 9]
)
def test_an_address_that_is_none_is_not_linked(url):
    made = message(hit(url=url), review_url=None)
    assert "<a " not in made.html + made.telegram
    assert "no usable address" in made.text


def test_links_show_the_host_they_really_lead_to():
    made = message(hit(url="https://evil.example/https://focus.ua", title="https://focus.ua/real"))
    for part in (made.telegram, made.html):
        links = dict(re.findall(r'<a (?:class="whole" )?href="([^"]*)"[^>]*>([^<]*)</a>', part))
        assert links == {
            "https://evil.example/https://focus.ua": "Article on evil.example",
            "http://127.0.0.1:8000/hits/12": "Review",
            "http://127.0.0.1:8000/why?url=https://evil.example/https://focus.ua": "Why did I get this",
        }


def test_an_address_with_a_user_in_it_is_not_linked():
    made = message(hit(url="https://www.bank.example@evil.example/"), review_url=None)
    assert "<a " not in made.html + made.telegram


@pytest.mark.parametrize(
    "title", ["{{ 7*7 }}", "{% raw %}", "{a.__class__}", "%s %(x)s", "${HOME}", "{{ card.__class__ }}"]
)
def test_a_title_is_never_a_template(title):
    made = message(hit(title=title))
    assert title in made.subject
    assert made.text.startswith(title)
    assert title in telegram_text(made.telegram)


@pytest.mark.parametrize("title", ["Hi @everyone", "Hi @here now", "<!here> news", "<@U123>"])
def test_mentions_ping_nobody(title):
    made = message(hit(title=title, text=title, source=title))
    assert not re.search(r"@everyone|@here|<!here|<@U", made.subject + made.text + telegram_text(made.telegram))


def test_a_mail_address_in_a_text_stays_as_it_is():
    assert "desk@example.org" in message(hit(title="Write to desk@example.org")).text


def test_a_subject_cannot_hold_another_header():
    made = message(hit(title="Hello\r\nBcc: all@example.org\u2028X: y\u202ereversed\x1b[31m", source="a\r\nb"))
    assert made.subject == "Ramstein: Hello Bcc: all@example.org X: yreversed[31m (en, a b)"


def test_a_parcel_without_anything_is_refused():
    with pytest.raises(ValueError, match="without hits"):
        message()


def test_the_test_message_says_that_nothing_was_found():
    made = render_test("desk-mail", NOW)
    assert made.subject == "Test of the alert desk-mail"
    assert "Nothing was found" in made.text
    assert "Sent 12 Feb 2023, 12:27 UTC" in made.text
    assert telegram_text(made.telegram).startswith("Test of the alert desk-mail")


# --- laws ------------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(
    HOSTILE, HOSTILE, HOSTILE, st.booleans(), st.lists(st.tuples(st.integers(0, 400), st.integers(0, 60)), max_size=4)
)
def test_any_text_makes_a_message_that_can_be_delivered(title, text, other, repeated, spans):
    one = hit(title=title, text=text, source=other, why=(other, title, text), also_in=(other, text), language=other[:5])
    one = replace(one, terms=tuple(Term("c", "f", start, start + size) for start, size in spans))
    assert_deliverable(message(one, repeated=repeated))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(HOSTILE, HOSTILE), min_size=2, max_size=30))
def test_any_digest_can_be_delivered(pairs):
    assert_deliverable(message(*(hit(id=n, title=title, source=source) for n, (title, source) in enumerate(pairs))))


@settings(max_examples=60, deadline=None)
@given(HOSTILE, HOSTILE)
def test_any_notice_can_be_delivered(headline, body):
    made = render_notice("N" + headline, body, key="k", now=NOW)
    assert_deliverable(made)


@pytest.mark.parametrize("url", ["https://example.org/" + "a" * 2000, "https://example.org/?" + "&a=1" * 400])
def test_a_very_long_address_does_not_stop_an_alert(url):
    made = message(hit(url=url, title="&" * 10_000, text="&" * 10_000))
    assert_deliverable(made)
    assert url in made.text
    assert "example.org" in telegram_text(made.telegram)
