"""Answers that take long to make: shown as they were made some minutes ago, while newer ones are made beside.

Must not: know what an answer is.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from monitor.errors import MonitorError

FRESH = timedelta(minutes=1)
"""For how long an answer is shown without a newer one being made."""
OLDEST = timedelta(minutes=15)
"""How old an answer may be that is shown at all."""
EVERY = 600.0
"""Seconds between two times at which what was asked for lately is made anew, asked for again or not."""
LATELY = timedelta(days=4)
"""Who looks on working days finds an answer on Monday."""
GRACE = 2.0
"""Seconds that the answer in hand gets to end; it only reads."""
KEPT = 32
"""Answers kept; the one that nobody asked for longest goes."""

Question = TypeVar("Question")
Answer = TypeVar("Answer")

_log = logging.getLogger("monitor.web")


@dataclass(slots=True)
class Made(Generic[Answer]):
    """An answer."""

    answer: Answer
    at: datetime
    """When it was made."""
    asked: datetime
    """When somebody asked for it last."""


class Ahead(Generic[Question, Answer]):
    """Makes each answer where it is asked for first; from ``start()`` to ``stop()`` in a thread of its own after that.

    Two are never made at once, so that many readers cost as much as one.
    """

    def __init__(
        self, make: Callable[[Question, datetime], Answer], now: Callable[[], datetime], every: float = EVERY
    ) -> None:
        self._every = every
        self._make = make
        self._now = now
        self._making = threading.Lock()
        self._changed = threading.Condition()
        self._kept: dict[Question, Made[Answer]] = {}
        self._due: set[Question] = set()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Make answers ahead from now on."""
        self._thread = threading.Thread(target=self._run, name="ahead", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Make no more ahead. Does nothing the second time."""
        with self._changed:
            thread, self._thread = self._thread, None
            self._changed.notify_all()
        if thread is not None:
            thread.join(GRACE)

    def get(self, question: Question) -> Made[Answer]:
        """An answer no older than ``OLDEST``, or ``FRESH`` where nothing is made ahead. Raises what making does."""
        now = self._now()
        kept = self._kept.get(question)
        if kept is not None:
            kept.asked = now
            if self._may_show(kept, question, now):
                return kept
        with self._making:
            kept = self._kept.get(question)  # another reader may have waited for the same one
            if kept is None or not _is_within(now - kept.at, FRESH):
                kept = self._keep(question, now)
            return kept

    def _may_show(self, kept: Made[Answer], question: Question, now: datetime) -> bool:
        age = now - kept.at
        if _is_within(age, FRESH):
            return True
        if self._thread is None or not _is_within(age, OLDEST):
            return False
        with self._changed:
            self._due.add(question)
            self._changed.notify_all()
        return True

    def _keep(self, question: Question, asked: datetime) -> Made[Answer]:
        now = self._now()
        made = self._kept[question] = Made(self._make(question, now), now, asked)
        while len(self._kept) > KEPT:
            del self._kept[min(self._kept, key=lambda one: self._kept[one].asked)]
        return made

    def _run(self) -> None:
        while self._thread is not None:
            with self._changed:
                woken = self._changed.wait_for(lambda: self._due or self._thread is None, self._every)
                due, self._due = (self._due if woken else self._asked_lately()), set()
            for question in due:
                if self._thread is not None:
                    self._renew(question)

    def _asked_lately(self) -> set[Question]:
        now = self._now()
        return {question for question, made in list(self._kept.items()) if now - made.asked < LATELY}

    def _renew(self, question: Question) -> None:
        """What cannot be made now is asked for again by whoever looks once the kept answer is too old."""
        kept = self._kept.get(question)
        try:
            with self._making:
                self._keep(question, kept.asked if kept else self._now())
        except MonitorError as error:
            _log.warning("not made ahead: %s", error)


def _is_within(age: timedelta, most: timedelta) -> bool:
    """False too where the clock went back."""
    return timedelta(0) <= age < most
