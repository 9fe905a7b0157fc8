"""The number of a meeting where it is named: "31st meeting", "31-ше засідання", "第31次会议", "тридцять перше ...".

Must not: read small ordinals: "the third meeting this year" names no meeting. Digits in any script with the marks that
many languages put to an ordinal; words in the few languages that nearly always write them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from monitor.match.fold import folded

FEWEST = 5
MOST = 199

_NEAR = 48
_SUFFIXES = (
    "st|nd|rd|th|er|re|e|eme|º|ª|o|a|η|ο|inci|nci|uncu|i|ci|ე"
    "|й|ий|го|ого|му|м|ша|ше|ге|те|ве|ме|та|ва|ма|е|а|я|ая|ое|і|у|ої|им|ом"
)
_GLUED = "वीं|वें|वी|वे|वा|তম|ম |차|րդ"
_SIGN = re.compile("[,;:.!?\n]")
_MEETINGS = (
    "meeting|session|summit|gathering|ramstein|ramstain|ramsztajn|ramsteyn|treffen|sitzung|tagung|gipfel|reunion|reunia"
    "|riunion|vertice|incontr|cumbre|encuentr|encontr|sesion|sessao|cimeira|sommet|rencontre|spotkan|posiedzen|szczyt"
    "|zasedan|schuz|jednan|setkan|stretnut|sastan|sednic|zasjedan|srecanj|sedint|intalnir|ules|talalkoz|kokou|tapaami"
    "|kohtumi|istung|koosolek|sanaksm|sede|susitik|posed|toplant|zirve|iclas|gorus|mote|mode|fund|vergader|bijeenkomst"
    "|overleg|takim|mbledhj|pertemuan|mesyuarat|засідан|зустріч|саміт|рамштайн|рамштейн|заседан|встреч|саммит|совещан"
    "|пасяджэн|сустрэч|среща|състан|состан|средб|састан|седниц|συνεδριασ|συναντησ|συνοδ|διασκεψ|სხდომ|შეხვედრ|რამშტაინ"
    "|նիստ|հանդիպ|اجتماع|رامشتاين|لقاء|نشست|اجلاس|جلسه|ישיב|פגיש|מפגש|ועיד|כינוס|רמשטיי"
    "|बैठक|सम्मेलन|বৈঠক|সভা|সম্মেলন|সমাবেশ|会|會|회의|회담|ประชุม"
)
_WORDS: Mapping[str, tuple[str, str, str]] = {
    # cardinal tens, ordinal units from the fifth on up to the nineteenth, ordinal tens; | between values
    "en": (
        "twenty|thirty|forty",
        (
            "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth"
            "|sixteenth|seventeenth|eighteenth|nineteenth"
        ),
        "twentieth|thirtieth|fortieth",
    ),
    "uk": (
        "двадцять|тридцять|сорок",
        (
            "перш|друг|трет|четверт|пят|шост|сьом|восьм|девят|десят|одинадцят|дванадцят|тринадцят|чотирнадцят|пятнадцят"
            "|шістнадцят|сімнадцят|вісімнадцят|девятнадцят"
        ),
        "двадцят|тридцят|сороков",
    ),
    "ru": (
        "двадцать|тридцать|сорок",
        (
            "перв|втор|трет|четверт|пят|шест|седьм|восьм|девят|десят|одиннадцат|двенадцат|тринадцат|четырнадцат|пятнадцат"
            "|шестнадцат|семнадцат|восемнадцат|девятнадцат"
        ),
        "двадцат|тридцат|сороков",
    ),
    "pl": (
        "dwudziest.{1,3}|trzydziest.{1,3}|czterdziest.{1,3}",
        (
            "pierwsz|drug|trzec|czwart|piat|szost|siodm|osm|dziewiat|dziesiat|jedenast|dwunast|trzynast|czternast|pietnast"
            "|szesnast|siedemnast|osiemnast|dziewietnast"
        ),
        "dwudziest|trzydziest|czterdziest",
    ),
}
_ENDINGS = {
    "en": "",
    "uk": "ий|ого|ому|им|а|я|ої|у|ю|е|є|ій|их",
    "ru": "ый|ий|ой|ого|ьего|ому|ым|ая|ья|ую|ое|ье|ом",
    "pl": "y|i|ego|iego|emu|ym|im|a|ia|ej|iej|e|ie",
}


def ordinals(text: str, language: str) -> Iterator[tuple[tuple[int, int], int]]:
    """Yield where an ordinal from FEWEST to MOST stands within some words of a word for a meeting, and its value."""
    for found in _in_digits().finditer(text):
        digits = next(filter(None, found.groups()), "")
        if FEWEST <= int(digits) <= MOST and _meets(text, *found.span()):
            yield found.span(), int(digits)
    for span, value in _in_words(text, language):
        if value >= FEWEST and _meets(text, *span):
            yield span, value


def _meets(text: str, start: int, end: int) -> bool:
    """Tell whether a word for a meeting stands near, with no sign in between."""
    before = _SIGN.split(text[max(start - _NEAR // 2, 0) : start])[-1]
    after = _SIGN.split(text[end : end + _NEAR], maxsplit=1)[0]
    return bool(_meeting().search(f"{before} {after}"))


def _in_words(text: str, language: str) -> Iterator[tuple[tuple[int, int], int]]:
    for found in _pattern(language).finditer(text) if language in _WORDS else ():
        yield found.span(), _sum(found, language)


def _sum(found: re.Match[str], language: str) -> int:
    tens, units, whole = _WORDS[language]
    if found["whole"]:
        return 10 * (2 + _any(whole).split("|").index(found["whole"]))
    more = next((place for place, ten in enumerate(tens.split("|"), 2) if re.fullmatch(ten, found["tens"] or "")), 0)
    return 10 * more + 1 + _any(units).split("|").index(found["unit"])


@cache
def _pattern(language: str) -> re.Pattern[str]:
    tens, units, whole = _WORDS[language]
    unit, ten, ending = _any(units), _any(whole), _any(_ENDINGS[language])
    return re.compile(
        rf"(?<![^\W_])(?:(?:(?P<tens>{tens})[ -])?(?P<unit>{unit})(?:{ending})|(?P<whole>{ten})(?:{ending}))(?![^\W_])"
    )


@cache
def _in_digits() -> re.Pattern[str]:
    return re.compile(
        r"第 ?(\d{1,3})(?=[次回届轮])"
        rf"|(?<![\d.,])(\d{{1,3}})(?:'?-?(?:{_any(_SUFFIXES)}))(?![^\W_])"
        r"|(?<![\d.,])(\d{1,3})\.(?= ?-?[^\W\d_])"
        r"|(?<![^\W_])(?:ال|ה-?|მე-?)(\d{1,3})(?!\d)"
        rf"|(?<!\d)(\d{{1,3}})(?=-?(?:{_any(_GLUED)}))"
    )


@cache
def _meeting() -> re.Pattern[str]:
    return re.compile(_any(_MEETINGS))


def _any(words: str) -> str:
    """Return the words in the form that a text in normal form has."""
    return "|".join(dict.fromkeys(folded(word) for word in words.split("|")))
