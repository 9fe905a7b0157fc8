"""The configuration with its topics: what is read when, and that nothing of the user's waits."""

import pytest

from monitor.errors import ConfigError
from monitor.loading import Definition, load

HEAD = "sources: [{name: Outlet, url: 'https://outlet.example/feed'}]\n"
OWN = "topics: [ramstein, {name: own, concepts: {a: {en: [harbour]}}, hits: [%s]}]\n"
RULE = "{rule: named, concept: a, weight: 5}"


@pytest.fixture
def written(tmp_path):
    def write(rule):
        path = tmp_path / "sources.yaml"
        path.write_text(HEAD + OWN % rule)
        return path

    return write


def test_a_start_reads_shipped_topics_when_they_are_asked_for_and_the_users_own_at_once(written):
    trusting, whole = load(written(RULE), {}, trusting=True), load(written(RULE), {})
    assert [type(one) for one in trusting.found[:1]] == [Definition]
    assert trusting.found[1:] == whole.found[1:] == whole.topics[1:]
    assert trusting.topics == whole.topics
    assert trusting.setup() == whole.setup()


def test_a_start_refuses_a_topic_of_the_users_own(written):
    for trusting in (True, False):
        with pytest.raises(ConfigError, match=r"sources\.yaml:2: hits\[0\]: weight is missing"):
            load(written("{rule: named, concept: a}"), {}, trusting=trusting)
