"""A topic: one YAML file to concepts, rules and examples, every mistake in it named by file, line and key.

Must not: look at a text, or know any topic.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.config.located import read_located
from monitor.errors import ConfigError
from monitor.match.reading import Reader
from monitor.match.topic_parts import (
    KEYS,
    Example,
    read_concepts,
    read_date,
    read_examples,
    read_rules,
    read_take_backs,
)

if TYPE_CHECKING:
    from datetime import date

    from monitor.match.forms import Form
    from monitor.match.rules import Rule, TakeBack

_ENGINE = 1
"""Part of every version: raised when the same definition would give other verdicts."""


@dataclass(frozen=True, slots=True)
class Topic:
    """What to look for, in all languages at once."""

    name: str
    title: str
    version: str
    """Hash of the definition; examples and comments do not count."""
    concepts: dict[str, tuple[Form, ...]]
    rules: tuple[Rule, ...]
    unless: tuple[TakeBack, ...]
    threshold: float
    certain: float
    not_before: date | None = None
    """Nothing published before this day can hit."""
    examples: tuple[Example, ...] = ()


def load(text: str, file: str) -> Topic:
    """Read a topic definition; ``file`` names it in errors. Raise ConfigError with every mistake, in file order."""
    located = read_located(text, file)
    reader = Reader(located, file)
    topic = _topic(reader, located.data)
    if reader.problems or topic is None:
        raise ConfigError(sorted(reader.problems))
    return topic


def shipped() -> dict[str, Path]:
    """Return the topic files that come with the program, by name."""
    return {path.stem: path for path in sorted((Path(__file__).parent / "topics").glob("*.yaml"))}


def _topic(reader: Reader, data: Any) -> Topic | None:
    if not reader.mapping((), data, known=KEYS, required=("name", "concepts", "hits")):
        return None
    concepts = read_concepts(reader, data.get("concepts"))
    rules = read_rules(reader, data.get("hits"), frozenset(concepts))
    threshold = reader.number(("threshold",), data.get("threshold", "3"), low=0.1)
    return Topic(
        name=reader.name(("name",), data.get("name")),
        title=reader.text(("title",), data.get("title", data.get("name"))),
        version=_version(data),
        concepts=concepts,
        rules=rules,
        unless=read_take_backs(reader, data.get("unless", []), frozenset(concepts), rules),
        threshold=threshold,
        certain=reader.number(("certain",), data.get("certain", str(2 * threshold)), low=threshold),
        not_before=read_date(reader, ("not_before",), data.get("not_before", "")),
        examples=read_examples(reader, data.get("examples", {})),
    )


def _version(data: Any) -> str:
    meaning = {key: value for key, value in data.items() if key not in ("examples", "title")}
    written = json.dumps([_ENGINE, meaning], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()[:12]
