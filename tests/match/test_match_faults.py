"""What is done to words so that they are not found or cost too much: each ends in a hit, or in a refusal in words."""

import json
import time

import pytest

from monitor.errors import ConfigError
from monitor.match.engine import Matcher
from monitor.match.normalise import normalise
from monitor.match.topic import load
from monitor.model import Text


def topic(*forms, name="t", weight=5):
    written = json.dumps(list(forms), ensure_ascii=False)
    return load(
        f"name: {name}\nconcepts: {{c: {{en: {written}}}}}\nhits: [{{rule: r, concept: c, weight: {weight}}}]\n", "t"
    )


def terms(form, text, title=""):
    """The words of the text that the form finds, as they stand there."""
    return [term.form for term in Matcher([topic(form)]).match(Text(title, text))[0].terms]


def cost(work, repeat=3):
    """Seconds of processor time, the least of some runs."""

    def once():
        began = time.process_time()
        work()
        return time.process_time() - began

    return min(once() for _ in range(repeat))


@pytest.mark.fault("D1")
@pytest.mark.parametrize(
    "written",
    [
        "con\u00adtact gro\u00adup",
        "con\u200btact gr\u200dou\u2060p",
        "contact\u00a0group",
        "contact\u202f\u2003group",
        "contact\n   group",
        "con-\ntact group",
        "ｃｏｎｔａｃｔ　ｇｒｏｕｐ",
        "𝐜𝐨𝐧𝐭𝐚𝐜𝐭 𝓰𝓻𝓸𝓾𝓹",
        "\u202acontact\u202c \u2066group\u2069",
        "con&shy;tact&nbsp;group",
    ],
    ids=ascii,
)
def test_invisible_characters_and_other_letter_forms_hide_nothing(written):
    assert len(terms("contact group", f"The {written} meets")) == 1


@pytest.mark.fault("D2")
@pytest.mark.parametrize(
    ("form", "written"),
    [
        ("Ramstein", "R\u0430mstein"),
        ("Рамштайн", "Рaмштaйн"),
        ("Україні", "Украi\u0308нi"),
        ("п'ятниця", "пʼятниця"),
        ("п'ятниця", "п’ятниця"),
        ("п’ятниця", "п'ятниця"),
        ("straße", "STRASSE"),
        ("strasse", "Straße"),
        ("istanbul", "İstanbul"),
        ("istanbul", "ISTANBUL"),
        ("łódź", "Lódz\u0301"),
    ],
)
def test_letters_that_look_or_sort_alike_are_one(form, written):
    assert len(terms(form, f"x {written} y")) == 1


@pytest.mark.fault("D3", "I7")
@pytest.mark.parametrize("form", [r"(\w+\s*)+group$", "a.*b.*c.*d", ".*", "(a*)*b", "a*b*c", "*", "", "$"])
def test_what_is_no_word_is_refused_when_the_topic_is_read(form):
    with pytest.raises(ConfigError) as refused:
        topic("contact group", form)
    (problem,) = refused.value.problems
    assert (problem.line, problem.key) == (2, "concepts.c.en[1]")
    assert "expected" in problem.message


@pytest.mark.fault("D3")
@pytest.mark.parametrize("form", ["x{1,9}", "gr.up", "group?", "group$", "ab+", "group|g"])
def test_what_a_regular_expression_would_read_is_read_as_it_stands(form):
    assert terms(form, "group ab aaa xx grup abc") == []
    assert terms(form, f"beginning {form} end") == [form]


@pytest.mark.fault("D3")
@pytest.mark.parametrize(
    "form", [r"\bgroup\b", "[a-z]+", "(a|b)+", "^group", "«Рамштайн»", "the (contact group)", "#udcg"]
)
def test_a_form_that_could_never_be_found_is_refused(form):
    with pytest.raises(ConfigError, match="expected a letter or a digit at the beginning of a word"):
        topic(form)


@pytest.mark.fault("D3")
def test_a_text_made_against_backtracking_costs_what_any_text_costs():
    matcher = Matcher([topic("contact group", "a* … b* … c* … d*")])
    hostile = [cost(lambda size=size: matcher.match(Text("", "a b c " * size))) for size in (5_000, 20_000)]
    assert hostile[1] < 10 * hostile[0] + 0.05


@pytest.mark.fault("D4")
@pytest.mark.parametrize(
    "flood", ["e" + "\u0301\u0323" * 8, "\ufdfa", "\u0323\u0301\u05b0", "\u1100\u1161\u11a8"], ids=ascii
)
def test_marks_and_ligatures_cost_in_step_with_the_text(flood):
    small, large = ("contact group " + flood * size for size in (4_000, 16_000))
    matcher = Matcher([topic("contact group")])
    assert matcher.match(Text("", large))[0].hit
    assert len(normalise(large).text) <= 20 * len(large), "a ligature gives at most 18 letters"
    assert cost(lambda: matcher.match(Text("", large))) < 12 * cost(lambda: matcher.match(Text("", small))) + 0.05


@pytest.mark.fault("D5")
def test_a_phrase_is_looked_for_in_the_headline_in_the_text_and_not_across():
    matcher = Matcher([topic("contact group")])
    assert matcher.match(Text("The contact group", "meets"))[0].hit
    assert matcher.match(Text("They meet", "The contact group"))[0].hit
    assert not matcher.match(Text("They contact", "group after group"))[0].hit
    assert not matcher.match(Text("They meet", "The contact\n\ngroup"))[0].hit


@pytest.mark.fault("D5")
def test_an_address_counts_where_a_rule_says_so_and_never_else():
    address = Text("They meet", "at noon", "https://a.example/contact-group/1")
    assert not Matcher([topic("contact group")]).match(address)[0].hit
    assert Matcher([topic("contact group", weight="{text: 5, url: 4}")]).match(address)[0].hit


@pytest.mark.fault("D8")
@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("联络小组", "乌克兰防务联络小组在拉姆施泰因举行会议"),
        ("コンタクトグループ", "ウクライナ防衛コンタクトグループの会合"),
        ("กลุ่มติดต่อ", "การประชุมกลุ่มติดต่อด้านกลาโหม"),
        ("مجموعة الاتصال", "اجتماع لمجموعة الاتصال بشأن أوكرانيا"),
        ("קבוצת הקשר", "שרי ההגנה בקבוצת הקשר"),
        ("연락그룹", "우크라이나방위연락그룹이 회의를"),
        ("কন্টাক্ট গ্রুপ", "ইউক্রেন কন্টাক্ট গ্রুপের বৈঠক"),
    ],
)
def test_no_script_needs_spaces_or_latin_word_edges(form, text):
    language = {"联": "zh", "コ": "ja", "ก": "th", "م": "ar", "ק": "he", "연": "ko", "ক": "bn"}[form[0]]
    written = f'name: t\nconcepts: {{c: {{{language}: ["{form}*"]}}}}\nhits: [{{rule: r, concept: c, weight: 5}}]\n'
    assert Matcher([load(written, "t")]).match(Text("", text))[0].hit


@pytest.mark.fault("D9")
def test_two_thousand_words_cost_little_more_than_twenty():
    words = [f"harbour{number:04}word" for number in range(2_000)]
    text = Text("", " ".join(f"harbour{number % 997}word quay" for number in range(50_000)))
    few, many = Matcher([topic(*words[:20])]), Matcher([topic(*words)])
    assert cost(lambda: many.match(text)) < 5 * cost(lambda: few.match(text)) + 0.05
    assert many.match(Text("", f"{text.text} harbour1999word"))[0].hit
