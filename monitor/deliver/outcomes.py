"""What a channel's answer means: pure functions from status codes, words and failures to an Outcome.

Three classes decide what may follow. *Accepted*: done. *Not sent for sure* (no connection, a full refusal): try again
or give up, no duplicate possible. *Unknown* (the message was written and no full answer came back): try again, and
say that it may be repeated. No secret may enter an Outcome; ``masked`` takes them out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from monitor.model import Outcome
from monitor.text import clean, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable

SENT: Final = Outcome(ok=True)

LONGEST_ERROR: Final = 300

_TRANSIENT: Final = frozenset({408, 409, 420, 423, 425, 429})
"""Client errors that say "not now" rather than "never"."""


def from_http(status: int, words: str, retry_after: float | None = None) -> Outcome:
    """The outcome of a full HTTP answer.

    2xx is accepted. A server error says nothing of what happened to the message, so it is unknown; 503 is a refusal.
    Anything else below 500 was not sent: "not now" codes are tried again, the rest (403, 404, 400 ...) are permanent.
    """
    error = f"HTTP {status}: {words}" if words else f"HTTP {status}"
    if 200 <= status < 300:
        return SENT
    if status >= 500:
        return Outcome(ok=False, error=error, unknown=status != 503, retry_after=retry_after)
    return Outcome(ok=False, error=error, permanent=status not in _TRANSIENT, retry_after=retry_after)


def from_smtp(code: int, words: str) -> Outcome:
    """The outcome of a full SMTP refusal (RFC 5321 section 4.2.1): 4yz try again, 5yz never."""
    return Outcome(ok=False, error=f"SMTP {code}: {words}", permanent=500 <= code < 600)


def not_sent(words: str) -> Outcome:
    """A failure before the message left: try again, no duplicate is possible."""
    return Outcome(ok=False, error=words)


def refused(words: str) -> Outcome:
    """A failure that trying again cannot mend."""
    return Outcome(ok=False, error=words, permanent=True)


def lost(words: str) -> Outcome:
    """A failure after the message was written: it may have arrived."""
    return Outcome(ok=False, error=words, unknown=True)


def masked(text: str, secrets: Iterable[str]) -> str:
    """``text`` on one line, at most 300 characters, every secret and every URL path in it replaced."""
    for secret in sorted({secret for secret in secrets if len(secret) > 3}, key=len, reverse=True):
        text = text.replace(secret, "****")
    text = re.sub(r"(\b[a-z][a-z0-9+.-]*://)[^\s'\")>]+", r"\1****", text, flags=re.IGNORECASE)
    text = re.sub(r"\bbot\d+:[\w-]+", "bot****", text)
    return shorten(" ".join(clean(text).split()), LONGEST_ERROR)
