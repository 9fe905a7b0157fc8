"""Hits, notices and parcels for tests of messages; hostile text; and what must hold of any message."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

from hypothesis import strategies as st
from telegram_html import telegram_text, utf16_units

from monitor.deliver.message import SUBJECT, TELEGRAM, render
from monitor.model import Carrier, ChannelState, HitView, Item, Notice, NoticeItem, Parcel, Term

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
    values["others"] = tuple(one if isinstance(one, Carrier) else carrier(**one) for one in values.get("others", ()))
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
