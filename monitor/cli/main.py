"""The command line's root: the global options, the nouns, and how an error is told."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from typing import Any

import typer

from monitor import __version__
from monitor.cli import (
    alerts,
    backup,
    canary,
    checking,
    config,
    coverage,
    daemon,
    databases,
    export,
    filters,
    hits,
    match,
    sources,
    topics,
    why,
    worker,
)
from monitor.cli.options import ConfigOption, DatabaseOption, Where, examples
from monitor.errors import AlreadyRunningError, ConfigError, MonitorError, UsageError

cli = typer.Typer(
    name="monitor",
    help="Watches the world's news, in every language, for the Ukraine Defense Contact Group (the Ramstein format).",
    epilog=examples(
        "monitor demo                  the whole job on this machine alone: no network, no configuration",
        "monitor config check          is sources.yaml good, and what is in force",
        "monitor poll                  one round: poll, read, match, alert",
        "monitor hits --since 24h      what was found",
        "monitor why URL               what became of one article, and why",
        "monitor run                   the daemon with its review page",
    ),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help comes in half the time and can be piped
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
_PARTS = (
    *(daemon, match, hits, filters, why, sources, topics, alerts, coverage, canary, config, export),
    *(backup, checking, databases, worker),
)
for part in _PARTS:
    part.add_to(cli)

_WRONG_USE: Any = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")
"""Newer typer brings a click of its own, so the class is found by way of typer."""

INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells have it."""


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"monitor {__version__}")
        raise typer.Exit


@cli.callback()
def _root(
    context: typer.Context,
    config_file: ConfigOption = None,
    database: DatabaseOption = None,
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),  # noqa: FBT003 - typer's way
) -> None:
    del version
    context.obj = Where(config_file, database)


def run(arguments: Sequence[str]) -> int:
    """Run one command. Returns its exit code; expected errors are one line each on stderr."""
    _print_anything()
    try:
        code = cli(list(arguments), prog_name="monitor", standalone_mode=False)
    except (typer.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (MonitorError, _WRONG_USE, UnicodeEncodeError, OSError) as error:
        code, words = _told(error)
        print(words, file=sys.stderr)  # noqa: T201 - the one place that tells of errors
    return code if isinstance(code, int) else 0


def _told(error: Exception) -> tuple[int, str]:
    """The exit code of an expected error, and what to say of it."""
    if isinstance(error, MonitorError):
        return _code(error), str(error)
    if isinstance(error, UnicodeEncodeError):
        return 2, "monitor: an argument is not UTF-8 text"
    if isinstance(error, OSError):
        what = f"{error.filename}: " if error.filename else ""
        return 1, f"{what}{(error.strerror or str(error)).lower()}"
    return 2, _misuse(error)


def _misuse(error: Any) -> str:
    """What was wrong with the arguments, in one line; or the help, where nothing was given."""
    words = str(error.format_message())
    if type(error).__name__ == "NoArgsIsHelpError":
        return words
    command = error.ctx.command_path if error.ctx else "monitor"
    said = " ".join(words.split()).rstrip(".")
    return f"monitor: {said}{'' if said.endswith('?') else ';'} see {command} --help"


def _print_anything() -> None:
    """Let no character that the terminal's encoding lacks end a command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _code(error: MonitorError) -> int:
    if isinstance(error, AlreadyRunningError):
        return 3
    return 2 if isinstance(error, (ConfigError, UsageError)) else 1
