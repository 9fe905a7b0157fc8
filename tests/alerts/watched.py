"""Channels that fail by a seeded plan, note what they were sent in which life of the sender, and may end that life."""

from __future__ import annotations

import email
import email.policy
import html
import random
import re
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from channels import BotApi, Mail, Reply, SmtpServer, Step, Webhook, flood, refusal

HTTP_FAULTS = (
    flood(1),
    refusal(500, "Internal Server Error"),
    Reply(500, {"ok": False}, accept=True),
    Reply(503, {"ok": False}),
    Reply(cut=True),
    Reply(accept=True, cut=True),
    Reply(stall=0.05, cut=True),
    Reply(accept=True, stall=0.05, cut=True),
)
SMTP_FAULTS = (
    Step("MAIL", "451 greylisted, come again"),
    Step("MAIL", cut=True),
    Step("RCPT", "450 mailbox busy"),
    Step("DATA", "451 try again later"),
    Step("DATA", cut=True),
    Step("DATA", accept=True, cut=True),
    Step("DATA", stall=0.05, cut=True),
    Step("DATA", accept=True, stall=0.05, cut=True),
)
START = datetime(2026, 5, 4, 7, 0, tzinfo=UTC)
_NUMBERS = re.compile(r"#hit-(\d+(?:–\d+)?(?:, \d+(?:–\d+)?)*)")


def clock(began, rate):
    """A clock that began at ``began`` by the machine's monotonic one and goes ``rate`` times as fast."""
    return lambda: START + timedelta(seconds=(time.monotonic() - began) * rate)


@dataclass(frozen=True)
class Seen:
    """A message that a channel took. ``acknowledged``: its answer said so."""

    life: int
    at: datetime
    hits: frozenset[int]
    acknowledged: bool
    text: str
    key: str


@dataclass
class Watch:
    """What is noted of all channels: which life of the sender is on, what time it is there."""

    now: Callable[[], datetime]
    share: float = 0.0
    """The share of messages for which something goes wrong."""
    seed: int = 0
    life: int = 0
    on_accept: Callable[[str], None] = field(default=lambda _channel: None)


class Watched:
    """What the channels below have in common."""

    def watched(self, name, watch, faults):
        self.name, self.watch, self.faults = name, watch, faults
        self.seen: list[Seen] = []
        self.calls: list[datetime] = []
        self._dice = random.Random(f"{watch.seed} {name}")
        self._noting = threading.Lock()
        return self

    def fault(self):
        """What goes wrong this time; None when nothing does."""
        with self._noting:
            self.calls.append(self.watch.now())
            return self._dice.choice(self.faults) if self._dice.random() < self.watch.share else None

    def note(self, text, key, *, acknowledged):
        seen = Seen(self.watch.life, self.watch.now(), hit_numbers(text), acknowledged, text, key)
        with self._noting:
            self.seen.append(seen)
        self.watch.on_accept(self.name)

    def settle(self):
        """Wait until nothing that a dead sender wrote is still to be read."""
        with socket.create_connection(("127.0.0.1", self.port), 10) as probe:  # whoever called before is known by then
            probe.shutdown(socket.SHUT_WR)
            while probe.recv(4096):
                pass
        while self.open:
            threading.Event().wait(0.002)


class WatchedBot(Watched, BotApi):
    def answer(self, path, message):
        said, fault = self.judge(path, message), self.fault()
        reply = said if fault is None or not said.accept else fault
        self.requests.append((path, message))
        if reply.accept:
            self.accepted.append(message)
            self.note(html.unescape(message["text"]), "", acknowledged=reply is said)
        return reply


class WatchedHook(Watched, Webhook):
    def answer(self, path, message):
        reply = self.fault() or self.judge(path, message)
        self.requests.append((path, message))
        if reply.accept:
            self.accepted.append(message)
            self.note(message["message"], "", acknowledged=reply.status == 200 and not reply.cut)
        return reply


class WatchedMail(Watched, SmtpServer):
    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd calls it by this name
        self.plan.clear()
        if (fault := self.fault()) is not None:
            self.plan.append(fault)
        return await super().handle_MAIL(server, session, envelope, address, options)

    def keep(self, mail: Mail, step: Step) -> None:
        super().keep(mail, step)
        read = email.message_from_bytes(mail.content, policy=email.policy.default)
        text = read.get_body(("plain",)).get_content()
        self.note(text, read["Message-ID"], acknowledged=step.answer.startswith("2") and not step.cut)


def channels(watch):
    """A chat, a mailbox and a webhook, not started yet."""
    return (
        WatchedBot(-100123).watched("chat", watch, HTTP_FAULTS),
        WatchedMail().watched("mail", watch, SMTP_FAULTS),
        WatchedHook().watched("hook", watch, HTTP_FAULTS),
    )


def hit_numbers(text):
    """Every hit that a message names: ``#hit-12``, ``#hit-3–5, 9``."""
    out = set()
    for found in _NUMBERS.findall(text):
        for part in found.split(", "):
            first, _, last = part.partition("–")
            out.update(range(int(first), int(last or first) + 1))
    return frozenset(out)
