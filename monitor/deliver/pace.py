"""How many messages a channel takes in what time, as its service says. Pure.

Must not: know when anything was sent; the desk keeps to these.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

Limits = tuple[tuple[int, timedelta], ...]

_SECOND: Final = timedelta(seconds=1)
_MINUTE: Final = timedelta(minutes=1)

ONE_A_SECOND: Final[Limits] = ((1, _SECOND),)
"""Of a service that is not known better; Slack asks for the same (docs.slack.dev, rate limits, posting messages)."""
MAIL: Final[Limits] = ((1, _SECOND), (60, _MINUTE))
"""No standard says; what mail servers take from one client without deferring it."""
DISCORD: Final[Limits] = ((1, _SECOND), (30, _MINUTE))
"""Discord publishes no number for webhooks; 30 a minute and channel is what it is seen to allow."""
PRIVATE_CHAT: Final[Limits] = ((1, _SECOND),)
GROUP: Final[Limits] = ((1, _SECOND), (20, _MINUTE))
"""Telegram's Bot API FAQ ("My bot is hitting limits"): one a second to a chat, 20 a minute to a group."""


def telegram(chat_id: int | str) -> Limits:
    """The limits of a Telegram chat; groups and channels have negative ids or a name (``@name``)."""
    return GROUP if isinstance(chat_id, str) or chat_id < 0 else PRIVATE_CHAT


def address(parts: Iterable[object]) -> str:
    """Sixteen hexadecimal digits that stand for who is written to, and tell nobody who that is."""
    return hashlib.sha256("\x00".join(map(str, parts)).encode("utf-8", "surrogatepass")).hexdigest()[:16]
