"""The number of a meeting where it is named: "31st meeting", "31-ше засідання", "第31次会议", "тридцять перше засідання".

Must not: read small ordinals: "the third meeting this year" names no meeting. Digits in any script with the marks that
many languages put to an ordinal; words in the few languages that nearly always write them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

FEWEST = 5
MOST = 199

_NEAR = 48
_DIGITS = re.compile(
    r"(?:(?<!\d)第 ?(\d{1,3})(?=[次回届轮])"
    r"|(?<![\d.,])(\d{1,3})(?:st|nd|rd|th|er|re|e|eme|º|ª|o|a|η|ο)(?![^\W_])"
    r"|(?<![\d.,-])(\d{1,3})'?-?(?:й|ий|го|ого|му|м|ша|ше|ге|те|та|е|а|я|ая|ое|і|у|ої|им|ом|-?ე|th|inci|nci|uncu|i|ci)(?![^\W_])"
    r"|(?<![\d.,])(\d{1,3})\.(?= ?-?[^\W\d_])"
    r"|(?<![^\W_])(?:ال|ה-?|م[ـ]?-?|მე-?)(\d{1,3})(?!\d)"
    r"|(?<!\d)(\d{1,3})(?=वी|वे|वा|তম|ম |-?차|차|-րդ|րդ|-ე))"
)
_MEETING = re.compile(
    "meeting|session|summit|gathering|ramstein|ramstain|ramsztajn|ramsteyn|treffen|sitzung|tagung|gipfel|reunion|reunia|riunion|vertice|incontr"
    "|cumbre|encuentr|encontr|sesion|sessao|cimeira|sommet|rencontre|spotkan|posiedzen|szczyt|zasedan|schuz|jednan|setkan|stretnut"
    "|sastan|sednic|zasjedan|srecanj|sedint|intalnir|ules|talalkoz|kokou|tapaami|kohtumi|istung|koosolek|sanaksm|sede|susitik"
    "|posed|toplant|zirve|iclas|gorus|mote|mode|fund|vergader|bijeenkomst|overleg|takim|mbledhj|pertemuan|mesyuarat"
    "|засідан|зустріч|саміт|рамштайн|рамштейн|заседан|встреч|саммит|совещан|пасяджэн|сустрэч|среща|състан|состан|средб|састан|седниц"
    "|συνεδριασ|συναντησ|συνοδ|διασκεψ|სხდომ|შეხვედრ|რამშტაინ|նիստ|հանդիպ|اجتماع|رامشتاين|لقاء|نشست|اجلاس|جلسه|ישיב|פגיש|מפגש|ועיד|כינוס|רמשטיי"
    "|बैठक|सम्मेलन|বৈঠক|সভা|সম্মেলন|সমাবেশ|会|會|회의|회담|ประชุม"
)
_WORDS: Mapping[str, tuple[str, str, str]] = {
    # cardinal tens, ordinal units from the fifth on up to the nineteenth, ordinal tens; | between values
    "en": (
        "twenty|thirty|forty",
        "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth"
        "|sixteenth|seventeenth|eighteenth|nineteenth",
        "twentieth|thirtieth|fortieth",
    ),
    "uk": (
        "двадцять|тридцять|сорок",
        "перш|друг|трет|четверт|пят|шост|сьом|восьм|девят|десят|одинадцят|дванадцят|тринадцят|чотирнадцят|пятнадцят"
        "|шістнадцят|сімнадцят|вісімнадцят|девятнадцят",
        "двадцят|тридцят|сороков",
    ),
    "ru": (
        "двадцать|тридцать|сорок",
        "перв|втор|трет|четверт|пят|шест|седьм|восьм|девят|десят|одиннадцат|двенадцат|тринадцат|четырнадцат|пятнадцат"
        "|шестнадцат|семнадцат|восемнадцат|девятнадцат",
        "двадцат|тридцат|сороков",
    ),
    "pl": (
        "dwudziest.{1,3}|trzydziest.{1,3}|czterdziest.{1,3}",
        "pierwsz|drug|trzec|czwart|piat|szost|siodm|osm|dziewiat|dziesiat|jedenast|dwunast|trzynast|czternast|pietnast"
        "|szesnast|siedemnast|osiemnast|dziewietnast",
        "dwudziest|trzydziest|czterdziest",
    ),
}
_ENDING = {
    "en": "",
    "uk": "(?:ий|ого|ому|им|а|я|ої|у|ю|е|є|ій|их)",
    "ru": "(?:ый|ий|ой|ого|ьего|ому|ым|ая|ья|ую|ое|ье|ом)",
    "pl": "(?:y|i|ego|iego|emu|ym|im|a|ia|ej|iej|e|ie)",
}


def ordinals(text: str, language: str) -> Iterator[tuple[tuple[int, int], int]]:
    """Yield where an ordinal from FEWEST to MOST stands within some words of a word for a meeting, and its value."""
    for found in _DIGITS.finditer(text):
        digits = next(filter(None, found.groups()), "")
        if FEWEST <= int(digits) <= MOST and _meets(text, *found.span()):
            yield found.span(), int(digits)
    for span, value in _in_words(text, language):
        if value >= FEWEST and _meets(text, *span):
            yield span, value


def _meets(text: str, start: int, end: int) -> bool:
    return bool(_MEETING.search(text, max(start - _NEAR // 2, 0), end + _NEAR))


def _in_words(text: str, language: str) -> Iterator[tuple[tuple[int, int], int]]:
    for found in _pattern(language).finditer(text) if language in _WORDS else ():
        yield found.span(), _sum(found, language)


def _sum(found: re.Match[str], language: str) -> int:
    tens, units, whole = _WORDS[language]
    if found["whole"]:
        return 10 * (2 + whole.split("|").index(found["whole"]))
    more = next((place for place, ten in enumerate(tens.split("|"), 2) if re.fullmatch(ten, found["tens"] or "")), 0)
    return 10 * more + 1 + units.split("|").index(found["unit"])


@cache
def _pattern(language: str) -> re.Pattern[str]:
    tens, units, whole = _WORDS[language]
    ending = _ENDING[language]
    return re.compile(
        rf"(?<![^\W_])(?:(?:(?P<tens>{tens})[ -])?(?P<unit>{units}){ending}|(?P<whole>{whole}){ending})(?![^\W_])"
    )
