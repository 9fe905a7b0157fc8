"""What a topic decides: rules, weights by field, windows, what is taken back, dates; told in words."""

from datetime import UTC, datetime

import pytest

from monitor.match.engine import Matcher
from monitor.match.topic import load
from monitor.model import Text

CONCEPTS = """
name: x
concepts:
  base: {en: ["ramstein*"]}
  group: {en: [contact group]}
  country: {en: ["ukrain*"], zh: [乌克兰]}
  arms: {en: ["weapon*"], zh: [武器]}
  band: {en: ["concert*"]}
  flag: {en: [ramstein flag]}
"""


def judge(rules, text, title="", url="", head="", **more):
    topic = load(f"{CONCEPTS}{head}\n{rules}", "x.yaml")
    return Matcher([topic]).match(Text(title, text, url=url, **more))[0]


ONE = "hits: [{rule: base, concept: base, weight: 3}]"
NEAR = "hits: [{rule: pair, near: [base, country], within: 10, weight: 3}]"
BAND = "{unless: band, says: band word, words: band, near: base, within: 50, from: [base]}"


def test_a_concept_alone():
    verdict = judge(ONE, "They met at Ramstein.")
    assert (verdict.hit, verdict.grade, verdict.score) == (True, "probable", 3)
    assert verdict.why == ('base (en, lead): "Ramstein": +3', "score 3 of 3: probable")
    (term,) = verdict.terms
    assert (term.concept, term.form, term.start, term.end, term.field) == ("base", "Ramstein", 14, 22, "lead")
    assert term.rule == "ramstein*"


def test_nothing_found_says_so():
    verdict = judge(ONE, "They met in Rome.")
    assert (verdict.hit, verdict.score, verdict.why) == (False, 0, ("nothing of this topic found",))


def test_offsets_count_in_title_blank_line_text():
    verdict = judge(ONE, "Ramstein", title="Ramstein!")
    assert [(term.start, term.end, term.field) for term in verdict.terms] == [(0, 8, "title"), (11, 19, "lead")]


def test_a_field_has_its_own_weight_and_the_best_counts():
    rules = "hits: [{rule: base, concept: base, weight: {title: 5, lead: 3, text: 1, url: 2}}]"
    far = "x " * 200
    assert judge(rules, f"{far} Ramstein").score == 1
    assert judge(rules, "Ramstein").score == 3
    assert judge(rules, "Ramstein", title="Ramstein").score == 5
    verdict = judge(rules, "-", url="https://example.org/news/ramstein-meeting")
    assert (verdict.score, verdict.terms[0].field, verdict.terms[0].form) == (2, "url", "ramstein")
    assert (verdict.terms[0].start, verdict.terms[0].end) == (25, 33)


def test_a_percent_encoded_url_is_read():
    rules = "hits: [{rule: country, concept: country, weight: {url: 3}}]"
    url = "https://example.org/%E4%B9%8C%E5%85%8B%E5%85%B0"
    verdict = judge(rules, "-", url=url)
    assert [url[term.start : term.end] for term in verdict.terms] == ["%E4%B9%8C%E5%85%8B%E5%85%B0"]


@pytest.mark.parametrize(
    ("within", "text", "hit"),
    [
        ("10", "Ramstein 12345678 Ukraine", True),
        ("10", "Ramstein 123456789 Ukraine", False),
        ("10", "Ukraine 12345678 Ramstein", True),
        ("2 words", "Ramstein and yet Ukraine", True),
        ("2 words", "Ramstein and yet again Ukraine", False),
        ("10", "乌克兰一二三四五Ramstein", True),
        ("10", "乌克兰一二三四五六Ramstein", False),
    ],
)
def test_a_window_counts_what_stands_between(within, text, hit):
    assert judge(NEAR.replace("within: 10", f"within: {within}"), text).hit is hit


def test_a_window_may_keep_the_order_or_the_paragraph():
    ordered = NEAR.replace("weight", "order: given, weight")
    assert judge(ordered, "Ramstein, Ukraine").hit
    assert not judge(ordered, "Ukraine, Ramstein").hit
    paragraph = NEAR.replace("weight", "same: paragraph, weight")
    assert judge(paragraph, "Ramstein, Ukraine").hit
    assert not judge(paragraph, "Ramstein\nUkraine").hit


def test_all_any_and_groups_of_concepts():
    rules = "hits: [{rule: r, all: [base, [country, group]], any: [arms, band], weight: 3}]"
    assert judge(rules, "Ramstein. A contact group. Weapons.").hit
    assert not judge(rules, "Ramstein. A contact group.").hit
    assert not judge(rules, "Ramstein. Weapons.").hit


def test_rules_add_up_to_the_grades():
    rules = "hits: [{rule: a, concept: base, weight: 2}, {rule: b, concept: country, weight: 4}]"
    assert judge(rules, "Ramstein").why[-1] == "score 2 of 3: near miss"
    assert judge(rules, "Ukraine").grade == "probable"
    assert judge(rules, "Ramstein, Ukraine").grade == "certain"


def test_a_take_back_lowers_and_says_so():
    verdict = judge(f"{ONE}\nunless: [{BAND}]", "Ramstein: tickets for the concert")
    assert (verdict.hit, verdict.score) == (False, 0)
    assert 'taken back: band word "concert" near "Ramstein": -3' in verdict.why
    assert verdict.why[-1] == "score 0 of 3: all taken back"
    assert judge(f"{ONE}\nunless: [{BAND}]", "Ramstein" + " x" * 60 + " concert").hit


def test_a_take_back_takes_no_more_than_it_may():
    back = BAND.replace("from", "takes: 1, from")
    assert judge(f"{ONE}\nunless: [{back}]", "Ramstein concert").why[-1] == "score 2 of 3: near miss"


def test_nothing_takes_back_a_certain_rule():
    rules = (
        "hits: [{rule: base, concept: base, weight: 3}, {rule: named, concept: group, weight: 10, certain: true}]\n"
        f"unless: [{BAND}]"
    )
    assert judge(rules, "The contact group at Ramstein, before the concert").score == 10


def test_an_occurrence_can_be_dropped_and_others_stay():
    rules = f"{ONE}\nunless: [{{unless: flag, says: an exercise, words: flag, within: 0, drops: base}}]"
    verdict = judge(rules, "Ramstein Flag began.")
    assert not verdict.hit
    assert 'taken back: an exercise "Ramstein Flag" near "Ramstein": these words do not count' in verdict.why
    assert judge(rules, "Ramstein Flag began at Ramstein.").hit


def test_words_on_one_side_only():
    back = BAND.replace("from", "order: before, from")
    assert not judge(f"{ONE}\nunless: [{back}]", "concert, Ramstein").hit
    assert judge(f"{ONE}\nunless: [{back}]", "Ramstein, concert").hit


def test_nothing_before_a_day_can_hit():
    day = datetime(2022, 4, 20, 12, tzinfo=UTC)
    verdict = judge(ONE, "Ramstein", head="not_before: 2022-04-21", published=day)
    assert (verdict.hit, verdict.grade) == (False, None)
    assert verdict.why[-1] == "published 2022-04-20: nothing before 2022-04-21 can be about this"
    assert judge(ONE, "Ramstein", head="not_before: 2022-04-21", published=day.replace(day=21)).hit


def test_the_text_s_own_language_is_told():
    rules = "hits: [{rule: country, concept: country, weight: 3}]"
    topic = load('name: x\nconcepts: {country: {en: ["ukrain*"], de: ["ukrain*"]}}\n' + rules, "x.yaml")
    verdict = Matcher([topic]).match(Text("", "Ukraine", language="de"))[0]
    assert verdict.why[0] == 'country (de, lead): "Ukraine": +3'


def test_places_beyond_the_limit_are_counted_not_listed():
    verdict = judge(ONE, "Ramstein. " * 500)
    assert len(verdict.terms) == 200
    assert verdict.why[-1] == "300 more places are not listed"
