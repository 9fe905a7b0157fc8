"""YAML in, plain data with line numbers out: the only door to PyYAML.

Every scalar stays the string the user wrote (``NO``, ``08:30`` and ``010`` are text, never values), so meaning is
given by whoever reads the data, who can then say what was expected at which line. What makes YAML surprising or
dangerous is refused: duplicate keys, anchors, aliases, merge keys, tags, several documents, deep nesting, huge files.

Must not: read files, know any key, print.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

import yaml

from monitor.errors import ConfigError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KeyPath: TypeAlias = tuple[str | int, ...]

MAX_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 20

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
# YAML 1.1, section 5.1, without NEL and the Unicode line breaks, which no editor counts as lines.
_UNPRINTABLE = re.compile("[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_OPEN_QUOTE = "a quote that begins here is not closed"
_OPEN_BRACKET = "a bracket that begins here is not closed, or a comma is missing between two items"
_NOT_CLOSED = (_OPEN_QUOTE, _OPEN_BRACKET)
_SYNTAX = (
    (
        "cannot start any token",
        "tabs and the characters @ ` % cannot start a value; indent with spaces, quote the text",
    ),
    (
        "mapping values are not allowed",
        "a colon stands where none can; quote text that holds ': ', check the indentation",
    ),
    ("could not find expected ':'", "a key without its colon; write 'key: value'"),
    ("unexpected end of stream", _OPEN_QUOTE),
    ("did not find expected ',' or '", _OPEN_BRACKET),
    ("expected ',' or '", _OPEN_BRACKET),
    ("did not find expected '-' indicator", "this line is not indented like the list items above it"),
    ("did not find expected key", "this line is not indented like the keys above it, or a quote is not closed"),
    ("expected <block end>", "this line is not indented like the lines above it, or a quote is not closed"),
    ("unknown escape character", "unknown escape in double quotes; use single quotes, or write \\\\ for a backslash"),
)


@dataclass(frozen=True, slots=True)
class Located:
    """Plain data and where each part of it stands.

    ``data`` is dicts with string keys, lists and strings only; an empty or null scalar is ``""``.
    """

    data: Any
    text: str = field(repr=False, default="")
    starts: Mapping[KeyPath, int] = field(repr=False, default_factory=dict)
    """Line of each key or item, 1-based."""
    spans: Mapping[KeyPath, tuple[int, int]] = field(repr=False, default_factory=dict)
    """Where each dict or list begins and ends in ``text``, in characters."""

    def line(self, path: KeyPath) -> int:
        """Return the 1-based line of this key or item, else of its nearest known ancestor, else 0."""
        for length in range(len(path), -1, -1):
            line = self.starts.get(path[:length])
            if line is not None:
                return line
        return 0

    def cut(self, path: KeyPath) -> str:
        """Return a YAML text that holds only this dict or list, on the same lines as in the whole file.

        Raises KeyError where no dict or list has this path.
        """
        start, end = self.spans[path]
        line_start = self.text.rfind("\n", 0, start) + 1
        return (
            "\n" * self.text.count("\n", 0, start) + " " * (start - line_start) + self.text[start:end].rstrip() + "\n"
        )


def key_path(path: KeyPath) -> str:
    """Write a path as people read it: ``("sources", 3, "interval")`` becomes ``sources[3].interval``."""
    out = ""
    for part in path:
        out += f"[{part}]" if isinstance(part, int) else f".{part}" if out else part
    return out


def read_located(text: str, file: str) -> Located:
    """Read one YAML document; raise ConfigError with every mistake up to where it can be read.

    A byte order mark is dropped and CRLF accepted. The work is linear in the text, which is at most 2 MiB.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    _refuse_unreadable(text, file)
    reader = _Reader(text, file)
    data = reader.document()
    if reader.problems:
        raise ConfigError(sorted(reader.problems))
    return Located(data, text, reader.starts, reader.spans)


def _refuse_unreadable(text: str, file: str) -> None:
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        raise ConfigError([Problem(file, 0, "", f"{size} bytes are too many; the limit is {MAX_BYTES}")])
    found = _UNPRINTABLE.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        raise ConfigError([Problem(file, line, "", f"the invisible character U+{ord(found[0]):04X}; remove it")])


class _Reader:
    """One pass over the parser's events; recursion is bounded by MAX_DEPTH."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.starts: dict[KeyPath, int] = {}
        self.spans: dict[KeyPath, tuple[int, int]] = {}
        self._end = 0
        self._breaks = [found.end() for found in re.finditer("\n", text)]
        self._events = self._safe_events(text)

    def document(self) -> Any:
        """Return the data of the one document; an empty file gives ``""``."""
        data: Any = ""
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._refuse(event, (), "a second document begins here ('---'); one file holds one")
                    break
            elif isinstance(event, yaml.NodeEvent):
                data = self._node(event, ())
        return data

    def _safe_events(self, text: str) -> Iterator[Any]:
        # libyaml is some ten times faster; a build without it falls back to the same parser in Python.
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            yield from yaml.parse(text, Loader=loader)
        except yaml.YAMLError as error:
            self._stop(error)

    def _stop(self, error: yaml.YAMLError) -> NoReturn:
        begun = getattr(error, "context_mark", None)
        mark = getattr(error, "problem_mark", None) or begun
        words = str(getattr(error, "problem", None) or error).splitlines()[0]
        said = next((human for needle, human in _SYNTAX if needle in words), words)
        if begun and said in _NOT_CLOSED:
            mark = begun
        self.problems.append(Problem(self.file, self._line(mark.index) if mark else 0, "", f"not YAML: {said}"))
        raise ConfigError(sorted(self.problems)) from None

    def _line(self, index: int) -> int:
        return bisect_right(self._breaks, index) + 1

    def _refuse(self, event: Any, path: KeyPath, message: str) -> None:
        self.problems.append(Problem(self.file, self._line(event.start_mark.index), key_path(path), message))

    def _node(self, event: Any, path: KeyPath) -> Any:
        self.starts.setdefault(path, self._line(event.start_mark.index))
        if isinstance(event, yaml.AliasEvent):
            self._refuse(event, path, f"aliases are not allowed (*{event.anchor}); write the value out")
            return ""
        if event.anchor:
            self._refuse(event, path, f"anchors are not allowed (&{event.anchor}); write the value out")
        if event.tag:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._refuse(event, path, f"tags are not allowed ({tag}); write the plain value")
        if isinstance(event, yaml.ScalarEvent):
            return "" if event.implicit[0] and event.value in _NULLS else event.value
        return self._collection(event, path)

    def _collection(self, event: Any, path: KeyPath) -> Any:
        if len(path) >= MAX_DEPTH:
            self._refuse(event, path[:2], f"nested deeper than {MAX_DEPTH} levels")
            raise ConfigError(sorted(self.problems))
        data = self._mapping(path) if isinstance(event, yaml.MappingStartEvent) else self._sequence(path)
        self.spans[path] = (event.start_mark.index, self._end)
        return data

    def _sequence(self, path: KeyPath) -> list[Any]:
        items: list[Any] = []
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                self._end = _end(event)
                break
            items.append(self._node(event, (*path, len(items))))
        return items

    def _mapping(self, path: KeyPath) -> dict[str, Any]:
        items: dict[str, Any] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                self._end = _end(event)
                break
            key = self._key(event, path)
            fresh = key not in items
            inner = (*path, key)
            if fresh:
                self.starts[inner] = self._line(event.start_mark.index)
            else:
                self._refuse(event, inner, f"duplicate key; it stands at line {self.starts[inner]} already")
            value = self._node(next(self._events), inner)
            if fresh:
                items[key] = value
        return items

    def _key(self, event: Any, path: KeyPath) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            self._refuse(event, path, "a key must be plain text, not a list or a mapping")
            raise ConfigError(sorted(self.problems))
        if event.implicit[0] and event.value == "<<":
            self._refuse(event, path, "merge keys are not allowed (<<); write the keys out")
        if event.anchor or event.tag:
            self._refuse(event, path, "a key must be plain text, without anchor or tag")
        return str(event.value)


def _end(event: yaml.Event) -> int:
    mark = event.end_mark
    return mark.index if mark else 0
