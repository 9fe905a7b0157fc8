import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.store.folding import fold, words_of

CASES = [json.loads(line) for line in (Path(__file__).parent / "cases/search.jsonl").read_text().splitlines()]
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)


def first_fold(text):
    """How texts were folded before, as old databases hold them."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = (char for char in plain if not "\u0300" <= char <= "\u036f" and unicodedata.category(char) != "Cf")
    return unicodedata.normalize("NFKC", "".join(kept))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["of"])
def test_what_is_typed_stands_in_the_folded_text(case):
    text = fold(case["text"])
    wrong = [search for search in case["finds"] if not all(word in text for word in words_of(search))]
    assert wrong == []
    assert [search for search in case["misses"] if all(word in text for word in words_of(search))] == []


@given(TEXTS)
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(TEXTS)
def test_texts_of_old_databases_are_folded_as_new_ones(text):
    assert fold(first_fold(text)) == fold(text)


@given(TEXTS, TEXTS)
def test_a_word_keeps_its_form_among_others(one, other):
    assert fold(f"{one} {other}") == " ".join(filter(None, (fold(one), fold(other))))


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("contact  group", ("contact", "group")),
        ('"contact group" Ramstein', ("contact group", "ramstein")),
        ("«contact group»", ("contact group",)),
        ("“contact group” ramstein", ("contact group", "ramstein")),
        ('ramstein "contact group', ("ramstein", "contact group")),
        ('נאט"ו צה"ל', ("נאטו", "צהל")),
        ('12" gun', ("12", "gun")),
        ("Ramstein ramstein", ("ramstein",)),
        ("Kyiv – Berlin & Paris", ("kyiv", "berlin", "paris")),
        ("50% -", ("50%",)),
        ("% _", ("%", "_")),
        ('"" "  " \u200b \'', ()),
        ("", ()),
    ],
)
def test_words_and_phrases(search, expected):
    assert words_of(search) == expected
