"""How long what is kept, and its end: what is older is dropped, in small pieces, and what was dropped is said.

Must not: read a clock; know tables.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from monitor.model import KeepFor
    from monitor.store.retention import RetentionStore

_log = logging.getLogger("monitor.keep")

BREATH: Final = 0.02
"""Seconds to rest between two pieces of work, in which others get to write."""
_REST: Final = timedelta(days=1)
"""How long it is known when a host that nobody calls any more might be called next."""
WORDS: Final = {
    "text": "texts of articles without a hit",
    "revisions": "earlier versions of articles without a hit",
    "articles": "details of articles without a hit",
    "attempts": "tries to send",
    "notices": "notices",
    "source_days": "days of sources",
}
"""What is dropped by what sources.yaml says under ``keep``."""


def drop_old(
    store: RetentionStore, keep: KeepFor, now: datetime, rest: Callable[[], bool] = lambda: False
) -> dict[str, int]:
    """Drop what is older than ``keep`` says. Returns how many of each kind; the log has it.

    ``rest`` is called between two pieces of work; it ends the kind in hand by saying True.
    """
    dropped: dict[str, int] = {}
    for kind, words in WORDS.items():
        span: timedelta | None = getattr(keep, kind)
        if span is None:
            continue
        before = now - span
        dropped[kind] = store.drop_days(before) if kind == "source_days" else store.drop(kind, before, rest)
        if dropped[kind]:
            _log.info(
                "dropped %s %s, from before %s (keep.%s)", f"{dropped[kind]:,}", words, f"{before:%Y-%m-%d}", kind
            )
    store.drop("logins", now, rest)
    store.drop("pace", now - _REST, rest)
    return dropped
