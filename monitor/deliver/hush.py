"""Keeps the logs of the sending libraries to the call that made them.

Apprise and urllib3 write tokens and passwords to their logs, at every level, warnings included. So no handler ever
sees a record of theirs; the words of one call, which alone hold a status or a wait, go to that call's own list.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

Log = list[tuple[str, str]]

_LOG: Final[ContextVar[Log | None]] = ContextVar("log of the call in hand", default=None)


class _Hush(logging.Filter):
    """Passes no record on; keeps its level and words for the call in hand, if there is one."""

    def filter(self, record: logging.LogRecord) -> bool:
        log = _LOG.get()
        if log is not None:
            log.append((record.levelname, record.getMessage()))
        return False


@contextmanager
def captured() -> Iterator[Log]:
    """The log of what happens inside, (level, words) pairs; holds secrets, so it must not leave the door."""
    log: Log = []
    token = _LOG.set(log)
    try:
        yield log
    finally:
        _LOG.reset(token)


def silence_libraries() -> None:
    """Set this up; may be called again."""
    apprise = logging.getLogger("apprise")
    apprise.setLevel(logging.DEBUG)  # only there does it say where a connection broke
    if not any(isinstance(one, _Hush) for one in apprise.filters):
        apprise.addFilter(_Hush())
    logging.getLogger("urllib3").setLevel(logging.CRITICAL + 1)
