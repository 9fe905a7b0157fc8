from dataclasses import replace

import pytest

from monitor.match import proposing
from monitor.match.engine import Matcher
from monitor.match.snippet import pasted, snippet
from monitor.match.topic import load, shipped
from monitor.model import Text

TOPIC = """\
name: harbours
threshold: 3
concepts:
  harbour: {en: [port, "harbo*"], de: ["*hafen*"], zh: [港口]}
  strike: {en: [strike, strikes], de: ["*streik*"], zh: [罢工]}
  union: {any: [ITF]}
hits:
  - {rule: strike-in-harbour, says: a strike in a harbour, near: [harbour, strike], within: 60, weight: 5}
  - {rule: union-in-harbour, says: a union in a harbour, near: [harbour, union], within: 60, weight: 9}
  - {rule: strike-only, says: a strike, concept: strike, weight: 1}
"""
LONG = "The council spoke of budgets. " * 40


@pytest.fixture(scope="module")
def topic():
    return load(TOPIC, "harbours")


def test_a_short_text_is_an_example_whole():
    assert proposing.example("A strike", "in the port", []) == "A strike\n\nin the port"
    assert proposing.example("", "in the port", []) == "in the port"


def test_a_message_whose_headline_is_its_beginning_is_told_once():
    assert proposing.example("A strike in…", "A strike in the port", []) == "A strike in the port"
    assert proposing.example(LONG[:90], LONG, []).count("The council spoke of budgets.") < 11
    assert proposing.example("", "", []) == ""


def test_an_example_holds_the_matched_words_and_is_short(topic):
    title, text = "Council meets", f"{LONG}Dockers went on strike in the port of Antwerp. {LONG}"
    made = proposing.example(title, text, proposing.places(topic, title, text))
    assert len(made) <= proposing.LONGEST
    assert "strike in the port" in made
    assert proposing.verdict(topic, made).hit


@pytest.mark.parametrize("spans", [[], [(0, 5)], [(-4, 10**9)], [(900, 905)]])
@pytest.mark.parametrize("title", ["", "word " * 200, "x" * 500])
def test_an_example_is_short_whatever_the_article(title, spans):
    assert len(proposing.example(title, LONG, spans)) <= proposing.LONGEST


@pytest.mark.parametrize("name", shipped())
def test_a_topic_trimmed_to_a_text_says_the_same(name):
    topic = load(shipped()[name].read_text("utf-8"), name)
    matcher = Matcher([topic])
    for one in topic.examples[::7]:
        assert proposing.verdict(topic, one.text) == matcher.match(Text("", one.text))[0]


def test_words_beside_what_is_known_may_be_the_form_that_lacks(topic):
    found = proposing.new_forms(topic, "Am Hafen legten sie die Arbeit nieder: Ausstand am Hafen.", "de")
    assert {one.concept for one in found} == {"strike"}
    assert found[0].form == "ausstand"
    assert len(found) <= proposing.FORMS


def test_a_form_that_is_proposed_makes_the_text_hit(topic):
    text = "港口工人停工要求加薪"
    (first, *_) = proposing.new_forms(topic, text, "zh")
    made = snippet(TOPIC, "x", ("concepts", first.concept, "zh"), first.form)
    richer = load(pasted(TOPIC, made), "x")
    assert not proposing.verdict(topic, text).hit
    assert proposing.verdict(richer, text).hit


@pytest.mark.parametrize("text", ["", "…", "Nothing known stands here.", "A strike in the port."])
def test_nothing_is_proposed_where_nothing_or_everything_is_known(topic, text):
    assert proposing.new_forms(topic, text, "en") == ()


def test_a_topic_without_rules_of_nearness_proposes_nothing(topic):
    alone = replace(topic, rules=topic.rules[2:])
    assert proposing.new_forms(alone, "Ausstand am Hafen", "de") == ()
