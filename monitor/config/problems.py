"""Pydantic's errors as mistakes for a person: file, line, key, and what was expected.

Must not: validate anything itself.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from monitor.config import values
from monitor.config.access import CUT
from monitor.config.models import MAPPINGS, File

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.config.located import KeyPath


_PIECE = re.compile("[tp]=[0-9]")
"""What is left of an argon2 hash behind a comma, where it stands in braces without quotes."""


def validated(data: Mapping[str, Any]) -> tuple[File | None, list[tuple[KeyPath, str]]]:
    """Return the checked file, or None and every mistake with the path of its key."""
    try:
        return File.model_validate(data), []
    except ValidationError as error:
        found = (_mistake(detail, _written(detail["loc"], data)) for detail in error.errors(include_url=False))
        return None, list(dict.fromkeys(found))


def _written(path: KeyPath, data: Any) -> KeyPath:
    """Without the position of a value that stands alone where a list may stand."""
    for at, part in enumerate(path):
        if isinstance(part, int) and not isinstance(data, list):
            return path[:at]
        data = data[part] if isinstance(part, int) else data.get(part) if isinstance(data, dict) else None
    return path


def _mistake(detail: Any, path: KeyPath) -> tuple[KeyPath, str]:
    kind = detail["type"]
    if kind == "extra_forbidden":
        if path[:2] == ("web", "users") and _PIECE.match(str(path[-1])):
            return (*path[:-1], "password"), CUT
        return path, unknown_key(path)
    if kind == "missing":
        return path, f"is missing: {_description(path)}"
    if kind == "value_error":
        return path, str(detail["ctx"]["error"])
    expected = "a list" if kind in {"tuple_type", "list_type"} else "keys and values"
    secret = path[0] == "web"  # where a token may stand in a wrong place
    return path, f"expected {expected}" + ("" if secret else f", got {values.show(detail['input'])}")


def unknown_key(path: KeyPath) -> str:
    """Say which keys are known in the mapping where this unknown one stands."""
    known = list(MAPPINGS[_without_positions(path[:-1])].model_fields)
    close = get_close_matches(str(path[-1]).lower(), known, 1, 0.7)
    hint = f" (did you mean {close[0]}?)" if close else ""
    return f"unknown key; expected one of: {', '.join(known)}{hint}"


def _description(path: KeyPath) -> str:
    return str(MAPPINGS[_without_positions(path[:-1])].model_fields[str(path[-1])].description)


def _without_positions(path: KeyPath) -> tuple[str, ...]:
    return tuple(part for part in path if isinstance(part, str))
