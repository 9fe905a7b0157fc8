"""How a language writes months and large numbers. The door to babel, whose data are Unicode's CLDR.

Must not: read a text. Only month names in their ``format`` and ``wide`` form are asked for: babel resolves its aliases
for the others inside data that all languages share, and the first language asked decides for all
(https://github.com/python-babel/babel/issues/1234).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from babel import Locale, UnknownLocaleError, localedata
from babel.dates import get_month_names

from monitor.match.fold import folded
from monitor.match.script import DENSE, HANGUL, script_of

_MORE = {"ar": ("ar", "ar_SY"), "no": ("nb",), "sh": ("hr",), "zh": ("zh", "zh_Hant")}
"""Languages whose months have other names elsewhere, or that go by another tag there."""
_SHORT = {
    "bn": 10**9,
    "mln": 10**6,
    "mld": 10**9,
    "mrd": 10**9,
    "mlrd": 10**9,
    "mio": 10**6,
    "млн": 10**6,
    "млрд": 10**9,
}
_LOANED = {
    "বিলিযন": 10**9,
    "মিলিযন": 10**6,
    "बिलियन": 10**9,
    "मिलियन": 10**6,
    "ملین": 10**6,
    "بلین": 10**9,
    "میلیون": 10**6,
}
"""Words that newspapers use beside those of CLDR."""
_MIN_STEM = 3
_LONG_NAME = 7


@cache
def months(language: str) -> Mapping[str, int]:
    """Return the beginnings of a language's month names, folded, with their numbers; none of an unknown language."""
    with _for_a_moment():
        return {stem: number for locale in _locales(language) for number, stem in _month_stems(locale)}


@cache
def scales(language: str) -> Mapping[str, int]:
    """Return the beginnings of a language's words for thousand and more, folded, with what they stand for."""
    with _for_a_moment():
        found = {word: scale for locale in _locales(language) for word, scale in _scale_words(locale)}
    return {**_SHORT, **{folded(word): scale for word, scale in _LOANED.items()}, **dict(sorted(found.items()))}


@contextmanager
def _for_a_moment() -> Iterator[None]:
    """Have babel forget what it has read: all that it knows of a language, a megabyte, for a few words of it."""
    try:
        yield
    finally:
        localedata._cache.clear()  # noqa: SLF001 - babel has no other way


def _locales(language: str) -> Iterator[Locale]:
    for tag in _MORE.get(language, (language,)):
        try:
            yield Locale.parse(tag)
        except (UnknownLocaleError, ValueError):
            continue


def _month_stems(locale: Locale) -> Iterator[tuple[int, str]]:
    for number, name in get_month_names("wide", "format", locale).items():
        word = folded(name).split("'")[-1].strip()
        if len(word) < 2 or any(char.isdigit() for char in word):
            continue
        # What follows is the case's ending.
        yield number, word[: -2 if len(word) >= _LONG_NAME else -1 if len(word) > _MIN_STEM + 1 else None]
        if word.isascii() and len(word) > _MIN_STEM:
            yield number, word[:_MIN_STEM] + "."


def _scale_words(locale: Locale) -> Iterator[tuple[str, int]]:
    formats: Mapping[str, Any] = locale.compact_decimal_formats
    for style in ("short", "long"):
        plurals = formats.get(style, {})
        for amounts in (plurals[plural] for plural in plurals):
            for size, pattern in amounts.items():
                yield from _scale_word(str(getattr(pattern, "pattern", pattern)), size)


def _scale_word(pattern: str, size: str) -> Iterator[tuple[str, int]]:
    """Read ``00 million`` for 10000000: a million."""
    zeros = pattern.count("0")
    word = folded(pattern.replace("0", "").partition(";")[0].replace("'", "")).strip(" .")
    if zeros and size.isdigit() and (len(word) >= _MIN_STEM or _is_dense(word)):
        yield (word[:-1] if len(word) > _MIN_STEM + 2 else word), int(size) // 10 ** (zeros - 1)


def _is_dense(word: str) -> bool:
    return bool(word) and all(script_of(char) in {DENSE, HANGUL} for char in word)
