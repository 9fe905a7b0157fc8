"""The door to Apprise: an Apprise URL and a message in, an exact outcome back.

Apprise reads every URL. Telegram and mail, whose outcome it hides, are then sent by our own small senders
(``telegram.py``, ``mail.py``); every other service is sent by Apprise, and its outcome is read from the log of that
one call. One call is one service and one recipient, tried once. It must not pace, retry or let a secret out.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from apprise import Apprise, AppriseAsset, NotifyFormat
from apprise.plugins.custom_form import NotifyForm
from apprise.plugins.custom_json import NotifyJSON
from apprise.plugins.custom_xml import NotifyXML
from apprise.plugins.discord import NotifyDiscord
from apprise.plugins.email import NotifyEmail
from apprise.plugins.telegram import NotifyTelegram

from monitor.deliver import mail, pace, telegram
from monitor.deliver.hush import captured, silence_libraries
from monitor.deliver.outcomes import SENT, from_http, lost, masked, not_sent, refused
from monitor.model import Channel
from monitor.text import shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from monitor.model import Message, Outcome

TIMEOUT: Final = 15.0
"""Seconds for one step of a conversation with Telegram or a mail server."""

_UNREADABLE: Final = "Apprise does not know this kind of URL, or a part of it is missing or wrong"
_STATUS: Final = re.compile(r"\berror=(\d{3})\b")
_WAIT: Final = re.compile(r"retry[ _-]after\W{0,3}(\d+(?:\.\d+)?)", re.IGNORECASE)
_NOT_CONNECTED: Final = re.compile(
    r"NewConnectionError|NameResolutionError|ConnectTimeout|CERTIFICATE|handshake|Connection refused|InvalidURL"
)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Notifier:
    """Sends messages to Apprise URLs. Thread-safe; holds no connection."""

    def __init__(
        self,
        telegram_api_base: str | None = None,
        *,
        timeout: float = TIMEOUT,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        """``telegram_api_base`` is the root of a Bot API server of one's own; ``clock`` dates the mails."""
        self._base = (telegram_api_base or telegram.API).rstrip("/").removesuffix("/bot")
        self._timeout = timeout
        self._clock = clock
        silence_libraries()

    def check(self, url: str) -> str | None:
        """Why this URL cannot be used, in one line without its secrets; None when it can. Sends nothing."""
        plugin = _plugin(url)
        return _UNREADABLE if plugin is None else _objection(plugin)

    def recipients(self, url: str) -> int:
        """How many recipients one message to this URL would have; 0 for a URL that cannot be read."""
        plugin = _plugin(url)
        return 0 if plugin is None else _recipients(plugin)

    def channel(self, url: str) -> Channel:
        """Who is written to, and how fast that may be; two URLs to one chat or mailbox give the same address."""
        plugin = _plugin(url)
        if plugin is None:
            return Channel(pace.address((url,)), pace.ONE_A_SECOND)
        return Channel(pace.address(_identity(plugin)), _limits(plugin))

    def send(self, url: str, message: Message) -> Outcome:
        """Send once and say exactly how it ended; every failure is an outcome, none is raised."""
        plugin = _plugin(url)
        if plugin is None:
            return refused(_UNREADABLE)
        if objection := _objection(plugin):
            return refused(objection)
        if isinstance(plugin, NotifyTelegram):
            return telegram.send(_chat(plugin, self._base), message, timeout=self._timeout)
        if isinstance(plugin, NotifyEmail):
            return mail.send(_mailbox(plugin), message, now=self._clock(), timeout=self._timeout)
        return _send_by_apprise(plugin, url, message)


# --- reading the URL -------------------------------------------------------------------------------


def _plugin(url: str) -> Any | None:
    """Apprise's object for a URL, without its own retries and pauses: the outbox does both."""
    try:
        plugin = Apprise.instantiate(url, asset=AppriseAsset(), suppress_exceptions=True)
    except Exception:  # noqa: BLE001 - a plugin's constructor may raise anything for a URL a person wrote
        return None
    if plugin is not None:
        plugin.retry = 0
        plugin.request_rate_per_sec = 0
    return plugin


def _objection(plugin: Any) -> str | None:
    """Why a readable URL is not used all the same."""
    if not plugin.verify_certificate:
        return "verify=no is not supported: add the server's certificate to the system's store or to SSL_CERT_FILE"
    if isinstance(plugin, NotifyTelegram):
        return _telegram_objection(plugin)
    if isinstance(plugin, NotifyEmail):
        return _mail_objection(plugin)
    return _too_many(_recipients(plugin))


def _telegram_objection(plugin: Any) -> str | None:
    if not plugin.targets:
        return "no chat: write the chat's id after the bot's token"
    if plugin.template or plugin.include_image:
        return "template and image are not supported for Telegram"
    return _too_many(len(plugin.targets))


def _mail_objection(plugin: Any) -> str | None:
    if not plugin.targets:
        return "no valid recipient"
    if plugin.pgp_mode != "no":
        return "PGP is not supported; nothing is sent unencrypted in its place"
    if plugin.schema == NotifyEmail.secure_protocol and plugin.secure_mode == "insecure":
        return "mailtos with mode=insecure would send in the clear; write mailto if that is meant"
    if not all(address.isascii() for address in (plugin.targets[0][1], plugin.from_addr[1])):
        return "mail addresses must be ASCII (write an international domain in its xn-- form)"
    return _too_many(_recipients(plugin))


def _too_many(count: int) -> str | None:
    return "one recipient per alert; write one alert for each" if count > 1 else None


def _recipients(plugin: Any) -> int:
    if isinstance(plugin, NotifyEmail):
        return len(plugin.targets) + len(plugin.cc) + len(plugin.bcc)
    return len(plugin.targets) if isinstance(plugin, NotifyTelegram) else len(plugin)


def _identity(plugin: Any) -> tuple[object, ...]:
    """Who writes to whom; the secret half of a token and passwords change without that changing."""
    if isinstance(plugin, NotifyTelegram):
        return "telegram", plugin.bot_token.partition(":")[0], *(str(chat) for chat, _ in plugin.targets)
    if isinstance(plugin, NotifyEmail):
        return "mail", plugin.smtp_host, plugin.port, plugin.user, *(one for _, one in plugin.targets)
    targets = (getattr(plugin, name, None) for name in ("targets", "topics", "channels"))
    known = plugin.url_identifier
    return *(known if isinstance(known, tuple | list) else (plugin.url(),)), *(str(one) for one in targets if one)


def _limits(plugin: Any) -> pace.Limits:
    if isinstance(plugin, NotifyTelegram) and plugin.targets:
        return pace.telegram(plugin.targets[0][0])
    if isinstance(plugin, NotifyEmail):
        return pace.MAIL
    return pace.DISCORD if isinstance(plugin, NotifyDiscord) else pace.ONE_A_SECOND


def _chat(plugin: Any, base: str) -> telegram.Chat:
    chat_id, thread = plugin.targets[0]
    return telegram.Chat(
        token=plugin.bot_token,
        chat_id=chat_id,
        thread=thread,
        silent=plugin.silent,
        preview=plugin.preview,
        base=base,
    )


def _mailbox(plugin: Any) -> mail.Mailbox:
    name, sender = plugin.from_addr
    return mail.Mailbox(
        recipient=plugin.targets[0][1],
        sender=sender,
        sender_name=name if name and name != plugin.app_id else "",
        host=plugin.smtp_host,
        port=int(plugin.port),
        security=plugin.secure_mode,
        user=plugin.user,
        password=plugin.password,
        reply_to=next(iter(sorted(plugin.reply_to)), None),
        headers=dict(plugin.headers),
    )


# --- the other services ----------------------------------------------------------------------------


def _send_by_apprise(plugin: Any, url: str, message: Message) -> Outcome:
    """Send as plain text, cut to what the service takes; the outcome stands in the log of this call alone.

    A webhook has the message's key in the field ``delivery_id`` as well; elsewhere it is at the text's end.
    """
    sender = Apprise(asset=AppriseAsset())
    if isinstance(plugin, NotifyJSON | NotifyXML | NotifyForm):
        plugin.payload_extras.setdefault("delivery_id", message.key)
    sender.add(plugin)
    title_room = 0 if plugin.title_maxlen > 0 else len(message.subject) + 2
    body = cut(message, plugin.body_maxlen - title_room)
    with captured() as log:
        result = sender.notify(body=body, title=message.subject, body_format=NotifyFormat.TEXT)
    return SENT if result else read_log(log, secrets(url))


def cut(message: Message, room: int) -> str:
    """The text in at most ``room`` characters; where that is too few, with the numbers of all hits and the key."""
    if len(message.text) <= room:
        return message.text
    tail = "\n".join(filter(None, ("", "(cut to fit)", message.numbers, message.key)))
    if 2 * len(tail) > room:
        tail = f"\n{message.key}" if 2 * len(message.key) < room else ""
    return shorten(message.text, max(room - len(tail), 1)) + tail


def read_log(entries: Iterable[tuple[str, str]], hidden: Iterable[str]) -> Outcome:
    """The outcome of a failed call from its log, (level, words) pairs: its status, its wait, or where it broke.

    A failure without a status was "not sent" only where the log proves that no connection was made; else unknown.
    """
    lines = list(entries)
    whole = "\n".join(words for _, words in lines)
    told = [words for level, words in lines if level in ("WARNING", "ERROR", "CRITICAL")]
    error = masked(told[-1] if told else "the service did not take the message", hidden)
    status, wait = _STATUS.search(whole), _WAIT.search(whole)
    if status and int(status.group(1)) >= 300:
        return from_http(int(status.group(1)), error, float(wait.group(1)) if wait else None)
    return not_sent(error) if _NOT_CONNECTED.search(whole) else lost(error)


def secrets(url: str) -> list[str]:
    """Every part of an Apprise URL that may be one: user, password, host, path segments, values; raw and unquoted."""
    rest = url.partition("://")[2]
    parts = [part for part in re.split(r"[/:@?&=#,]", rest) if part]
    return [form for part in parts for form in (part, unquote(part))]
