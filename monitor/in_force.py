"""What is in force, as it may be shown to whoever may see this installation: the configuration with its secrets masked.

Plain values; ``monitor.wording`` finds the words. Every text passes the masker once more at the end,
so that what somebody adds here later is masked as well. Must not: read a file, the environment or the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from datetime import timedelta
from importlib.metadata import distributions
from typing import Any

from monitor.app import WORKERS
from monitor.config.environment import NAMES, Environment
from monitor.config.manners import shown, shown_proxy
from monitor.config.secrets import HIDDEN, Masker, mask, mask_web
from monitor.config.settings import Settings
from monitor.desks import FETCHES
from monitor.fetch import FetchSettings
from monitor.loading import Loaded
from monitor.poll import desk as polling
from monitor.poll.kinds.raw import MAX_ENTRIES
from monitor.pool import MEMORY, RECYCLE, WALL
from monitor.read import desk as reading
from monitor.versions import doubts, versions

_PACKAGES = (
    *("apprise", "APScheduler", "fastapi", "feedparser", "httpx", "lxml", "procrastinate", "psycopg", "selectolax"),
    *("SQLAlchemy", "trafilatura", "uvicorn"),
)


def report(loaded: Loaded, known: Environment) -> dict[str, Any]:
    """All that is in force, by the name of its section; secrets are ``***``.

    ``known`` is the environment that the process works with, which is not what a later reload finds there.
    """
    settings, found = loaded.settings, versions() | _packages()
    hide = Masker(settings.secrets() | known.secrets() | loaded.environment.secrets()).mask
    cleaned: dict[str, Any] = _clean(hide, _sections(loaded, hide) | _around(settings, known, found))
    return cleaned


def _sections(loaded: Loaded, hide: Callable[[str], str]) -> dict[str, Any]:
    """What sources.yaml says, with its defaults applied."""
    settings = loaded.settings
    url, api = settings.watch.heartbeat_url, settings.deliver.telegram_api_base
    return {
        "sources": [
            {**asdict(source), "url": mask_web(hide(source.url)), "manner": shown(source.manner)}
            for source in settings.sources
        ],
        "topics": [
            {"name": topic.name, "title": topic.title, "version": topic.version, "file": definition.file}
            for topic, definition in zip(loaded.topics, loaded.definitions, strict=True)
        ],
        "alerts": [{**asdict(alert), "url": mask(alert.url)} for alert in settings.alerts],
        "fetch": {**asdict(settings.fetch), "proxy": shown_proxy(settings.fetch.proxy)},
        "deliver": {**asdict(settings.deliver), "telegram_api_base": api and mask_web(api)},
        "watch": {**asdict(settings.watch), "heartbeat_url": url and mask(url)},
        "timezone": settings.timezone,
        "keep": asdict(settings.keep),
    }


def _around(settings: Settings, known: Environment, found: Mapping[str, str]) -> dict[str, Any]:
    """What the environment says, and what the program sets itself."""
    return {
        "database": mask_web(known.database_url),
        "page": {
            "host": known.host,
            "port": known.port,
            "root_path": known.root_path,
            "password": HIDDEN if known.password else None,
            "users": [user.name for user in settings.web.users],
            "tokens": [{"name": one.name, "scopes": one.scopes} for one in settings.web.tokens],
            "sessions": settings.web.sessions,
        },
        "environment": list(_variables(settings, known)),
        "limits": limits(),
        "versions": dict(found),
        "warnings": [*known.warnings, *settings.warnings],
        "doubts": list(doubts(found)),
    }


def _variables(settings: Settings, known: Environment) -> Iterator[dict[str, Any]]:
    """Every variable that counts: what it holds, and where that comes from (``file`` is empty for the environment)."""
    own = {
        "CONFIG": str(known.config),
        "DATABASE_URL": mask_web(known.database_url),
        "HOST": known.host,
        "PORT": str(known.port),
        "ROOT_PATH": known.root_path,
        "PASSWORD": HIDDEN if known.password else "",
        "LOG": known.log,
    }
    for name in (f"MONITOR_{short}" for short in NAMES):
        value = own.get(name.removeprefix("MONITOR_"), HIDDEN)
        yield {"name": name, "value": value, "set": name in known.origins, "file": known.origins.get(name, "")}
    for name, file in sorted(settings.origins.items()):
        yield {"name": name, "value": HIDDEN, "set": True, "file": file}


def limits() -> dict[str, str | int | timedelta]:
    """What everything downloaded is held to, in words: the limit's name and its value."""
    fetch = FetchSettings()
    return {
        "requests under way at once, for polls and for pages": f"{FETCHES} each",
        "a whole request of a poll, redirects included": timedelta(seconds=polling.DEADLINE),
        "a whole request of a page": timedelta(seconds=reading.DEADLINE),
        "a body on the wire": _mib(fetch.wire_limit),
        "a feed, unpacked": _mib(polling.LIMIT),
        "a page, unpacked": _mib(reading.LIMIT),
        "redirects": fetch.redirects,
        "entries of one poll": MAX_ENTRIES,
        "child processes that read downloaded bytes": WORKERS,
        "time of a child for one document": timedelta(seconds=WALL),
        "memory of a child": _mib(MEMORY),
        "documents of a child before it is replaced": RECYCLE,
    }


def _packages() -> dict[str, str]:
    """The versions of the packages that do most of the work; what is not installed is left out."""
    found = {name: next((one.version for one in distributions(name=name)), "") for name in _PACKAGES}
    return {name: version for name, version in found.items() if version}


def _mib(size: int) -> str:
    return f"{size >> 20} MiB"


def _clean(hide: Callable[[str], str], value: Any) -> Any:
    """The value with every text in it masked; the keys are ours."""
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, Mapping):
        return {key: _clean(hide, item) for key, item in value.items()}
    return [_clean(hide, item) for item in value] if isinstance(value, list | tuple) else value
