"""Each case is a page and, beside it, what must be read from it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from monitor.read import gate
from monitor.read.extract import extract

CASES = sorted((Path(__file__).parent / "cases").glob("*.json"))
SENTENCE = "The contact group came together at Ramstein on Tuesday and spoke for hours about what is needed next. "


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_case(case):
    expected = json.loads(case.read_text("utf-8"))
    page = extract(case.with_suffix(".html").read_text("utf-8"), expected["url"])
    for name in expected.keys() & {"title", "extraction", "author", "language", "canonical_url"}:
        assert getattr(page, name) == expected[name]
    if "published" in expected:
        wanted = expected["published"]
        assert page.published == (datetime.fromisoformat(wanted) if wanted else None)
    if "notes" in expected:
        assert list(page.notes) == expected["notes"]
    assert [words for words in expected.get("contains", ()) if words not in page.text] == []
    assert [words for words in expected.get("lacks", ()) if words in page.text] == []


@pytest.mark.parametrize("depth", [10, 250, 260, 2_000])
def test_text_nested_however_deep_is_found(depth):
    page = extract(
        "<p>Start.</p>" + "<div>" * depth + f"<p>{SENTENCE * 5}</p>" + "</div>" * depth, "https://x.example/1"
    )
    assert SENTENCE.strip() in page.text
    assert (page.extraction == "degraded") == (depth > 255)
    assert any("255" in note for note in page.notes) == (depth > 255)


def test_an_article_with_one_part_nested_too_deep_is_not_cut_in_silence():
    shallow = "".join(f"<p>{n}: {SENTENCE.replace('Ramstein', 'home')}</p>" for n in range(20))
    page = extract(f"<article>{shallow}</article>" + "<div>" * 300 + "KEYWORD", "https://x.example/1")
    assert "KEYWORD" in page.text
    assert page.extraction == "degraded"


@pytest.mark.parametrize(
    "html", ["", " ", "<", "\x00\x01", "<!DOCTYPE html>", "plain words", "<?xml version='1.0' encoding='x'?><html>"]
)
def test_what_is_hardly_a_page_raises_nothing_and_is_no_article(html):
    page = extract(html, "https://x.example/1")
    assert gate.refuse_text(page.text).startswith("thin text")


def test_a_text_of_unheard_length_is_cut_and_said_so():
    paragraphs = "".join(f"<p>{number}: {SENTENCE * 40}</p>" for number in range(60))
    page = extract(f"<article>{paragraphs}</article>", "https://x.example/1")
    assert len(page.text) <= 200_000
    assert "text cut at 200,000 characters" in page.notes
