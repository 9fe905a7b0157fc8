"""Dates that the feed parser could not read: day and month names of other languages, and loose orders.

``read`` never guesses between day and month: a numeric date is read only with the year first, or with the day
first where it cannot be a month or the separator is a dot.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
MAX_LENGTH = 100

_MONTHS = (
    "jan янв січ sty led gen ene oca ιαν ocak janv styc जनवरी يناير كانون januar siječ",
    "feb фев лют lut úno uno fév fev şub sub φεβ luty févr फरवरी فبراير شباط veljač velj",
    "mar мар бер bře bre mär maa μαρ mars marz मार्च مارس آذار ožuj maj_",
    "apr апр кві kwi dub abr avr nis απρ avril अप्रैल أبريل نيسان trav_",
    "may май мая тра maj kvě kve mag mei mai μαϊ μαΐ mayıs मई مايو أيار svib",
    "jun июн чер cze čer cer giu jui_ haz ιουν juin जून يونيو حزيران lip_",
    "jul июл лип lip čvc lug tem ιουλ juil जुलाई يوليو تموز srp_",
    "aug авг сер sie srp ago aoû aou ağu agu αυγ août अगस्त أغسطس آب kolo",
    "sep сен вер wrz zář zar set eyl σεπ sept सितंबर سبتمبر أيلول ruj",
    "oct окт жов paź paz okt out ott eki οκτ říj rij octo अक्टूबर أكتوبر تشرين list_",
    "nov ноя лис lis kas νοε novem नवंबर نوفمبر studeni_",
    "dec дек гру gru pro dez dic déc ara δεκ décem दिसंबर ديسمبر prosi",
)
_LOOKUP = {stem: number for number, stems in enumerate(_MONTHS, start=1) for stem in stems.split()}
_WORDY = re.compile(
    r"(?P<day>\d{1,2})(?:\.|st|nd|rd|th|º)?[\s-]+(?:de\s+)?(?P<month>[^\W\d_]{2,}[^\s\d,-]*)\.?,?[\s-]+(?:de\s+)?(?P<year>\d{4})"
)
_MONTH_FIRST = re.compile(r"(?P<month>[^\W\d_]{3,})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})")
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})[-/.年]\s?(?P<month>\d{1,2})[-/.月]\s?(?P<day>\d{1,2})")
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})(?P<dot>[./-])(?P<month>\d{1,2})(?P=dot)(?P<year>\d{4})")
_TIME = re.compile(r"(?<!\d)(\d{1,2})[:h](\d{2})(?::(\d{2}))?(?:\.\d+)?\s*([AaPp]\.?[Mm])?")
_ZONE = re.compile(r"(?:GMT|UTC|\s|:\d{2}(?:\.\d+)?)\s?([+-])(\d{2}):?(\d{2})\s*$")


def in_range(moment: datetime) -> bool:
    """Tell whether a date can be one of an article: 1995 to 2099."""
    return EARLIEST <= moment < LATEST


def read(raw: str) -> datetime | None:
    """Read a date as written in a feed; UTC where no zone is given; None when it is no date we can be sure of."""
    text = raw[:MAX_LENGTH]
    day = _day(text)
    if day is None:
        return None
    try:
        local = datetime(*day, *_time(text), tzinfo=_zone(text))
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def latest(raw: str) -> datetime | None:
    """Read a date as ``read`` does; one without a time of day is the end of its day.

    Of what was published some time that day nothing is then taken for older than it is.
    """
    moment = read(raw)
    return moment if moment is None or _TIME.search(raw[:MAX_LENGTH]) else moment + timedelta(days=1, seconds=-1)


def odd_zone(raw: str) -> bool:
    """Tell whether the date has an offset that no place on Earth has (over 14 hours)."""
    found = _ZONE.search(raw) if ":" in raw else None
    return found is not None and (int(found[2]) > 14 or int(found[3]) > 59)


def _day(text: str) -> tuple[int, int, int] | None:
    """Find year, month and day."""
    for pattern in (_YEAR_FIRST, _DAY_FIRST, _WORDY, _MONTH_FIRST):
        found = pattern.search(text)
        month = _month(found) if found else None
        if found and month:
            return int(found["year"]), month, int(found["day"])
    return None


def _month(found: re.Match[str]) -> int | None:
    """Return the month of a match, or None when it is not known or could as well be the day."""
    word = found["month"]
    if not word.isdigit():
        name = word.casefold()
        return next((_LOOKUP[name[:size]] for size in (12, 9, 8, 7, 6, 5, 4, 3, 2) if name[:size] in _LOOKUP), None)
    ambiguous = found.re is _DAY_FIRST and found["dot"] != "." and int(found["day"]) <= 12
    return None if ambiguous else int(word)


def _time(text: str) -> tuple[int, int, int]:
    found = _TIME.search(text)
    if found is None:
        return 0, 0, 0
    hour = int(found[1])
    if found[4]:
        hour = hour % 12 + (12 if found[4][0] in "pP" else 0)
    return hour, int(found[2]), int(found[3] or 0)


def _zone(text: str) -> timezone:
    found = _ZONE.search(text) if ":" in text else None
    if found is None:
        return UTC
    offset = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return timezone(-offset if found[1] == "-" else offset)
