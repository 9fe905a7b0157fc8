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

if TYPE_CHECKING:
    from monitor.model import DueSource, PollResult, Standing

Trouble = Literal["passing", "soft", "hard"]

HEALTH = ("new", "ok", "late", "silent", "blocked", "moved", "rotated", "failing", "gone", "back")
BROKEN = frozenset({"late", "silent", "blocked", "rotated", "failing", "gone"})
ON_THE_WAY = frozenset({"dns", "connect", "timeout", "reset"})
"""Failures that may as well be our own network."""
PATIENCE: dict[Trouble, int] = {"passing": 4, "soft": 3, "hard": 2}
"""Failures of a kind after which a source is failing."""
WALLS = 5
"""Article pages in a row that are walls, after which a source is blocked."""
LATE = timedelta(minutes=5)
SILENT_TIMES = 3
SILENT_LEAST, SILENT_UNKNOWN = timedelta(days=1), timedelta(days=14)
RHYTHM = 5
"""New arrivals from which a source has a rhythm."""
GONE_AFTER = timedelta(days=3)

_PASSING_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})
_REFUSED_STATUS = frozenset({401, 403, 407, 451})
_HARD = frozenset({"bad_url", "bad_scheme", "bad_port", "blocked_address", "robots"})


def trouble(kind: str | None, status: int) -> Trouble:
    """Sort a failure: ``passing`` ends by itself, ``hard`` is a refusal, ``soft`` an answer that is no feed."""
    if kind in ON_THE_WAY or status in _PASSING_STATUS:
        return "passing"
    return "hard" if kind in _HARD or 400 <= status < 500 else "soft"


def after_failure(standing: Standing, result: PollResult, now: datetime) -> str:
    """Return the state after a failed poll; ``standing`` counts it already."""
    kind = trouble(result.error_kind, result.status)
    never = standing.last_ok is None
    if not never and getattr(standing, kind) < PATIENCE[kind]:
        return standing.health
    if result.status in _REFUSED_STATUS or result.error_kind == "robots":
        return "blocked"
    long_ago = standing.last_ok is None or now - standing.last_ok >= GONE_AFTER
    if standing.hard >= PATIENCE["hard"] and (result.status == 410 or (result.status == 404 and long_ago)):
        return "gone"
    return "failing"


def after_success(due: DueSource, standing: Standing, now: datetime) -> str:
    """Return the state after a good poll; ``standing`` is that after it, with the state before it."""
    signs = {
        "rotated": standing.gap is not None,
        "blocked": standing.walls >= WALLS,
        "silent": is_silent(standing.arrivals, now),
        "late": _late(due, due.at) and was_late(due.standing, due.source.interval_max),
        "moved": standing.address is not None,
    }
    state = next((name for name, shown in signs.items() if shown), "ok")
    return "back" if state in ("ok", "moved") and standing.health in BROKEN else state


def is_silent(arrivals: tuple[float, ...], now: datetime) -> bool:
    """Tell whether nothing new came for much longer than usual; without a rhythm, for two weeks."""
    if not arrivals:
        return False
    since = timedelta(seconds=now.timestamp() - arrivals[-1])
    if len(arrivals) < RHYTHM:
        return since > SILENT_UNKNOWN
    usual = timedelta(seconds=max(later - earlier for earlier, later in pairwise(arrivals)))
    return since > max(SILENT_TIMES * usual, SILENT_LEAST)


def was_late(standing: Standing, longest: timedelta) -> bool:
    """Tell whether the last poll was late, too: once is what every restart makes."""
    if standing.planned is None or standing.last_poll is None:
        return False
    return standing.last_poll - standing.planned > max(LATE, longest)


def _late(due: DueSource, at: datetime) -> bool:
    return at - due.due > max(LATE, due.source.interval_max)
