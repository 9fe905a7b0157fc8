"""Whom a refusal speaks of, this message or the channel; and what every message carries to be known again."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from channels import TOKEN, Reply, Step, refusal
from messages import hit, message
from telegram_html import telegram_text

from monitor.deliver.notify import Notifier, cut
from monitor.model import Channel, Message

MESSAGE = message(hit(title="Hello <b> & co", story=7))
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def notifier(base=None, timeout=5.0):
    return Notifier(base, timeout=timeout, clock=lambda: datetime(2024, 3, 1, 12, tzinfo=UTC))


def fate(outcome):
    """Who was refused: ``message`` or ``channel``; or what else is to be done."""
    assert not outcome.ok
    assert not (outcome.poison and outcome.unknown)
    if outcome.permanent:
        return "message" if outcome.poison else "channel"
    assert not outcome.poison
    return "unknown" if outcome.unknown else "later"


# --- the message or the channel --------------------------------------------------------------------


@pytest.mark.fault("F5", "F6")
@pytest.mark.parametrize(
    ("said", "status", "expected"),
    [
        ("Bad Request: can't parse entities: Unmatched end tag", 400, "message"),
        ("Bad Request: message is too long", 400, "message"),
        ("Bad Request: message text is empty", 400, "message"),
        ("Bad Request: text must be encoded in UTF-8", 400, "message"),
        ("Bad Request: chat not found", 400, "channel"),
        ("Bad Request: message thread not found", 400, "channel"),
        ("Bad Request: not enough rights to send text messages to the chat", 400, "channel"),
        ("Unauthorized", 401, "channel"),
        ("Forbidden: bot was blocked by the user", 403, "channel"),
        ("Not Found", 404, "channel"),
    ],
)
def test_whom_telegram_refuses(bot, said, status, expected):
    bot.plan.extend([refusal(status, said)] * (2 if expected == "message" else 1))
    assert fate(notifier(bot.base).send(bot.url, MESSAGE)) == expected
    assert notifier(bot.base).send(bot.url, MESSAGE).ok


@pytest.mark.fault("F6")
def test_a_text_that_is_refused_with_and_without_markup_is_poison(bot):
    poison = Message("s", " ", "", "<b>never closed", "k")
    outcome = notifier(bot.base).send(bot.url, poison)
    assert fate(outcome) == "message"
    assert len(bot.requests) == 2
    assert notifier(bot.base).send(bot.url, MESSAGE).ok


@pytest.mark.fault("F4")
@pytest.mark.parametrize("reply", [Reply(cut=True, accept=True), Reply(500), Reply(200, b"<html>")], ids=str)
def test_a_lost_answer_is_neither(bot, reply):
    bot.plan.append(reply)
    assert fate(notifier(bot.base).send(bot.url, MESSAGE)) == "unknown"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, "message"),
        (413, "message"),
        (414, "message"),
        (422, "message"),
        (401, "channel"),
        (403, "channel"),
        (404, "channel"),
        (410, "channel"),
        (429, "later"),
        (503, "later"),
        (500, "unknown"),
    ],
)
def test_whom_a_webhook_refuses(webhook, status, expected):
    webhook.plan.append(Reply(status))
    assert fate(notifier().send(webhook.url, MESSAGE)) == expected


@pytest.mark.fault("F11")
@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (Step("DATA", "552 5.3.4 Message too big for system"), "message"),
        (Step("DATA", "552 5.2.2 Mailbox full"), "channel"),
        (Step("DATA", "554 5.7.1 Message content rejected"), "message"),
        (Step("DATA", "554 rejected"), "message"),
        (Step("DATA", "550 5.1.1 No such user"), "channel"),
        (Step("DATA", "550 5.7.26 Unauthenticated sender"), "channel"),
        (Step("DATA", "535 5.7.8 Authentication required"), "channel"),
        (Step("DATA", "451 4.7.1 Greylisted"), "later"),
        (Step("RCPT", "550 no such user"), "channel"),
        (Step("RCPT", "552 mailbox full"), "channel"),
        (Step("RCPT", "451 greylisted"), "later"),
        (Step("MAIL", "553 not allowed"), "channel"),
        (Step("DATA", cut=True, accept=True), "unknown"),
    ],
    ids=str,
)
def test_whom_a_mail_server_refuses(smtp, step, expected):
    smtp.plan.append(step)
    assert fate(notifier().send(smtp.url, MESSAGE)) == expected
    assert notifier().send(smtp.url, MESSAGE).ok


def test_a_message_that_cannot_stand_in_a_mail_is_poison_and_the_next_one_goes(smtp):
    assert fate(notifier().send(smtp.url, replace(MESSAGE, text="\ud83d"))) == "message"
    assert fate(notifier().send(smtp.url, replace(MESSAGE, subject="a\r\nBcc: all@example.org"))) == "message"
    assert notifier().send(smtp.url, MESSAGE).ok


def test_a_sender_that_cannot_stand_in_a_mail_is_the_channel_s_fault(smtp):
    url = smtp.url.replace("from=monitor@", "from=a..b@")
    assert fate(notifier().send(url, MESSAGE)) == "channel"


# --- hostile text, all the way ---------------------------------------------------------------------


@pytest.mark.fault("F6", "F8", "F9", "F10")
@pytest.mark.parametrize(
    "title",
    [
        "{{ 7*7 }} {a.__class__} %s",
        "Hello\r\nBcc: all@example.org\u2028X: y",
        "\u202egnp.exe \u2066x",
        "Hi @everyone <!here>",
        "<b>never & closed _*[`",
        "\ud83d half",
        "😀" * 10_000,
        "щ" * 5_000,
    ],
    ids=ascii,
)
def test_hostile_headlines_arrive_everywhere_as_one_message(bot, smtp, webhook, title):
    title = title[:10_000]
    for made in (
        message(hit(title=title, source=title, text=title)),
        message(hit(title=title, source=title, story=1), update=True),
        message(hit(id=1, title=title), hit(id=2, source=title), reason=title),
    ):
        for base, url in ((bot.base, bot.url), (None, smtp.url), (None, webhook.url)):
            assert notifier(base).send(url, made).ok
    assert len(bot.requests) == len(bot.accepted) == len(smtp.mails) == len(webhook.accepted) == 3
    shown = [telegram_text(one["text"]) for one in bot.accepted] + [one["message"] for one in webhook.accepted]
    for sent in smtp.mails:
        mail = email.message_from_bytes(sent.content, policy=email.policy.default)
        assert mail["Bcc"] is None
        assert len(mail.get_all("Subject")) == 1
        shown.append(mail["Subject"] + mail.get_body(("plain",)).get_content())
    assert not any(sign in text for text in shown for sign in ("@everyone", "<!here", "\u202e", "\x00"))


@pytest.mark.fault("F10")
def test_a_link_shows_where_it_leads_in_every_kind_of_message():
    url = "https://evil.example/https://bank.example"
    shown = hit(title="https://bank.example", source="bank.example", url=url, story=1)
    for made in (message(shown), message(shown, update=True), message(shown, hit(id=13))):
        for part in (made.html, made.telegram):
            found = [one.split("</a>")[0].split(">")[1] for one in part.split(f'<a href="{url}"')[1:]]
            assert found
            assert all(words.endswith("evil.example") for words in found)


# --- known again -----------------------------------------------------------------------------------


@pytest.mark.fault("F1", "F4")
def test_every_message_carries_its_key(bot, smtp, webhook):
    made = message(hit(), key="m-17")
    for base, url in ((bot.base, bot.url), (None, smtp.url), (None, webhook.url)):
        assert notifier(base).send(url, made).ok
    assert "m-17" in bot.accepted[0]["text"]
    mail = email.message_from_bytes(smtp.mails[0].content, policy=email.policy.default)
    assert all("m-17" in mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert webhook.accepted[0]["delivery_id"] == "m-17"
    assert "m-17" in webhook.accepted[0]["message"]


def test_a_field_of_ones_own_stays(webhook):
    assert notifier().send(f"{webhook.url}?:delivery_id=mine&:desk=7", MESSAGE).ok
    assert webhook.accepted[0]["delivery_id"] == "mine"
    assert webhook.accepted[0]["desk"] == "7"


def test_updates_stand_in_one_thread_with_their_alert(smtp):
    told = [hit(id=n, story=7) for n in (1, 2)]
    first, update, other = message(told[0], key="a"), message(told[1], key="b", update=True), message(hit(), key="c")
    for made in (first, update, other):
        assert notifier().send(smtp.url, made).ok
    heads = [email.message_from_bytes(mail.content, policy=email.policy.default) for mail in smtp.mails]
    assert heads[0]["References"] == heads[1]["References"] == heads[1]["In-Reply-To"]
    assert heads[0]["References"] not in (heads[0]["Message-ID"], heads[1]["Message-ID"])
    assert heads[0]["Message-ID"] != heads[1]["Message-ID"]
    assert heads[2]["References"] is None


@pytest.mark.parametrize("room", [2000, 300, 60, 5, 1])
def test_a_service_with_little_room_still_learns_what_there_is(room):
    made = message(*(hit(id=n, title="headline " * 20) for n in range(1, 40)), key="m-17")
    text = cut(made, room)
    assert len(text) <= room
    if room >= 60:
        assert text.endswith("m-17")
    if room >= 300:
        assert "(cut to fit)\n#hit-1–39\n" in text


# --- what is known of a channel --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "limits"),
    [
        (f"tgram://{TOKEN}/-1001", ((1, SECOND), (20, MINUTE))),
        (f"tgram://{TOKEN}/@channel", ((1, SECOND), (20, MINUTE))),
        (f"tgram://{TOKEN}/1001", ((1, SECOND),)),
        ("mailto://u:p@example.org?to=a@example.org", ((1, SECOND), (60, MINUTE))),
        ("discord://1234567890/abcdefghij", ((1, SECOND), (30, MINUTE))),
        ("json://127.0.0.1/x", ((1, SECOND),)),
        ("nonsense://", ((1, SECOND),)),
    ],
)
def test_the_pace_of_a_channel(url, limits):
    known = notifier().channel(url)
    assert isinstance(known, Channel)
    assert known.limits == limits


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (f"tgram://{TOKEN}/-1001", f"tgram://{TOKEN}/-1001?silent=yes", True),
        (f"tgram://{TOKEN}/-1001", f"tgram://{TOKEN}/-1001:7", True),
        (f"tgram://{TOKEN}/-1001", f"tgram://{TOKEN}/-1002", False),
        (f"tgram://{TOKEN}/-1001", f"tgram://9{TOKEN}/-1001", False),
        ("mailto://u:p@example.org?to=a@example.org", "mailto://u:q@example.org?to=a@example.org", True),
        ("mailto://u:p@example.org?to=a@example.org", "mailto://u:p@example.org?to=b@example.org", False),
        ("json://127.0.0.1/x", "json://127.0.0.1/y", False),
        ("ntfy://localhost/one", "ntfy://localhost/two", False),
        ("ntfy://localhost/one?priority=high", "ntfy://localhost/one", True),
    ],
)
def test_two_urls_to_one_recipient_have_one_address(one, other, same):
    door = notifier()
    assert (door.channel(one).address == door.channel(other).address) is same


def test_an_address_is_stable_and_tells_nothing():
    assert notifier().channel(f"tgram://{TOKEN}/-1001").address == "72fcf958c805f7d3"
