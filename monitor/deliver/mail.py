"""Sends one mail to one mailbox: builds the MIME message and speaks SMTP.

A small sender of our own, since the outcome must be exact (451 or 550, lost before or after DATA) and since a repeated
mail must keep its Message-ID. It must not retry, fall back to plain text where TLS is set, read the environment or log.
"""

from __future__ import annotations

import contextlib
import hashlib
import smtplib
import ssl
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as LINES
from typing import TYPE_CHECKING, Final, Literal

from monitor.deliver.outcomes import SENT, from_smtp, lost, masked, not_sent, refused
from monitor.deliver.wire import cut_after

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from monitor.model import Message, Outcome

Security = Literal["insecure", "starttls", "ssl"]

_OWN_HEADERS: Final = frozenset(
    {
        *("subject", "from", "to", "cc", "bcc", "date", "message-id", "in-reply-to", "references"),
        *("mime-version", "auto-submitted"),
    }
)
"""Headers that an alert's url cannot set; Content-* is ours as well."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Whom to write to, through which server, and how the line is secured."""

    recipient: str
    sender: str
    host: str
    port: int
    security: Security
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    sender_name: str = ""
    reply_to: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    """More headers, from the alert's url."""


def send(box: Mailbox, message: Message, *, now: datetime, timeout: float) -> Outcome:
    """Send one mail, each step within ``timeout`` seconds and the whole conversation within four times that."""
    try:
        mail = addressed(box)
    except (ValueError, MessageError) as failure:
        return refused(f"an address or header in the alert's url cannot stand in a mail: {_words(failure, box)}")
    try:
        content = compose(mail, box, message, now).as_bytes()
    except (ValueError, MessageError) as failure:
        return refused(f"this message cannot stand in a mail: {_words(failure, box)}", poison=True)
    try:
        server = _connect(box, timeout)
    except smtplib.SMTPResponseException as answer:
        return _refusal(box, answer)
    except (OSError, smtplib.SMTPException, ValueError) as failure:
        return not_sent(f"cannot reach the mail server: {_words(failure, box)}")
    try:
        with cut_after(4 * timeout, lambda: server.sock):
            return _converse(server, box, content)
    finally:
        server.close()


def addressed(box: Mailbox) -> EmailMessage:
    """An empty mail with all that the alert's url says: from whom, to whom, and more headers."""
    mail = EmailMessage(policy=LINES)
    for name, value in box.headers.items():
        if name.lower() not in _OWN_HEADERS and not name.lower().startswith("content-"):
            mail[name] = " ".join(value.split())
    mail["From"] = Address(display_name=box.sender_name or "News monitor", addr_spec=box.sender)
    mail["To"] = Address(addr_spec=box.recipient)
    if box.reply_to:
        mail["Reply-To"] = Address(addr_spec=box.reply_to)
    mail.as_bytes()  # what cannot be written fails here, while it is known whose fault it is
    return mail


def compose(mail: EmailMessage, box: Mailbox, message: Message, now: datetime) -> EmailMessage:
    """``mail`` with the message in it: text and HTML alternatives.

    Its Message-ID is made of ``message.key`` alone, so a repeat keeps it. What shares ``message.thread`` refers to one
    mail that was never sent, so that mail programs show it as one conversation, whichever of them came first
    (RFC 5322 section 3.6.4).
    """
    mail["Subject"] = message.subject
    mail["Date"] = now
    mail["Message-ID"] = message_id(message.key, box.sender)
    if message.thread:
        mail["In-Reply-To"] = mail["References"] = message_id(message.thread, box.sender)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
    mail.set_content(message.text + "\n", cte="base64")
    mail.add_alternative(message.html + "\n", subtype="html", cte="base64")
    return mail


def message_id(key: str, sender: str) -> str:
    """``<digest@domain>``: the same for the same key, valid whatever the key holds (RFC 5322 section 3.6.4)."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{sender.rpartition('@')[2]}>"


def _connect(box: Mailbox, timeout: float) -> smtplib.SMTP:
    """Open, secure and log in; the error of any step leaves with the connection closed."""
    context = ssl.create_default_context()
    name = box.sender.rpartition("@")[2]  # for EHLO; smtplib would ask DNS for this machine's, without a time limit
    server = (
        smtplib.SMTP_SSL(local_hostname=name, timeout=timeout, context=context)
        if box.security == "ssl"
        else smtplib.SMTP(local_hostname=name, timeout=timeout)
    )
    # smtplib checks the certificate against this name, which only its constructor sets, and that one connects at once.
    server._host = box.host  # type: ignore[attr-defined]  # noqa: SLF001
    try:
        with cut_after(4 * timeout, lambda: server.sock):
            _greet(server, box, context)
    except BaseException:
        server.close()
        raise
    return server


def _greet(server: smtplib.SMTP, box: Mailbox, context: ssl.SSLContext) -> None:
    code, words = server.connect(box.host, box.port)
    if code != 220:
        raise smtplib.SMTPConnectError(code, words)
    if box.security == "starttls":
        server.starttls(context=context)
    if box.user and box.password:
        server.login(box.user, box.password)


def _converse(server: smtplib.SMTP, box: Mailbox, content: bytes) -> Outcome:
    """MAIL, RCPT, DATA, and the answer that counts. Up to DATA's 354 nothing was sent for sure."""
    try:
        server.ehlo_or_helo_if_needed()
        for command, accepted in (
            (f"MAIL FROM:<{box.sender}>", {250}),
            (f"RCPT TO:<{box.recipient}>", {250, 251}),
            ("DATA", {354}),
        ):
            code, words = server.docmd(command)
            if code not in accepted:
                return from_smtp(code, _said(words, box))
    except (OSError, smtplib.SMTPException) as failure:
        return not_sent(f"the mail server broke off before the message: {_words(failure, box)}")
    return _hand_over(server, box, content)


def _hand_over(server: smtplib.SMTP, box: Mailbox, content: bytes) -> Outcome:
    try:
        server.send(dotted(content))
        code, words = server.getreply()
    except (OSError, smtplib.SMTPException) as failure:
        return lost(f"the mail server broke off after the message: {_words(failure, box)}")
    if code != 250:
        return from_smtp(code, _said(words, box), content=True)
    with contextlib.suppress(OSError, smtplib.SMTPException):
        server.quit()  # accepted already; how the line ends no longer matters
    return SENT


def dotted(content: bytes) -> bytes:
    """``content`` (CRLF lines) as DATA wants it: leading dots doubled, the lone dot at the end (RFC 5321 4.5.2)."""
    stuffed = b"\r\n".join(b"." + line if line.startswith(b".") else line for line in content.split(b"\r\n"))
    return stuffed.removesuffix(b"\r\n") + b"\r\n.\r\n"


def _refusal(box: Mailbox, answer: smtplib.SMTPResponseException) -> Outcome:
    words = _said(answer.smtp_error, box)
    if isinstance(answer, smtplib.SMTPAuthenticationError) and 500 <= answer.smtp_code < 600:
        return refused(f"SMTP {answer.smtp_code}: the mail server refused user or password: {words}")
    return from_smtp(answer.smtp_code, words)


def _said(words: bytes | str, box: Mailbox) -> str:
    return _masked(words.decode("utf-8", "replace") if isinstance(words, bytes) else words, box)


def _words(failure: Exception, box: Mailbox) -> str:
    return _masked(f"{type(failure).__name__}: {failure}", box)


def _masked(text: str, box: Mailbox) -> str:
    return masked(text, [box.password or ""])
