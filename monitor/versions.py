"""What the program runs on: the versions that security and durability rest on, and what is to be said of old ones.

Must not: refuse anything, log.
"""

from __future__ import annotations

import platform
import pyexpat
import sqlite3
from collections.abc import Iterator, Mapping
from importlib import metadata

from monitor import __version__

Version = tuple[int, ...]

EXPAT: Version = (2, 6, 0)
"""Earlier ones take quadratic time on some input (CVE-2023-52425)."""
SQLITE: Version = (3, 51, 3)
"""Earlier ones can, though rarely, damage a database in WAL mode when two connections write and checkpoint at the same
moment (the WAL-reset bug, https://www.sqlite.org/wal.html#walresetbug)."""
MENDED: Mapping[Version, int] = {(3, 44): 6, (3, 50): 7}
"""Older lines of SQLite to which the mend was carried back: the first good one of each."""


def versions() -> dict[str, str]:
    """By name: the program, Python, expat, SQLite, the certificates."""
    return {
        "monitor": __version__,
        "python": platform.python_version(),
        "expat": pyexpat.EXPAT_VERSION.removeprefix("expat_"),
        "sqlite": sqlite3.sqlite_version,
        "certifi": _installed("certifi"),
    }


def doubts(found: Mapping[str, str]) -> Iterator[str]:
    """What a person should know of these versions, in one line each."""
    if _parsed(found["expat"]) < EXPAT:
        yield (
            f"expat {found['expat']} is older than 2.6.0 and known to be weak against hostile XML; feeds are parsed in"
            " child processes that are ended in time, but take a newer Python image or system"
        )
    if not is_sound(_parsed(found["sqlite"])):
        yield (
            f"SQLite {found['sqlite']} has the WAL-reset bug, which can in rare cases damage a database; take 3.51.3 or"
            " later (or 3.50.7, 3.44.6), and keep backups"
        )


def is_sound(sqlite: Version) -> bool:
    """Whether this SQLite is free of the WAL-reset bug."""
    mended = MENDED.get(sqlite[:2])
    return sqlite >= SQLITE or (mended is not None and sqlite[2:] >= (mended,))


def _parsed(version: str) -> Version:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _installed(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "none"
