"""The MONITOR_* environment variables, each also as NAME_FILE.

Must not: open the configuration or the database it names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from monitor.config.expand import Variables
from monitor.config.secrets import passwords_of
from monitor.errors import ConfigError, Problem
from monitor.passwords import hash_fault, is_hash, is_obvious

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = ("CONFIG", "DATABASE_URL", "HOST", "PORT", "ROOT_PATH", "PASSWORD", "LOG")
"""The variables, each with MONITOR_ before it."""

_DATABASES = ("sqlite", "postgresql")
_ROOT = re.compile(r"(/[A-Za-z0-9._~-]+)+")


@dataclass(frozen=True, slots=True)
class Environment:
    """Where this process finds its files and its door; ``password`` and ``database_url`` are never printed."""

    config: Path = Path("sources.yaml")
    database_url: str = field(default="sqlite:///data/monitor.db", repr=False)
    host: str = "127.0.0.1"
    port: int = 8000
    """0 takes any free port."""
    password: str | None = field(default=None, repr=False)
    log: Literal["text", "json"] = "text"
    root_path: str = ""
    """Path below which a proxy shows the page, such as ``/monitor``; empty for none."""
    warnings: tuple[str, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict, compare=False)
    """Each variable that is set, and the file it came from; empty for one of the environment itself."""

    def secrets(self) -> frozenset[str]:
        """Return the values that must never be seen in a log."""
        return frozenset(filter(None, [self.password, *passwords_of(self.database_url)]))


def environment(environ: Mapping[str, str]) -> Environment:
    """Read the MONITOR_* variables; an empty one counts as unset. Raises ConfigError with every mistake."""
    variables = Variables(environ)
    problems: list[Problem] = []
    found = {name: value for name in NAMES if (value := _one(variables, name, problems)) is not None}
    if problems:
        raise ConfigError(problems)
    default = Environment()
    return Environment(
        config=Path(found.get("CONFIG", default.config)),
        database_url=found.get("DATABASE_URL", default.database_url),
        host=found.get("HOST", default.host),
        port=int(found.get("PORT", default.port)),
        password=found.get("PASSWORD"),
        log="json" if found.get("LOG") == "json" else "text",
        root_path=found.get("ROOT_PATH", default.root_path),
        warnings=(*variables.warnings, *_misspelt(environ), *_guessed(found.get("PASSWORD", ""))),
        origins=dict(variables.origins),
    )


def _one(variables: Variables, name: str, problems: list[Problem]) -> str | None:
    try:
        value = variables.get(f"MONITOR_{name}")
        check = _CHECKS.get(name)
        return value if value is None or check is None else check(value)
    except ValueError as error:
        problems.append(Problem("environment", 0, f"MONITOR_{name}", str(error)))
        return None


def _database_url(value: str) -> str:
    try:
        scheme = urlsplit(value).scheme.partition("+")[0]
    except ValueError:
        scheme = ""
    if scheme not in _DATABASES:
        raise ValueError("expected a URL such as sqlite:///data/monitor.db or postgresql://user:password@host/name")
    return value


def _port(value: str) -> str:
    if not (value.isascii() and value.isdigit() and int(value[:6]) <= 65535):
        raise ValueError(f'expected a port from 0 to 65535, got "{value[:60]}"')
    return value


def _log(value: str) -> str:
    if value not in {"text", "json"}:
        raise ValueError(f'expected text or json, got "{value[:60]}"')
    return value


def root_path(value: str) -> str:
    """Read the path below which a proxy shows the page; ``/`` is none. Raises ValueError with what was expected."""
    path = value.strip().rstrip("/")
    if path and not (_ROOT.fullmatch(path) and len(path) <= 200 and not {".", ".."} & set(path.split("/"))):
        raise ValueError(f'expected a path such as /monitor, got "{value[:60]}"')
    return path


def _password(value: str) -> str:
    fault = hash_fault(value) if is_hash(value) else ""
    if fault:
        raise ValueError(fault)
    return value


def _guessed(password: str) -> list[str]:
    said = "MONITOR_PASSWORD is among the first that anybody tries; take another"
    return [said] if password and not is_hash(password) and is_obvious(password) else []


_CHECKS: dict[str, Callable[[str], str]] = {
    "DATABASE_URL": _database_url,
    "PORT": _port,
    "ROOT_PATH": root_path,
    "PASSWORD": _password,
    "LOG": _log,
}


def _misspelt(environ: Mapping[str, str]) -> list[str]:
    known = [f"MONITOR_{name}{end}" for name in NAMES for end in ("", "_FILE")]
    close = {
        name: get_close_matches(name, known, 1, 0.9)
        for name in sorted(environ)
        if name.startswith("MONITOR_") and name not in known
    }
    return [f"{name} is not known; did you mean {near[0]}?" for name, near in close.items() if near]
