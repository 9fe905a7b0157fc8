"""The command line's root: the global options, the nouns, and how an error is told."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

import typer

from monitor import __version__
from monitor.cli import alerts, config, daemon, export, hits, match, sources, topics, why
from monitor.cli.options import ConfigOption, DatabaseOption, Where
from monitor.errors import AlreadyRunningError, ConfigError, MonitorError, UsageError

cli = typer.Typer(
    name="monitor",
    help="Watches the world's news, in every language, for the Ukraine Defense Contact Group (the Ramstein format).",
    epilog="First steps:  monitor demo  |  monitor config check  |  monitor poll  |  monitor hits  |  monitor why URL",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for noun in (daemon, match, hits, why, sources, topics, alerts, config, export):
    noun.add_to(cli)

_WRONG_USE: Any = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")
"""Newer typer brings a click of its own, so the class is found by way of typer."""


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
    try:
        code = cli(list(arguments), standalone_mode=False)
    except MonitorError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the one place that tells of errors
        return _code(error)
    except _WRONG_USE as error:
        print(f"monitor: {error.format_message()}; see --help", file=sys.stderr)  # noqa: T201 - as above
        return 2
    except (typer.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code if isinstance(code, int) else 0


def _code(error: MonitorError) -> int:
    if isinstance(error, AlreadyRunningError):
        return 3
    return 2 if isinstance(error, (ConfigError, UsageError)) else 1
