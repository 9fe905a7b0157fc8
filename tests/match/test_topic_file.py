"""A topic file: every mistake is named by file, line and key; the version is that of the meaning."""

import json
from pathlib import Path

import pytest

from monitor.errors import ConfigError
from monitor.match.topic import load, shipped

CASES = sorted((Path(__file__).parent / "cases" / "topics").glob("*.yaml"))
GOOD = 'name: x\nconcepts: {a: {en: [alpha, "beta*"]}}\nhits: [{rule: a, concept: a, weight: 3}]\n'


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_mistakes_are_named(path):
    text = path.read_text("utf-8")
    expected = [line.removeprefix("#! ") for line in text.splitlines() if line.startswith("#! ")]
    with pytest.raises(ConfigError) as caught:
        load(text, path.name)
    assert [str(problem).removeprefix(f"{path.name}:") for problem in caught.value.problems] == expected


def test_the_version_follows_the_meaning_alone():
    version = load(GOOD, "x.yaml").version
    assert load("# a remark\n" + GOOD, "other.yaml").version == version
    assert load(GOOD + "examples: {en: {hit: [alpha]}}", "x.yaml").version == version
    assert load(GOOD.replace("weight: 3", "weight: 4"), "x.yaml").version != version


def test_the_shipped_topics_are_named_as_their_files():
    assert set(shipped()) >= {"ramstein", "ukraine-aid"}
    for name, path in shipped().items():
        assert load(path.read_text("utf-8"), path.name).name == name


def test_the_schema_knows_every_key():
    schema = json.loads((Path(__file__).parents[2] / "docs" / "topic.schema.json").read_text("utf-8"))
    from monitor.match import topic_parts

    assert set(schema["properties"]) == set(topic_parts.KEYS)
    assert set(schema["$defs"]["rule"]["properties"]) == set(topic_parts.RULE_KEYS)
    assert set(schema["$defs"]["unless"]["properties"]) == set(topic_parts.UNLESS_KEYS)
