"""The log: one line an event, as text for people or JSON for programs, secrets blotted out in both.

Each line says what it is about, by number or name (``article=123``; a field in JSON), at every desk and in every
request; child processes say nothing themselves. A downloaded text cannot forge a line: control characters and line
breaks are escaped.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from monitor import trail
from monitor.config.secrets import Masker

_NOISY = ("httpx", "httpcore", "trafilatura", "htmldate", "apprise", "alembic", "asyncio", "charset_normalizer")


class Mask:
    """What must not be seen in the log; filled once the configuration is known."""

    def __init__(self) -> None:
        self._secrets: frozenset[str] = frozenset()
        self._masker = Masker(())

    def hide(self, secrets: frozenset[str]) -> None:
        """Blot these out from now on, with those that were hidden before."""
        self._secrets |= secrets
        self._masker = Masker(self._secrets)

    def clean(self, text: str) -> str:
        """The text without secrets."""
        return self._masker.mask(text)


class _Line(logging.Formatter):
    """``2026-05-04 07:10:01 warning read: …`` on one line."""

    def __init__(self, mask: Mask) -> None:
        super().__init__()
        self._mask = mask

    def format(self, record: logging.LogRecord) -> str:
        """One line; a traceback follows escaped on the same line, for it may hold downloaded text."""
        at = f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%d %H:%M:%S}"
        words = self._words(record, trail.words(trail.subject()))
        return f"{at} {record.levelname.lower():7} {_one_line(self._mask.clean(words))}"

    def _words(self, record: logging.LogRecord, subject: str = "") -> str:
        trace = self.formatException(record.exc_info) if record.exc_info else ""
        return " ".join(filter(None, (record.getMessage(), subject, trace)))


class _Json(_Line):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """``{"time", "level", "logger", "message"}`` and what it is about, such as ``"article"``."""
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self._mask.clean(self._words(record)),
        }
        about = {name: self._shown(value) for name, value in trail.subject().items() if name not in fields}
        return json.dumps(fields | about, ensure_ascii=True)

    def _shown(self, value: trail.Value) -> trail.Value:
        return self._mask.clean(value) if isinstance(value, str) else value


def configure(kind: str, *, verbose: bool) -> Mask:
    """Send the log to stderr: everything of interest for the daemon, warnings only for a command."""
    mask = Mask()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json(mask) if kind == "json" else _Line(mask))
    logging.basicConfig(level=logging.INFO if verbose else logging.ERROR, handlers=[handler], force=True)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.ERROR)
    return mask


def _one_line(text: str) -> str:
    """Escape what could end or redraw the line: C0, C1 and the Unicode line and paragraph separators."""
    return "".join(
        char if char.isprintable() or char == " " else char.encode("unicode_escape").decode() for char in text
    )
