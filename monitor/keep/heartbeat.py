"""The heartbeat: a call to an address of the user's after each healthy round, so that its absence tells of our end.

Must not: ever show the address, which is a secret; raise.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from monitor.errors import FetchError

if TYPE_CHECKING:
    from monitor.fetch import Fetcher
    from monitor.model import Manner

_log = logging.getLogger("monitor.heartbeat")
_LIMIT = 64 * 1024
_DEADLINE = 5.0


class Heartbeat:
    """Calls one address, and logs when calling begins to fail, to be withheld, and to succeed again."""

    def __init__(self, fetcher: Fetcher, url: str, manner: Manner) -> None:
        self._fetcher = fetcher
        self._url = url
        self._manner = manner
        self._last = ""

    def beat(self, wrong: Sequence[str]) -> bool:
        """Call, unless something is ``wrong``: silence is what the other side takes for an alarm. True when heard."""
        outcome = f"withheld, not well: {', '.join(wrong)}" if wrong else self._call()
        if outcome != self._last:
            level = logging.INFO if outcome == "heard" else logging.WARNING
            _log.log(level, "heartbeat: %s", outcome)
        self._last = outcome
        return outcome == "heard"

    def close(self) -> None:
        """Close its connections."""
        self._fetcher.close()

    def _call(self) -> str:
        try:
            self._fetcher.fetch(self._url, limit=_LIMIT, deadline=_DEADLINE, accept="*/*", manner=self._manner)
        except FetchError as error:
            if 200 <= error.status < 300 or error.kind == "too_large":
                return "heard"
            return f"not heard ({f'status {error.status}' if error.status else error.kind}); tried again each time"
        return "heard"
