"""The checks of a database in their order, each with the time it took; mended where that is asked for.

Must not: read a clock; know tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from monitor.model import Checked
from monitor.store.checking import CheckStore
from monitor.store.file_checks import REPAIR, check_file, check_references, mend_indexes
from monitor.store.server_checks import ServerChecks

Timer = Callable[[], float]
"""Seconds from any beginning."""


def checks_of_file(path: Path, seconds: Timer, tell: Callable[[], None], *, repair: bool) -> Iterator[Checked]:
    """Look at a database file (SQLite): its pages and indexes, and the rows that name others."""
    found = timed(lambda: check_file(path, tell), seconds)
    if found.wrong and repair and found.mend == REPAIR:
        mend_indexes(path)
        found = replace(timed(lambda: check_file(path, tell), seconds), mended=True)
    yield found
    if not found.wrong:
        yield timed(lambda: check_references(path), seconds)


def checks_of_server(checks: ServerChecks, seconds: Timer, *, repair: bool) -> Iterator[Checked]:
    """Ask a server (PostgreSQL) what is wrong with a database."""
    yield timed(checks.references, seconds)
    found = timed(checks.counters, seconds)
    if found.wrong and repair:
        checks.mend_counters()
        found = replace(found, mended=not checks.counters().wrong)
    yield found


def checks_within(
    store: CheckStore, now: datetime, seconds: Timer, *, thorough: bool, repair: bool
) -> Iterator[Checked]:
    """Look at what a database holds."""
    for name in store.names():
        found = timed(lambda name=name: store.look(name, now, thorough=thorough), seconds)  # type: ignore[misc]
        if found.wrong and repair:
            store.mend(name, now)
            again = store.look(name, now, thorough=thorough)
            found = replace(found, mended=not again.wrong)
        yield found


def timed(work: Callable[[], Checked], seconds: Timer) -> Checked:
    """What a check says, with how long it took."""
    began = seconds()
    found = work()
    return replace(found, seconds=seconds() - began)
