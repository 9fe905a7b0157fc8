"""What an address asks for: query parameters to a filter and a place in the list, and back. Pure; nothing raises.

One filter has one address: ``read`` takes what people type, ``Question.query`` writes it in one order, and what it
wrote is read back as the same filter. Pages, the JSON API, feeds, exports and saved filters all ask in this language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, get_args
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from monitor.model import Grade, HitFilter, Position, ReviewState
from monitor.model.review import LONGEST_QUERY
from monitor.text import clean

PAGE = 50
"""Hits on a page."""
LAST_PAGE = 200
"""Older hits are found with a filter."""
LONGEST = 200
"""Characters of one parameter."""
STATES: tuple[str, ...] = get_args(ReviewState)
GRADES: tuple[str, ...] = get_args(Grade)

_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_SPAN = re.compile(r"(\d{1,4})([hdw])", re.ASCII)
_NUMBER = re.compile(r"[1-9]\d{0,14}", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}|-", re.ASCII)
_PLUS_LOST = re.compile(r"(.+T[\d:.]+) (\d\d:?\d\d)", re.ASCII)
"""A time whose zone was east of Greenwich: in an address ``+`` is a space."""
_PLACE = re.compile(r"(\d{8}T\d{6}\.\d{6})Z-(\d{1,19})", re.ASCII)
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Mistake:
    """A parameter that cannot be used."""

    name: str
    words: str
    """What it has to be."""
    instead: str
    """What is shown in its place."""

    def __str__(self) -> str:
        return f"{self.words}; {self.instead}."


@dataclass(frozen=True, slots=True)
class Question:
    """Which hits a person asked for."""

    wanted: HitFilter
    page: int
    """From 1."""
    given: dict[str, str]
    """The filter in force, as written; what a form shows again and a link repeats."""
    mistakes: tuple[Mistake, ...] = ()
    after: Position | None = None
    """The last of what was shown before; None at the beginning."""
    near: bool = False
    """True for near misses instead of hits."""

    @property
    def problems(self) -> tuple[str, ...]:
        """What could not be used, in words."""
        return tuple(str(mistake) for mistake in self.mistakes)

    @property
    def filtered(self) -> bool:
        """True when anything at all narrows the list."""
        return bool(self.given)

    def query(self, **changes: str | int | Position | None) -> str:
        """The filter in one canonical order, without ``?``; ``changes`` set a parameter, or take it out (None, "").

        ``after=Position(...)`` adds the place where the list goes on; without it the list begins at its beginning.
        """
        asked: dict[str, Any] = {**self.given, **changes}
        asked = {name: cursor(value) if isinstance(value, Position) else value for name, value in asked.items()}
        order = (*(name for name in NAMES if name in asked), *(name for name in asked if name not in NAMES))
        return urlencode([(name, asked[name]) for name in order if asked[name] not in {None, ""}])

    def address(self, page: int) -> str:
        """The relative address of another page of the same list."""
        return "?" + self.query(page=page)


def read(params: Mapping[str, str] | Iterable[tuple[str, str]], now: datetime, zone: str) -> Question:
    """Read the parameters in ``NAMES``, ``after`` and ``page``; what cannot be used is left out and said.

    Of a parameter given twice the last one counts; parameters of other names are nobody's business here.
    """
    written, mistakes = dict(params), list[Mistake]()
    given = {name: _text(name, written.get(name, ""), mistakes) for name in (*NAMES, "after", "page")}
    context = _Context(now, zone)
    values: dict[str, Any] = {}
    for name, text in given.items():
        try:
            values[name] = _READERS[name](text, context) if text else None
        except ValueError as error:
            values[name] = None
            mistakes.append(Mistake(name, str(error), _INSTEAD.get(name, "shown are all")))
    page = min(values["page"] or 1, LAST_PAGE)
    if page != (values["page"] or 1):
        mistakes.append(Mistake("page", f"Pages end at {LAST_PAGE}", "narrow the list with a filter to see older hits"))
    used = {name: given[name] for name in NAMES if values[name]}
    return Question(_filter(values, page), page, used, tuple(mistakes), values["after"], bool(values["near"]))


def read_query(query: str, now: datetime, zone: str) -> Question:
    """Read a query string as a saved filter keeps it, with or without its question mark."""
    return read(parse_qsl(query.removeprefix("?")[:LONGEST_QUERY], errors="replace"), now, zone)


def moment(text: str, now: datetime, zone: str) -> datetime | None:
    """A span back from ``now`` (24h, 7d, 2w) or a date or time (ISO 8601, in ``zone`` unless it says another)."""
    span = _SPAN.fullmatch(text)
    try:
        if span:
            return now - int(span[1]) * _UNITS[span[2]]
        time = datetime.fromisoformat(_PLUS_LOST.sub(r"\1+\2", text))
        return (time if time.tzinfo else time.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def number(text: str) -> int | None:
    """The number of a hit; None for anything that cannot be one."""
    return int(text) if _NUMBER.fullmatch(text) else None


def cursor(position: Position) -> str:
    """A place in a list as an address has it: ``20260212T134000.123456Z-17``."""
    found = position.found.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
    return f"{found.replace('-', '').replace(':', '')}Z-{position.id}"


def place(text: str) -> Position | None:
    """The place that ``cursor`` wrote; None for anything else."""
    found = _PLACE.fullmatch(text)
    if found is None or int(found[2]) > _LARGEST:
        return None
    try:
        return Position(datetime.strptime(found[1], "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC), int(found[2]))
    except ValueError:
        return None


# --- one parameter each ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Context:
    """What a parameter may be measured by."""

    now: datetime
    zone: str


def _free(text: str, _context: _Context) -> str:
    return text


def _one_of(name: str, known: tuple[str, ...]) -> Callable[[str, _Context], str]:
    def one(text: str, _context: _Context) -> str:
        if text not in known:
            raise ValueError(f"{name} is one of {', '.join(known)}")
        return text

    return one


def _time(name: str) -> Callable[[str, _Context], datetime]:
    def time(text: str, context: _Context) -> datetime:
        at = moment(text, context.now, context.zone)
        if at is None:
            raise ValueError(f"{name} is a span such as 24h, 7d, 2w or a date such as 2026-02-12")
        return at

    return time


def _country(text: str, _context: _Context) -> str:
    if not _COUNTRY.fullmatch(text):
        raise ValueError("country is two letters such as UA, or - for those that are not known")
    return text


def _story(text: str, _context: _Context) -> int:
    return _number(text, "story is the number of a story")


def _page(text: str, _context: _Context) -> int:
    return _number(text, "page is a number from 1")


def _number(text: str, otherwise: str) -> int:
    known = number(text)
    if known is None:
        raise ValueError(otherwise)
    return known


def _near(text: str, _context: _Context) -> bool:
    if text not in {"1", "true", "yes", "0", "false", "no"}:
        raise ValueError("near is 1 for near misses, 0 for hits")
    return text in {"1", "true", "yes"}


def _after(text: str, _context: _Context) -> Position:
    known = place(text)
    if known is None:
        raise ValueError("after is the place in a list that a link or an answer of the API names")
    return known


_FILTER: dict[str, Callable[[str, _Context], object]] = {
    "topic": _free,
    "grade": _one_of("grade", GRADES),
    "language": _free,
    "country": _country,
    "source": _free,
    "state": _one_of("state", STATES),
    "tag": _free,
    "since": _time("since"),
    "until": _time("until"),
    "q": _free,
    "story": _story,
    "near": _near,
}
_READERS = _FILTER | {"after": _after, "page": _page}
NAMES = tuple(_FILTER)
"""The parameters of a filter, in their canonical order."""
_CASE: dict[str, Callable[[str], str]] = {"country": str.upper, "grade": str.lower, "state": str.lower}
_INSTEAD = {
    "since": "shown is any time",
    "until": "shown is any time",
    "near": "shown are hits",
    "after": "shown is the beginning",
    "page": "shown is the first",
}


def _text(name: str, value: str, mistakes: list[Mistake]) -> str:
    value = " ".join(clean(value).split())
    if len(value) > LONGEST:
        words = f"{name} is longer than {LONGEST} characters"
        mistakes.append(Mistake(name, words, f"only the first {LONGEST} count"))
    return _CASE.get(name, str)(value[:LONGEST].rstrip())


def _filter(values: Mapping[str, Any], page: int) -> HitFilter:
    return HitFilter(
        topic=values["topic"],
        grade=values["grade"],
        language=values["language"],
        country=values["country"],
        source=values["source"],
        state=values["state"],
        tag=values["tag"],
        since=values["since"],
        until=values["until"],
        search=values["q"],
        story=values["story"],
        limit=PAGE + 1,
        offset=(page - 1) * PAGE,
    )
