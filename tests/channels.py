"""Channels for tests, on loopback: a strict Bot API, an SMTP server and a webhook, each with a queue of failures.

They refuse what the real ones refuse (bad markup, too long a text, unknown token), keep what they accepted, and fail
on demand, once for each entry of ``plan``; with an empty plan they answer as the real ones do.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import ssl
import struct
import threading
from collections import deque
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from telegram_html import MarkupError, telegram_text, utf16_units

TOKEN = "123456789:AAHcanary-token_canary-token_canary1"

# --- HTTP: the Bot API and a webhook ---------------------------------------------------------------


@dataclass(frozen=True)
class Reply:
    """A planned answer of an HTTP channel. ``accept`` keeps the message all the same."""

    status: int = 200
    body: Any = None
    accept: bool = False
    cut: bool = False
    """Reset the connection in the place of an answer."""
    drip: bool = False
    """Answer a byte at a time, for ever."""
    hang: bool = False
    """Say nothing until the channel is closed."""
    stall: float = 0
    """Seconds of silence before the rest."""


def flood(seconds: int) -> Reply:
    words = f"Too Many Requests: retry after {seconds}"
    return refusal(429, words, {"retry_after": seconds})


def refusal(status: int, description: str, parameters: dict[str, Any] | None = None) -> Reply:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    return Reply(status, body | ({"parameters": parameters} if parameters else {}))


class _Http:
    """A loopback HTTP server that keeps every request and every accepted message."""

    def __init__(self) -> None:
        self.plan: deque[Reply] = deque()
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.accepted: list[dict[str, Any]] = []
        self.closing = threading.Event()
        self._server = _Server(_handler(self))
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Any:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def open(self) -> int:
        """Conversations under way."""
        return self._server.open

    def judge(self, path: str, message: dict[str, Any]) -> Reply:
        return Reply(accept=True)

    def answer(self, path: str, message: dict[str, Any]) -> Reply:
        self.requests.append((path, message))
        reply = self.plan.popleft() if self.plan else self.judge(path, message)
        if reply.accept:
            self.accepted.append(message)
        return reply


class _Server(ThreadingHTTPServer):
    """Counts the conversations under way."""

    daemon_threads = True

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.open = 0
        self._counting = threading.Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._count(1)
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        super().process_request_thread(request, client_address)
        self._count(-1)

    def _count(self, change: int) -> None:
        with self._counting:
            self.open += change


def _handler(channel: _Http) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            body = self.rfile.read(length := int(self.headers.get("Content-Length", 0)))
            if len(body) == length:  # else whoever wrote it was killed
                self._answer(json.loads(body))

        def _answer(self, message: dict[str, Any]) -> None:
            reply = channel.answer(self.path, message)
            channel.closing.wait(30 if reply.hang else reply.stall)
            if reply.cut or reply.hang:
                _reset(self.connection)
                self.close_connection = True
                return
            if reply.drip:
                self._drip()
                return
            out = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(out)))
            self.end_headers()
            self.wfile.write(out)

        def _drip(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "1000000")
            self.end_headers()
            while not channel.closing.wait(0.02):
                self.wfile.write(b" ")

        def handle(self) -> None:
            with contextlib.suppress(OSError):
                super().handle()

    return Handler


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.shutdown(socket.SHUT_RDWR)


class BotApi(_Http):
    """A strict Bot API with one bot and one chat."""

    def __init__(self, chat_id: int | str = -100123) -> None:
        super().__init__()
        self.chat_id = chat_id

    @property
    def url(self) -> str:
        """The Apprise URL of its chat; needs ``telegram_api_base=base``."""
        return f"tgram://{TOKEN}/{self.chat_id}"

    def judge(self, path: str, message: dict[str, Any]) -> Reply:
        if path != f"/bot{TOKEN}/sendMessage":
            return refusal(401, "Unauthorized")
        if message.get("chat_id") != self.chat_id:
            return refusal(400, "Bad Request: chat not found")
        text = message["text"]
        if message.get("parse_mode") == "HTML":
            try:
                text = telegram_text(text)
            except MarkupError as wrong:
                return refusal(400, f"Bad Request: can't parse entities: {wrong}")
        if not text.strip():
            return refusal(400, "Bad Request: message text is empty")
        if utf16_units(text) > 4096:
            return refusal(400, "Bad Request: message is too long")
        return Reply(200, {"ok": True, "result": {"message_id": len(self.accepted) + 1}}, accept=True)


class Webhook(_Http):
    """Takes any JSON."""

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self.port}/canary-webhook-path"

    def judge(self, path: str, message: dict[str, Any]) -> Reply:
        return Reply(200, {}, accept=True)


# --- SMTP ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mail:
    sender: str
    recipients: tuple[str, ...]
    content: bytes
    secured: bool


@dataclass(frozen=True)
class Step:
    """A planned answer to one command (``MAIL``, ``RCPT`` or ``DATA``; DATA's is the one after the message)."""

    command: str
    answer: str = "250 OK"
    accept: bool = False
    cut: bool = False
    hang: bool = False
    stall: float = 0
    """Seconds of silence before the rest; DATA only."""


class SmtpServer:
    """aiosmtpd on a free port. ``context`` switches STARTTLS on (``implicit``: TLS from the first byte)."""

    def __init__(
        self, *, context: ssl.SSLContext | None = None, implicit: bool = False, login: tuple[str, str] | None = None
    ) -> None:
        self.plan: deque[Step] = deque()
        self.mails: list[Mail] = []
        self.commands: list[str] = []
        self.open = 0
        """Conversations under way."""
        self.login = login
        self._context = context
        self._implicit = implicit
        self._controller = _FreePort(self)

    @property
    def port(self) -> int:
        return self._controller.port

    @property
    def url(self) -> str:
        """The Apprise URL of one mailbox here, without TLS."""
        return f"mailto://127.0.0.1:{self.port}?from=monitor@example.org&to=desk@example.org"

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    def make(self) -> SMTP:
        return _Session(
            self,
            hostname="mail.example.org",
            ident="test",
            tls_context=None if self._implicit else self._context,
            authenticator=self._authenticate if self.login else None,
            auth_require_tls=False,
            loop=self._controller.loop,
        )

    def _authenticate(self, _server: SMTP, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        self.commands.append("AUTH")
        return AuthResult(success=(given.login.decode(), given.password.decode()) == self.login, handled=False)

    async def handle_MAIL(self, server: SMTP, _session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802 - aiosmtpd calls it by this name
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self._step(server, "MAIL").answer

    async def handle_RCPT(self, server: SMTP, _session: Any, envelope: Any, address: str, _options: list[str]) -> str:  # noqa: N802 - aiosmtpd calls it by this name
        step = self._step(server, "RCPT")
        if step.answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return step.answer

    async def handle_DATA(self, server: SMTP, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd calls it by this name
        planned = bool(self.plan) and self.plan[0].command == "DATA"
        step = self._step(server, "DATA")
        if step.accept or not planned:
            recipients = tuple(envelope.rcpt_tos)
            secured = server.transport.get_extra_info("ssl_object") is not None
            self.keep(Mail(envelope.mail_from, recipients, envelope.content, secured), step)
        if step.stall:
            await asyncio.sleep(step.stall)
        if step.hang:
            await self._controller.closing.wait()
        return self._cut(server, step).answer

    def keep(self, mail: Mail, step: Step) -> None:
        """Take a mail that is accepted, before the answer ``step`` to it."""
        self.mails.append(mail)

    def _step(self, server: SMTP, command: str) -> Step:
        self.commands.append(command)
        if not self.plan or self.plan[0].command != command:
            return Step(command)
        step = self.plan.popleft()
        return step if step.stall else self._cut(server, step)

    def _cut(self, server: SMTP, step: Step) -> Step:
        if step.cut:
            server.transport.abort()
        return step


class _Session(SMTP):
    """Counts the conversations under way; all of them run in one thread."""

    def connection_made(self, transport: Any) -> None:
        self.event_handler.open += 1
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self.event_handler.open -= 1


class _FreePort(Controller):
    """A controller that asks the system for a port."""

    def __init__(self, owner: SmtpServer) -> None:
        self._owner = owner
        super().__init__(owner, hostname="127.0.0.1", port=0, ssl_context=owner._context if owner._implicit else None)

    def factory(self) -> SMTP:
        return self._owner.make()

    def _trigger_server(self) -> None:
        self.closing = asyncio.Event()
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    def stop(self, *args: Any, **kwargs: Any) -> None:
        self.loop.call_soon_threadsafe(self.closing.set)
        super().stop(*args, **kwargs)
