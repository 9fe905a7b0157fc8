"""``monitor config``: what is in force, secrets masked; and the hash of a password for sources.yaml."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from typing import Any

import typer

from monitor.cli.options import ConfigOption, DatabaseOption, JsonOption, Place, examples, noun, place

config = noun("The configuration: check, password.", default=False)
_LONGEST = 1000


def add_to(cli: typer.Typer) -> None:
    """Add this noun to the root."""
    cli.add_typer(config, name="config")


@config.command("check")
def check(
    context: typer.Context,
    config_file: ConfigOption = None,
    database: DatabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Check sources.yaml and the topics. Names every mistake with its line, or prints what is in force.

    Nothing is fetched, sent or stored; secrets are shown as ***. With --json the mistakes come as JSON on stdout, too.
    """
    from monitor.cli import show
    from monitor.cli.filters import named_filters
    from monitor.errors import ConfigError
    from monitor.in_force import report as in_force
    from monitor.loading import load

    try:
        found = place(context, config_file, database)
        loaded = load(found.config, os.environ)
    except ConfigError as error:
        if json:
            show.as_json({"good": False, "problems": [asdict(problem) for problem in error.problems]})
        raise
    filters = named_filters(loaded.settings.alerts, found.database)
    report = {"good": True, **in_force(loaded, found.environment), "filters": filters}
    if json:
        show.as_json(report)
    else:
        _print(report, found)


@config.command("password", epilog=examples("monitor config password", "monitor config password < password.txt"))
def password() -> None:
    """Make the argon2id hash of a password for web in sources.yaml, or for MONITOR_PASSWORD.

    Asks for the password twice; where no terminal is, it is one line on stdin. Nothing is stored.
    """
    import secrets

    from monitor.errors import UsageError
    from monitor.passwords import SALT, hashed, weakness

    asked = sys.stdin.isatty()
    given = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True) if asked else _line()
    weak = weakness(given)
    if weak:
        raise UsageError(f"{weak}; take a longer one that nobody guesses, such as five words in a row")
    print(hashed(given, secrets.token_bytes(SALT)))  # noqa: T201 - the one thing that goes to stdout
    if asked:
        print('Write it between quotes: password: "$argon2id$..."', file=sys.stderr)  # noqa: T201 - for the person


def _line() -> str:
    """The first line of stdin."""
    return sys.stdin.readline(_LONGEST).removesuffix("\n").removesuffix("\r")


def _print(report: dict[str, Any], found: Place) -> None:
    from monitor import wording as words
    from monitor.cli import show

    out = show.console()
    for warning in report["warnings"]:
        out.print(f"warning: {warning}", style="yellow", markup=False, soft_wrap=True)
    titles = ("source", "lang", "kind", "every", "", "address")
    out.print(show.table(titles, map(_row, report["sources"]), flexible=5, width=out.width))
    for alert in report["alerts"]:
        show.paragraph(out, " · ".join(words.of_alert(alert)), first=f"alert {alert['name']}: ")
    for one in report["filters"]:
        show.paragraph(out, " · ".join(filter(None, (one["query"], one["says"]))), first=f"filter {one['name']}: ")
    show.paragraph(out, " · ".join(words.of_watch(report["watch"])), first="watch: ")
    page, names = report["page"], ", ".join(topic["name"] for topic in report["topics"])
    out.print(f"database: {report['database']}", markup=False, soft_wrap=True)
    show.paragraph(out, ", ".join(words.of_page(page)), first="review page: ")
    sums = f"{_count(report['sources'], 'source')}, {_count(report['alerts'], 'alert')}, topics: {names}"
    out.print(f"{found.config} is good: {sums}", markup=False, soft_wrap=True)


def _row(source: dict[str, Any]) -> tuple[str, ...]:
    from monitor.advice import span_words

    off = "" if source["enabled"] else "off"
    return (
        source["name"],
        source["language"] or "",
        source["kind"],
        span_words(source["interval"]),
        off,
        source["url"],
    )


def _count(items: list[Any], word: str) -> str:
    return f"{len(items)} {word}{'' if len(items) == 1 else 's'}"
