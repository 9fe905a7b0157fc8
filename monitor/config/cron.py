"""Cron lines: checking one, and the next time it names. The door to cronsim.

Must not: read a clock; ``after`` is passed in.
"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

_FIELDS = 5
_MAX_LENGTH = 100


def check_cron(line: str, instead: str = "now") -> str:
    """Return the cron line with single spaces; raise ValueError when it has not five valid fields or never comes.

    ``instead`` is the word that may stand in its place.
    """
    fields = line.split()
    expected = f'expected "{instead}" or a cron line of five fields such as "0 8 * * 1-5"'
    got = f'got "{line[:_MAX_LENGTH]}"'
    if len(line) > _MAX_LENGTH or len(fields) != _FIELDS:
        raise ValueError(f"{expected}, {got}")
    normal = " ".join(fields)
    try:
        next(CronSim(normal, datetime(2024, 1, 1, tzinfo=UTC)))
    except CronSimError as error:
        raise ValueError(f"{expected}, {got}: {str(error).lower()}") from None
    except StopIteration:
        raise ValueError(f"this cron line names a day that never comes, {got}") from None
    return normal


def next_cron(line: str, after: datetime, tz: str) -> datetime:
    """Return the first time strictly after ``after`` that the line names in the time zone, as UTC.

    ``line`` is one that ``check_cron`` accepted. A local time skipped by the change to summer time runs right after
    the change, one that comes twice runs once (as Debian's cron does).
    """
    moments = (moment.astimezone(UTC) for moment in CronSim(line, after.astimezone(ZoneInfo(tz))))
    # In the second of two equal hours cronsim names the time in the first, which is past.
    return next(moment for moment in moments if moment > after)
