"""Whether the configuration was changed, and what it says now: sources.yaml, its topic files, its message templates.

Looked at by size and time, since a file in a container's volume may tell nobody of a change. A file that changes
between two looks is still being written. Must not: take anything over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from monitor.config.settings import Settings
from monitor.errors import ConfigError
from monitor.loading import Loaded, load

REPEAT: Final = 12
"""Looks after which a bad configuration is read again although its files are the same: its topic may be there now."""

_Stamps = Mapping[Path, tuple[int, int, int] | None]


class Reload:
    """Remembers what the files were like when they were read last."""

    def __init__(self, path: Path, environ: Mapping[str, str], settings: Settings) -> None:
        """``settings``: what is in force, read from ``path``."""
        self.path = path
        self._environ = environ
        self._files = _files(path, settings)
        self._read = self._seen = _stamps(self._files)
        self._refused = 0

    def look(self, *, at_once: bool = False) -> Loaded | ConfigError | None:
        """What the files say now, good or bad; None when nothing has changed since they were read last.

        A change is read at the look after the one that saw it, if the files are the same then. ``at_once`` reads
        them whatever they look like.
        """
        now = _stamps(self._files)
        steady, self._seen = now == self._seen, now
        self._refused += bool(self._refused)
        if at_once or (steady and (now != self._read or self._refused > REPEAT)):
            return self._load(now)
        return None

    def _load(self, stamps: _Stamps) -> Loaded | ConfigError:
        self._read = stamps
        try:
            loaded = load(self.path, self._environ)
        except ConfigError as error:
            self._refused = 1
            named = [Path(problem.file) for problem in error.problems]
            self._watch({*self._files, *(file for file in named if file.exists())})
            return error
        self._refused = 0
        self._watch(_files(self.path, loaded.settings))
        return loaded

    def _watch(self, files: Iterable[Path]) -> None:
        """Look at these from now on; those that are new are taken as they are."""
        self._files = frozenset(files)
        self._read = {**_stamps(self._files), **{file: self._read[file] for file in self._files & self._read.keys()}}
        self._seen = dict(self._read)


def _files(path: Path, settings: Settings) -> frozenset[Path]:
    topics = (Path(topic.file) for topic in settings.topics if topic.text is not None)
    folders = (Path(alert.templates) for alert in settings.alerts if alert.templates)
    return frozenset({path, *topics, *(file for folder in folders for file in (folder, *_listed(folder)))})


def _listed(folder: Path) -> Iterable[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return ()


def _stamps(files: Iterable[Path]) -> _Stamps:
    return {file: _stamp(file) for file in files}


def _stamp(file: Path) -> tuple[int, int, int] | None:
    """Time, size and identity; None for a file that cannot be looked at."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
