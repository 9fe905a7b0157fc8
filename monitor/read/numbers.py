"""Numbers, dates and the meeting's ordinal in a text of any language: what a translation keeps.

Must not: need to know the language; without it only digits and English words are read. Relative dates ("tomorrow") are
left out. Linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from monitor.match.script import CYRILLIC, DENSE, DIGIT, GREEK, HANGUL, LATIN, NONE, OTHER, script_of
from monitor.read.counting import months, scales
from monitor.read.names import romanised
from monitor.read.ordinals import ordinals

NUMBER, DATE, CODE, ORDINAL = "number", "date", "code", "ordinal"

_ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)[-./](0?[1-9]|1[0-2])[-./](0?[1-9]|[12]\d|3[01])(?!\d)")
_NUMERIC = re.compile(
    r"(?<!\d)(?<!\d[.,/])(0?[1-9]|[12]\d|3[01])[./](0?[1-9]|1[0-2])(?:[./]((?:19|20)?\d\d))?(?![\d%]|[.,]\d)"
)
_EAST = re.compile(r"(?<!\d)(1[0-2]|[1-9]) ?[月월] ?(3[01]|[12]\d|[1-9]) ?[日일号號]")
_DAY = re.compile(r"(?<!\d)(?<!\d[.,:-])(3[01]|[12]\d|0?[1-9])(?![\d%]|[.,:]\d)")
_TO_MONTH = re.compile(r"(?:st|nd|rd|th|er|º|ª|ος|η)?[.)]?-?(?:го|е|ого)? ?(?:de |di |of |d')?[בולד]?-?")
_NUMERAL = re.compile(
    r"(?<!\d)(?<!\d[.,])\d{1,3}(?:[., ']\d{2,3})*[., ']\d{3}(?![\d])|(?<!\d)(?<!\d[.,])\d{1,12}(?:[.,]\d{1,2})?(?!\d)"
)
_CODE = re.compile(r"(?<![^\W_])([^\W\d_]{1,6})-?(\d{1,4})(?![^\W_]|[.,]\d)")
_CLOCK = re.compile(r"(?<!\d)\d{1,2}:\d\d(?::\d\d)?")
_CODED = {LATIN, CYRILLIC, GREEK, OTHER}
_YEARS = range(1900, 2100)
_LONGEST_STEM = 16
_WHOLE = 4
"""A shorter stem must be the whole word."""


def numerals(text: str, language: str | None, when: datetime) -> Iterator[str]:
    """Yield the marks of a text in normal form, in the order of kinds; the same one may come twice."""
    language = language or "en"
    text = _blanked(text, (found.span() for found in _CLOCK.finditer(text)))
    dates = list(_dates(text, language, when.date()))
    text = _blanked(text, (span for span, _ in dates))
    meetings = list(ordinals(text, language))
    text = _blanked(text, (span for span, _ in meetings))
    codes = [found for found in _CODE.finditer(text) if script_of(found[1][-1]) in _CODED]
    text = _blanked(text, (found.span() for found in codes))
    yield from (f"{ORDINAL}:{value}" for _, value in meetings)
    yield from (f"{DATE}:{day.isoformat()}" for _, day in dates)
    yield from (f"{CODE}:{romanised(found[1])}{found[2]}" for found in codes)
    yield from (f"{NUMBER}:{value:.15g}" for value in _amounts(text, language))


def _amounts(text: str, language: str) -> Iterator[float]:
    for found in _NUMERAL.finditer(text):
        value = _value(found[0]) * _scale(text, found.end(), language)
        if value and value not in _YEARS:
            yield value


def _blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    pieces: list[str] = []
    done = 0
    for start, end in sorted(spans):
        pieces += (text[done:start], " " * (end - max(start, done)))
        done = max(end, done)
    return "".join((*pieces, text[done:]))


def _dates(text: str, language: str, near: date) -> Iterator[tuple[tuple[int, int], date]]:
    for found in _ISO.finditer(text):
        yield from _date(found.span(), int(found[1]), int(found[2]), int(found[3]))
    for found in _NUMERIC.finditer(text):
        if found[3] or (text[found.start(1) + len(found[1])] == "." and len(found[2]) == 2):
            year = int(found[3]) % 2000 + 2000 if found[3] else None
            yield from _nearest(found.span(), year, int(found[2]), int(found[1]), near)
    for found in _EAST.finditer(text):
        yield from _nearest(found.span(), None, int(found[1]), int(found[2]), near)
    names = months(language)
    for found in _DAY.finditer(text) if names else ():
        span, month = _named_month(text, found, names)
        if month:
            yield from _nearest(span, None, month, int(found[1]), near)


def _named_month(text: str, found: re.Match[str], names: Mapping[str, int]) -> tuple[tuple[int, int], int]:
    """Return the month named after a day, or before it, and where both stand; 0 for none."""
    after = _TO_MONTH.match(text, found.end())
    places = [found.end() + 1] if after is None else [after.end(), found.end() + 1]
    for place in places:
        stem = _stem_at(text, place, names)
        if stem:
            return (found.start(), place + len(stem)), names[stem]
    place = text.rfind(" ", 0, max(found.start() - 1, 0)) + 1
    stem = _stem_at(text, place, names) if found.start() - place <= _LONGEST_STEM else ""
    return ((place, found.end()), names[stem]) if stem else (found.span(), 0)


def _stem_at(text: str, place: int, stems: Mapping[str, int]) -> str:
    """Return the longest stem that begins here; a short one only when it is the whole word."""
    end = min(place + _LONGEST_STEM, len(text))
    for stop in range(end, place + 1, -1) if place < end else ():
        stem = text[place:stop]
        if stem in stems and (len(stem) >= _WHOLE or stem[-1] == "." or not _goes_on(text, stop)):
            return stem
    return text[place : place + 1] if text[place : place + 1] in stems else ""


def _goes_on(text: str, place: int) -> bool:
    return place < len(text) and script_of(text[place]) not in {NONE, DIGIT, DENSE, HANGUL}


def _nearest(
    span: tuple[int, int], year: int | None, month: int, day: int, near: date
) -> Iterator[tuple[tuple[int, int], date]]:
    """Yield the date in the year given, else in the one that brings it nearest."""
    years = [year] if year else [near.year - 1, near.year, near.year + 1]
    found = [one for each in years for one in _date(span, each, month, day)]
    if found:
        yield min(found, key=lambda one: abs(one[1] - near))


def _date(span: tuple[int, int], year: int, month: int, day: int) -> Iterator[tuple[tuple[int, int], date]]:
    try:
        yield span, date(year, month, day)
    except ValueError:
        return


def _scale(text: str, place: int, language: str) -> int:
    """Return what the word after a number multiplies it with."""
    if text[place : place + 1] in {" ", "-"} and place:
        place += 1
    words = scales(language)
    return words.get(_stem_at(text, place, words), 1)


def _value(numeral: str) -> float:
    groups = re.split(r"[., ']", numeral)
    if len(groups) > 1 and len(groups[-1]) == len("000"):
        return float("".join(groups))
    return float(".".join(groups)) if len(groups) <= 2 else float("".join(groups))
