"""What is known of the sources, as it may be shown: from the database and from sources.yaml, without secrets."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from monitor.cli.options import Place, now, review
from monitor.errors import ConfigError

if TYPE_CHECKING:
    from monitor.config.settings import Settings
    from monitor.model import Notice, Source, SourceView

Hide = Callable[[str], str]
_TEXTS = ("url", "error", "address", "moving_to")
_ADDRESS = re.compile(r"https?://[^\s\"'<>]+", re.IGNORECASE)


def views(found: Place) -> list[SourceView]:
    """Return what the database knows, and what sources.yaml has besides.

    Raises ConfigError where there is neither a database nor a good sources.yaml.
    """
    from monitor.store.engines import sqlite_path

    path = sqlite_path(found.database)
    seen: list[SourceView] = []
    if path is None or path.exists():
        with review(found) as store:
            days = store.watched.by_name(now())
            seen = [replace(view, days=days.get(view.name, ())) for view in store.sources()]
    settings = _settings(found, needed=path is not None and not path.exists())
    hide = hider(settings)
    known = {view.name for view in seen}
    fresh = [_unpolled(source) for source in settings.sources if source.name not in known] if settings else []
    return [_shown(view, hide) for view in (*seen, *fresh)]


def notices(found: Place, limit: int) -> list[Notice]:
    """Return the last changes of state, newest first."""
    with review(found) as store:
        told = store.notices(limit)
    hide = hider(_settings(found))
    return [replace(notice, words=hide(notice.words)) for notice in told]


def hider(settings: Settings | None) -> Hide:
    """Return what blots secrets out of a text; where they are not known, it leaves only the hosts of addresses."""
    from monitor.config.secrets import Masker, mask_web

    if settings is None:
        return lambda text: _ADDRESS.sub(lambda address: _host_only(address.group()), text)
    blot = Masker(settings.secrets()).mask
    return lambda text: _ADDRESS.sub(lambda address: mask_web(address.group()), blot(text))


def _settings(found: Place, *, needed: bool = False) -> Settings | None:
    from monitor.config.settings import load

    try:
        return load(found.config, os.environ)
    except ConfigError:
        if needed:
            raise
        return None


def _host_only(address: str) -> str:
    from monitor.config.secrets import HIDDEN
    from monitor.urls import host_of

    return f"{address.partition(':')[0]}://{host_of(address)}/{HIDDEN}"


def _shown(view: SourceView, hide: Hide) -> SourceView:
    hidden = {name: hide(text) for name in _TEXTS if (text := getattr(view, name)) is not None}
    gaps = tuple(replace(gap, words=hide(gap.words)) for gap in view.gaps)
    changes: dict[str, Any] = {**hidden, "notes": tuple(map(hide, view.notes)), "gaps": gaps}
    return replace(view, **changes)


def _unpolled(source: Source) -> SourceView:
    from monitor.model import SourceView

    return SourceView(
        source.name,
        source.url,
        source.kind,
        source.language,
        active=source.enabled,
        health="new",
        outcome=None,
        error=None,
        failures=0,
        last_poll=None,
        last_ok=None,
        last_new=None,
        next_poll=None,
        entries=0,
        hits=0,
    )
