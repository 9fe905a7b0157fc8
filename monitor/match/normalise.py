"""A text to its normal form, with the way back to the original characters.

The door to numpy: folding, deleting and the map of offsets are a few table look-ups over the whole text, some ten
times faster than ``str.translate``. Linear in the text whatever it holds. Must not: know any word.

What is removed inside a word (a quote, a bracket, a hyphen at a line's end) leaves a *soft edge*: the letters join, yet
a word may begin and end there, so both readings are found.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import numpy as np

from monitor.match import fold, joins
from monitor.match.compose import nfc
from monitor.match.homoglyph import look_alikes
from monitor.match.joins import codes_of, join, respell_mixed, text_of
from monitor.match.script import DENSE, NONE, script_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Array = np.ndarray[Any, Any]

_ENTITY = re.compile(r"&(?:amp;)?(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_HALFWIDTH = re.compile("[\uff66-\uff9f\uffa0-\uffdc]+")
_HALFWIDTH_FIRST, _HALFWIDTH_LAST = 0xFF66, 0xFFDC
_PERCENT = re.compile("(?:%[0-9A-Fa-f]{2})+")
_SEVERAL = 0x110000
TAG = "\ue000"
"""Stands for a tag in the text of a page; a private-use character."""


@dataclass(frozen=True, slots=True, eq=False)
class Normal:
    """A text in normal form."""

    text: str
    source: str
    """What offsets are mapped back to: the original in NFC."""
    classes: bytes
    """The class (``script``) of each character of ``text``."""
    soft: frozenset[int]
    """Offsets in ``text`` where something inside a word was removed."""
    origin: Array
    """For each character of ``text`` the offset in ``source`` where it comes from."""
    wide: dict[int, int]
    """Where one character comes from several (an entity): their start and end in ``source``."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Map a non-empty half-open range of ``text`` to ``source``, marks that follow the last letter included."""
        first, last = int(self.origin[start]), int(self.origin[end - 1])
        stop = self.wide.get(last, last + 1)
        while stop < len(self.source) and unicodedata.combining(self.source[stop]):
            stop += 1
        return first, stop

    def place(self, offset: int) -> int:
        """Map an offset of ``source`` to the first offset in ``text`` that comes from there or later."""
        return int(np.searchsorted(self.origin, offset))

    def characters(self) -> Array | None:
        """Return how far each offset is from the beginning, Han and kana counted twice; None for plain offsets."""
        dense = np.frombuffer(self.classes, dtype=np.uint8) == DENSE
        if not dense.any():
            return None
        return np.concatenate(([0], np.cumsum(1 + dense.astype(np.int64))))

    def words(self) -> Array:
        """Return how many words begin before each offset; two characters of Han or kana make one."""
        classes = np.frombuffer(self.classes, dtype=np.uint8)
        dense = classes == DENSE
        begins = (classes != NONE) & ~dense & (np.concatenate(([NONE], classes[:-1])) != classes)
        return np.concatenate(([0], np.cumsum(2 * begins + dense.astype(np.int64)) // 2))


@cache
def _tables() -> tuple[Array, Array, tuple[str, ...]]:
    """Return what each code point becomes, the class of each, and the texts of several that some become."""
    folded = fold.table()
    several = tuple(sorted({text for text in folded.values() if len(text) > 1}))
    places = {text: _SEVERAL + place for place, text in enumerate(several)}
    codes, classes = np.arange(fold.TABLED + 1, dtype=np.uint32), np.zeros(fold.TABLED + 1, dtype=np.uint8)
    others = list(folded)
    codes[others] = [places[text] if len(text) > 1 else ord(text) if text else 0 for text in folded.values()]
    classes[others] = [script_of(chr(code)) for code in others]
    for first, last, script in fold.PLAIN:
        classes[first : last + 1] = script
    codes[fold.TABLED], classes[fold.TABLED] = ord("."), NONE
    return codes, classes, several


def normalise(text: str) -> Normal:
    """Return the normal form of a text of any kind; the map leads to its NFC."""
    return _normal(nfc(text), _text_edits)


def normalise_url(url: str) -> Normal:
    """Return the normal form of a URL, percent-encoding resolved; the map leads to its NFC."""
    return _normal(nfc(url), _url_edits)


def normalise_page(text: str) -> tuple[Normal, ...]:
    """Return the normal form of a page's text in which TAG stands for each tag.

    A tag joins the letters on both sides and leaves a soft edge; behind a hyphen it may end a line. There is a second
    form when words mix alphabets only once their tags are gone: nobody can tell whether those were one word.
    """
    source = nfc(text)
    first = _normal(source, _text_edits, page=True)
    codes, classes = codes_of(first.text).copy(), np.frombuffer(first.classes, dtype=np.uint8).copy()
    if not respell_mixed(codes, classes):
        return (first,)
    return first, Normal(text_of(codes), source, classes.tobytes(), first.soft, first.origin, first.wide)


class Skeleton:
    """The letters and digits of a text alone, folded, those that look alike in different alphabets made one.

    Much cheaper than ``normalise``; every word that the normal form of the text shows is a part of ``text``.
    """

    def __init__(self, source: str) -> None:
        table, several = _skeletons()
        self._source = nfc(source)
        raw = codes_of(self._source)
        if _may_be_halfwidth(raw):
            self._source = _HALFWIDTH.sub(lambda run: unicodedata.normalize("NFKC", run[0]), self._source)
            raw = codes_of(self._source)
        codes = table.take(raw, mode="clip")
        self._origin: Array | None = None
        if codes.size and codes.max() >= _SEVERAL:
            origin = np.arange(len(codes), dtype=np.int32)
            codes, self._origin = _expand(codes, origin, (codes >= _SEVERAL).nonzero()[0], several)
        self._places = (codes != 0).nonzero()[0]  # of truth values, which numpy finds five times faster than of numbers
        self.text = text_of(codes.take(self._places))

    def around(self, spans: Iterable[tuple[int, int]], letters: int) -> list[str]:
        """Return the stretches of the source round these ranges of ``text``, with so many letters on either side."""
        stretches: list[tuple[int, int]] = []
        for start, end in sorted(spans):
            first, last = self._place(start - letters), self._place(end + letters)
            if stretches and first <= stretches[-1][1]:
                first = stretches.pop()[0]
            stretches.append((first, last))
        return [self._source[first:last] for first, last in stretches]

    def _place(self, letter: int) -> int:
        """Return where a letter stands in the source; the source's beginning or end where there is none."""
        if letter <= 0:
            return 0
        if letter >= len(self._places):
            return len(self._source)
        place = self._places[letter]
        return int(place if self._origin is None else self._origin[place])


@cache
def _skeletons() -> tuple[Array, tuple[str, ...]]:
    """Return what a skeleton shows of each code point, 0 for nothing, and of those that become several."""
    table, classes, several = _tables()
    shown = np.arange(fold.TABLED + 1, dtype=np.uint32)
    for group in look_alikes():
        for char in group:
            shown[ord(char)] = ord(min(group))
    shown[classes == NONE] = 0
    letters = (shown.take(codes_of(text), mode="clip") for text in several)
    return np.where(table >= _SEVERAL, table, shown.take(table, mode="clip")), tuple(
        text_of(codes[codes != 0]) for codes in letters
    )


def _text_edits(text: str) -> Iterable[tuple[int, int, str]]:
    if "&" in text:
        for found in _ENTITY.finditer(text):
            meant = html.unescape(html.unescape(found[0]))
            if meant != found[0]:
                yield found.start(), found.end(), meant
    if not text.isascii() and _may_be_halfwidth(codes_of(text)):
        for found in _HALFWIDTH.finditer(text):
            yield found.start(), found.end(), unicodedata.normalize("NFKC", found[0])


def _may_be_halfwidth(codes: Array) -> bool:
    """Tell whether halfwidth letters may be among these; nearly every text ends below them."""
    if not codes.size or codes.max() < _HALFWIDTH_FIRST:
        return False
    return bool(((codes >= _HALFWIDTH_FIRST) & (codes <= _HALFWIDTH_LAST)).any())


def _url_edits(url: str) -> Iterable[tuple[int, int, str]]:
    for found in _PERCENT.finditer(url):
        yield found.start(), found.end(), nfc(unquote(found[0], errors="replace"))


def _normal(source: str, edits: Callable[[str], Iterable[tuple[int, int, str]]], *, page: bool = False) -> Normal:
    text, origin, wide = _apply(source, sorted(edits(source)))
    codes, origin = _fold(text, origin, page=page)
    classes = _tables()[1].take(codes, mode="clip")
    if not text.isascii():  # one alphabet mixes with none
        respell_mixed(codes, classes)
    codes, classes, origin, soft = join(codes, classes, origin)
    return Normal(text_of(codes), source, classes.tobytes(), soft, origin, wide)


def _apply(source: str, edits: list[tuple[int, int, str]]) -> tuple[str, Array, dict[int, int]]:
    """Replace the edited ranges; each new character comes from the beginning of its range."""
    if not edits:
        return source, np.arange(len(source), dtype=np.int32), {}
    pieces: list[str] = []
    origins: list[Array] = []
    done = 0
    for start, end, new in edits:
        pieces += (source[done:start], new)
        origins += (np.arange(done, start), np.full(len(new), start))
        done = end
    pieces.append(source[done:])
    origins.append(np.arange(done, len(source)))
    return "".join(pieces), np.concatenate(origins), {start: end for start, end, _ in edits}


def _fold(text: str, origin: Array, *, page: bool) -> tuple[Array, Array]:
    table, _, several = _tables()
    raw = codes_of(text)
    codes = table.take(raw, mode="clip")
    if page:
        codes[raw == ord(TAG)] = joins.TAG
    kept = codes != 0
    if not kept.all():
        codes, origin = codes[kept], origin[kept]
    if codes.size and codes.max() >= _SEVERAL:
        codes, origin = _expand(codes, origin, (codes >= _SEVERAL).nonzero()[0], several)
    return codes, origin


def _expand(codes: Array, origin: Array, places: Array, several: tuple[str, ...]) -> tuple[Array, Array]:
    lengths = np.ones(len(codes), dtype=np.int64)
    expansions = [several[code - _SEVERAL] for code in codes[places].tolist()]
    lengths[places] = [len(text) for text in expansions]
    sources = np.repeat(np.arange(len(codes)), lengths)
    wider = codes.take(sources)
    wider[wider >= _SEVERAL] = codes_of("".join(expansions))
    return wider, origin.take(sources)
