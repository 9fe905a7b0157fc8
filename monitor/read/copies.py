"""Whether two articles in one language are the same text: a wire copy, an update, a shortened or re-titled copy.

Two articles on one event by different journalists are no copies. What decides is the share of the shorter text that
the longer one holds, then the headlines, then whether names and numbers agree: texts made from one pattern differ in
these alone. Must not: compare across languages.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from monitor.match.script import DENSE, HANGUL, script_of
from monitor.model import Known, Linking, Print
from monitor.read import marks
from monitor.read.likeness import likeness
from monitor.read.sketch import contained

SAME_TEXT = 0.75
"""The share from which two texts are copies whatever their headlines."""
LIKE_TEXT = 0.4
"""The share from which they are with much the same headline."""
RELATED = 0.3
"""The share from which they are with the very same headline; without a text the headline is enough."""
LIKE_TITLE = 0.8
MIN_TITLE = 28
"""Letters a headline needs to tell anything by itself; Han, kana and Hangul count twice."""
AGREE = 0.7
"""Share of the names and figures of the text with fewer that the other has too."""
AGREE_IN_FIGURES = 0.5
"""The same of figures alone."""
TITLE_WINDOW = timedelta(hours=36)

_MIN_MARKS = 5
_NEARLY_ALL = 0.97
_NO_TEXT = 80
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class _Pair:
    new: Print
    old: Print
    share: float


def best_copy(new: Print, near: Sequence[Known]) -> Linking | None:
    """Return the story of the article that this one copies most of, None when it copies none.

    Of equally near ones the first in ``near`` is taken.
    """
    shares = contained(new.signature, [one.print.signature for one in near]).tolist()
    telling = _weight(new.title) >= MIN_TITLE
    best: tuple[float, Known, str] | None = None
    for one, share in zip(near, shares, strict=True):
        if share < LIKE_TEXT and not (telling and one.print.title == new.title):
            continue
        found = _copy(_Pair(new, one.print, share), telling=telling)
        if found and (best is None or found[0] > best[0]):
            best = (found[0], one, found[1])
    return Linking(best[1].story_id, "copy", round(best[0], 3), best[2]) if best else None


def _copy(pair: _Pair, *, telling: bool) -> tuple[float, str] | None:
    """Return how sure it is, and why in words; None for no copy."""
    if pair.share >= SAME_TEXT and _agree(pair):
        return pair.share, f"{pair.share:.0%} of the text is the same"
    if pair.share >= LIKE_TEXT and _like_titles(pair) and _agree(pair):
        return pair.share, f"much the same headline, {pair.share:.0%} of the text is the same"
    if telling and _same_title(pair):
        return 0.5 + pair.share / 2, "the same headline"
    return None


def _like_titles(pair: _Pair) -> bool:
    numbers = [set(_DIGITS.findall(one.title)) for one in (pair.new, pair.old)]
    return numbers[0] == numbers[1] and likeness(pair.new.title, pair.old.title) >= LIKE_TITLE


def _same_title(pair: _Pair) -> bool:
    if pair.new.title != pair.old.title or abs(pair.new.when - pair.old.when) > TITLE_WINDOW:
        return False
    return min(pair.new.length, pair.old.length) < _NO_TEXT or (pair.share >= RELATED and _agree(pair))


def _weight(title: str) -> int:
    return sum(2 if script_of(char) in {DENSE, HANGUL} else char != " " for char in title)


def _agree(pair: _Pair) -> bool:
    """Tell whether the marks speak for one text: its figures, and figures and names together.

    A text with few of them has no say; when nearly the whole text is the same, none has.
    """
    if ordinals_differ(pair.new.marks, pair.old.marks):
        return False
    if pair.share >= _NEARLY_ALL:
        return True
    first, second = ({marks.key(mark) for mark in one.marks} for one in (pair.new, pair.old))
    figures, others = ({mark for mark in some if marks.kind(mark) != marks.NAME} for some in (first, second))
    return _common(first, second, _MIN_MARKS) >= AGREE and _common(figures, others, 1) >= AGREE_IN_FIGURES


def _common(first: set[str], second: set[str], fewest: int) -> float:
    """Return what share of the smaller set the other one has too; all of it where one has fewer than ``fewest``."""
    smaller = min(len(first), len(second))
    return len(first & second) / smaller if smaller >= fewest else 1


def ordinals_differ(first: Sequence[str], second: Sequence[str]) -> bool:
    """Tell whether both name a meeting by its number, and not one number is the same."""
    one, other = ({mark for mark in some if marks.kind(mark) == marks.ORDINAL} for some in (first, second))
    return bool(one and other and not one & other)
