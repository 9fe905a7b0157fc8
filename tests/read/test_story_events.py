from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from story_score import merges, read, stream, suggestions

from monitor.model import Known
from monitor.read.marks import key, marks_of
from monitor.read.stories import fingerprint, link

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
STORIES = Path(__file__).parent / "stories"


@pytest.mark.parametrize(("file", "merged", "suggested"), [("tuning.jsonl", 0.8, 0.7), ("held.jsonl", 0.65, 0.7)])
def test_languages_are_linked_without_a_wrong_merge(file, merged, suggested):
    linked = stream(read(STORIES / file))
    score = merges(linked)
    assert score.errors == []
    assert score.recall >= merged
    assert suggestions(linked).precision >= suggested
    assert suggestions(linked).recall >= 0.85


def test_without_a_language_there_are_only_suggestions():
    linked = stream(read(STORIES / "tuning.jsonl"), language=lambda _: None)
    assert {linking.how for _, _, linking in linked} == {"first"}


def test_why_is_in_words():
    articles = [one for one in read(STORIES / "tuning.jsonl") if one["event"] == "t11" and one["lang"] in {"en", "uk"}]
    (_, _, first), (_, _, second) = stream(articles)
    assert first.how == "first"
    assert second.how == "translation"
    assert second.why.startswith("both name 8.1 billion, 1.5 billion")
    assert second.why.endswith("1 hour apart")


def test_different_ordinals_forbid_a_link_and_a_suggestion():
    text = "The {} meeting of the contact group has 52 countries, 1,950 drones, 4.5 billion euros, Sandvik and Kaunas."
    one = fingerprint("", text.format("34th"), "en", NOW, NOW)
    other = fingerprint("", text.format("35th"), "de", NOW, NOW)
    same = fingerprint("", text.format("34th") + " Nothing else is the same here.", "de", NOW, NOW)
    assert link(other, [Known(1, 1, one)]).suggestions == ()
    assert link(same, [Known(1, 1, one)]).story_id == 1


def test_far_apart_in_time_is_no_link():
    article = read(STORIES / "tuning.jsonl")[12]
    one = fingerprint(article["title"], article["text"], "de", NOW, NOW)
    later = NOW + timedelta(hours=48)
    assert link(fingerprint("", article["text"], "nl", later, later), [Known(1, 1, one)]).how != "translation"


@pytest.mark.parametrize(
    ("language", "text", "marks"),
    [
        ("en", "The 31st meeting on February 12 with 50 countries, 1,500 drones and €1.3 billion for F-16s.",
         "ordinal:31 date:2026-02-12 number:50 number:1500 number:1300000000"),
        ("uk", "Тридцять перше засідання пройде 12 лютого: 50 країн, 1 500 дронів, 1,3 млрд євро, Ф-16",
         "ordinal:31 date:2026-02-12 number:50 number:1500 number:1300000000 code:f16"),
        ("ru", "31-е заседание 12 февраля, 1,3 миллиарда евро", "ordinal:31 date:2026-02-12 number:1300000000"),
        ("de", "Das 31. Treffen am 12. Februar mit 1.500 Drohnen und 1,3 Mrd. Euro",
         "ordinal:31 date:2026-02-12 number:1500 number:1300000000"),
        ("pl", "31. posiedzenie 12 lutego, 1,3 mld euro", "ordinal:31 date:2026-02-12 number:1300000000"),
        ("fr", "La 31e réunion le 12 février, 1,3 milliard d'euros", "ordinal:31 date:2026-02-12 number:1300000000"),
        ("es", "La 31ª reunión el 12 de febrero, 35.000 millones", "ordinal:31 date:2026-02-12 number:35000000000"),
        ("ar", "الاجتماع الـ31 في ١٢ فبراير بمشاركة ٥٠ دولة و1.3 مليار يورو",
         "ordinal:31 date:2026-02-12 number:50 number:1300000000"),
        ("he", "הפגישה ה-31 ב-12 בפברואר, 50 מדינות, 1.3 מיליארד אירו",
         "ordinal:31 date:2026-02-12 number:50 number:1300000000"),
        ("bn", "৩১তম বৈঠক ১২ ফেব্রুয়ারি, ৫০টি দেশ, ১৩০ কোটি ইউরো",
         "ordinal:31 date:2026-02-12 number:50 number:1300000000"),
        ("hi", "31वीं बैठक 12 फरवरी को, 1,20,000 ड्रोन, 35 करोड़ पाउंड",
         "ordinal:31 date:2026-02-12 number:120000 number:350000000"),
        ("zh", "第31次会议2月12日举行,50个国家,13亿欧元", "ordinal:31 date:2026-02-12 number:50 number:1300000000"),
        ("ja", "第31回会合は2月12日、50カ国、13億ユーロ", "ordinal:31 date:2026-02-12 number:50 number:1300000000"),
        ("ko", "제31차 회의는 2월 12일, 60억 달러", "ordinal:31 date:2026-02-12 number:6000000000"),
        ("ka", "31-ე შეხვედრა 12 თებერვალს, 1,3 მილიარდი ევრო", "ordinal:31 date:2026-02-12 number:1300000000"),
        ("tr", "31. toplantı 12 Şubat'ta, 1,3 milyar avro", "ordinal:31 date:2026-02-12 number:1300000000"),
        ("el", "Η 31η συνεδρίαση στις 12 Φεβρουαρίου, 1,3 δισ. ευρώ", "ordinal:31 date:2026-02-12 number:1300000000"),
        (None, "2026-02-12 or 12.02.2026, at 15:30, in 2026", "date:2026-02-12"),
        ("en", "the 47th brigade, the third meeting this year, 3.5 percent", "number:47 number:3.5"),
    ],
)  # fmt: skip
def test_numerals_of_many_languages(language, text, marks):
    found = {key(mark) for mark in marks_of("", text, language, NOW)}
    assert set(marks.split()) <= found
    assert not {mark for mark in found if mark.startswith(("ordinal", "date"))} - set(marks.split())


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Then Umerov spoke."),
        ("uk", "Потім слово взяв Умєров."),
        ("ru", "Об этом говорили с Умеровым."),
        ("pl", "Rozmawiano z Umerowem."),
        ("de", "Dann sprach Umerow."),
        ("el", "Μετά μίλησε ο Ουμέροφ."),
        ("he", "אחר כך דיבר אומרוב"),
        ("ar", "ثم تحدث أوميروف"),
        ("bn", "তারপর উমেরভ বলেন"),
        ("hi", "फिर उमेरोव बोले"),
        ("ja", "続いてウメロフが話した"),
        ("ka", "შემდეგ უმეროვმა ისაუბრა"),
        ("hy", "Հետո խոսեց Ումերովը"),
    ],
)
def test_a_name_keeps_its_consonants_in_every_script(language, text):
    assert "name:AMLP" in {key(mark) for mark in marks_of("", text, language, NOW)}


def test_a_headline_of_capitals_names_nobody():
    assert marks_of("Allies Pledge More Weapons For Kyiv", "", "en", NOW) == ()
