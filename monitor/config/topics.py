"""Where each configured topic's definition stands: shipped, in a file of its own, or inline in sources.yaml.

Must not: check a definition; the matcher does.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.config.located import MAX_BYTES, Located, key_path, read_located
from monitor.errors import ConfigError, Problem

if TYPE_CHECKING:
    from monitor.config.located import KeyPath


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the configuration, for mistakes that only a later stage can see."""

    file: str
    line: int
    key: str

    def problem(self, message: str) -> Problem:
        """Return the mistake at this place."""
        return Problem(self.file, self.line, self.key, message)


@dataclass(frozen=True, slots=True)
class TopicRef:
    """A configured topic and the text of its definition.

    ``text`` is YAML, None for a shipped topic; ``file`` is what messages about the text name. An inline definition is
    padded to stand on the same lines as in sources.yaml.
    """

    name: str
    place: Place
    text: str | None = field(default=None, repr=False)
    file: str = ""


def read_text(path: Path, shown: str) -> str:
    """Return the text of a UTF-8 file of at most 2 MiB; raise ConfigError that names it as ``shown``."""
    try:
        with path.open("rb") as stream:
            body = stream.read(MAX_BYTES + len(codecs.BOM_UTF8) + 1)
    except OSError as error:
        raise ConfigError([Problem(shown, 0, "", (error.strerror or "cannot be read").lower())]) from None
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        if len(body) > MAX_BYTES:
            raise ConfigError([Problem(shown, 0, "", f"larger than {MAX_BYTES} bytes")]) from None
        line = body.count(b"\n", 0, error.start) + 1
        message = f"not UTF-8: byte 0x{body[error.start]:02x} at position {error.start}; save the file as UTF-8"
        raise ConfigError([Problem(shown, line, "", message)]) from None


def topic_ref(item: Any, at: int, located: Located, file: Path) -> TopicRef:
    """Return the topic that ``topics[at]`` names; raise ConfigError when there is no definition to be found."""
    path: KeyPath = ("topics", at)
    place = Place(str(file), located.line(path), key_path(path))
    if isinstance(item, dict):
        return _inline(item, path, located, place)
    if not isinstance(item, str) or not item.strip():
        raise ConfigError([place.problem("expected a shipped topic's name, ./path.yaml or a definition")])
    name = item.strip()
    if "/" in name or name.endswith((".yaml", ".yml")):
        return _own_file(file.parent / name, place)
    return TopicRef(name, place)


def _inline(item: dict[str, Any], path: KeyPath, located: Located, place: Place) -> TopicRef:
    name = item.get("name")
    if not isinstance(name, str) or not name:
        raise ConfigError([Problem(place.file, place.line, f"{place.key}.name", "is missing: the topic's name")])
    return TopicRef(name, place, located.cut(path), place.file)


def _own_file(path: Path, place: Place) -> TopicRef:
    if not path.exists():
        raise ConfigError([place.problem(f"no such file: {path}")])
    text = read_text(path, str(path))
    data = read_located(text, str(path)).data
    name = data.get("name") if isinstance(data, dict) else None
    return TopicRef(name if isinstance(name, str) and name else path.stem, place, text, str(path))
