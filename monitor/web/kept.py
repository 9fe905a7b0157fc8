"""An answer that is kept for a moment, so that a flood of questions costs as much as one.

Must not: know what an answer is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Answer = TypeVar("Answer")

PATIENCE = 2.0
"""Seconds that somebody waits for an answer that another one has asked for; TimeoutError after that."""


class Kept(Generic[Answer]):
    """Makes an answer when there is none, or none that is younger than ``seconds``; never two at once."""

    def __init__(self, make: Callable[[], Answer], seconds: float, monotonic: Callable[[], float]) -> None:
        self._make = make
        self._seconds = seconds
        self._monotonic = monotonic
        self._making = threading.Lock()
        self._answer: tuple[Answer, float] | None = None

    def get(self) -> Answer:
        """The answer. Raises what making it does, and TimeoutError where that takes too long for those who wait."""
        if not self._making.acquire(timeout=PATIENCE):
            raise TimeoutError("another one still waits for this answer")
        try:
            kept = self._answer
            if kept is None or not 0 <= self._monotonic() - kept[1] < self._seconds:
                self._answer = None  # what cannot be made anew is not shown any more
                kept = self._answer = (self._make(), self._monotonic())
            return kept[0]
        finally:
            self._making.release()
