"""The configuration as one frozen value: ``load`` reads sources.yaml, checks all of it, and names every mistake.

Must not: open the network or the database, know what a topic's definition or an Apprise URL must look like inside.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.config.access import access, doubles
from monitor.config.channels import alerts, places
from monitor.config.checks import limits, missing_folders, together
from monitor.config.expand import Expanded, expand
from monitor.config.located import KeyPath, Located, key_path, read_located
from monitor.config.manners import NO_PROXY, secrets_in
from monitor.config.problems import validated
from monitor.config.secrets import SHORTEST, Masker, secrets_of
from monitor.config.topics import Place, TopicRef, read_text, topic_ref
from monitor.config.values import show
from monitor.errors import ConfigError, Problem
from monitor.model import Access, Alert, KeepFor, Manner, Source
from monitor.urls import check_url, origin_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.config.models import Fetch, File, SourceKeys

_QUOTED = re.compile('"[^"]{60,}"')
_SECTIONS = ("defaults", "fetch", "deliver", "keep", "watch", "web", "topics", "sources", "alerts")


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """How documents are fetched, as written under ``fetch``."""

    allow_private_addresses: bool = False
    contact: str = ""
    pace: timedelta = timedelta(seconds=1)
    connections: int = 2
    user_agent: str | None = None
    proxy: str | None = field(default=None, repr=False)
    obey_robots: bool = True


@dataclass(frozen=True, slots=True)
class DeliverOptions:
    """How messages are sent, as written under ``deliver``."""

    telegram_api_base: str | None = None
    review_url: str | None = None


@dataclass(frozen=True, slots=True)
class WatchOptions:
    """How the monitor watches itself, as written under ``watch``; cron lines are local time in ``timezone``."""

    heartbeat_url: str | None = field(default=None, repr=False)
    """Web address that is called after each healthy round; a secret."""
    heartbeat_every: timedelta = timedelta(minutes=1)
    alive: str | None = "0 9 * * 1"
    """Cron line of "still alive"; None: never."""
    canary: str | None = "30 5 * * *"
    """Cron line of the canary; None: never."""
    canary_within: timedelta = timedelta(minutes=15)
    low_disk: int = 500_000_000
    """Bytes."""
    backlog: timedelta = timedelta(minutes=30)
    """What waits for longer is a notice."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All that sources.yaml says, with defaults applied and variables filled in."""

    sources: tuple[Source, ...]
    """Also the disabled ones."""
    topics: tuple[TopicRef, ...]
    alerts: tuple[Alert, ...] = field(repr=False)
    """Without the disabled ones."""
    fetch: FetchOptions
    deliver: DeliverOptions
    timezone: str
    keep: KeepFor = field(default_factory=KeepFor)
    watch: WatchOptions = WatchOptions()
    web: Access = field(default_factory=Access)
    """Without the shared password, which the environment has."""
    warnings: tuple[str, ...] = ()
    places: Mapping[tuple[str, str], Place] = field(default_factory=dict, repr=False)
    """Alert's name and ``url`` or ``templates``, source's name and ``source`` -> where that stands."""
    substituted: frozenset[str] = field(default=frozenset(), repr=False)
    """Values that came from the environment."""
    origins: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Each variable that was filled in, and the file it came from; empty for one of the environment itself."""
    digest: str = field(default="", repr=False, compare=False)
    """SHA-256 of the text that was read, in hex."""

    def secrets(self) -> frozenset[str]:
        """Return all that must not be seen: values from the environment, of channels, headers, proxies, logins."""
        urls = [*(alert.url for alert in self.alerts), *filter(None, [self.watch.heartbeat_url])]
        channels = frozenset[str]().union(*map(secrets_of, urls))
        manners = frozenset[str]().union(*(secrets_in(source.manner) for source in self.sources))
        logins = {user.password for user in self.web.users} | {one.token for one in self.web.tokens}
        return frozenset(value for value in self.substituted | channels | manners | logins if len(value) >= SHORTEST)


def load(path: Path, environ: Mapping[str, str], *, text: str | None = None) -> Settings:
    """Read and check sources.yaml; raise ConfigError with every mistake in file order, secrets masked.

    ``text`` is checked instead of what stands in the file, before it is put there.
    """
    text = written(path) if text is None else text
    located = _located(path, text)
    whole = {key: value for key, value in located.data.items() if value != "" or key not in _SECTIONS}
    expanded = expand(whole, environ)
    topics, mistakes = _topics(expanded.data, located, path)
    file, wrong = validated(expanded.data)
    # A topic that could not be read has no name yet, so nobody can say which names are unknown.
    wrong += together(expanded.data, None if mistakes else [topic.name for topic in topics], located)
    wrong += missing_folders(expanded.data, path.parent)
    wrong += doubles(expanded.data, located)
    problems = _problems(expanded, wrong, located, path) + mistakes
    if problems or file is None:
        raise ConfigError(sorted(problems, key=lambda problem: (problem.file != str(path), problem)))
    return replace(_settings(file, topics, expanded, located, path), digest=digest(text))


def digest(text: str) -> str:
    """The SHA-256 of the file that holds this text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def written(path: Path) -> str:
    """Return the text of sources.yaml; raise ConfigError where there is none."""
    if not path.exists():
        message = "no such file; write one, or name it with --config FILE or MONITOR_CONFIG"
        raise ConfigError([Problem(str(path), 0, "", message)])
    return read_text(path, str(path))


def _located(path: Path, text: str) -> Located:
    located = read_located(text, str(path))
    if located.data == "":
        return Located({})
    if not isinstance(located.data, dict):
        message = f"expected keys and values such as 'sources:', got {show(located.data)}"
        raise ConfigError([Problem(str(path), 1, "", message)])
    return located


def _topics(data: Mapping[str, Any], located: Located, path: Path) -> tuple[list[TopicRef], list[Problem]]:
    """Return the topics that can be found, and what is wrong with the others."""
    items = data.get("topics")
    refs: dict[str, TopicRef] = {}
    problems: list[Problem] = []
    for at, item in enumerate(items if isinstance(items, list) else []):
        try:
            ref = topic_ref(item, at, located, path)
        except ConfigError as error:
            problems += error.problems
            continue
        first = refs.setdefault(ref.name, ref)
        if first is not ref:
            problems.append(
                ref.place.problem(f"used twice; {first.place.key} at line {first.place.line} is {ref.name}")
            )
    return list(refs.values()), problems


def _problems(expanded: Expanded, wrong: Iterable[tuple[KeyPath, str]], located: Located, path: Path) -> list[Problem]:
    """Return the mistakes with their lines; where a variable is missing, only that is said of the key."""
    masker = Masker(expanded.values)
    unset = {where for where, _ in expanded.mistakes}
    said = [*expanded.mistakes, *((where, message) for where, message in wrong if where not in unset)]
    return [Problem(str(path), located.line(where), key_path(where), _short(masker.mask(text))) for where, text in said]


def _short(message: str) -> str:
    """Cut what a message quotes, once nothing in it is secret."""
    return _QUOTED.sub(lambda quoted: f'{quoted[0][:60]}…"', message)


def _settings(file: File, topics: list[TopicRef], expanded: Expanded, located: Located, path: Path) -> Settings:
    return Settings(
        sources=tuple(_source(keys, file) for keys in file.sources),
        topics=tuple(topics),
        alerts=tuple(alerts(file, [topic.name for topic in topics], path.parent)),
        fetch=FetchOptions(**file.fetch.model_dump()),
        deliver=DeliverOptions(**file.deliver.model_dump()),
        timezone=file.defaults.timezone,
        keep=KeepFor(**file.keep.model_dump()),
        watch=WatchOptions(**file.watch.model_dump()),
        web=access(file.web),
        warnings=expanded.warnings,
        places=dict(places(file, located, path)),
        substituted=expanded.values,
        origins=expanded.origins,
    )


def _source(keys: SourceKeys, file: File) -> Source:
    defaults, fetch = file.defaults, file.fetch
    interval = keys.interval or defaults.interval
    least, most = limits(interval)
    return Source(
        name=keys.name,
        url=keys.url,
        kind=keys.kind,
        selector=keys.selector,
        language=keys.language or defaults.language,
        country=keys.country or defaults.country,
        tier=keys.tier,
        interval=interval,
        interval_min=keys.interval_min or least,
        interval_max=keys.interval_max or most,
        alert_backlog=defaults.alert_backlog if keys.alert_backlog is None else keys.alert_backlog,
        enabled=keys.enabled,
        control=keys.control,
        polite=keys.polite,
        pace=fetch.pace if keys.pace is None else keys.pace,
        connections=keys.connections or fetch.connections,
        manner=_manner(keys, fetch),
    )


def _manner(keys: SourceKeys, fetch: Fetch) -> Manner:
    """How its documents are asked for; the headers are for the address as it is written, wherever it leads later."""
    proxy = keys.proxy or fetch.proxy
    return Manner(
        user_agent=keys.user_agent or fetch.user_agent,
        headers=keys.headers or (),
        http=keys.http,
        proxy=None if proxy == NO_PROXY else proxy,
        origin=origin_of(check_url(keys.url)) if keys.headers and keys.enabled else None,
    )
