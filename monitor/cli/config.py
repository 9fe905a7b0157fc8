"""``monitor config``: what is in force, secrets masked; and the hash of a password for sources.yaml."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import typer

from monitor.cli.options import ConfigOption, DatabaseOption, JsonOption, Place, examples, noun, place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.loading import Loaded

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

    Nothing is fetched, sent or stored; secrets are shown as ***.
    """
    from monitor.cli import show
    from monitor.loading import load

    found = place(context, config_file, database)
    report = _in_force(load(found.config, os.environ), found)
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
    from monitor.cli import show

    out = show.console()
    for warning in report["warnings"]:
        out.print(f"warning: {warning}", style="yellow", markup=False, soft_wrap=True)
    titles = ("source", "lang", "kind", "every", "", "address")
    out.print(show.table(titles, map(_row, report["sources"]), flexible=5, width=out.width))
    for alert in report["alerts"]:
        show.paragraph(out, " · ".join(_rules(alert)), first=f"alert {alert['name']}: ")
    for one in report["filters"]:
        show.paragraph(out, " · ".join(filter(None, (one["query"], one["says"]))), first=f"filter {one['name']}: ")
    show.paragraph(out, " · ".join(_watch(report["watch"])), first="watch: ")
    page, names = report["page"], ", ".join(topic["name"] for topic in report["topics"])
    out.print(f"database: {report['database']}", markup=False, soft_wrap=True)
    show.paragraph(out, ", ".join(_page(page)), first="review page: ")
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


def _rules(alert: dict[str, Any]) -> Iterator[str]:
    """What goes to a channel, when, and how it is held; what asks nothing is left out."""
    from monitor.advice import span_words

    at_once = alert["when"] == "now"
    yield from (alert["url"], ", ".join(alert["topics"]))
    yield "now" if at_once else f"{alert['when']} {alert['timezone']}"
    for key in ("grades", "languages", "countries", "tiers", "fields", "filters"):
        if alert[key]:
            yield f"{key}: {', '.join(map(str, alert[key]))}"
    if alert["quiet"]:
        yield f"quiet {alert['quiet']} {alert['timezone']}"
    if at_once:
        yield from _pace(alert)
    yield f"tried for {span_words(alert['expires'])}"
    if not alert["notices"]:
        yield "no notices"
    if alert["templates"]:
        yield f"templates in {alert['templates']}"


def _pace(alert: dict[str, Any]) -> Iterator[str]:
    """What holds single messages; a digest has its own time."""
    from monitor.advice import span_words

    if alert["cooldown"]:
        yield f"cooldown {span_words(alert['cooldown'])}"
    yield f"urgent: {', '.join(alert['urgent']) or 'nothing'}"
    yield f"at most {alert['max_per_hour']} an hour"
    yield f"updates after {span_words(alert['updates'])}" if alert["updates"] else "no updates"


def _watch(watch: dict[str, Any]) -> Iterator[str]:
    """How the monitor watches itself."""
    from monitor.advice import span_words
    from monitor.config.values import brief_size

    url, every = watch["heartbeat_url"], span_words(watch["heartbeat_every"])
    yield f"heartbeat {url} every {every}" if url else "no heartbeat"
    yield f"still alive {watch['alive'] or 'never'}"
    within = span_words(watch["canary_within"])
    yield f"canary {watch['canary']} within {within}" if watch["canary"] else "no canary"
    yield f"free space below {brief_size(watch['low_disk'])}"
    yield f"backlog over {span_words(watch['backlog'])}"


def _page(page: dict[str, Any]) -> Iterator[str]:
    """Where the review page is, and who may pass."""
    from monitor.advice import span_words

    yield f"{page['host']}:{page['port']}{page['root_path']}"
    yield f"password {page['password'] or 'not set'}"
    if page["users"]:
        yield f"users: {', '.join(page['users'])}"
    if page["tokens"]:
        yield "tokens: " + ", ".join(f"{one['name']} ({'+'.join(one['scopes'])})" for one in page["tokens"])
    if page["users"] or page["password"]:
        yield f"a login lasts {span_words(page['sessions'])}"


def _count(items: list[Any], word: str) -> str:
    return f"{len(items)} {word}{'' if len(items) == 1 else 's'}"


def _in_force(loaded: Loaded, found: Place) -> dict[str, Any]:
    from dataclasses import asdict

    from monitor.cli.filters import named_filters
    from monitor.config.manners import shown, shown_proxy
    from monitor.config.secrets import HIDDEN, Masker, mask, mask_web

    settings, known = loaded.settings, found.environment
    url = settings.watch.heartbeat_url
    hide = Masker(settings.secrets() | known.secrets()).mask
    return {
        "sources": [
            {**asdict(source), "url": mask_web(hide(source.url)), "manner": shown(source.manner)}
            for source in settings.sources
        ],
        "topics": [{"name": topic.name, "version": topic.version} for topic in loaded.topics],
        "alerts": [{**asdict(alert), "url": mask(alert.url)} for alert in settings.alerts],
        "filters": named_filters(settings.alerts, found.database),
        "fetch": {**asdict(settings.fetch), "proxy": shown_proxy(settings.fetch.proxy)},
        "watch": {**asdict(settings.watch), "heartbeat_url": url and mask(url)},
        "timezone": settings.timezone,
        "keep_text": settings.keep_text,
        "database": mask_web(found.database),
        "page": {
            "host": known.host,
            "port": known.port,
            "root_path": known.root_path,
            "password": HIDDEN if known.password else None,
            "users": [user.name for user in settings.web.users],
            "tokens": [{"name": one.name, "scopes": one.scopes} for one in settings.web.tokens],
            "sessions": settings.web.sessions,
        },
        "warnings": [*known.warnings, *settings.warnings],
    }
