"""The health of a source as a state machine: what one more poll makes of it. Pure.

``new`` was never read; ``ok``; ``late``: we are behind our own plan; ``silent``: answers, but nothing new against its
own rhythm; ``blocked``: refuses us, or shows a wall for its articles; ``moved``: polled at a new address; ``rotated``:
entries may be missing; ``failing``; ``gone``: says that it is gone for good; ``back``: well again, for one poll.

A source is never given up: every state is left by one good poll.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from monitor.errors import ON_THE_WAY

if TYPE_CHECKING:
    from monitor.model import DueSource, PollResult, Standing

Trouble = Literal["passing", "soft", "hard"]

HEALTH = ("new", "ok", "late", "silent", "blocked", "moved", "rotated", "failing", "gone", "back")
BROKEN = frozenset({"late", "silent", "blocked", "rotated", "failing", "gone"})
UNASKED = frozenset({"bad_url", "bad_scheme", "bad_port", "blocked_address", "robots", "proxy", "tls"})
"""Failures that say nothing of whether the host can be reached; a portal in between makes the last ones, too."""
PATIENCE: dict[Trouble, int] = {"passing": 4, "soft": 3, "hard": 2}
"""Failures of a kind after which a source is failing."""
WALLS = 5
"""Article pages in a row that are walls, after which a source is blocked."""
LATE = timedelta(minutes=5)
SILENT_TIMES, SILENT_MORE = 1.5, timedelta(hours=12)
"""Silent is what brings nothing for so many times its longest pause and so much more."""
SILENT_UNKNOWN, SILENT_SO_FAR = timedelta(days=14), timedelta(days=4)
"""The same for a source without a rhythm, and the least for one that was not yet watched over a weekend."""
RHYTHM, WATCHED = 5, timedelta(days=8)
"""New arrivals from which a source has a rhythm, and the time over which it must have been seen."""
SPELL = timedelta(hours=4)
"""Arrivals closer to each other count as one, so that a few of them reach back over the last weekend."""
ARRIVALS = 64
GONE_AFTER = timedelta(days=3)

_PASSING = ON_THE_WAY | {"proxy"}
_PASSING_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})
_REFUSED_STATUS = frozenset({401, 403, 407, 451})
_HARD = frozenset({"bad_url", "bad_scheme", "bad_port", "blocked_address", "robots"})
_WORSE = ("failing", "blocked", "gone")


def trouble(result: PollResult) -> Trouble:
    """Sort a failure: ``passing`` ends by itself, ``hard`` is a refusal, ``soft`` an answer that is no feed."""
    if result.error_kind in _PASSING or result.status in _PASSING_STATUS or _robots_broken(result):
        return "passing"
    return "hard" if result.error_kind in _HARD or 400 <= result.status < 500 else "soft"


def after_failure(standing: Standing, result: PollResult, now: datetime) -> str:
    """Return the state after a failed poll; ``standing`` counts it already.

    Failures of two kinds in turn do not make the state go to and fro: within one run of failures it only gets worse.
    """
    kind = trouble(result)
    if standing.last_ok is not None and getattr(standing, kind) < PATIENCE[kind]:
        return standing.health
    state = _failed_state(standing, result, now)
    failing_before = standing.health in _WORSE and standing.walls < WALLS
    return max(standing.health, state, key=_WORSE.index) if failing_before else state


def _failed_state(standing: Standing, result: PollResult, now: datetime) -> str:
    if result.status in _REFUSED_STATUS or (result.error_kind == "robots" and not _robots_broken(result)):
        return "blocked"
    long_ago = standing.last_ok is None or now - standing.last_ok >= GONE_AFTER
    if standing.hard >= PATIENCE["hard"] and (result.status == 410 or (result.status == 404 and long_ago)):
        return "gone"
    return "failing"


def _robots_broken(result: PollResult) -> bool:
    """Tell whether robots.txt could not be read, which passes, from what its rules forbid."""
    return result.error_kind == "robots" and result.retry_after is not None


def after_success(due: DueSource, standing: Standing, now: datetime) -> str:
    """Return the state after a good poll; ``standing`` is that after it, with the state before it."""
    if standing.address not in (None, due.standing.address):
        return "moved"
    signs = {
        "blocked": standing.walls >= WALLS,
        "silent": is_silent(standing.arrivals, now),
        "late": is_late(due),
        "moved": standing.address is not None,
    }
    state = next((name for name, shown in signs.items() if shown), "ok")
    return "back" if state in ("ok", "moved") and standing.health in BROKEN else state


def arrived(arrivals: tuple[float, ...], now: datetime) -> tuple[float, ...]:
    """Return the arrivals with one more; the last one is exact, those before it stand for a spell each."""
    spell = len(arrivals) > 1 and arrivals[-1] - arrivals[-2] < SPELL.total_seconds()
    return (*(arrivals[:-1] if spell else arrivals), now.timestamp())[-ARRIVALS:]


def is_silent(arrivals: tuple[float, ...], now: datetime) -> bool:
    """Tell whether nothing new came for much longer than usual; without a rhythm, for two weeks."""
    if not arrivals:
        return False
    since = timedelta(seconds=now.timestamp() - arrivals[-1])
    if len(arrivals) < RHYTHM:
        return since > SILENT_UNKNOWN
    usual = timedelta(seconds=max(later - earlier for earlier, later in pairwise(arrivals)))
    watched = timedelta(seconds=arrivals[-1] - arrivals[0]) >= WATCHED
    return since > max(SILENT_TIMES * usual + SILENT_MORE, timedelta(0) if watched else SILENT_SO_FAR)


def is_late(due: DueSource) -> bool:
    """Tell whether this poll and the last one came late: once is what every restart makes."""
    last, least = due.standing, max(LATE, due.source.interval_max)
    if last.planned is None or last.last_poll is None:
        return False
    return due.at - due.due > least and last.last_poll - last.planned > least
