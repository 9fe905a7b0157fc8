"""``monitor config check``: what is in force, secrets masked."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import typer

from monitor.cli.options import ConfigOption, DatabaseOption, JsonOption, Place, noun, place

if TYPE_CHECKING:
    from monitor.loading import Loaded

config = noun("The configuration: check.", default=False)


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


def _print(report: dict[str, Any], found: Place) -> None:
    from monitor.cli import show

    out = show.console()
    for warning in report["warnings"]:
        out.print(f"warning: {warning}", style="yellow", markup=False, soft_wrap=True)
    titles = ("source", "lang", "kind", "every", "", "address")
    out.print(show.table(titles, map(_row, report["sources"]), flexible=5, width=out.width))
    for alert in report["alerts"]:
        words = f"{alert['url']} · {', '.join(alert['topics'])} · {alert['when']}"
        show.paragraph(out, words, first=f"alert {alert['name']}: ")
    page, names = report["page"], ", ".join(topic["name"] for topic in report["topics"])
    out.print(f"database: {report['database']}", markup=False, soft_wrap=True)
    out.print(f"review page: {page['host']}:{page['port']}, password {page['password'] or 'not set'}", markup=False)
    sums = f"{_count(report['sources'], 'source')}, {_count(report['alerts'], 'alert')}, topics: {names}"
    out.print(f"{found.config} is good: {sums}", markup=False, soft_wrap=True)


def _row(source: dict[str, Any]) -> tuple[str, ...]:
    from monitor.cli.show import span_words

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


def _in_force(loaded: Loaded, found: Place) -> dict[str, Any]:
    from dataclasses import asdict

    from monitor.config.manners import shown, shown_proxy
    from monitor.config.secrets import HIDDEN, Masker, mask, mask_web

    settings, known = loaded.settings, found.environment
    hide = Masker(settings.secrets() | known.secrets()).mask
    return {
        "sources": [
            {**asdict(source), "url": mask_web(hide(source.url)), "manner": shown(source.manner)}
            for source in settings.sources
        ],
        "topics": [{"name": topic.name, "version": topic.version} for topic in loaded.topics],
        "alerts": [{**asdict(alert), "url": mask(alert.url)} for alert in settings.alerts],
        "fetch": {**asdict(settings.fetch), "proxy": shown_proxy(settings.fetch.proxy)},
        "timezone": settings.timezone,
        "keep_text": settings.keep_text,
        "database": mask_web(found.database),
        "page": {"host": known.host, "port": known.port, "password": HIDDEN if known.password else None},
        "warnings": [*known.warnings, *settings.warnings],
    }
