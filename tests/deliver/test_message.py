"""What a message says: golden files for four scripts, and laws for any text."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram_html import telegram_text, utf16_units

from monitor.deliver.message import SUBJECT, TELEGRAM, render, render_notice, render_test
from monitor.model import Carrier, ChannelState, HitView, Item, Notice, NoticeItem, Parcel, Term

CASES = Path(__file__).parent / "cases"
NOW = datetime(2023, 2, 12, 12, 27, tzinfo=UTC)


def terms(title, text, words):
    whole = f"{title}\n\n{text}"
    return tuple(
        Term("group", found.group(), found.start(), found.end())
        for word in words
        for found in re.finditer(re.escape(word), whole)
    )


def hit(*, words=(), **given):
    base = {
        "id": 12,
        "article_id": 34,
        "url": "https://example.org/a",
        "title": "A title",
        "text": "A text.",
        "source": "An outlet",
        "language": "en",
        "topic": "ramstein",
        "grade": "certain",
        "score": 10.0,
        "why": (),
        "published": None,
        "found": NOW,
        "state": "new",
        "extraction": "full",
    }
    values = base | given
    for key in ("published", "found"):
        if isinstance(values[key], str):
            values[key] = datetime.fromisoformat(values[key])
    values |= {key: tuple(values[key]) for key in ("why", "also_in") if key in values}
    values["others"] = tuple(carrier(**one) for one in values.get("others", ()))
    return HitView(terms=terms(values["title"], values["text"], words), **values)


def carrier(hit_id, source, language="en", title="Another headline", url=None, found=NOW, how="copy"):
    return Carrier(hit_id, source, language, title, url, found, how)


def notice(subject="An outlet", state="blocked", words="HTTP 403", at=NOW, was="ok", **given):
    return Notice(subject, was, state, words, datetime.fromisoformat(at) if isinstance(at, str) else at, **given)


def parcel(*hits, repeated=False, update=False, key="d-12-desk", notices=(), reason=""):
    """A parcel of hits, or of items where each stands differently."""
    items = tuple(
        one if isinstance(one, Item) else Item(number, one, update=update, repeated=repeated)
        for number, one in enumerate(hits)
    )
    told = tuple(NoticeItem(900 + number, one, repeated) for number, one in enumerate(notices))
    return Parcel("desk-mail", items, 1, key, ChannelState("desk-mail"), told, reason)


def message(*hits, review_url="http://127.0.0.1:8000", tz="Europe/Berlin", templates=None, **given):
    return render(parcel(*hits, **given), review_url=review_url, tz=tz, templates=templates)


def case_item(number, update=False, repeated=False, **given):
    return Item(number, hit(**given), update=update, repeated=repeated)


def case_message(given):
    """The message of a case file."""
    return message(
        *(case_item(number, **one) for number, one in enumerate(given["hits"])),
        repeated=given.get("repeated", False),
        notices=[notice(**one) for one in given.get("notices", ())],
        reason=given.get("reason", ""),
        review_url=given["review_url"],
        tz=given["tz"],
    )


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
        links = dict(re.findall(r'<a href="([^"]*)"[^>]*>([^<]*)</a>', part))
        assert links == {
            "https://evil.example/https://focus.ua": "Article on evil.example",
            "http://127.0.0.1:8000/hits/12": "Review",
            "http://127.0.0.1:8000/why?url=https%3A%2F%2Fevil.example%2Fhttps%3A%2F%2Ffocus.ua": "Why did I get this",
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


def test_a_digest_names_every_hit():
    made = message(*(hit(id=number, title="headline " * 30) for number in range(1, 91)))
    for number in range(1, 91):
        assert re.search(rf"#hit-{number}\b", made.text)
        assert re.search(rf"#hit-{number}\b", made.html)
        assert re.search(rf"#hit-{number}\b", telegram_text(made.telegram))


def test_a_digest_is_newest_first():
    times = [NOW.replace(hour=hour) for hour in (3, 9, 6)]
    made = message(*(hit(id=number, title=f"T{number}", published=at) for number, at in enumerate(times)))
    assert re.findall(r"^T\d", made.text, re.MULTILINE) == ["T1", "T2", "T0"]


def test_a_parcel_without_hits_is_refused():
    with pytest.raises(ValueError, match="without hits"):
        message()


def test_the_test_message_says_that_nothing_was_found():
    made = render_test("desk-mail", NOW)
    assert made.subject == "Test of the alert desk-mail"
    assert "Nothing was found" in made.text
    assert "Sent 12 Feb 2023, 12:27 UTC" in made.text
    assert telegram_text(made.telegram).startswith("Test of the alert desk-mail")


# --- laws ------------------------------------------------------------------------------------------

PIECES = "<b> </a> & &amp; &#x110000; <script> \" ' _*[` 😀 @everyone ї বাংলা العربية 漢 < {{ 7*7 }}".split()  # noqa: SIM905
CONTROLS = ["\ud83d", "\ude00", "\r\n", "\x00", "\u202e", "\u2028", " ", "e\u0301", "\u0338"]

HOSTILE = st.one_of(
    st.text(st.characters(codec=None), max_size=300),
    st.lists(st.sampled_from(PIECES + CONTROLS), max_size=60).map("".join),
    st.sampled_from(["&", "😀", "<", "word ", "'"]).map(lambda piece: (piece * 10_000)[:10_000]),
)


def assert_deliverable(made):
    telegram_text(made.telegram)
    assert 0 < utf16_units(made.telegram) <= TELEGRAM
    assert 0 < len(made.subject) <= SUBJECT + len(" (possibly repeated)")
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]", made.subject)
    for part in (made.subject, made.text, made.html):
        part.encode("utf-8")
    tags = Tags()
    tags.feed(made.html)
    assert tags.seen <= {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "div",
        "span",
        "h1",
        "h2",
        "h3",
        "p",
        "bdi",
        "br",
        "mark",
        "b",
        "a",
    }


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen = set()

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        assert {name for name, _ in attrs} <= {"href", "rel", "lang", "dir", "class", "charset", "name", "content"}


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
