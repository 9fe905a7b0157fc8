"""The error tree: what can go wrong, with what the caller needs in order to decide.

Every message is one line for a person: what, where, and the mend. Nothing here holds a secret.
"""

from __future__ import annotations

from dataclasses import dataclass


class MonitorError(Exception):
    """Base of every expected failure; the command line prints it as one line and exits 1."""


class UsageError(MonitorError):
    """The command was given something it cannot use (exit 2)."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in a file a person wrote: where it stands and what was expected there."""

    file: str
    line: int
    """Line number, 1-based; 0 when the mistake has no line (a missing file, an environment variable)."""
    key: str
    """Path of the key, such as ``sources[3].interval``; empty for the file as a whole."""
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.key}: {self.message}" if self.key else f"{where}: {self.message}"


class ConfigError(MonitorError):
    """A configuration or topic file is wrong; carries every mistake found, in file order (exit 2)."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in problems))


ON_THE_WAY = frozenset({"dns", "connect", "timeout", "reset"})
"""Kinds of FetchError that may as well be our own network."""


class FetchError(MonitorError):
    """A document could not be fetched.

    ``kind`` is one word of a fixed set: ``bad_url bad_scheme bad_port blocked_address dns connect tls timeout
    reset protocol proxy too_large bad_encoding too_many_redirects robots http``. ``status`` is the HTTP status for
    ``http`` (else 0); ``permanent`` says that trying again soon is useless; ``retry_after`` is the wait in
    seconds that the server asked for, already clamped, or None.
    """

    def __init__(
        self,
        kind: str,
        message: str,
        *,
        status: int = 0,
        permanent: bool = False,
        retry_after: float | None = None,
    ) -> None:
        self.kind = kind
        self.status = status
        self.permanent = permanent
        self.retry_after = retry_after
        super().__init__(f"{kind}: {message}")


class WorkerError(MonitorError):
    """A child process did not finish its piece of work: ``kind`` is ``timeout``, ``crashed`` or ``failed``."""

    def __init__(self, kind: str, message: str) -> None:
        self.kind = kind
        super().__init__(f"{kind}: {message}")


class ParseError(MonitorError):
    """Bytes that should be a feed are not one; ``kind`` is ``not_a_feed``, ``empty`` or ``parse_error``."""

    def __init__(self, kind: str, message: str) -> None:
        self.kind = kind
        super().__init__(f"{kind}: {message}")


class StoreError(MonitorError):
    """The database cannot be used: not writable, newer than the program, not ours, or damaged."""


class AlreadyRunningError(StoreError):
    """Another monitor works on this database (exit 3)."""


class DeliveryError(MonitorError):
    """A message was not acknowledged by its channel.

    ``permanent``: trying again cannot help (bad token, chat not found, refused recipient).
    ``unknown``: the channel may have accepted it (the connection broke after the message was sent).
    ``retry_after``: seconds the channel asked us to wait; such a try is not counted.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        unknown: bool = False,
        retry_after: float | None = None,
    ) -> None:
        self.permanent = permanent
        self.unknown = unknown
        self.retry_after = retry_after
        super().__init__(message)
