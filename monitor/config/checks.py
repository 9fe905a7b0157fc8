"""Checks that need several entries: names and addresses used twice, topics that are not configured, nothing to do.

They work on the plain data, so that they find their mistakes also where other keys are wrong.

Must not: repeat what models.py says of a single value.
"""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from monitor.config.values import brief, duration, show
from monitor.errors import FetchError
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
    yield from _twice(data, ("sources", "name"), _same_name, located)
    yield from _twice(data, ("sources", "url"), _same_url, located)
    yield from _twice(data, ("alerts", "name"), _same_name, located)
    yield from _unknown_topics(data, topics)
    yield from _outside(data)
    yield from _selectors(data)


def limits(interval: timedelta) -> tuple[timedelta, timedelta]:
    """Between what the interval of a source stays that does not say it: a fifth (but a minute) and twice as long."""
    return min(interval, max(timedelta(minutes=1), interval / 5)), interval * 2


def _items(data: Mapping[str, Any], section: str) -> list[Any]:
    found = data.get(section)
    return found if isinstance(found, list) else [found] if found else []


def _entries(data: Mapping[str, Any], section: str) -> list[tuple[int, dict[str, Any]]]:
    return [(at, item) for at, item in enumerate(_items(data, section)) if isinstance(item, dict)]


def _same_name(text: str) -> str:
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
    for at, alert in _entries(data, "alerts"):
        named = alert.get("topics")
        if named == []:
            yield ("alerts", at, "topics"), "no topics; list at least one, or remove the key for all"
        for position, topic in enumerate(named if isinstance(named, list) else []):
            if isinstance(topic, str) and topic and topics is not None and topic not in topics:
                expected = ", ".join(topics) or "none"
                yield ("alerts", at, "topics", position), f"not under topics: {show(topic)}; configured are: {expected}"
