"""What the canary sends, how far each article came by the database and the messages, and what is told of it."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.config.settings import load
from monitor.keep.canary import ALL, articles, changes, family, fates, feed, page, with_canary
from monitor.match.topic import load as load_topic
from monitor.match.topic import shipped
from monitor.model import CANARY, CanaryPlace, Fate, Trace, Traces

PLACE = CanaryPlace("127.0.0.1", 4711, "secret")
AT = datetime(2026, 5, 4, 5, 30, tzinfo=UTC)
TOPIC = """
name: geese
threshold: 3
concepts: {geese: {en: [goose, geese], uk: [гус*]}}
hits: [{rule: named, concept: geese, weight: 5}]
examples:
  en: {hit: [The geese are back, A goose was seen], miss: [Rain until Sunday]}
  uk: {hit: [Гуси повернулися]}
"""


def topic(text=TOPIC):
    return load_topic(text, "geese.yaml")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The geese are back, in 2026!", "Latin"),
        ("Гуси повернулися NATO", "Cyrillic"),
        ("Οι χήνες γύρισαν", "Greek"),
        ("عاد الإوز", "Arabic"),
        ("האווזים חזרו", "Hebrew"),
        ("हंस लौट आए", "Devanagari"),
        ("হাঁস ফিরে এসেছে", "Bengali"),
        ("ห่านกลับมาแล้ว", "Thai"),
        ("ბატები დაბრუნდნენ", "Georgian"),
        ("Սագերը վերադարձան", "Armenian"),
        ("大雁回来了", "Han"),
        ("雁が帰ってきた", "Kana"),
        ("ガチョウ", "Kana"),
        ("ｶﾞﾁｮｳ", "Kana"),
        ("기러기가 돌아왔다", "Hangul"),
        ("ዝይዎች ተመለሱ", "Ethiopic"),
        ("2026", "Other"),
        ("", "Other"),
    ],
)
def test_the_family_is_the_script_of_most_letters(text, name):
    assert family(text) == name


def test_there_is_one_article_a_topic_and_family_and_its_address_is_new_each_time():
    out = articles([topic()], PLACE, AT)
    assert [(one.family, one.topic, one.language) for one in out] == [
        ("Latin", "geese", "en"),
        ("Cyrillic", "geese", "uk"),
    ]
    later = articles([topic()], PLACE, AT + timedelta(days=1))
    urls = {one.url for one in (*out, *later)}
    assert len(urls) == 4
    assert all(url.startswith("http://127.0.0.1:4711/secret/") for url in urls)


def test_every_example_has_its_day_and_no_miss_is_sent():
    days = [articles([topic()], PLACE, AT + timedelta(days=day))[0].text for day in range(4)]
    assert set(days) == {"The geese are back", "A goose was seen"}
    assert days[:2] == days[2:]


def test_a_topic_that_nothing_can_hit_yet_or_without_examples_sends_nothing():
    assert articles([topic(TOPIC + "not_before: 2026-05-05\n")], PLACE, AT) == ()
    assert len(articles([topic(TOPIC + "not_before: 2026-05-04\n")], PLACE, AT)) == 2
    assert articles([topic(TOPIC.partition("examples:")[0])], PLACE, AT) == ()


def test_the_shipped_topics_have_every_family_of_their_languages():
    out = articles([load_topic(path.read_text("utf-8"), str(path)) for path in shipped().values()], PLACE, AT)
    families = {one.family for one in out if one.topic == "ramstein"}
    assert {"Latin", "Cyrillic", "Greek", "Arabic", "Hebrew", "Devanagari", "Bengali", "Thai"} <= families
    assert {"Georgian", "Armenian", "Han", "Kana", "Hangul", "Ethiopic", "Tamil", "Khmer"} <= families


def test_feed_and_page_say_the_text_on_the_page_alone():
    (one, _) = articles(
        [topic(TOPIC.replace("The geese are back", "Geese <b> & co"))], PLACE, datetime(2026, 5, 5, tzinfo=UTC)
    )
    whole = one.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert one.url.encode() in feed([one], AT)
    assert whole.encode() not in feed([one], AT)
    assert page(one, AT).count(whole.encode()) == 3


# --- how far ---------------------------------------------------------------------------------------


def trace(*hits, read=True, trouble=None, why="", delivery=None, error=None):
    return Trace(read, trouble, hits, (("geese", why),) if why else (), delivery, error)


OUT = articles([topic()], PLACE, AT)
HIT = trace("geese", why="named: +5", delivery="sent")
ARRIVED = [(f"Geese\n{one.url}\nmore", AT) for one in OUT]


@pytest.mark.parametrize(
    ("found", "arrived", "words"),
    [
        (HIT, True, "came out"),
        (None, False, "not polled: http: answers 503"),
        (trace(read=False), False, "not read yet"),
        (trace(trouble="http: answers 500"), False, "not read: http: answers 500"),
        (trace(why="no form"), False, "no hit: no form"),
        (trace("other", delivery="sent"), True, "no hit"),
        (trace("geese"), False, "not delivered: it hit, but no delivery was made"),
        (
            trace("geese", delivery="failed", error="HTTP 500"),
            False,
            "not delivered: failed, HTTP 500",
        ),
        (HIT, False, "not delivered: called sent, but it did not arrive"),
    ],
)
def test_how_far_an_article_came(found, arrived, words):
    one = OUT[0]
    known = Traces("http: answers 503", ((one.url, found),) if found else ())
    (fate,) = fates([one], known, ARRIVED if arrived else [])
    assert (fate.words, fate.out) == (words, words == "came out")


def test_an_address_is_not_found_in_a_longer_one():
    one = OUT[0]
    assert one.url.endswith("/1")
    (fate,) = fates([one], Traces(None, ((one.url, HIT),)), [(f"{one.url}2 and more", AT)])
    assert not fate.out
    (fate,) = fates([one], Traces(None, ((one.url, HIT),)), [(f"{one.url}2 {one.url}", AT)])
    assert fate.out


def test_of_a_message_that_was_cut_the_outbox_is_believed():
    one = OUT[0]
    (fate,) = fates([one], Traces(None, ((one.url, HIT),)), [("x" * 32_000, AT)])
    assert fate.out


# --- what is told ----------------------------------------------------------------------------------


def ended(*lost):
    return [Fate(one, one.family not in lost, "no hit" if one.family in lost else "came out") for one in OUT]


def told(done, before):
    return [(notice.subject, notice.was, notice.state) for notice in changes(done, before, AT)]


def test_a_family_is_told_once_when_it_is_lost_and_once_when_it_is_back():
    assert told(ended(), {}) == []
    assert told(ended("Cyrillic"), {}) == [("Cyrillic", "ok", "failing")]
    assert told(ended("Cyrillic"), {"Cyrillic": "failing"}) == []
    assert told(ended(), {"Cyrillic": "failing"}) == [("Cyrillic", "failing", "ok")]


def test_when_none_came_out_one_notice_says_so():
    assert told(ended("Latin", "Cyrillic"), {"Cyrillic": "failing"}) == [(ALL, "ok", "failing")]
    assert told(ended("Latin"), {ALL: "failing"}) == [("Latin", "ok", "failing"), (ALL, "failing", "ok")]


def test_the_words_name_topic_language_and_stage():
    (notice,) = changes(ended("Cyrillic"), {}, AT)
    assert notice.kind == "canary"
    assert "Cyrillic" in notice.words
    assert "no hit (geese, uk)" in notice.words


def test_source_and_alert_are_added_and_nothing_else_changes(tmp_path):
    path = tmp_path / "sources.yaml"
    path.write_text("topics: [ramstein]\nsources: [{name: A, url: 'https://a.example/feed'}]\n")
    settings = load(path, {})
    wider = with_canary(settings, PLACE)
    assert [source.name for source in wider.sources] == ["A", CANARY]
    assert [alert.name for alert in wider.alerts] == [CANARY]
    assert wider.alerts[0].topics == ("ramstein",)
    assert not wider.alerts[0].notices
    assert "secret" not in repr(PLACE)
    assert wider.fetch == settings.fetch
