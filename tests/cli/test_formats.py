"""Hits as CSV and Atom, whatever their texts hold."""

import csv
import io
import json
import xml.etree.ElementTree as ET
from datetime import UTC, datetime

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.formats import COLUMNS, Feed, atom, csv_lines, hit_json, json_feed, jsonl_lines, reviewed_json
from monitor.model import HitView, Term

NOW = datetime(2026, 5, 4, 7, 0, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "＝1",
    "\ufeff=1",
    "\u200b+1",
    "-",
    "=",
    "\xa0@x",
    "\u2066=1",
    "−1",
    "\u00ad=1",
]


def hit(title="Title", *, source="Source", why=(), url="https://a.example/1", language="en", topic="ramstein", **more):
    return HitView(
        id=7,
        article_id=3,
        url=url,
        title=title,
        text="Text",
        source=source,
        language=language,
        topic=topic,
        grade="certain",
        score=12.5,
        terms=(Term("group", title, 0, len(title), "title"),),
        why=why,
        published=None,
        found=NOW,
        state="new",
        extraction="full",
        **more,
    )


def cells(*hits):
    return list(csv.DictReader(io.StringIO("".join(csv_lines(hits)), newline="")))


@pytest.mark.fault("H7")
@pytest.mark.parametrize("text", FORMULAS)
def test_no_formula_survives_in_any_cell(text):
    (row,) = cells(hit(text, source=text, topic=text, tags=(text,), note=text, country=text))
    for column in ("title", "source", "topic", "terms", "tags", "note", "country"):
        assert row[column] == f"'{text}"


@pytest.mark.parametrize("text", ["Title", "a=b", "1-0", "Київ, «Рамштайн»", 'say "no"', "two\nlines", ""])
def test_any_other_cell_stays_as_it_is(text):
    (row,) = cells(hit(text))
    assert row["title"] == text


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), max_size=4))
def test_csv_reads_back_whatever_the_titles(titles):
    rows = cells(*map(hit, titles))
    assert [tuple(row) for row in rows] == [COLUMNS] * len(titles)
    assert [row["title"].removeprefix("'") for row in rows] == [title.removeprefix("'") for title in titles]
    assert not any(row["title"].lstrip().startswith(("=", "+", "-", "@")) for row in rows)


@pytest.mark.fault("H10")
@settings(deadline=None)
@given(st.text(), st.text(), st.text(), st.none() | st.text())
def test_atom_is_xml_whatever_the_texts(title, source, reason, url):
    text = "".join(
        atom(
            [hit(title, source=source, why=(reason,), url=url, topic=source)],
            Feed(title, own=f"https://x.example/{title}"),
            NOW,
        )
    )
    (entry,) = ET.fromstring(text.encode()).findall(f"{ATOM}entry")
    kept = "".join(
        char
        for char in title
        if char in "\t\n\r\x85"
        or (
            char >= " "
            and not "\x7f" <= char < "\xa0"
            and char not in "\ufffe\uffff"
            and not "\ud800" <= char < "\ue000"
        )
    )
    assert (entry.findtext(f"{ATOM}title") or "") == kept.replace("\r\n", "\n").replace("\r", "\n")


def test_atom_is_a_feed_for_others():
    text = "".join(atom([hit("<b>A & B</b>", why=("one", "two")), hit(url=None)], Feed("Hits"), NOW))
    feed = feedparser.parse(io.BytesIO(text.encode()))
    assert not feed.bozo
    assert (feed.feed.title, feed.feed.updated) == ("Hits", "2026-05-04T07:00:00Z")
    first, second = feed.entries
    assert first.link == "https://a.example/1"
    assert first.title_detail.type == "text/plain"
    assert first.title == "<b>A & B</b>"
    assert first.author == "Source"
    assert [tag.term for tag in first.tags] == ["ramstein", "certain"]
    assert first.summary == "“<b>A & B</b>”; one; two"
    assert not second.get("links")
    assert second.content[0].value == "“Title”"
    assert {entry.id for entry in feed.entries} == {"urn:ramstein-monitor:hit:7"}


def test_json_has_the_documented_keys():
    keys = "id, url, title, source, language, topic, grade, score, terms, published, found, state, story"
    assert ", ".join(hit_json(hit())) == keys
    assert hit_json(hit())["found"] == "2026-05-04T07:00:00Z"


def test_what_people_said_comes_behind_it():
    said = reviewed_json(hit(country="UA", tags=("a", "b"), note="first", stamp=4))
    assert list(said)[: len(hit_json(hit()))] == list(hit_json(hit()))
    assert {name: said[name] for name in ("country", "tags", "note", "stamp")} == {
        "country": "UA",
        "tags": ["a", "b"],
        "note": "first",
        "stamp": 4,
    }


@given(st.lists(st.text(), max_size=3))
def test_jsonl_is_an_object_a_line(titles):
    lines = list(jsonl_lines(map(hit, titles)))
    assert [json.loads(line)["title"] for line in lines] == titles
    assert all(line.endswith("\n") and line.count("\n") == 1 for line in lines)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "ftp://a.example/", "https://a.example/ b", "//a.example/", None]
)
def test_only_web_addresses_are_linked(url):
    (entry,) = feedparser.parse(io.BytesIO("".join(atom([hit(url=url)], Feed("Hits"), NOW)).encode())).entries
    assert not entry.get("links")
    assert "url" not in json_feed([hit(url=url)], Feed("Hits"))["items"][0]


@pytest.mark.parametrize(("language", "tag"), [("uk", "uk"), ("zh-Hant", "zh-Hant"), (None, ""), ('en" x="1', "")])
def test_the_language_of_an_entry_is_its_own(language, tag):
    text = "".join(atom([hit(language=language)], Feed("Hits"), NOW))
    (entry,) = ET.fromstring(text.encode()).findall(f"{ATOM}entry")
    assert entry.get("{http://www.w3.org/XML/1998/namespace}lang") == tag


def test_a_json_feed_has_what_the_format_asks():
    made = json_feed([hit("A\x00 & <b>", tags=("air",), country="DE")], Feed("Hits", own="https://m.example/hits.json"))
    (item,) = made.pop("items")
    assert made == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Hits",
        "feed_url": "https://m.example/hits.json",
    }
    assert item["id"] == "urn:ramstein-monitor:hit:7"
    assert (item["title"], item["language"], item["authors"]) == ("A & <b>", "en", [{"name": "Source"}])
    assert item["tags"] == ["ramstein", "certain", "air"]
    assert item["date_published"] == "2026-05-04T07:00:00Z"
    assert item["_monitor"]["country"] == "DE"


def test_a_feed_says_where_it_is_and_where_its_page_is():
    head = Feed("Hits", "topic=ramstein", "https://m.example/hits.atom?topic=ramstein", "https://m.example/")
    feed = feedparser.parse(io.BytesIO("".join(atom([], head, NOW)).encode()))
    assert not feed.bozo
    assert feed.feed.id == "urn:ramstein-monitor:hits:topic=ramstein"
    assert {link.rel: link.href for link in feed.feed.links} == {"self": head.own, "alternate": head.page}
