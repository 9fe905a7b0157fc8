"""``monitor config check``: what is in force, secrets masked."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import typer

from monitor.cli.options import ConfigOption, JsonOption, place

if TYPE_CHECKING:
    from monitor.app import Loaded

config = typer.Typer(help="The configuration: check.", no_args_is_help=True)


def add_to(cli: typer.Typer) -> None:
    """Add this noun to the root."""
    cli.add_typer(config, name="config")


@config.callback()
def _config() -> None:
    """The configuration."""


@config.command("check")
def check(context: typer.Context, config_file: ConfigOption = None, json: JsonOption = False) -> None:
    """Read sources.yaml and the topics, name every mistake with its line, print what is in force."""
    from monitor.app import load
    from monitor.cli import show

    found = place(context, config_file, None)
    loaded = load(found.config, os.environ)
    if json:
        show.as_json(_in_force(loaded))
        return
    out = show.console()
    settings = loaded.settings
    for warning in (*found.environment.warnings, *settings.warnings):
        out.print(f"warning: {warning}", style="yellow", markup=False)
    rows = [
        (source.name, source.language or "", source.kind, _every(source.interval), "" if source.enabled else "off")
        for source in settings.sources
    ]
    out.print(show.table(("source", "lang", "kind", "every", ""), rows, flexible=0))
    for alert in _in_force(loaded)["alerts"]:
        out.print(
            f"alert {alert['name']}: {alert['url']} · {', '.join(alert['topics'])} · {alert['when']}", markup=False
        )
    names = ", ".join(topic.name for topic in loaded.topics)
    out.print(
        f"{found.config} is good: {len(rows)} sources, topics {names}, {len(settings.alerts)} alerts", markup=False
    )


def _in_force(loaded: Loaded) -> dict[str, Any]:
    from dataclasses import asdict

    from monitor.config.secrets import mask, mask_web

    settings = loaded.settings
    return {
        "sources": [{**asdict(source), "url": mask_web(source.url)} for source in settings.sources],
        "topics": [{"name": topic.name, "version": topic.version} for topic in loaded.topics],
        "alerts": [{**asdict(alert), "url": mask(alert.url)} for alert in settings.alerts],
        "fetch": asdict(settings.fetch),
        "timezone": settings.timezone,
        "keep_text": settings.keep_text,
    }


def _every(interval: Any) -> str:
    minutes = interval.total_seconds() / 60
    return f"{minutes:g} min"
