"""The weekly "still alive": figures to words. Pure.

Must not: count anything, know how a notice is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from monitor.keep.watch import size
from monitor.model import Notice

if TYPE_CHECKING:
    from monitor.model import Figures

SUBJECT: Final = "monitor"
_NAMES = 20
"""Names in one line at most."""
_LANGUAGES = 8
_DAY, _HOUR, _MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def alive(figures: Figures, off: Sequence[str], started: datetime, now: datetime) -> Notice:
    """The notice, a line a matter: what works, what was done, what is wrong for long.

    ``off``: sources that sources.yaml has switched off. They, the paused and the dead ones are named each time: a
    source that brings nothing is never forgotten.
    """
    since = f"since {figures.since:%Y-%m-%d %H:%M} UTC"
    lines = (
        f"{figures.answering} of {figures.sources} sources answer; {_count(figures.articles, 'article')} read {since}.",
        _hits(figures),
        *_channels(figures),
        _dead(figures),
        f"Paused: {_names(figures.paused)}; monitor sources resume lets them go on." if figures.paused else "",
        f"Switched off in sources.yaml: {_names(off)}." if off else "",
        _slowest(figures),
        _gaps(figures),
        f"Database {size(figures.size)}; running for {span(now - started)}.",
    )
    return Notice(SUBJECT, "alive", "alive", "\n".join(filter(None, lines)), now, kind="alive")


def span(time: timedelta) -> str:
    """A length of time in its largest unit: ``6 days``, ``1 hour``, ``12 minutes``."""
    for unit, name in ((_DAY, "day"), (_HOUR, "hour")):
        if time >= unit:
            return _count(round(time / unit), name)
    return _count(max(round(time / _MINUTE), 0), "minute")


def _hits(figures: Figures) -> str:
    total = sum(figures.hits.values())
    if not total:
        return "No hits."
    first = [f"{language or 'unknown'} {number:,}" for language, number in list(figures.hits.items())[:_LANGUAGES]]
    more = len(figures.hits) - len(first)
    rest = f" and {_count(more, 'more language')}" if more > 0 else ""
    return f"{_count(total, 'hit')}: {', '.join(first)}{rest}."


def _channels(figures: Figures) -> Iterable[str]:
    for one in figures.channels:
        lost = f", {one.lost:,} given up (monitor alerts lists them)" if one.lost else ""
        yield f"{one.alert}: {_count(one.sent, 'alert')} sent, {one.waiting:,} waiting{lost}."


def _dead(figures: Figures) -> str:
    if not figures.dead:
        return ""
    named = _names([f"{name} ({state})" for name, state in figures.dead])
    return f"{_count(len(figures.dead), 'source')} dead for more than a week: {named}. monitor sources says why."


def _slowest(figures: Figures) -> str:
    if not figures.slowest:
        return ""
    return "Found latest after publication: " + ", ".join(f"{n} ({span(time)})" for n, time in figures.slowest) + "."


def _gaps(figures: Figures) -> str:
    if not figures.gaps:
        return ""
    still = f"{figures.open_gaps} still open (monitor sources --gaps)"
    return f"{_count(figures.gaps, 'gap')} in what sources showed, {still}."


def _names(names: Sequence[str]) -> str:
    more = len(names) - _NAMES
    return ", ".join(names[:_NAMES]) + (f" and {more} more" if more > 0 else "")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
