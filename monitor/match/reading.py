"""Plain data from a file to values, collecting what is wrong with file, line, key and what was expected.

Every scalar arrives as the string the user wrote. Must not: know what a key means.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from monitor.config.located import key_path
from monitor.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Collection

    from monitor.config.located import KeyPath, Located

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class Reader:
    """Reads values and remembers every problem; a wrong value is replaced by a harmless one."""

    def __init__(self, located: Located, file: str) -> None:
        self._located = located
        self._file = file
        self.problems: list[Problem] = []

    def wrong(self, path: KeyPath, message: str) -> None:
        """Remember a mistake."""
        self.problems.append(Problem(self._file, self._located.line(path), key_path(path), message))

    def line(self, path: KeyPath) -> int:
        """Return the line of this key or item."""
        return self._located.line(path)

    def mapping(
        self, path: KeyPath, value: Any, *, known: Collection[str] = (), required: Collection[str] = ()
    ) -> bool:
        """Tell whether the value is a mapping; unknown and missing keys are mistakes."""
        if not isinstance(value, dict):
            self.wrong(path, f"expected keys and values, got {_shown(value)}")
            return False
        for key in value:
            if known and key not in known:
                self.wrong((*path, key), f"unknown key; expected one of {', '.join(sorted(known))}")
        for key in required:
            if key not in value:
                self.wrong(path, f"{key} is missing")
        return True

    def items(self, path: KeyPath, value: Any, what: str) -> list[Any]:
        """Return the items of a list."""
        if isinstance(value, list):
            return value
        self.wrong(path, f"expected a list of {what}, got {_shown(value)}")
        return []

    def text(self, path: KeyPath, value: Any) -> str:
        """Return a text that is not empty."""
        if isinstance(value, str) and value.strip():
            return value
        self.wrong(path, f"expected text, got {_shown(value)}")
        return ""

    def name(self, path: KeyPath, value: Any) -> str:
        """Return a name of lower-case letters, digits and hyphens."""
        if isinstance(value, str) and _NAME.fullmatch(value):
            return value
        self.wrong(path, f"expected a name of lower-case letters, digits and hyphens, got {_shown(value)}")
        return ""

    def number(self, path: KeyPath, value: Any, *, low: float = 0.0, high: float = 1000.0) -> float:
        """Return a number between ``low`` and ``high``."""
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = low - 1
        if low <= number <= high:
            return number
        self.wrong(path, f"expected a number from {low:g} to {high:g}, got {_shown(value)}")
        return low

    def flag(self, path: KeyPath, value: Any) -> bool:
        """Return a yes or no."""
        if value in ("true", "false"):
            return bool(value == "true")
        self.wrong(path, f"expected true or false, got {_shown(value)}")
        return False

    def choice(self, path: KeyPath, value: Any, choices: Collection[str]) -> str:
        """Return one of a fixed set of words."""
        if isinstance(value, str) and value in choices:
            return value
        self.wrong(path, f"expected one of {', '.join(sorted(choices))}, got {_shown(value)}")
        return ""


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "keys and values"
    if isinstance(value, list):
        return "a list"
    return repr(value[:60]) if value else "nothing"
