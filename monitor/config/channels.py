"""Alerts as they are written become channels: one a URL, with the rules that hold for it.

Must not: check anything; what stands in the file is good by now.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.config.located import KeyPath, Located, key_path
from monitor.config.topics import Place
from monitor.model import Alert

if TYPE_CHECKING:
    from monitor.config.models import AlertKeys, File


def channel_names(name: str, urls: int) -> list[str]:
    """The names of the channels of an alert with so many URLs: ``desk``, or ``desk/1``, ``desk/2`` for several."""
    return [name] if urls < 2 else [f"{name}/{number}" for number in range(1, urls + 1)]


def alerts(file: File, topics: Sequence[str], folder: Path) -> Iterator[Alert]:
    """The channels of all alerts that are not disabled; paths are relative to ``folder``."""
    for keys in file.alerts:
        if keys.enabled:
            for name, url in zip(channel_names(keys.name, len(keys.url)), keys.url, strict=True):
                yield _alert(keys, file, topics, folder, (name, url))


def _alert(keys: AlertKeys, file: File, topics: Sequence[str], folder: Path, channel: tuple[str, str]) -> Alert:
    """What stands in the entry goes before ``defaults.alerts``, and that before ``defaults``."""
    defaults = file.defaults
    rules: dict[str, Any] = {"timezone": defaults.timezone, "expires": defaults.expires, "topics": tuple(topics)}
    rules |= defaults.alerts.written() | keys.written()
    templates = None if keys.templates is None else str(folder / keys.templates)
    name, url = channel
    return Alert(name=name, url=url, templates=templates, **rules)


def places(file: File, located: Located, path: Path) -> Iterator[tuple[tuple[str, str], Place]]:
    """Where the URL and the template folder of each channel stand: by its name and the key; where each source does."""
    for at, source in enumerate(file.sources):
        yield (source.name, "source"), _place(("sources", at), located, path)
    for at, keys in enumerate(file.alerts):
        names = channel_names(keys.name, len(keys.url))
        for number, name in enumerate(names):
            where: KeyPath = ("alerts", at, "url", number)
            yield (name, "url"), _place(where if len(names) > 1 else where[:-1], located, path)
            yield (name, "templates"), _place(("alerts", at, "templates"), located, path)


def _place(where: KeyPath, located: Located, path: Path) -> Place:
    return Place(str(path), located.line(where), key_path(where))
