import html
import re
from contextlib import contextmanager
from datetime import timedelta

import pytest
from web_house import NOW, News, house

from monitor.loading import Definition
from monitor.match.examples import check_examples
from monitor.match.topic import load, shipped
from monitor.model import Judgement, Target
from monitor.store.tables import ArticleRow, HitRow

TOPIC = """\
name: ramstein
threshold: 3
concepts:
  base: {en: ["ramstein*"], de: ["ramstein*"]}
  meeting: {en: [meet, meeting], de: [treffen]}
hits:
  - {rule: meeting-at-base, says: a meeting at the base, near: [base, meeting], within: 60, weight: 5}
  - {rule: base-only, says: the base, concept: base, weight: 1}
examples:
  en:
    hit:
      - They meet at Ramstein.
"""
WHY = ('a meeting at the base (en, lead): "meet" + "Ramstein": +5', "score 5 of 3: probable")
NEWS = (
    News(
        "Kyiv Independent", "en", "A date", "Ministers meet at Ramstein on Friday.", ("Ramstein",), why=WHY, minutes=9
    ),
    News(
        "Kyiv Independent",
        "en",
        'The band: "no" </pre><b>',
        "Fans meet </textarea> at Ramstein, #1\u2028 {a: [b]} &amp; 'c'.",
        ("Ramstein",),
        why=WHY,
        minutes=8,
    ),
)
DATE, BAND = 1, 2


@pytest.fixture(scope="module")
def learning(tmp_path_factory):
    with house(tmp_path_factory.mktemp("learning"), NEWS) as running:
        running.server.define([load(TOPIC, "topic.yaml")], [Definition("topic.yaml", TOPIC)])
        decide = running.review.decisions.decide
        decide([Target(DATE)], Judgement("relevant"), "", NOW)
        decide([Target(BAND)], Judgement("irrelevant"), "", NOW)
        with running.database.write() as session:
            source = session.get_one(HitRow, 1).source_id
            session.add(
                ArticleRow(
                    id=77,
                    url_key="near",
                    source_id=source,
                    title="Ramstein Zusammenkunft der Minister",
                    feed_text="Man sprach <b> über Waffen.",
                    language="de",
                    found=NOW - timedelta(hours=1),
                    due=NOW,
                    state="done",
                    near="score 1",
                )
            )
        yield running


@contextmanager
def defined(running, *definitions):
    """Other topics in force for a while."""
    running.server.define([load(one.text, one.file) for one in definitions], definitions)
    yield
    running.server.define([load(TOPIC, "topic.yaml")], [Definition("topic.yaml", TOPIC)])


def pasted_from(page):
    return [html.unescape(one) for one in re.findall(r'<pre class="yaml"[^>]*>(.*?)</pre>', page, re.DOTALL)]


def paste(text, page, which=0):
    """Do with a snippet what the page says."""
    below = [re.findall(r"(Below|In) line (\d+)(?:, right behind the (.*?\[))?", one) for one in told(page)][which]
    ((word, line, behind),) = below
    lines = text.splitlines(keepends=True)
    if word == "Below":
        lines.insert(int(line), pasted_from(page)[which])
    else:
        at = lines[int(line) - 1].index(behind) + len(behind)
        lines[int(line) - 1] = lines[int(line) - 1][:at] + pasted_from(page)[which] + lines[int(line) - 1][at:]
    return "".join(lines)


def told(page):
    return [text_of(one) for one in re.findall(r'<p class="where">(.*?)</p>', page, re.DOTALL)]


def text_of(page):
    return " ".join(html.unescape(re.sub("<[^>]*>", "", page)).split())


def test_the_page_says_what_was_counted_and_what_was_wrong(learning):
    page = learning.get("/learning")
    assert page.status_code == 200
    words = text_of(page.text)
    assert "the newest 2 hits" in words
    assert "the newest 2 judged ones" in words
    assert "a meeting at the base 2 2 1 50 % 2" in words
    assert f"/learning/hit/{BAND}" in page.text
    assert "/?topic=ramstein&amp;state=irrelevant&amp;q=%22Ramstein%22" in page.text
    listed = learning.get("/?topic=ramstein&state=irrelevant&q=%22Ramstein%22")
    assert "The band" in listed.text
    assert "A date" not in listed.text


def test_a_false_alarm_becomes_an_example_that_must_not_hit(learning):
    page = learning.get(f"/learning/hit/{BAND}").text
    assert "until a rule, a form or an unless is mended" in text_of(page)
    (wrong,) = check_examples(load(paste(TOPIC, page), "topic.yaml"))
    assert (wrong.example.hit, wrong.example.language) == (False, "en")
    assert wrong.example.text == f"{NEWS[1].title}\n\n{NEWS[1].text}"


def test_a_relevant_hit_guards_the_topic(learning):
    page = learning.get(f"/learning/hit/{DATE}").text
    assert "This text hits already" in text_of(page)
    assert pasted_from(page) == ['      - "A date\\n\\nMinisters meet at Ramstein on Friday."\n']
    assert "must not hit" in text_of(learning.get(f"/learning/hit/{DATE}?as=miss").text)


def test_a_near_miss_becomes_an_example_and_words_to_check(learning):
    page = learning.get("/learning/near/77").text
    assert "A guess to check" in text_of(page)
    assert pasted_from(page)[1] == '"zusammenkunft", '
    with_form = paste(TOPIC, page, 1)
    (wrong,) = check_examples(load(paste(TOPIC, page), "topic.yaml"))
    assert (wrong.example.hit, wrong.example.text.partition("\n")[0]) == (True, "Ramstein Zusammenkunft der Minister")
    assert check_examples(load(paste(with_form, page), "topic.yaml")) == []
    assert "/learning/near/77" in learning.get("/?near=1").text


def test_the_hit_page_leads_there(learning):
    assert f"/learning/hit/{DATE}" in learning.get(f"/hits/{DATE}").text


@pytest.mark.parametrize(
    "path", ["/learning/hit/99", "/learning/hit/x", "/learning/near/1", "/learning/near/0", "/learning/near/9e9"]
)
def test_what_is_not_there(learning, path):
    assert learning.get(path).status_code == 404


def test_an_unknown_topic_is_no_topic(learning):
    assert learning.get("/learning?topic=%3Cb%3E&as=x").status_code == 200
    assert learning.get("/learning/near/77?topic=nothing&as=nothing").status_code == 200


def test_without_a_definition_the_whole_path_is_shown(learning):
    with defined(learning):
        page = learning.get(f"/learning/hit/{BAND}").text
        assert learning.get("/learning/near/77").status_code == 200
    assert "is not in force here" in text_of(page)
    (yaml,) = pasted_from(page)
    assert yaml.startswith("examples:\n  en:\n    miss:\n")


def test_a_topic_that_comes_with_the_program_is_to_be_copied(learning):
    path = shipped()["ramstein"]
    text = path.read_text("utf-8")
    with defined(learning, Definition(str(path), text)):
        page = learning.get(f"/learning/hit/{DATE}").text
    assert "ramstein.yaml, which comes with the program. Copy it" in text_of(page)
    assert str(path) not in page
    assert len(load(paste(text, page), "x").examples) == len(load(text, "x").examples) + 1


def test_before_there_is_anything_to_learn(tmp_path):
    with house(tmp_path, NEWS[:1]) as running:
        assert "Nothing is judged yet" in text_of(running.get("/learning").text)
        assert "nothing has no hits yet" not in text_of(running.get("/learning?topic=nothing").text)
