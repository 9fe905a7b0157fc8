"""Languages by script, by letters of their own, by the model; and whom to believe."""

from __future__ import annotations

import pytest

from monitor.read.language import choose, detect

TEXTS = {
    "en": "The defence ministers of more than fifty countries met on Tuesday at the air base",
    "de": "Die Verteidigungsminister von mehr als fünfzig Staaten trafen sich am Dienstag auf dem Stützpunkt",
    "pl": "Ministrowie obrony ponad pięćdziesięciu krajów spotkali się we wtorek w bazie lotniczej",
    "uk": "Міністри оборони понад п'ятдесяти країн зустрілися на авіабазі",
    "ru": "Министры обороны более пятидесяти стран встретились на авиабазе",
    "be": "Міністры абароны больш за пяцьдзясят краін сустрэліся ў аўторак",
    "sr": "Министри одбране више од педесет земаља састали су се, рекао је њихов домаћин",
    "bg": "Министрите на отбраната на повече от петдесет държави се срещнаха във вторник",
    "ar": "اجتمع وزراء دفاع أكثر من خمسين دولة يوم الثلاثاء",
    "fa": "وزرای دفاع بیش از پنجاه کشور روز سه‌شنبه در پایگاه گرد هم آمدند",
    "ja": "国防大臣が会合を開いた",
    "zh": "国防部长会议在德国举行",
    "ko": "국방장관 회의가 열렸다",
    "el": "Οι υπουργοί Άμυνας συναντήθηκαν",
    "he": "שרי ההגנה נפגשו ביום שלישי",
    "ka": "თავდაცვის მინისტრები შეხვდნენ",
    "th": "รัฐมนตรีกลาโหมประชุมกัน",
}


@pytest.mark.parametrize("language", TEXTS)
def test_detected(language):
    assert detect(TEXTS[language]) == language


@pytest.mark.parametrize("text", ["", "Ramstein", "12345 67890 !!!", "OK!", "Berlin"])
def test_too_short_to_be_sure(text):
    assert detect(text) is None


@pytest.mark.parametrize(
    ("page", "feed", "detected", "chosen"),
    [
        ("en", None, "uk", "uk"),
        ("en-US", "en", "uk", "uk"),
        ("uk-UA", None, "uk", "uk"),
        ("en", "uk", None, "uk"),
        ("pt_BR", None, None, "pt"),
        (None, "hr", "sr", "hr"),
        ("en", "nb-NO", "da", "nb"),
        ("not a tag", "", None, None),
        (None, None, "de", "de"),
    ],
)
def test_whom_to_believe(page, feed, detected, chosen):
    assert choose(page, feed, detected) == chosen
