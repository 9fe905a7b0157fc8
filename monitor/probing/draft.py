"""Putting new sources into sources.yaml: the whole is checked first, then put in place at once, or left as it was."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from monitor.config.edit import NewSource, with_sources
from monitor.config.settings import Settings, load, written
from monitor.errors import ConfigError, MonitorError
from monitor.loading import load as load_whole
from monitor.model import Source
from monitor.urls import url_key

_BUSY = "or print the lines with --print and put them in yourself"


@dataclass(frozen=True, slots=True)
class Draft:
    """sources.yaml as it is, and as it would be."""

    path: Path
    before: str
    after: str

    def settings(self, environ: Mapping[str, str]) -> Settings:
        """What it would say; MonitorError with the first reason where it would not be good."""
        with self._left():
            return load(self.path, environ, text=self.after)

    def check(self, environ: Mapping[str, str]) -> Settings:
        """As ``settings``, but with all that the start of the program checks: topics and channels, too."""
        with self._left():
            return load_whole(self.path, environ, text=self.after).settings

    @contextmanager
    def _left(self) -> Iterator[None]:
        try:
            yield
        except ConfigError as error:
            raise MonitorError(f"{self.path} is left as it was; with the new lines: {error.problems[0]}") from None

    def put(self) -> None:
        """Replace the file at once; its name, mode and, where it is a link, the link stay.

        Raises MonitorError where the file has changed meanwhile or cannot be replaced; it is then as it was.
        """
        target = self.path.resolve()
        if written(self.path) != self.before:
            raise MonitorError(f"{self.path} was changed by somebody else meanwhile and is left so; try again")
        try:
            _replace(target, self.after.encode("utf-8"))
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise MonitorError(f"{self.path} cannot be replaced ({why}); make it writable, {_BUSY}") from None


def existing(path: Path, environ: Mapping[str, str]) -> tuple[Source, ...]:
    """The sources that are there; none where the file is good but for having none yet. Raises ConfigError."""
    try:
        return load(path, environ).sources
    except ConfigError as error:
        if [problem.key for problem in error.problems] != ["sources"]:
            raise
        return ()


def draft(path: Path, sources: Sequence[NewSource], *, heading: str = "") -> Draft:
    """What the file would be with these sources."""
    before = written(path)
    return Draft(path, before, with_sources(before, sources, file=str(path), heading=heading))


def refuse_known(url: str, there: Sequence[Source]) -> None:
    """Raise MonitorError where a source with this address is there already."""
    key = url_key(url)
    for source in there:
        if url_key(source.url) == key:
            off = "" if source.enabled else ", disabled"
            raise MonitorError(f'this address is in sources.yaml already: "{source.name}"{off}')


def _replace(target: Path, body: bytes) -> None:
    """Write beside the file and rename over it, so that a reader sees the old one or the new one, whole."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(body)
            stream.flush()
            os.fsync(stream.fileno())
        former = target.stat()
        with suppress(OSError):  # only root may give a file away; others own what they can replace
            os.chown(name, former.st_uid, former.st_gid)
        Path(name).chmod(former.st_mode & 0o7777)
        Path(name).replace(target)
    except OSError:
        with suppress(OSError):
            Path(name).unlink()
        raise
