"""Checks that need several entries: names and addresses used twice, topics that are not configured, nothing to do.

Also of the folders that entries name.

They work on the plain data, so that they find their mistakes also where other keys are wrong.

Must not: repeat what models.py says of a single value.
"""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.config.channels import channel_names
from monitor.config.expand import disabled
from monitor.config.values import brief, duration, show
from monitor.errors import FetchError
from monitor.model import CANARY
from monitor.urls import check_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from monitor.config.located import KeyPath, Located

    Mistakes = Iterator[tuple[KeyPath, str]]


def together(data: Mapping[str, Any], topics: Sequence[str] | None, located: Located) -> Mistakes:
    """Yield the path and the message of each mistake.

    ``topics`` are the names of the configured topics; None leaves out the check that alerts name only these.
    """
    if not _entries(data, "sources"):
        yield ("sources",), "no sources; list at least one"
    if not _items(data, "topics"):
        yield ("topics",), "no topics; list at least one, such as ramstein"
    yield from _twice(data, ("sources", "name"), same_name, located)
    yield from _twice(data, ("sources", "url"), _same_url, located)
    yield from _twice(data, ("alerts", "name"), same_name, located)
    yield from _reserved(data)
    yield from _channel_names(data, located)
    yield from _same_channel(data)
    yield from _unknown_topics(data, topics)
    yield from _outside(data)
    yield from _selectors(data)


def missing_folders(data: Mapping[str, Any], folder: Path) -> Mistakes:
    """Yield the alerts whose folder of templates, relative to ``folder``, is not there."""
    for at, alert in _entries(data, "alerts"):
        named = alert.get("templates")
        if isinstance(named, str) and named.strip() and not disabled(alert) and not (folder / named.strip()).is_dir():
            yield ("alerts", at, "templates"), f"no such folder: {folder / named.strip()}"


def limits(interval: timedelta) -> tuple[timedelta, timedelta]:
    """Between what the interval of a source stays that does not say it: a fifth (but a minute) and twice as long."""
    return min(interval, max(timedelta(minutes=1), interval / 5)), interval * 2


def _items(data: Mapping[str, Any], section: str) -> list[Any]:
    found = data.get(section)
    return found if isinstance(found, list) else [found] if found else []


def _entries(data: Mapping[str, Any], section: str) -> list[tuple[int, dict[str, Any]]]:
    return [(at, item) for at, item in enumerate(_items(data, section)) if isinstance(item, dict)]


def same_name(text: str) -> str:
    """The form in which two names that are one for people are equal."""
    return unicodedata.normalize("NFC", text.strip()).casefold()


def _same_url(text: str) -> str:
    try:
        return check_url(text.strip())
    except FetchError:
        return ""


def _twice(
    data: Mapping[str, Any], where: tuple[str, str], identity: Callable[[str], str], located: Located
) -> Mistakes:
    section, key = where
    seen: dict[str, KeyPath] = {}
    for at, entry in _entries(data, section):
        value = entry.get(key)
        same = identity(value) if isinstance(value, str) else ""
        path = (section, at, key)
        if same and same in seen:
            first = seen[same]
            yield path, f"used twice; {section}[{first[1]}] at line {located.line(first)} has the same {key}"
        seen.setdefault(same, path)


def _reserved(data: Mapping[str, Any]) -> Mistakes:
    """Names that the program itself uses."""
    for section in ("sources", "alerts"):
        for at, entry in _entries(data, section):
            if isinstance(entry.get("name"), str) and same_name(entry["name"]) == CANARY:
                yield (section, at, "name"), f"{CANARY} is the monitor's own; take another name"


def _channel_names(data: Mapping[str, Any], located: Located) -> Mistakes:
    """Names that one of several URLs of another alert has."""
    entries = [
        (at, alert["name"], _listed(alert.get("url"))) for at, alert in _entries(data, "alerts") if "name" in alert
    ]
    named = [(at, name, len(urls)) for at, name, urls in entries if isinstance(name, str)]
    taken = {same_name(one): at for at, name, urls in named for one in channel_names(name, urls) if urls > 1}
    for at, name, _ in named:
        first = taken.get(same_name(name), at)
        if first != at:
            line = located.line(("alerts", first, "name"))
            yield ("alerts", at, "name"), f"used twice; one of the URLs of alerts[{first}] at line {line} has this name"


def _same_channel(data: Mapping[str, Any]) -> Mistakes:
    """URLs that stand twice in one alert: everything would arrive twice."""
    for at, alert in _entries(data, "alerts"):
        urls = _listed(alert.get("url"))
        for number, url in enumerate(urls):
            if isinstance(url, str) and url in urls[:number]:
                yield ("alerts", at, "url", number), "the same URL twice; take one out"


def _outside(data: Mapping[str, Any]) -> Mistakes:
    """Limits that leave the interval itself outside."""
    defaults = data.get("defaults")
    usual = _duration(defaults, "interval") or timedelta(minutes=15)
    for at, entry in _entries(data, "sources"):
        interval = _duration(entry, "interval") or usual
        least, most = _duration(entry, "interval_min"), _duration(entry, "interval_max")
        if least and least > interval:
            yield (
                ("sources", at, "interval_min"),
                f"expected at most the interval of {brief(interval)}, got {brief(least)}",
            )
        if most and most < interval:
            yield (
                ("sources", at, "interval_max"),
                f"expected at least the interval of {brief(interval)}, got {brief(most)}",
            )


def _selectors(data: Mapping[str, Any]) -> Mistakes:
    """Selectors of sources that have no use for one."""
    for at, entry in _entries(data, "sources"):
        kind = entry.get("kind", "feed")
        if "selector" in entry and kind != "listing":
            yield ("sources", at, "selector"), f"only for kind: listing, and the kind here is {show(kind)}"


def _duration(entry: Any, key: str) -> timedelta | None:
    """The value where it can be read; models.py says what is wrong with the others."""
    try:
        return duration(entry[key].strip())
    except (KeyError, TypeError, AttributeError, ValueError):
        return None


def _unknown_topics(data: Mapping[str, Any], topics: Sequence[str] | None) -> Mistakes:
    defaults = data.get("defaults")
    shared = defaults.get("alerts") if isinstance(defaults, dict) else None
    rules: list[tuple[KeyPath, Any]] = [(("alerts", at), alert) for at, alert in _entries(data, "alerts")]
    for path, entry in [(("defaults", "alerts"), shared), *rules] if isinstance(shared, dict) else rules:
        named = entry.get("topics")
        for position, topic in enumerate(_listed(named)):
            if isinstance(topic, str) and topic and topics is not None and topic not in topics:
                where: KeyPath = (*path, "topics", position) if isinstance(named, list) else (*path, "topics")
                yield where, f"not under topics: {show(topic)}; configured are: {', '.join(topics) or 'none'}"


def _listed(value: Any) -> list[Any]:
    """What stands in a list, or alone in its place."""
    return value if isinstance(value, list) else [value] if isinstance(value, str) and value else []
