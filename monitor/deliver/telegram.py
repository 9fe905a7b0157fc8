"""Sends one text to one Telegram chat through the Bot API (https://core.telegram.org/bots/api#sendmessage).

A small sender of our own, since the outcome must be exact: what failed before the request was written was not sent,
what failed afterwards may have been. It must not retry, follow redirects (the token is in the path), read the
environment or log.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import ssl
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import urlsplit

from monitor.deliver.outcomes import SENT, from_http, lost, masked, not_sent
from monitor.deliver.plain import shorten_units
from monitor.deliver.wire import cut_after
from monitor.model import Message, Outcome

API: Final = "https://api.telegram.org"

_ABOUT_TEXT: Final = re.compile(
    r"can't parse|too long|text is empty|text must be non-empty|must be encoded|Request Entity Too Large|ENTIT",
    re.IGNORECASE,
)
"""Words of a refusal that speak of the text, not of the chat or the bot (the Bot API has no codes for them)."""
_ABOUT_CHAT: Final = re.compile(r"chat|user|peer|bot|right|thread|topic|channel|group", re.IGNORECASE)
"""Words of a refusal that speak of the chat or the bot; any other 400 is about the message."""
_ANSWER_LIMIT: Final = 65_536
_PLAIN_LIMIT: Final = 3_500


@dataclass(frozen=True, slots=True)
class Chat:
    """Where a bot writes to, and how."""

    token: str = field(repr=False)
    chat_id: int | str
    thread: int | None = None
    silent: bool = False
    preview: bool = False
    base: str = API
    """The API server's root URL, without ``/bot``."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API said, or why there is no answer."""

    outcome: Outcome
    moved_to: int | None = None
    """The chat's new id where the group became a supergroup."""
    unreadable: bool = False
    """True when the text itself was refused: bad markup, or too long."""


def send(chat: Chat, message: Message, *, timeout: float) -> Outcome:
    """Send ``message.telegram``; one call is at most three requests, each within ``timeout`` seconds.

    A second request follows only where the first was surely not delivered: the chat has a new id (used once; the
    outcome's error then says to write it down), or the markup was refused (the plain text goes instead).
    """
    answer = _post(chat, message.telegram, timeout, html=True)
    if answer.unreadable:
        answer = _post(chat, shorten_units(message.text, _PLAIN_LIMIT), timeout, html=False)
    if answer.moved_to is not None:
        moved = _post(replace(chat, chat_id=answer.moved_to), message.telegram, timeout, html=True)
        words = f"the chat has moved: put {answer.moved_to} in the place of {chat.chat_id} in the alert's url"
        return replace(moved.outcome, error=f"{moved.outcome.error}; {words}" if moved.outcome.error else words)
    return answer.outcome


def _post(chat: Chat, text: str, timeout: float, *, html: bool) -> Answer:
    """One request and its answer. Connecting is apart from the rest: until it is done nothing can have been sent."""
    try:
        connection = _connection(chat, timeout)
        connection.connect()
    except (OSError, ValueError, http.client.HTTPException) as failure:
        return Answer(not_sent(f"cannot reach the Telegram API: {_words(failure, chat)}"))
    line = connection.sock  # http.client forgets it once the answer has begun
    try:
        with contextlib.closing(connection), cut_after(timeout, lambda: line):
            return _read(chat, *_exchange(connection, chat, text, html=html))
    except (OSError, http.client.HTTPException) as failure:
        return Answer(lost(f"no answer from the Telegram API: {_words(failure, chat)}"))


def _connection(chat: Chat, timeout: float) -> http.client.HTTPConnection:
    parts = urlsplit(chat.base)
    host = parts.hostname or ""
    if parts.scheme == "http":
        return http.client.HTTPConnection(host, parts.port, timeout=timeout)
    context = ssl.create_default_context()
    return http.client.HTTPSConnection(host, parts.port, timeout=timeout, context=context)


def _exchange(connection: http.client.HTTPConnection, chat: Chat, text: str, *, html: bool) -> tuple[int, bytes]:
    path = f"{urlsplit(chat.base).path.rstrip('/')}/bot{chat.token}/sendMessage"
    body = json.dumps(payload(chat, text, html=html)).encode()
    connection.request("POST", path, body, {"Content-Type": "application/json", "Connection": "close"})
    response = connection.getresponse()
    return response.status, response.read(_ANSWER_LIMIT)


def payload(chat: Chat, text: str, *, html: bool) -> dict[str, Any]:
    """The parameters of sendMessage: exactly ``text``, without link preview unless the alert's url asks for one."""
    parameters: dict[str, Any] = {
        "chat_id": chat.chat_id,
        "text": text,
        "disable_notification": chat.silent,
        "link_preview_options": {"is_disabled": not chat.preview},
    }
    if html:
        parameters["parse_mode"] = "HTML"
    if chat.thread is not None:
        parameters["message_thread_id"] = chat.thread
    return parameters


def _read(chat: Chat, status: int, body: bytes) -> Answer:
    """What an answer means. Accepted is only ``ok: true`` in a 2xx; a 2xx that cannot be read is unknown."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        failure = lost("the Telegram API's answer cannot be read") if status < 300 else from_http(status, "")
        return Answer(failure)
    if status < 300 and said.get("ok") is True:
        return Answer(SENT)
    return _refusal(chat, status, said)


def _refusal(chat: Chat, status: int, said: dict[str, Any]) -> Answer:
    code = said.get("error_code")
    words = _masked(str(said.get("description") or ""), chat)
    parameters = said.get("parameters")
    details = parameters if isinstance(parameters, dict) else {}
    wait, moved = details.get("retry_after"), details.get("migrate_to_chat_id")
    number = code if isinstance(code, int) and code >= 300 else max(status, 400)
    outcome = from_http(number, words, float(wait) if isinstance(wait, int | float) and wait >= 0 else None)
    about_text = _ABOUT_TEXT.search(words) is not None
    return Answer(
        # The API says 400 of a chat that is not there as well.
        replace(outcome, poison=number in (400, 413) and (about_text or not _ABOUT_CHAT.search(words))),
        moved_to=moved if isinstance(moved, int) else None,
        unreadable=number == 400 and about_text,
    )


def _words(failure: Exception, chat: Chat) -> str:
    return _masked(f"{type(failure).__name__}: {failure}", chat)


def _masked(text: str, chat: Chat) -> str:
    return masked(text, (chat.token, chat.token.partition(":")[2]))
