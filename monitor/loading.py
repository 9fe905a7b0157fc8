"""A configuration with its topics, read whole and known to be good; what only a stage can check is checked here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from monitor.config.environment import Environment, environment
from monitor.config.settings import DeliverOptions, FetchOptions, Settings
from monitor.config.settings import load as read_settings
from monitor.config.topics import TopicRef
from monitor.deliver.notify import Notifier
from monitor.deliver.own_templates import check_templates
from monitor.errors import ConfigError, Problem
from monitor.match.topic import Topic, shipped
from monitor.match.topic import load as load_topic


@dataclass(frozen=True)
class Definition:
    """A topic's YAML as it goes to the child processes, and the file that messages about it name."""

    file: str
    text: str


@dataclass(frozen=True)
class Loaded:
    """A configuration that is known to be good."""

    settings: Settings
    found: tuple[Topic | Definition, ...]
    """Its topics; one that is shipped and was not read yet as its definition."""
    definitions: tuple[Definition, ...]
    environment: Environment = field(default_factory=Environment)
    """The MONITOR_* variables as they were at that moment."""

    @cached_property
    def topics(self) -> tuple[Topic, ...]:
        """Its topics, read. Raises ConfigError for a shipped one that is not as it was shipped."""
        return tuple(one if isinstance(one, Topic) else load_topic(one.text, one.file) for one in self.found)

    def setup(self) -> dict[str, Any]:
        """What a child process needs in order to match."""
        return {"topics": [{"file": item.file, "text": item.text} for item in self.definitions]}


def load(path: Path, environ: Mapping[str, str], *, text: str | None = None, trusting: bool = False) -> Loaded:
    """Read the configuration with its topics and the environment, and check what only a stage can check.

    ``text`` is read instead of what stands in the file; ``trusting``: a shipped topic, which takes a third of a second,
    is read when somebody asks for it. Raises ConfigError with every mistake found.
    """
    known, settings = environment(environ), read_settings(path, environ, text=text)
    problems = [*_unusable_alerts(settings), *_unusable_templates(settings)]
    definitions = [_definition(ref, problems) for ref in settings.topics]
    given = ((item, trusting and ref.text is None) for item, ref in zip(definitions, settings.topics, strict=True))
    topics = [item if later else _topic(item, problems) for item, later in given if item]
    if problems:
        raise ConfigError(problems)
    return Loaded(settings, tuple(filter(None, topics)), tuple(filter(None, definitions)), known)


def load_shipped() -> Loaded:
    """The shipped topics with no configuration at all, for matching texts by hand."""
    definitions = tuple(Definition(str(path), path.read_text("utf-8")) for path in shipped().values())
    nothing = Settings((), (), (), FetchOptions(), DeliverOptions(), "UTC")
    return Loaded(nothing, tuple(load_topic(item.text, item.file) for item in definitions), definitions)


def _unusable_alerts(settings: Settings) -> list[Problem]:
    notifier = Notifier(settings.deliver.telegram_api_base)
    checked = ((alert.name, notifier.check(alert.url)) for alert in settings.alerts)
    return [settings.places[name, "url"].problem(reason) for name, reason in checked if reason]


def _unusable_templates(settings: Settings) -> Iterator[Problem]:
    folders = {alert.templates: settings.places[alert.name, "templates"] for alert in settings.alerts}
    for folder, place in folders.items():
        if folder is not None:
            yield from map(place.problem, check_templates(Path(folder)))


def _definition(ref: TopicRef, problems: list[Problem]) -> Definition | None:
    if ref.text is not None:
        return Definition(ref.file, ref.text)
    path = shipped().get(ref.name)
    if path is None:
        names = ", ".join(sorted(shipped()))
        problems.append(
            ref.place.problem(f'no shipped topic "{ref.name}"; expected {names}, ./file.yaml or a definition')
        )
        return None
    return Definition(str(path), path.read_text("utf-8"))


def _topic(item: Definition, problems: list[Problem]) -> Topic | None:
    try:
        return load_topic(item.text, item.file)
    except ConfigError as error:
        problems.extend(error.problems)
        return None
