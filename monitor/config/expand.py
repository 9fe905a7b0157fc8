"""``${NAME}`` in sources.yaml, filled in from the environment or from the file that ``NAME_FILE`` names.

Must not: know which keys hold secrets, put a value into a message.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from monitor.config.located import KeyPath

MAX_SECRET_BYTES = 64 * 1024

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_VARIABLE = re.compile(r"\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$\{")
# Docker mounts secrets readable for all, inside the container only.
_DOCKER_SECRETS = Path("/run/secrets")


@dataclass(frozen=True, slots=True)
class Expanded:
    """Data with its variables filled in, what was filled in, and what could not be."""

    data: Any
    values: frozenset[str]
    mistakes: tuple[tuple[KeyPath, str], ...] = ()
    warnings: tuple[str, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)
    """Each variable that was filled in, and the file it came from; empty for one of the environment itself."""


class Variables:
    """The environment as the configuration sees it: a value, or the reason why there is none."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.values: set[str] = set()
        self.warnings: dict[str, None] = {}
        self.origins: dict[str, str] = {}

    def get(self, name: str) -> str | None:
        """Return the value of NAME, or the contents of the file NAME_FILE without its last line end; None if unset.

        An empty value counts as unset. Raises ValueError when both are set, the file cannot be read or is empty, or
        the value holds a line break or another control character.
        """
        file = self._environ.get(f"{name}_FILE", "")
        value = self._environ.get(name, "")
        if file and value:
            raise ValueError(f"both {name} and {name}_FILE are set; unset one of them")
        if file:
            value = self._read(f"{name}_FILE", Path(file))
        if _CONTROL.search(value):
            raise ValueError(f"the value of {name} holds a line break or another control character")
        if value:
            self.values.add(value)
            self.origins[name] = file
        return value or None

    def need(self, name: str) -> str:
        """Return the value as ``get`` does; raise ValueError when it is unset."""
        value = self.get(name)
        if value is None:
            raise ValueError(f"environment variable {name} is not set; set it or {name}_FILE")
        return value

    def _read(self, variable: str, file: Path) -> str:
        try:
            body, mode = _contents(file)
        except OSError as error:
            raise ValueError(f"{variable} names {file}: {(error.strerror or 'cannot be read').lower()}") from None
        if not stat.S_ISREG(mode):
            raise ValueError(f"{variable} names {file}: not a file that can be read again")
        if len(body) > MAX_SECRET_BYTES:
            raise ValueError(f"{variable} names {file}: larger than {MAX_SECRET_BYTES} bytes")
        if mode & stat.S_IROTH and not file.is_relative_to(_DOCKER_SECRETS):
            self.warnings[f"{file} ({variable}) can be read by every user of this machine; chmod 600 it"] = None
        try:
            value = body.decode("utf-8-sig").removesuffix("\n").removesuffix("\r")
        except UnicodeDecodeError:
            raise ValueError(f"{variable} names {file}: not UTF-8") from None
        if not value:
            raise ValueError(f"{variable} names {file}: empty; write the value into it, or unset {variable}")
        return value


def _contents(file: Path) -> tuple[bytes, int]:
    """The first bytes of a file, and its mode; nothing of what could make us wait, such as a pipe that nobody fills."""
    handle = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as stream:
        mode = os.fstat(handle).st_mode
        return stream.read(MAX_SECRET_BYTES + 1) if stat.S_ISREG(mode) else b"", mode


def expand(data: Any, environ: Mapping[str, str]) -> Expanded:
    """Fill in every ``${NAME}`` of the data; ``$${`` stands for a literal ``${``.

    Left as they are: entries with ``enabled: false``, which need no variables, and inline topic definitions.
    """
    variables = Variables(environ)
    mistakes: list[tuple[KeyPath, str]] = []
    filled = _walk(data, (), variables, mistakes)
    return Expanded(
        filled, frozenset(variables.values), tuple(mistakes), tuple(variables.warnings), dict(variables.origins)
    )


def disabled(entry: Mapping[str, Any]) -> bool:
    """Whether an entry says ``enabled: false``."""
    return str(entry.get("enabled", "")).strip().lower() in {"false", "no", "off"}


def _walk(node: Any, path: KeyPath, variables: Variables, mistakes: list[tuple[KeyPath, str]]) -> Any:
    if isinstance(node, str):
        return _fill(node, path, variables, mistakes)
    if isinstance(node, list):
        return [_walk(item, (*path, index), variables, mistakes) for index, item in enumerate(node)]
    if path[:1] == ("topics",) or disabled(node):
        return node
    return {key: _walk(item, (*path, key), variables, mistakes) for key, item in node.items()}


def _fill(text: str, path: KeyPath, variables: Variables, mistakes: list[tuple[KeyPath, str]]) -> str:
    out: list[str] = []
    shown = 0
    for found in _VARIABLE.finditer(text):
        out.append(text[shown : found.start()])
        shown = found.end()
        try:
            out.append(_value(found, variables))
        except ValueError as error:
            mistakes.append((path, str(error)))
    return "".join(out) + text[shown:]


def _value(found: re.Match[str], variables: Variables) -> str:
    if found[0] == "$${":
        return "${"
    if found[1] is None:
        raise ValueError("expected ${NAME} with letters, digits and _; write $${ for a literal ${")
    return variables.need(found[1])
