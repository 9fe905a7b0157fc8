"""Whether the configuration was changed, what it says now, and what is in force: sources.yaml, its topics, templates.

The files of secrets count as well. Looked at by size and time, since a file in a container's volume may tell nobody of
a change. A file that changes between two looks is still being written. Must not: take anything over.
"""

from __future__ import annotations

import hashlib
import logging
import stat
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from monitor.config.settings import digest
from monitor.errors import ConfigError, Problem
from monitor.loading import Loaded, load

REPEAT: Final = 12
"""Looks after which a bad configuration is read again although its files are the same: its topic may be there now."""

LARGEST: Final = 8 * 1024 * 1024
"""Bytes of a file that is hashed; what is read of the configuration is less."""

_Stamps = Mapping[Path, tuple[int, int, int] | None]
_log = logging.getLogger("monitor")


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file of the configuration as it was when it was read."""

    path: str
    kind: str
    """``configuration``, ``topic``, ``template`` or ``secret``."""
    changed: datetime | None
    digest: str = ""
    """SHA-256 of its bytes, in hex; empty for a secret, whose hash might betray it, and for what cannot be read."""


@dataclass(frozen=True, slots=True)
class Refused:
    """What is wrong with what the files say now, and since when they say it."""

    at: datetime
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """What is in force: since when, and by which files; what was refused since."""

    since: datetime
    files: tuple[ReadFile, ...]
    refused: Refused | None = None


class Reload:
    """Remembers what the files were like when they were read last. ``standing`` may be read from any thread."""

    def __init__(self, path: Path, environ: Mapping[str, str], loaded: Loaded, now: Callable[[], datetime]) -> None:
        """``loaded``: what is in force, read from ``path``."""
        self.path = path
        self._environ = environ
        self._now = now
        self._files = _files(path, loaded)
        self._seen = _stamps(self._files)
        # What was written while the program started has to be seen as a change.
        late = {file for file, digest in _read_from(path, loaded).items() if _digest(file) != digest}
        self._read: _Stamps = {file: None if file in late else stamp for file, stamp in self._seen.items()}
        self._refused = 0
        self._latest = _as_read(self._files, _read_from(path, loaded))
        self.standing = Standing(now(), self._latest)

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

    def adopted(self) -> None:
        """What was read last is in force from now on."""
        self.standing = Standing(self._now(), self._latest)

    def _load(self, stamps: _Stamps) -> Loaded | ConfigError:
        self._read = stamps
        try:
            loaded = load(self.path, self._environ)
        except ConfigError as error:
            return self._refuse(error)
        except Exception as error:  # noqa: BLE001 - whatever a file holds, what is in force goes on
            _log.exception("the configuration could not be read; what is in force stays")
            words = f"cannot be read ({type(error).__name__}); the log says more"
            return self._refuse(ConfigError([Problem(str(self.path), 0, "", words)]))
        self._refused = 0
        self._watch(_files(self.path, loaded))
        self._latest = _as_read(self._files, _read_from(self.path, loaded))
        return loaded

    def _refuse(self, error: ConfigError) -> ConfigError:
        """Remember what is wrong, and look at the files that it names as well."""
        self._refused = 1
        named = [Path(problem.file) for problem in error.problems]
        self._watch({**self._files, **{file: "" for file in named if file not in self._files and file.exists()}})
        before = self.standing.refused
        if before is None or before.problems != error.problems:
            self.standing = replace(self.standing, refused=Refused(self._now(), error.problems))
        return error

    def _watch(self, files: Mapping[Path, str]) -> None:
        """Look at these from now on; those that are new are taken as they are."""
        self._files = dict(files)
        kept = {file: self._read[file] for file in self._files if file in self._read}
        self._read = {**_stamps(self._files), **kept}
        self._seen = dict(self._read)


def _files(path: Path, loaded: Loaded) -> dict[Path, str]:
    """What to look at, and what each is; folders of templates as well, for what comes into them."""
    settings, known = loaded.settings, loaded.environment
    secrets = [*settings.origins.values(), known.origins.get("MONITOR_PASSWORD", "")]
    folders = [Path(alert.templates) for alert in settings.alerts if alert.templates]
    return {
        path: "configuration",
        **{
            Path(topic.file): "topic" for topic in settings.topics if topic.text is not None and topic.file != str(path)
        },
        **dict.fromkeys((file for folder in folders for file in (folder, *_listed(folder))), "template"),
        **dict.fromkeys(map(Path, filter(None, secrets)), "secret"),
    }


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


def _read_from(path: Path, loaded: Loaded) -> dict[Path, str]:
    """The hash of each text that the configuration was read from, as it was read."""
    own = (topic for topic in loaded.settings.topics if topic.text is not None and topic.file != str(path))
    return {path: loaded.settings.digest, **{Path(topic.file): digest(topic.text or "") for topic in own}}


def _as_read(files: Mapping[Path, str], known: Mapping[Path, str]) -> tuple[ReadFile, ...]:
    """The files as they are shown; those whose hash is not ``known`` are hashed now."""
    return tuple(_one(file, kind, known.get(file)) for file, kind in files.items() if not file.is_dir())


def _one(file: Path, kind: str, known: str | None) -> ReadFile:
    try:
        changed = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    except OSError:
        return ReadFile(str(file), kind, None, known or "")
    return ReadFile(str(file), kind, changed, "" if kind == "secret" else known or _digest(file))


def _digest(file: Path) -> str:
    """SHA-256 in hex; empty for what is no file, is too large, or cannot be read."""
    try:
        found = file.stat()
        plain = stat.S_ISREG(found.st_mode) and found.st_size <= LARGEST
        return hashlib.sha256(file.read_bytes()).hexdigest() if plain else ""
    except OSError:
        return ""
