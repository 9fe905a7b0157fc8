"""How well the topics that ship find what people labelled: recall and precision, also by language."""

import importlib.util
from pathlib import Path

import pytest

from monitor.match.examples import check_examples
from monitor.match.topic import load, shipped

HERE = Path(__file__).parent
FILES = sorted((HERE / "labelled").glob("*.jsonl"))

_spec = importlib.util.spec_from_file_location("match_score", HERE / "score.py")
score = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(score)

TOPICS = {name: load(path.read_text("utf-8"), path.name) for name, path in shipped().items()}


@pytest.fixture(scope="module")
def matcher():
    return score.matcher_of("ramstein")


@pytest.mark.fault("D6", "D7")
@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_what_should_be_found_is_and_little_else(file, matcher):
    scores, wrong = score.measure(matcher, score.read(file))
    for language in sorted(scores):
        print(f"{language:4} {scores[language]}")  # noqa: T201
    told = [f"{case['id']}: {verdict.why}" for case, verdict in wrong]
    assert scores["all"].recall >= 0.99, told
    assert scores["all"].precision >= 0.98, told
    assert [name for name, one in scores.items() if one.missed and not one.found] == [], told


def test_there_are_enough_labelled_texts():
    own = score.read(HERE / "labelled" / "own.jsonl")
    assert len(own) >= 150
    assert len({case["lang"] for case in own}) >= 40
    assert sum(case["label"] == "miss" for case in own) >= 60


@pytest.mark.fault("D6", "D7")
@pytest.mark.parametrize("name", sorted(TOPICS))
def test_the_examples_of_a_topic_hold(name):
    assert [str(failure) for failure in check_examples(TOPICS[name])] == []


@pytest.mark.parametrize(("name", "languages"), [("ramstein", 56), ("ukraine-aid", 25)])
def test_a_topic_has_examples_for_and_against_in_many_languages(name, languages):
    examples = TOPICS[name].examples
    assert len({example.language for example in examples if example.hit}) >= languages
    assert len({example.language for example in examples if not example.hit}) >= 25


def test_a_failing_example_is_named():
    topic = load(
        "name: x\nconcepts: {a: {en: [alpha]}}\nhits: [{rule: a, concept: a, weight: 3}]\n"
        "examples: {en: {hit: [nothing here], miss: [the alpha]}}",
        "x.yaml",
    )
    failures = check_examples(topic)
    assert [(one.example.hit, one.verdict.hit) for one in failures] == [(True, False), (False, True)]
    assert str(failures[0]) == "line 4 (en) must hit: nothing of this topic found"
