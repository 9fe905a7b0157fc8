"""Spikes: far more hits in an hour than the same topic and language usually have. Pure.

The last full hour is held against the same series over its own past 14 days. It is a spike from three standard
deviations above their mean, where at least five outlets brought at least five hits. Hits that come singly scatter by
the square root of their mean (Poisson), so a deviation is never taken as smaller than that. One spike is told once; it
is over after two hours below one deviation.

Must not: read a clock or the database.
"""

from __future__ import annotations

import math
import statistics
from typing import TYPE_CHECKING, Final

from monitor.model import Notice
from monitor.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from monitor.model import Series

PAST: Final = 14 * 24
"""Hours that say what is usual."""
LEAST_PAST: Final = 3 * 24
"""With fewer, nobody knows what is usual."""
OUTLETS: Final = 5
HITS: Final = 5
UP: Final = 3.0
DOWN: Final = 1.0
"""Standard deviations above the mean."""
CALM: Final = 2
"""Hours below ``DOWN`` that end a spike."""
_NAMED, _HEADLINES = 5, 3
_HEADLINE: Final = 120
"""Characters."""


def usual(series: Series) -> tuple[float, float] | None:
    """Mean and standard deviation of the hours before the last one; None where they are too few to tell.

    Of a spike that lasts, the hours before it count: it must not become the usual.
    """
    past = series.counts[: -(series.lasting or 1)][-PAST:]
    if len(past) < LEAST_PAST:
        return None
    mean = statistics.fmean(past)
    return mean, max(statistics.pstdev(past, mean), math.sqrt(max(mean, 1.0)))


def is_spike(series: Series) -> bool:
    """Whether the last hour is one; never while one lasts."""
    known = usual(series)
    if known is None or series.lasting is not None:
        return False
    mean, deviation = known
    count = series.counts[-1]
    return count >= max(HITS, mean + UP * deviation) and len(series.outlets) >= OUTLETS


def is_over(series: Series) -> bool:
    """Whether the spike that lasts is over; also when nobody can tell any more what is usual."""
    if series.lasting is None:
        return False
    known = usual(series)
    if known is None:
        return True
    since = series.counts[-(series.lasting - 1) :] if series.lasting > 1 else ()
    return len(since) >= CALM and all(count < known[0] + DOWN * known[1] for count in since[-CALM:])


def subject(topic: str, language: str | None) -> str:
    """What its notices are about."""
    return f"{topic} {language or 'unknown'}"


def told(found: Iterable[Series], name: Callable[[str | None], str], now: datetime) -> tuple[Notice, ...]:
    """The notices of spikes that begin, to be told, and of those that are over, which nobody is told of.

    ``name`` gives the English name of a language.
    """
    made = (_notice(series, name, now) for series in found)
    return tuple(notice for notice in made if notice is not None)


def _notice(series: Series, name: Callable[[str | None], str], now: datetime) -> Notice | None:
    about = subject(series.topic, series.language)
    if is_spike(series):
        return _of(about, "ok", "spike", _words(series, name), series, now)
    return _of(about, "spike", "ok", "as usual again", series, now) if is_over(series) else None


def _of(about: str, was: str, state: str, words: str, series: Series, now: datetime) -> Notice:
    return Notice(about, was, state, words, now, kind="spike", topic=series.topic, language=series.language)


def _words(series: Series, name: Callable[[str | None], str]) -> str:
    """``Ukrainian: 34 hits on ramstein in the last hour (usually 2), from 21 outlets: ...; largest stories: ...``."""
    known = usual(series)
    mean = f"{known[0]:.0f}" if known and known[0] >= 1 else "less than one"
    named = ", ".join(series.outlets[:_NAMED]) + (" and others" if len(series.outlets) > _NAMED else "")
    lines = [clean(headline.replace("\n", " "), _HEADLINE) for headline in series.headlines[:_HEADLINES]]
    stories = f"; largest stories: {' / '.join(lines)}" if lines else ""
    return (
        f"{name(series.language)}: {series.counts[-1]} hits on {series.topic} in the last hour (usually {mean}), "
        f"from {len(series.outlets)} outlets: {named}{stories}"
    )
