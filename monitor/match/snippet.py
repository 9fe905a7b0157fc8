"""A line for a topic file, as YAML to paste: what stands there, and exactly where it belongs.

A topic file may be written in block style (a line an item) or in flow style (``[a, b]``), and a key must not stand
twice. So the file that is in force is looked at: the snippet begins at the first key that is not there yet, has the
file's own indentation, and goes before what is in the list already. Must not: read files, change any.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from monitor.config.located import key_path, read_located
from monitor.errors import ConfigError

if TYPE_CHECKING:
    from monitor.config.located import KeyPath, Located

_PLAIN_KEY = re.compile("[A-Za-z][A-Za-z0-9-]*")
_NOT_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
"""YAML 1.1 reads these as values; ``no`` is Norwegian."""
_SHOWN = frozenset("\u200c\u200d")
"""The joiners that Persian and the scripts of India are written with."""
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}
_STEP = 2


@dataclass(frozen=True, slots=True)
class Snippet:
    """YAML to paste into a topic file."""

    yaml: str
    keys: str
    """What it stands under, as people read it: ``examples.uk.miss``."""
    line: int = 0
    """It goes below this line, 1-based; 0 where no place is known and the keys have to be found by hand."""
    behind: str = ""
    """Where it goes into that line instead: right behind this, the key and the bracket that opens its value."""
    at: int = 0
    """The same place as an offset into the text of the file."""


def quoted(text: str) -> str:
    r"""A text as a double-quoted scalar of YAML on one line (YAML 1.1, section 5.6 has the escapes).

    Whatever an editor would not show or would break a line at is escaped; lone surrogates become U+FFFD.
    """
    return '"' + "".join(map(_escaped, text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))) + '"'


def snippet(text: str, file: str, path: KeyPath, item: str) -> Snippet:
    """What to paste into the topic file ``text``, so that the list at ``path`` holds ``item`` too."""
    try:
        located = read_located(text, file)
        made = _placed(located, path, item)
        held = _at(read_located(pasted(located.text, made), file).data, path) if made else None
    except ConfigError:
        return by_hand(path, item)
    return made if made and isinstance(held, list) and item in held else by_hand(path, item)


def by_hand(path: KeyPath, item: str) -> Snippet:
    """The whole path as YAML, where nobody can say what of it is there."""
    return Snippet(_block(path, item, 0), key_path(path))


def pasted(text: str, made: Snippet) -> str:
    """The file with the snippet where it belongs."""
    return text[: made.at] + made.yaml + text[made.at :]


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if unicodedata.category(char) not in {"Cc", "Cf", "Cn", "Co", "Zl", "Zp"} or char in _SHOWN:
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _key(key: str | int) -> str:
    word = str(key)
    return word if _PLAIN_KEY.fullmatch(word) and word.lower() not in _NOT_WORDS else quoted(word)


def _block(keys: KeyPath, item: str, indent: int) -> str:
    """The keys, each on a line of its own, and the item under them."""
    lines = [f"{' ' * (indent + _STEP * depth)}{_key(key)}:" for depth, key in enumerate(keys)]
    return "\n".join((*lines, f"{' ' * (indent + _STEP * len(keys))}- {quoted(item)}")) + "\n"


def _flow(keys: KeyPath, item: str) -> str:
    """The same on one line, inside brackets."""
    if not keys:
        return f"{quoted(item)}, "
    inner = f"[{quoted(item)}]"
    for key in reversed(keys[1:]):
        inner = f"{{{_key(key)}: {inner}}}"
    return f"{_key(keys[0])}: {inner}, "


def _placed(located: Located, path: KeyPath, item: str) -> Snippet | None:
    known = _known(located.data, path)
    if not isinstance(_at(located.data, known), list if known == path else dict) or known not in located.spans:
        return None
    start, text = located.spans[known][0], located.text
    missing, keys = path[len(known) :], key_path(path)
    if text[start] in "[{":
        line, before = text.count("\n", 0, start) + 1, text[text.rfind("\n", 0, start) + 1 : start + 1]
        key = before.rfind(str(known[-1])) if known else -1
        behind = before[key:] if key >= 0 else text[start]
        return Snippet(_flow(missing, item), keys, line, behind, start + 1)
    indent = start - (text.rfind("\n", 0, start) + 1)
    line = (located.line((*known, _first(located, known))) if known else _last(located)) - 1
    at = sum(map(len, text.splitlines(keepends=True)[:line]))
    return Snippet(_block(missing, item, indent), keys, line, "", at)


def _known(data: Any, path: KeyPath) -> KeyPath:
    """As much of the path as there is."""
    for length, key in enumerate(path):
        if not isinstance(data, dict) or key not in data:
            return path[:length]
        data = data[key]
    return path


def _first(located: Located, known: KeyPath) -> str | int:
    data = _at(located.data, known)
    first: str | int = 0 if isinstance(data, list) else next(iter(data))
    return first


def _last(located: Located) -> int:
    """The line of the file's last key: an inline definition's first one stands behind a dash."""
    return located.line((list(located.data)[-1],)) if len(located.data) > 1 else 0


def _at(data: Any, path: KeyPath) -> Any:
    for key in path:
        data = data[key] if isinstance(data, dict) else None
    return data
