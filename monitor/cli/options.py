"""Options that every command knows, and where they lead: files, database, environment."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.config.environment import Environment
    from monitor.loading import Loaded
    from monitor.store import Database, ReviewStore

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="The configuration (sources.yaml, or $MONITOR_CONFIG)."),
]
DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--database", metavar="URL", help="The database (sqlite:///data/monitor.db, or $MONITOR_DATABASE_URL)."
    ),
]
LARGEST = 2**63 - 1
"""The largest number that a database knows."""
JsonOption = Annotated[bool, typer.Option("--json", help="For programs: JSON on stdout.")]


@dataclass(frozen=True)
class Where:
    """What was given before the command's name."""

    config: Path | None = None
    database: str | None = None


@dataclass(frozen=True)
class Place:
    """Where this command finds its files."""

    config: Path
    database: str
    environment: Environment


class DefaultGroup(TyperGroup):
    """A noun whose ``list`` may be left out: ``monitor hits --json`` is ``monitor hits list --json``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put ``list`` in front unless a subcommand or help is asked for."""
        at = _globals_end(args)
        rest = args[at:]
        if at <= len(args) and (not rest or (rest[0].startswith("-") and rest[0] not in {"-h", "--help"})):
            args = [*args[:at], "list", *rest]
        return super().parse_args(ctx, args)


def _globals_end(args: list[str]) -> int:
    """Where the options that every command knows end; beyond the last argument when the last one lacks its value."""
    at = 0
    while at < len(args) and args[at].partition("=")[0] in {"--config", "--database"}:
        at += 1 if "=" in args[at] else 2
    return at


def remember(context: typer.Context, config: ConfigOption = None, database: DatabaseOption = None) -> None:
    """Keep what was given before a subcommand's name for the subcommand."""
    former = context.find_object(Where) or Where()
    context.obj = Where(config or former.config, database or former.database)


def examples(*lines: str) -> str:
    """The end of a command's help: lines to copy."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


def place(context: typer.Context, config: Path | None, database: str | None) -> Place:
    """Resolve the options: after the command, before it, the environment, the default."""
    from monitor.config.environment import environment

    given = context.find_object(Where) or Where()
    known = environment(os.environ)
    url = database or given.database or known.database_url
    check_database(url, "--database")
    return Place(config or given.config or known.config, url, replace(known, database_url=url))


def check_database(url: str, name: str) -> None:
    """Raise UsageError for what is no database of this program; the URL may hold a password and is not shown.

    ``name``: what the user gave it as.
    """
    scheme = url.partition(":")[0].partition("+")[0]
    if scheme not in {"sqlite", "postgresql"} or "://" not in url:
        raise UsageError(f"{name}: expected a URL such as sqlite:///data/monitor.db")
    if scheme == "postgresql" and find_spec("psycopg") is None:
        raise UsageError(
            f"{name}: PostgreSQL needs more packages; pip install 'ramstein-monitor[scale]', or use sqlite:///data/monitor.db"
        )


def configured(context: typer.Context, config: Path | None, database: str | None) -> Loaded:
    """What sources.yaml says, or the shipped topics alone where there is no sources.yaml and none was asked for."""
    from monitor.loading import load, load_shipped

    found = place(context, config, database)
    asked = config or (context.find_object(Where) or Where()).config or os.environ.get("MONITOR_CONFIG")
    return load(found.config, os.environ) if asked or found.config.exists() else load_shipped()


@contextmanager
def review(found: Place) -> Iterator[ReviewStore]:
    """The stored hits of an existing database; a database that is not there is not made by looking at it."""
    from monitor.store import ReviewStore

    with stored(found) as database:
        yield ReviewStore(database)


@contextmanager
def stored(found: Place) -> Iterator[Database]:
    """An existing database, closed at the end; UsageError when there is none."""
    from monitor.store import open_database
    from monitor.store.engines import sqlite_path

    path = sqlite_path(found.database)
    if path is not None and not path.exists():
        raise UsageError(f"{path}: no database yet; `monitor poll` or `monitor run` makes it")
    database = open_database(found.database)
    try:
        yield database
    finally:
        database.close()


def parse_time(text: str | None, now: datetime, option: str) -> datetime | None:
    """A point in time: ``2026-05-04``, ``2026-05-04T12:00`` (UTC), or an age such as ``24h`` or ``14d``."""
    from monitor.config.values import duration

    if text is None:
        return None
    try:
        return now - duration(text)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise UsageError(
            f'{option}: expected a date such as 2026-05-04 or an age such as 24h or 14d, got "{text}"'
        ) from None


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def week() -> timedelta:
    """How long a delivery that is sent again stays in the outbox at most."""
    return timedelta(days=7)


def noun(words: str, *lines: str, default: bool = True) -> typer.Typer:
    """A noun with its subcommands and examples; with ``default``, ``list`` may be left out."""
    kind = DefaultGroup if default else TyperGroup
    return typer.Typer(
        cls=kind, no_args_is_help=not default, help=words, epilog=examples(*lines) if lines else None, callback=remember
    )
