"""When a delivery is tried again. Pure: the jitter and the time come from the caller."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from monitor.model import Outcome

FIRST: Final = 5.0
LONGEST: Final = 15 * 60.0
SHORTEST_WAIT: Final = 1.0
LONGEST_WAIT: Final = 3600.0


def next_try(attempts: int, outcome: Outcome, jitter: float, now: datetime) -> datetime | None:
    """When to try again after the ``attempts``-th try ended in ``outcome``; None when there is nothing to try again.

    Nothing is tried again once it was accepted or refused for good. A wait the channel asked for is kept, between 1 s
    and 1 h, plus up to a tenth. Otherwise 5 s, 10 s, 20 s ... to 15 min, less up to a quarter. ``jitter`` is in [0, 1].
    """
    if outcome.ok or outcome.permanent:
        return None
    return now + timedelta(seconds=_seconds(attempts, outcome.retry_after, jitter))


def _seconds(attempts: int, asked: float | None, jitter: float) -> float:
    if asked is not None:
        return min(max(asked, SHORTEST_WAIT), LONGEST_WAIT) * (1 + jitter / 10)
    doublings = min(max(attempts - 1, 0), 20)  # beyond, the cap holds anyway and the power would only grow
    return min(FIRST * 2.0**doublings, LONGEST) * (1 - jitter / 4)
