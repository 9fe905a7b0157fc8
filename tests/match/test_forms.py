"""A form, a text, what is found: word edges, spelling and phrases in every script, one case a line."""

import json
from pathlib import Path

import pytest

from monitor.match.find import Finder
from monitor.match.forms import FormError, parse_form
from monitor.match.normalise import normalise

CASES = [json.loads(line) for line in (Path(__file__).parent / "cases" / "forms.jsonl").read_text("utf-8").splitlines()]


def words(form, language, text):
    normal = normalise(text)
    seen = Finder([parse_form(form, language)], [0]).find(normal).get(0, [])
    spans = [normal.span(one.start, one.end) for one in seen]
    return [normal.source[start:end] for start, end in spans]


@pytest.mark.fault("D1", "D2", "D8")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_a_form_finds(case):
    assert words(case["form"], case["language"], case["text"]) == case["found"]


@pytest.mark.fault("I7")
@pytest.mark.parametrize("form", ["", "*", "a*b", "…", "… group", "group …", "#", "a", "!!", "x " * 13])
def test_a_form_that_means_nothing_is_refused(form):
    with pytest.raises(FormError, match="expected"):
        parse_form(form, "en")
