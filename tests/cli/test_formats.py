"""Hits as CSV and Atom, whatever their texts hold."""

import csv
import io
import xml.etree.ElementTree as ET
from datetime import UTC, datetime

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.formats import COLUMNS, atom, csv_lines, hit_json
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
]


def hit(title="Title", *, source="Source", why=(), url="https://a.example/1", language="en", topic="ramstein"):
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
    )


def cells(*hits):
    return list(csv.DictReader(io.StringIO("".join(csv_lines(hits)), newline="")))


@pytest.mark.parametrize("text", FORMULAS)
def test_no_formula_survives_in_any_cell(text):
    (row,) = cells(hit(text, source=text, topic=text))
    for column in ("title", "source", "topic", "terms"):
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


@settings(deadline=None)
@given(st.text(), st.text(), st.text(), st.none() | st.text())
def test_atom_is_xml_whatever_the_texts(title, source, reason, url):
    text = "".join(atom([hit(title, source=source, why=(reason,), url=url, topic=source)], title=title, updated=NOW))
    (entry,) = ET.fromstring(text.encode()).findall(f"{ATOM}entry")
    kept = "".join(
        char
        for char in title
        if char in "\t\n\r" or (char >= " " and char not in "\ufffe\uffff" and not 0xD800 <= ord(char) < 0xE000)
    )
    assert (entry.findtext(f"{ATOM}title") or "") == kept.replace("\r\n", "\n").replace("\r", "\n")


def test_atom_is_a_feed_for_others():
    text = "".join(atom([hit("<b>A & B</b>", why=("one", "two")), hit(url=None)], title="Hits", updated=NOW))
    feed = feedparser.parse(io.BytesIO(text.encode()))
    assert not feed.bozo
    assert (feed.feed.title, feed.feed.updated) == ("Hits", "2026-05-04T07:00:00Z")
    first, second = feed.entries
    assert first.link == "https://a.example/1"
    assert first.title_detail.type == "text/plain"
    assert first.title == "<b>A & B</b>"
    assert first.author == "Source"
    assert first.tags[0].term == "ramstein"
    assert not second.get("links")
    assert {entry.id for entry in feed.entries} == {"urn:ramstein-monitor:hit:7"}


def test_json_has_the_documented_keys():
    keys = "id, url, title, source, language, topic, grade, score, terms, published, found, state, story"
    assert ", ".join(hit_json(hit())) == keys
    assert hit_json(hit())["found"] == "2026-05-04T07:00:00Z"
