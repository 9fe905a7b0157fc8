"""The monitor looks at itself: facts from the database, what follows from them back into it. The only I/O of this.

A database that cannot be written is remembered and told once it can be; the log has it at once. Must not: decide what
is worth a notice (``watch`` does), read a clock.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.errors import StoreError
from monitor.keep import watch
from monitor.keep.alive import alive

if TYPE_CHECKING:
    from monitor.config.settings import WatchOptions
    from monitor.errors import Problem
    from monitor.model import Notice
    from monitor.store import WatchStore

_log = logging.getLogger("monitor.watch")

PAUSE = timedelta(minutes=5)
"""More time than this between two looks: the program stood still, or the clock was set."""
NOT_LOOKED = "not looked at yet"


class Watcher:
    """Looks when it is told to. ``wrong`` says what keeps the monitor from being healthy."""

    def __init__(
        self,
        store: WatchStore,
        options: WatchOptions,
        timezone: str,
        off: Sequence[str],
        unsaved: Callable[[], Mapping[str, Sequence[str]]] = dict,
    ) -> None:
        """``timezone``: that of the calendar; ``off``: names of the sources that are switched off.

        ``unsaved``: asks for the filters that alerts name and nobody has saved, with those alerts.
        """
        self._unsaved = unsaved
        self.wrong: tuple[str, ...] = (NOT_LOOKED,)
        self._store = store
        self._options = options
        self._timezone = timezone
        self._off = off
        self._last: datetime | None = None
        self._awake: datetime | None = None
        self._unwritable: tuple[datetime, str] | None = None

    def look(self, now: datetime, *, awake: datetime | None = None) -> tuple[Notice, ...]:
        """Say what has changed; returns that. Never raises for the database's sake.

        ``awake``: since when the program works without a pause; without it that is taken from the looks themselves.
        """
        self._awake = awake or self._since(now)
        self._last = now
        try:
            self._store.prove_writable(now)
            known = self._store.known(watch.WATCHED)
            changed = watch.changes(self._store.facts(now), known, self._options, self._awake, now)
            told = (*changed, *watch.filters(self._unsaved(), known, now), *self._again(now))
            self._tell(told)
            self._unwritable = None
        except StoreError as error:
            self._fail(error, now)
            return ()
        self.wrong = watch.open_troubles(known | {(one.kind, one.subject): one for one in told})
        return told

    def configuration(self, subject: str, problems: Iterable[Problem], now: datetime) -> None:
        """Say that the configuration has these mistakes, or none any more. Never raises for the database's sake."""
        try:
            notice = watch.config(subject, problems, self._store.known(("config",)), now)
            self._tell([notice] if notice else [])
        except StoreError as error:
            self._fail(error, now)

    def say_alive(self, started: datetime, now: datetime) -> Notice | None:
        """Say "still alive" with the figures when its time has come; returns that. ``started``: of the program."""
        last, first = self._store.last_alive(now), self._store.first_poll()
        since = last or first
        if since is None or not watch.alive_due(self._options.alive, last, first, self._timezone, now):
            return None
        notice = alive(self._store.figures(since, now), self._off, started, now)
        self._tell([notice])
        return notice

    def _since(self, now: datetime) -> datetime:
        steady = self._last is not None and timedelta(0) <= now - self._last <= PAUSE
        return self._awake if steady and self._awake is not None else now

    def _again(self, now: datetime) -> tuple[Notice, ...]:
        return (watch.writable_again(*self._unwritable, now),) if self._unwritable else ()

    def _tell(self, notices: Sequence[Notice]) -> None:
        if notices:
            self._store.tell(notices)
        for one in notices:
            level = logging.INFO if one.state in (watch.WELL, "alive") else logging.WARNING
            _log.log(level, "%s: %s: %s", one.kind, one.subject, one.words)

    def _fail(self, error: StoreError, now: datetime) -> None:
        self.wrong = ("database",)
        if self._unwritable is None:
            self._unwritable = (now, str(error))
            _log.error("the database cannot be used; it is tried again each minute: %s", error)
