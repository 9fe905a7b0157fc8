"""What receives the demo's alerts on loopback: a mail server and a stand-in for Telegram's Bot API.

Both keep what came, in order, as ``Received``. The Bot API stand-in is as strict as the real one about tags and
length, so that a message it takes would be taken there as well.

Must not: send anything on, listen anywhere but on loopback, read a clock (``now`` is handed in).
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from email import message_from_bytes, policy
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import SMTP

from monitor.cli.demo.bot_html import BotError, check_text
from monitor.cli.demo.loopback import LOOPBACK, Handler, Loopback

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from email.message import EmailMessage
    from types import TracebackType
    from typing import Self

MAX_MAIL = 1024 * 1024
MAX_CALL = 64 * 1024


@dataclass(frozen=True, slots=True)
class Received:
    """One alert as its receiver got it."""

    channel: str
    """``mail`` or ``telegram``."""
    at: datetime
    subject: str
    """The mail's subject; empty for Telegram."""
    text: str
    """Plain text: the mail's text part, or the message as a person sees it."""


class Inbox:
    """Keeps what was received, in order; safe for several threads (list.append is atomic)."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._received: list[Received] = []

    def put(self, channel: str, subject: str, text: str) -> None:
        """Keep one message."""
        self._received.append(Received(channel, self._now(), subject, text))

    def all(self, channel: str | None = None) -> tuple[Received, ...]:
        """Return what came through this channel, or everything."""
        return tuple(one for one in tuple(self._received) if channel in {None, one.channel})


# --- mail ----------------------------------------------------------------------------------------


class MailReceiver:
    """A context manager: an SMTP server on a free port that parses each mail into the inbox."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._ready = Event()
        self._port = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._sessions: list[SMTP] = []
        self._thread = Thread(target=lambda: asyncio.run(self._serve()), name="demo-mail")

    @property
    def address(self) -> str:
        """Host and port, such as ``127.0.0.1:40125``."""
        return f"{LOOPBACK}:{self._port}"

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 -- aiosmtpd's name
        """Take one mail (aiosmtpd calls this once the whole of it has come)."""
        subject, text = read_mail(envelope.content)
        self._inbox.put("mail", subject, text)
        return "250 OK"

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        try:
            server = await self._loop.create_server(self._session, LOOPBACK, 0)
            self._port = server.sockets[0].getsockname()[1]
        finally:
            self._ready.set()  # also when it failed: who waits must not wait for ever
        await self._stop.wait()
        server.close()
        self._hang_up()
        await server.wait_closed()
        await asyncio.sleep(0)  # lets the closed connections finish their goodbye before the loop ends

    def _session(self) -> SMTP:
        session = SMTP(self, data_size_limit=MAX_MAIL, enable_SMTPUTF8=True, hostname="demo.invalid", loop=self._loop)
        self._sessions.append(session)
        return session

    def _hang_up(self) -> None:
        for session in self._sessions:
            if session.transport is not None:
                session.transport.close()


def read_mail(raw: bytes) -> tuple[str, str]:
    """Return a mail's subject and its plain text part (empty where it has none)."""
    mail: EmailMessage = message_from_bytes(raw, policy=policy.default)
    part = mail.get_body(preferencelist=("plain",))
    return str(mail.get("Subject", "")), str(part.get_content()).replace("\r\n", "\n") if part is not None else ""


# --- Telegram ------------------------------------------------------------------------------------


class BotApi:
    """A context manager: answers ``sendMessage`` like Telegram's Bot API for one token, and nothing else."""

    def __init__(self, inbox: Inbox, token: str) -> None:
        self._server = Loopback(_bot_handler(inbox, token))

    @property
    def base(self) -> str:
        """What stands in for ``https://api.telegram.org``."""
        return f"http://{self._server.address}"

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.__exit__(kind, error, at)


def _bot_handler(inbox: Inbox, token: str) -> type[Handler]:
    class BotHandler(Handler):
        def do_POST(self) -> None:  # noqa: N802 -- http.server finds it by this name
            """Answer one call of the Bot API."""
            raw = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), MAX_CALL))
            status, body = call(inbox, token, self.path, raw)
            self.answer(status, json.dumps(body).encode(), "application/json")

    return BotHandler


def call(inbox: Inbox, token: str, path: str, raw: bytes) -> tuple[int, dict[str, Any]]:
    """Carry out one call: the HTTP status and the answer, in the real API's words."""
    if not path.startswith(f"/bot{token}/"):
        return _refusal(401, "Unauthorized")
    if path != f"/bot{token}/sendMessage":
        return _refusal(404, "Not Found")
    try:
        message = json.loads(raw or b"{}")
        text = check_text(str(message.get("text") or ""), str(message.get("parse_mode") or ""))
    except (ValueError, AttributeError):
        return _refusal(400, "Bad Request: can't parse JSON object")
    except BotError as error:
        return _refusal(400, f"Bad Request: {error}")
    if not message.get("chat_id"):
        return _refusal(400, "Bad Request: chat_id is empty")
    inbox.put("telegram", "", text)
    return 200, {"ok": True, "result": {"message_id": len(inbox.all("telegram")), "text": text}}


def _refusal(code: int, description: str) -> tuple[int, dict[str, Any]]:
    return code, {"ok": False, "error_code": code, "description": description}
