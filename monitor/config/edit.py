"""Sources put into the text of sources.yaml: a few lines come in, every other byte stays as it was.

What comes from outside is written as a literal: a ``${NAME}`` in a feed's title or in somebody's OPML file would
otherwise be filled in with our secrets and sent to wherever its address leads.

Must not: write files, or decide what is good; the result is to be checked whole before it is put in place.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from monitor.config.located import Located, read_located
from monitor.errors import ConfigError, Problem
from monitor.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LONGEST_NAME = 100

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_DASH = re.compile(r"\ufeff?( *)-(?: |$)")
# Letters, digits and what URLs hold; no colon or hash where YAML would read them, nothing that flow style reads.
_PLAIN = re.compile(r"[^\W_](?:[\w./%~+=-]|:(?=[^\s])| (?=[^\s#:-]))*")
_BY_HAND = "this layout cannot be edited by a program; --print shows the lines to put in by hand"


@dataclass(frozen=True, slots=True)
class NewSource:
    """A source to be written; an empty field is left out. All values as they are meant, not yet escaped."""

    name: str
    url: str
    kind: str = "feed"
    language: str | None = None
    selector: str | None = None
    interval: str | None = None
    enabled: bool = True
    written_url: str | None = None
    """The address as the user wrote it, with its ``${NAME}``; it is put in as it is."""

    def keys(self) -> dict[str, str]:
        """The keys of the entry in their order, as the file's text gives them."""
        found = {
            "name": literal(self.name),
            "url": literal(self.url) if self.written_url is None else self.written_url,
            "kind": "" if self.kind == "feed" else self.kind,
            "selector": literal(self.selector or ""),
            "language": self.language or "",
            "interval": self.interval or "",
            "enabled": "" if self.enabled else "false",
        }
        return {key: value for key, value in found.items() if value}


def literal(text: str) -> str:
    """Write a text so that no ``${NAME}`` in it is filled in."""
    return text.replace("${", "$${")


def tidy_name(*candidates: str | None) -> str:
    """The first of these that holds anything, as a name: one line of at most 100 characters."""
    tidied = (" ".join(clean(text or "").replace("\ufeff", "").split()) for text in candidates)
    return clean(next(filter(None, tidied), "unnamed"), LONGEST_NAME)


class Names:
    """The names that sources have, told apart as the check of sources.yaml does; hands out new ones."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {_same(name) for name in taken}
        self._last: dict[str, int] = {}

    def take(self, name: str) -> str:
        """The name, with a number behind it where a source has it already; it is taken from now on."""
        number = self._last.get(_same(name), 1)
        found = name
        while _same(found) in self._taken:
            number += 1
            end = f" ({number})"
            found = clean(name, LONGEST_NAME - len(end)) + end
        self._last[_same(name)] = number
        self._taken.add(_same(found))
        return found


def _same(name: str) -> str:
    return unicodedata.normalize("NFC", name.strip()).casefold()


def as_yaml(sources: Sequence[NewSource], *, indent: str = "  ", flow: bool = False) -> str:
    """The entries as lines of a block list, each ending in a line feed."""
    return "".join(_item(source, indent, flow=flow) for source in sources)


def with_sources(text: str, sources: Sequence[NewSource], *, file: str, heading: str = "") -> str:
    """The text of sources.yaml with these entries at the end of ``sources``, in the style of the last one there.

    ``heading`` becomes a comment above them where the list is in block style. Raises ConfigError where the text is
    no YAML, or is laid out so that the entries cannot be put in without touching anything else.
    """
    located = read_located(text, file)
    data = located.data if isinstance(located.data, dict) else {}
    listed = data.get("sources", "")
    if listed and not isinstance(listed, list):
        raise ConfigError([Problem(file, located.line(("sources",)), "sources", "expected a list")])
    after = _put(text, located, len(listed), sources, heading)
    expected = {**data, "sources": [*listed, *(source.keys() for source in sources)]}
    if _data(after, file) != expected:
        raise ConfigError([Problem(file, located.line(("sources",)), "sources", _BY_HAND)])
    return after


def _data(text: str, file: str) -> Any:
    """The data of an edited text; None where the edit broke it."""
    try:
        return read_located(text, file).data
    except ConfigError:
        return None


def _put(text: str, located: Located, count: int, sources: Sequence[NewSource], heading: str) -> str:
    span = located.spans.get(("sources",))
    if span and located.text[span[0]] == "[":
        return _into_flow(text, located, count, sources)
    lines = _LINE.findall(text)
    if count:
        at, indent = _behind_last(lines, located, count - 1)
        flow = located.text[located.spans.get(("sources", count - 1), (0, 0))[0]] == "{"
    else:
        indent, flow = "  ", False
        at = located.starts.get(("sources",), 0)
    new = (f"{indent}# {heading}\n" if heading else "") + as_yaml(sources, indent=indent, flow=flow)
    if not at:
        at, new = len(lines), f"\nsources:\n{new}" if lines else f"sources:\n{new}"
    return _joined(lines, at, new)


def _joined(lines: list[str], at: int, new: str) -> str:
    """Put the new text behind line ``at``, with the line ends that the file has."""
    ending = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    before = "".join(lines[:at])
    if before and not before.endswith(("\r", "\n")):
        before += ending
    return before + new.replace("\n", ending) + "".join(lines[at:])


def _behind_last(lines: list[str], located: Located, last: int) -> tuple[int, str]:
    """How many lines come before the new entries, and the indent of the dash."""
    path = ("sources", last)
    first = located.line(path)
    while first > 1 and not _DASH.match(lines[first - 1]):
        first -= 1
    dash = _DASH.match(lines[first - 1])
    indent = dash[1] if dash else "  "
    end = located.spans.get(path, (0, 0))[1]
    at = max(located.text.count("\n", 0, len(located.text[:end].rstrip())) + 1, first)
    while at > first and _is_remark(lines[at - 1]):
        at -= 1
    while at < len(lines) and lines[at].lstrip(" ").startswith("#") and lines[at].startswith(indent + " "):
        at += 1  # a comment deeper than the dash belongs to the entry above it
    return at, indent


def _is_remark(line: str) -> bool:
    bare = line.strip()
    return not bare or bare.startswith("#")


def _into_flow(text: str, located: Located, count: int, sources: Sequence[NewSource]) -> str:
    """Put the entries into a list in brackets, behind its last one."""
    start = located.spans[("sources",)][0] + 1
    end = located.spans.get(("sources", count - 1), (0, start))[1] if count else start
    at = _in_original(text, located.text, end)
    new = ", ".join(_braces(source) for source in sources)
    return text[:at] + (", " if count else "") + new + text[at:]


def _in_original(text: str, read: str, position: int) -> int:
    """Where this position of the text as it was read (no byte order mark, plain line feeds) is in the file's text."""
    line = read.count("\n", 0, position)
    column = position - (read.rfind("\n", 0, position) + 1)
    before = sum(map(len, _LINE.findall(text)[:line]))
    return before + column + (1 if line == 0 and text.startswith("\ufeff") else 0)


def _item(source: NewSource, indent: str, *, flow: bool) -> str:
    if flow:
        return f"{indent}- {_braces(source)}\n"
    lines = [f"{key}: {_scalar(value)}" for key, value in source.keys().items()]
    return f"{indent}- " + f"\n{indent}  ".join(lines) + "\n"


def _braces(source: NewSource) -> str:
    return "{" + ", ".join(f"{key}: {_scalar(value)}" for key, value in source.keys().items()) + "}"


def _scalar(value: str) -> str:
    """A scalar that every YAML reader takes for this text: plain where that is safe, else in double quotes."""
    return value if _PLAIN.fullmatch(value) and value.lower() != "null" else json.dumps(value, ensure_ascii=False)
