"""What a channel's answer means: pure functions from status codes, words and failures to an Outcome.

A refusal is told apart by whom it speaks of: the message in hand (it is poison: the channel takes others) or the
channel itself. Several messages in a row that are poison speak of the channel after all; see ``backoff.py``.

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
_ABOUT_MESSAGE: Final = frozenset({400, 413, 414, 422})
"""Client errors that speak of what was sent (RFC 9110 sections 15.5.1, .14, .15, .21), not of who sent it where."""
_CONTENT_REFUSED: Final = frozenset({550, 552, 554})
_ENHANCED: Final = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")
_ABOUT_CONTENT: Final = re.compile(r"5\.(?:0\.0|2\.3|3\.4|6\.\d{1,3}|7\.1)\b")
"""Enhanced status codes (RFC 3463) of the message itself: its length, its content, a policy on it."""


def from_http(status: int, words: str, retry_after: float | None = None) -> Outcome:
    """The outcome of a full HTTP answer.

    2xx is accepted. A server error says nothing of what happened to the message, so it is unknown; 503 is a refusal.
    Anything else below 500 was not sent: "not now" codes are tried again, the rest (403, 404, 400 ...) are permanent,
    and 400, 413, 414 and 422 speak of this message alone.
    """
    error = f"HTTP {status}: {words}" if words else f"HTTP {status}"
    if 200 <= status < 300:
        return SENT
    if status >= 500:
        return Outcome(ok=False, error=error, unknown=status != 503, retry_after=retry_after)
    permanent, poison = status not in _TRANSIENT, status in _ABOUT_MESSAGE
    return Outcome(ok=False, error=error, permanent=permanent, retry_after=retry_after, poison=poison)


def from_smtp(code: int, words: str, *, content: bool = False) -> Outcome:
    """The outcome of a full SMTP refusal (RFC 5321 section 4.2.1): 4yz try again, 5yz never.

    ``content``: it came after the message was handed over. 550, 552 and 554 then speak of that message, unless an
    enhanced status code says that it is the mailbox, the sender or the system.
    """
    said = _ENHANCED.match(words)
    poison = content and code in _CONTENT_REFUSED and (said is None or _ABOUT_CONTENT.match(words) is not None)
    return Outcome(ok=False, error=f"SMTP {code}: {words}", permanent=500 <= code < 600, poison=poison)


def not_sent(words: str) -> Outcome:
    """A failure before the message left: try again, no duplicate is possible."""
    return Outcome(ok=False, error=words)


def refused(words: str, *, poison: bool = False) -> Outcome:
    """A failure that trying again cannot mend; ``poison``: it is this message that cannot be sent."""
    return Outcome(ok=False, error=words, permanent=True, poison=poison)


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
