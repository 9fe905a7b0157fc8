"""Laws of the normal form: spelling does not matter, offsets lead back, and time grows with the text."""

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.match.compose import nfc
from monitor.match.engine import Matcher
from monitor.match.normalise import normalise
from monitor.match.topic import load
from monitor.model import Text

WORDS = [
    "Ramstein",
    "Рамштайн",
    "Ράμσταϊν",
    "რამშტეინ",
    "रामस्टीन",
    "রামস্টেইন",
    "람슈타인",
    "ラムシュタイン",
    "رامشتاين",
    "רמשטיין",
]
NAMES = ", ".join(f'"{word}"' for word in WORDS)
TOPIC = load(f"name: x\nconcepts: {{w: {{en: [{NAMES}]}}}}\nhits: [{{rule: w, concept: w, weight: 3}}]", "x.yaml")
MATCHER = Matcher([TOPIC])
FILLER = st.text(st.characters(codec="utf-8", exclude_categories=["L", "M", "N"], exclude_characters="&%"), max_size=20)


def found(title, text):
    return MATCHER.match(Text(title, text))[0].terms


def spaced(filler):
    return f" {filler} "


@st.composite
def texts(draw):
    """A title and a text with known words at known places."""
    pieces = draw(st.lists(st.tuples(st.sampled_from(WORDS), FILLER), min_size=1, max_size=5))
    return "".join(word + spaced(filler) for word, filler in pieces), [word for word, _ in pieces]


@given(texts())
def test_offsets_cut_out_the_original_words(case):
    text, words = case
    whole = unicodedata.normalize("NFC", f"T\n\n{text}")
    terms = found("T", text)
    assert [term.form for term in terms] == [unicodedata.normalize("NFC", word) for word in words]
    assert [whole[term.start : term.end] for term in terms] == [term.form for term in terms]


@given(st.text(max_size=200), st.text(max_size=20))
def test_offsets_are_right_in_any_text(text, title):
    whole = nfc(f"{title}\n\n{text}")
    for term in found(title, f"{text} Ramstein"):
        assert nfc(f"{title}\n\n{text} Ramstein")[term.start : term.end] == term.form
    assert nfc(whole) == whole


def full_width(text):
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" and char != "&" else char for char in text)


@pytest.mark.fault("D1", "D2")
@pytest.mark.parametrize(
    "spelling",
    [
        lambda text: unicodedata.normalize("NFD", text),
        lambda text: unicodedata.normalize("NFC", text),
        str.upper,
        str.lower,
        "\u200b".join,
        "\u00ad".join,
        lambda text: "\u2067" + text + "\u2069",
        full_width,
    ],
    ids=["NFD", "NFC", "upper", "lower", "zero-width", "soft hyphens", "bidi", "full-width"],
)
@settings(max_examples=25)
@given(case=texts())
def test_spelling_does_not_matter(spelling, case):
    text, words = case
    assert len(found("", spelling(text))) == len(words)


@given(st.text())
def test_nfc_is_the_library_s(text):
    assert nfc(text) == unicodedata.normalize("NFC", text)


def test_nfc_of_long_runs_of_marks_is_the_library_s():
    text = "a" + "\u0301\u0323\u05b0\u0301" * 20 + "e\u0301"
    assert nfc(text) == unicodedata.normalize("NFC", text)


@given(st.text())
def test_the_normal_form_is_stable_and_its_map_covers_it(text):
    normal = normalise(text)
    assert len(normal.text) == len(normal.classes) == len(normal.origin)
    assert sorted(normal.origin) == list(normal.origin)
    for place in range(len(normal.text)):
        start, end = normal.span(place, place + 1)
        assert 0 <= start < end <= len(normal.source)


HOSTILE = {
    "one letter": "a" * 10_000_000,
    "one word": "Ramstein " * 200_000,
    "combining marks": "e" + "\u0301\u0323" * 160_000,
    "unordered marks": "\u0323\u0301\u05b0" * 100_000,
    "lone surrogates": "\ud800Ramstein\udfff " * 20_000,
    "NUL bytes": "Ram\0stein\0 " * 50_000,
    "one line": "Ukraine and the contact group " * 170_000,
    "bidi overrides": "\u202eRamstein\u202c " * 50_000,
    "right to left with Latin names": "اجتماع Ramstein في ألمانيا " * 20_000,
    "mixed alphabets": "aа" * 500_000,
    "line breaks": "a-\n" * 500_000,
    "quotes": "a'" * 500_000,
    "entities": "&#1072;" * 100_000,
    "ligatures that grow": "\ufdfa" * 200_000,
    "spaces": " " * 3_000_000,
    "tags": "<b>" * 500_000,
    "open brackets": "<" * 500_000,
    "open comments": "<!--" * 100_000,
    "open scripts": "<script>" * 50_000,
}


@pytest.mark.fault("D4")
@pytest.mark.parametrize("name", HOSTILE)
def test_bad_input_costs_bounded_time_and_raises_nothing(name):
    text = HOSTILE[name]
    began = time.process_time()
    verdict = MATCHER.match(Text("", text))[0]
    MATCHER.may_match(text)
    assert time.process_time() - began < 30
    whole = nfc(f"\n\n{text}")
    assert all(whole[term.start : term.end] == term.form for term in verdict.terms)
    assert verdict.hit is (
        name in {"one word", "NUL bytes", "lone surrogates", "bidi overrides", "right to left with Latin names"}
    )
