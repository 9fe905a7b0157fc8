"""What the monitor says of itself: from facts, and what it said last, to notices. Pure.

Everything is said once a change of state. What was said last of a kind and subject is its state, so a restart changes
nothing; a state is left at another value than it is entered, so nothing flaps.

Must not: measure anything, read a clock, know how a notice is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from monitor.config.cron import next_cron
from monitor.config.values import brief
from monitor.model import Notice

if TYPE_CHECKING:
    from monitor.config.settings import WatchOptions
    from monitor.errors import Problem
    from monitor.model import Facts, TopicHits, Waiting

WELL: Final = "ok"
FREE_AGAIN: Final = 1.5
"""There is space again when so many times the limit is free."""
CAUGHT_UP: Final = 0.5
"""The monitor has caught up when nothing waits for longer than this share of the limit."""
LONG_LOG: Final = 500_000_000
"""Bytes of the database's log; it has some 4 MB while nobody reads for long."""
TOO_BROAD: Final = 200
"""More hits of a topic than this within an hour are too many."""
NARROW_AGAIN: Final = 100
"""Fewer hits than this are as they should be."""
WATCHED: Final = ("config", "disk", "backlog", "topic", "filter", "alive")
"""The kinds of notices that are made here."""

Known = Mapping[tuple[str, str], Notice]
"""What was said last, by kind and subject."""

_WORK: Final = {
    "polling": (
        "sources wait to be polled",
        "Entries may leave their feeds unseen. Longer intervals help, or a shorter pace and more connections.",
    ),
    "reading": (
        "articles wait to be read",
        "They are alerted late. A shorter pace or more connections for their hosts help, if these allow it.",
    ),
    "delivering": (
        "alerts wait to be sent",
        "They arrive late; none is dropped. monitor alerts shows on which channel they wait.",
    ),
}


def changes(facts: Facts, known: Known, options: WatchOptions, awake: datetime, now: datetime) -> tuple[Notice, ...]:
    """What is to be said now of disk, backlog and topics.

    ``awake``: since when the program works without a pause. What waited while it did not run is no backlog before it
    has had the time to catch up.
    """
    made = [
        _disk(facts, known, options.low_disk, now),
        _log(facts, known, now),
        *(_backlog(name, facts.waiting[name], known, options.backlog, awake, now) for name in facts.waiting),
        *(_topic(hits, known, now) for hits in facts.hits),
        *_quiet_topics(facts, known, now),
    ]
    return tuple(notice for notice in made if notice is not None)


def config(subject: str, problems: Iterable[Problem], known: Known, now: datetime) -> Notice | None:
    """What is to be said of a configuration with these ``problems``; of one without, when the last one had some.

    Other mistakes than the last ones are said, too: somebody has tried to mend them.
    """
    said, wrong = known.get(("config", subject)), list(problems)
    before = said.state if said else WELL
    if not wrong:
        since = f"{said.at:%Y-%m-%d %H:%M} UTC" if said else ""
        words = f"It was refused since {since}; what it says now is in force."
        return Notice(subject, before, WELL, words, now, kind="config") if before != WELL else None
    more = f" (and {_count(len(wrong) - 1, 'more mistake')})" if len(wrong) > 1 else ""
    words = f"{wrong[0]}{more}. What was in force stays in force. Mend it; monitor config check names every mistake."
    notice = Notice(subject, before, "refused", words, now, kind="config")
    return None if said is not None and said.state == notice.state and said.words == words else notice


def filters(unsaved: Mapping[str, Sequence[str]], known: Known, now: datetime) -> Iterable[Notice]:
    """What is to be said of filters that alerts name and nobody has saved, with those alerts; and of them later on."""
    for name, alerts in unsaved.items():
        if ("filter", name) not in known or known["filter", name].state == WELL:
            words = (
                f"Nothing is saved under this name, so {', '.join(alerts)} gets everything that its other rules let"
                " pass. Save the filter on the review page, or name another one in sources.yaml."
            )
            yield _changed(known, "filter", name, "unsaved", words, now)
    for (kind, name), said in known.items():
        if kind == "filter" and said.state != WELL and name not in unsaved:
            yield _changed(known, kind, name, WELL, "It is saved, or no alert names it any more.", now)


def writable_again(since: datetime, error: str, now: datetime) -> Notice:
    """What is to be said once the database can be written again; while it could not, nothing could be said."""
    words = (
        f"The database could not be written from {since:%Y-%m-%d %H:%M} to {now:%H:%M} UTC ({error}). It can be now;"
        " what was in hand then is done again."
    )
    return Notice("database", "unwritable", WELL, words, now, kind="disk")


def alive_due(line: str | None, last: datetime | None, first: datetime | None, tz: str, now: datetime) -> bool:
    """Whether "still alive" is to be said: a time that ``line`` names has come since the ``last`` time it was said.

    However many have come meanwhile, it is said once. ``first``: when the monitor began to work, where it was never
    said; None before that. A skipped local time counts at the change, one that comes twice counts once (``next_cron``).
    """
    since = last or first
    return line is not None and since is not None and next_cron(line, since, tz) <= now


def open_troubles(known: Known) -> tuple[str, ...]:
    """What disk and backlog are not well by the last notices, as ``disk``, ``reading`` ..."""
    wrong = (key for key, said in known.items() if said.state != WELL)
    return tuple(subject for kind, subject in wrong if kind in ("disk", "backlog"))


# --- one of each -----------------------------------------------------------------------------------


def _disk(facts: Facts, known: Known, limit: int, now: datetime) -> Notice | None:
    if facts.free is None:
        return None
    state = _turned(known, ("disk", "disk"), "low", facts.free < limit, facts.free >= limit * FREE_AGAIN)
    if state is None:
        return None
    free = f"{size(facts.free)} are free in {facts.folder}"
    low = (
        f"{free}, less than the {size(limit)} of watch.low_disk. Texts of articles without a hit are not stored until"
        " there is room; all else goes on. With nothing left, no article can be stored and no alert sent. Free some"
        " space there; a shorter keep.text makes the database grow less."
    )
    words = f"{free} again; all texts are stored." if state == WELL else low
    return _changed(known, "disk", "disk", state, words, now)


def _log(facts: Facts, known: Known, now: datetime) -> Notice | None:
    state = _turned(known, ("disk", "log"), "grown", facts.log > LONG_LOG, facts.log < LONG_LOG * CAUGHT_UP)
    if state is None:
        return None
    grown = (
        f"The log beside the database has grown to {size(facts.log)}: some program reads the database without an end,"
        " so nothing can be written back. End it (a database tool, a stuck export); the log shrinks by itself then."
    )
    words = f"The log beside the database has shrunk to {size(facts.log)}." if state == WELL else grown
    return _changed(known, "disk", "log", state, words, now)


def _backlog(
    name: str, waiting: Waiting, known: Known, limit: timedelta, awake: datetime, now: datetime
) -> Notice | None:
    waited = now - max(waiting.oldest, awake) if waiting.oldest else timedelta(0)
    state = _turned(known, ("backlog", name), "waiting", waited > limit, waited < limit * CAUGHT_UP)
    what, mend = _WORK[name]
    if state is None:
        return None
    if state == WELL:
        return _changed(known, "backlog", name, state, f"No {what} for long any more.", now)
    since = f"the oldest since {waiting.oldest:%Y-%m-%d %H:%M} UTC, which is longer than {brief(limit)}"
    words = f"{_thousands(waiting.number)} {what}, {since}. {mend}"
    return _changed(known, "backlog", name, state, words, now)


def _topic(hits: TopicHits, known: Known, now: datetime) -> Notice | None:
    state = _turned(known, ("topic", hits.topic), "broad", hits.hour > TOO_BROAD, hits.hour < NARROW_AGAIN)
    if state is None:
        return None
    usual = "" if hits.usual is None else f" (usually {_rounded(hits.usual)})"
    words = f"Topic {hits.topic} hit {_thousands(hits.hour)} articles in an hour{usual}"
    if state != WELL:
        words += (
            ": one of its rules may be too broad. The alerts go out as digests, and none is dropped."
            f" See what it hit with monitor hits --topic {hits.topic}, and narrow its rules."
        )
    return _changed(known, "topic", hits.topic, state, words, now)


def _quiet_topics(facts: Facts, known: Known, now: datetime) -> Iterable[Notice | None]:
    """Topics that were too broad and hit nothing at all now, or are configured no more."""
    hitting = {hits.topic for hits in facts.hits}
    for (kind, subject), said in known.items():
        if kind == "topic" and said.state != WELL and subject not in hitting:
            yield _changed(known, kind, subject, WELL, f"Topic {subject} hit nothing for an hour.", now)


def _turned(known: Known, key: tuple[str, str], wrong: str, begins: bool, ends: bool) -> str | None:
    """The new state; None where it stays what it is."""
    said = known.get(key)
    is_wrong = said is not None and said.state != WELL
    return wrong if begins and not is_wrong else WELL if ends and is_wrong else None


def _changed(known: Known, kind: str, subject: str, state: str, words: str, now: datetime) -> Notice:
    said = known.get((kind, subject))
    return Notice(subject, said.state if said else WELL, state, words, now, kind=kind)  # type: ignore[arg-type]


# --- numbers in words ------------------------------------------------------------------------------


def size(number: int) -> str:
    """Bytes as a person says them, in powers of ten: ``412 MB``, ``1.2 GB``."""
    for unit, name in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if number >= unit:
            value = number / unit
            return f"{value:.0f} {name}" if value >= 10 else f"{value:.1f} {name}"
    return f"{number} bytes"


def _thousands(number: int) -> str:
    return f"{number:,}"


def _rounded(number: float) -> str:
    return f"{number:.0f}" if number >= 1 else "fewer than one"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
