"""Every outcome the channels can give, against real servers on loopback; and no secret anywhere."""

from __future__ import annotations

import email
import email.policy
import logging
import shutil
import socket
import ssl
import subprocess
from datetime import UTC, datetime

import pytest
from channels import TOKEN, BotApi, Reply, SmtpServer, Step, flood, refusal
from telegram_html import telegram_text

from monitor.deliver.mail import dotted
from monitor.deliver.message import render_notice
from monitor.deliver.notify import Notifier, read_log
from monitor.deliver.outcomes import masked
from monitor.model import Message, Outcome

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
MESSAGE = render_notice("Рамштайн: <b> & co", "A body.\n.dot", key="k-1", now=NOW)
PASSWORD = "canary-password"


def notifier(base=None, timeout=5.0):
    return Notifier(base, timeout=timeout, clock=lambda: NOW)


@pytest.fixture
def closed_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        yield free.getsockname()[1]


def kind(outcome):
    """The class of an outcome in one word."""
    if outcome.ok:
        return "accepted"
    assert outcome.error
    assert not (outcome.permanent and outcome.unknown)
    return "never" if outcome.permanent else "unknown" if outcome.unknown else "later"


# --- Telegram --------------------------------------------------------------------------------------


def tell(bot, message=MESSAGE, **given):
    return notifier(bot.base, **given).send(bot.url, message)


def test_telegram_gets_exactly_our_text(bot):
    assert tell(bot) == Outcome(ok=True)
    (sent,) = bot.accepted
    assert sent["text"] == MESSAGE.telegram
    assert sent["parse_mode"] == "HTML"
    assert sent["link_preview_options"] == {"is_disabled": True}
    assert telegram_text(sent["text"]).startswith("Рамштайн: <b> & co")


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (flood(35), "later"),
        (refusal(403, "Forbidden: bot was blocked by the user"), "never"),
        (refusal(404, "Not Found"), "never"),
        (refusal(401, "Unauthorized"), "never"),
        (refusal(400, "Bad Request: chat not found"), "never"),
        (refusal(500, "Internal Server Error"), "unknown"),
        (Reply(502, b"<html>bad gateway"), "unknown"),
        (Reply(503, b""), "later"),
        (Reply(302, b""), "never"),
        (Reply(200, {"ok": False, "error_code": 403, "description": "Forbidden"}), "never"),
        (Reply(200, b"<html>captive portal"), "unknown"),
        (Reply(200, b"[" * 50_000), "unknown"),
        (Reply(cut=True, accept=True), "unknown"),
    ],
    ids=str,
)
def test_telegram_outcomes(bot, reply, expected):
    bot.plan.append(reply)
    assert kind(tell(bot)) == expected
    assert len(bot.requests) == 1


@pytest.mark.fault("F3")
@pytest.mark.parametrize("seconds", [35, 10**6])
def test_telegram_says_how_long_to_wait(bot, seconds):
    bot.plan.append(flood(seconds))
    assert tell(bot).retry_after == seconds


@pytest.mark.fault("F4")
def test_telegram_that_says_nothing_is_unknown(bot):
    bot.plan.append(Reply(hang=True, accept=True))
    assert kind(tell(bot, timeout=0.2)) == "unknown"


def test_telegram_that_answers_byte_by_byte_is_cut_off(bot):
    bot.plan.append(Reply(drip=True, accept=True))
    assert kind(tell(bot, timeout=0.3)) == "unknown"


def test_telegram_that_cannot_be_reached_got_nothing(bot, closed_port):
    outcome = notifier(f"http://127.0.0.1:{closed_port}").send(bot.url, MESSAGE)
    assert kind(outcome) == "later"
    assert "cannot reach" in outcome.error


@pytest.mark.fault("F6")
def test_a_poison_message_goes_as_plain_text(bot):
    poison = Message("s", "plain & <b>" + "😀" * 5000, "", "<b>never closed", "k")
    assert tell(bot, poison).ok
    assert len(bot.requests) == 2
    assert bot.accepted[0]["text"].startswith("plain & <b>")
    assert "parse_mode" not in bot.accepted[0]
    assert tell(bot).ok


@pytest.mark.fault("F5")
def test_a_chat_that_moved_is_followed_once_and_says_so():
    with BotApi(chat_id=-100999) as bot:
        bot.plan.append(refusal(400, "Bad Request: group chat was upgraded", {"migrate_to_chat_id": -100999}))
        outcome = notifier(bot.base).send(f"tgram://{TOKEN}/-5", MESSAGE)
    assert outcome.ok
    assert "put -100999 in the place of -5" in outcome.error
    assert len(bot.accepted) == 1


def test_a_telegram_topic_and_silence_come_from_the_url(bot):
    assert notifier(bot.base).send(f"{bot.url}:7?silent=yes&preview=yes", MESSAGE).ok
    assert bot.accepted[0]["message_thread_id"] == 7
    assert bot.accepted[0]["disable_notification"] is True
    assert bot.accepted[0]["link_preview_options"] == {"is_disabled": False}


@pytest.mark.parametrize("base", ["http://127.0.0.1:nine", "http://", "http://no.such.host.invalid"])
def test_an_api_base_that_leads_nowhere_is_an_outcome(base):
    assert kind(notifier(base).send(f"tgram://{TOKEN}/-100123", MESSAGE)) == "later"


@pytest.mark.parametrize("tail", ["", "/", "/bot"])
def test_the_api_base_may_be_written_in_each_usual_way(bot, tail):
    assert notifier(bot.base + tail).send(bot.url, MESSAGE).ok


# --- mail ------------------------------------------------------------------------------------------


def post(server, message=MESSAGE, **given):
    return notifier(**given).send(server.url, message)


def parsed(mail):
    return email.message_from_bytes(mail.content, policy=email.policy.default)


def test_a_mail_carries_text_and_html_and_one_subject(smtp):
    assert post(smtp) == Outcome(ok=True)
    (sent,) = smtp.mails
    mail = parsed(sent)
    assert sent.recipients == ("desk@example.org",)
    assert mail["Subject"] == MESSAGE.subject
    assert mail["To"] == "desk@example.org"
    assert mail.get_body(("plain",)).get_content().replace("\r\n", "\n") == MESSAGE.text + "\n"
    assert mail.get_body(("html",)).get_content().replace("\r\n", "\n") == MESSAGE.html + "\n"
    assert mail["Date"].datetime == NOW
    assert max(map(len, sent.content.split(b"\r\n"))) <= 998


def test_a_repeated_mail_keeps_its_message_id(smtp):
    other = render_notice("x", "y", key="k-2", now=NOW)
    for message in (MESSAGE, MESSAGE, other):
        assert post(smtp, message).ok
    first, again, third = (parsed(mail)["Message-ID"] for mail in smtp.mails)
    assert first == again != third


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (Step("MAIL", "451 greylisted"), "later"),
        (Step("RCPT", "451 greylisted"), "later"),
        (Step("RCPT", "550 no such user"), "never"),
        (Step("RCPT", "421 too busy"), "later"),
        (Step("DATA", "451 later"), "later"),
        (Step("DATA", "552 too large"), "never"),
        (Step("RCPT", cut=True), "later"),
        (Step("DATA", cut=True, accept=True), "unknown"),
    ],
    ids=str,
)
def test_mail_outcomes(smtp, step, expected):
    smtp.plan.append(step)
    assert kind(post(smtp)) == expected
    assert len(smtp.mails) == step.accept
    assert post(smtp).ok


@pytest.mark.fault("F11")
def test_a_mail_server_that_says_nothing_after_the_message_is_unknown(smtp):
    smtp.plan.append(Step("DATA", hang=True, accept=True))
    assert kind(post(smtp, timeout=0.3)) == "unknown"


def test_a_mail_server_that_cannot_be_reached_got_nothing(closed_port):
    url = f"mailto://127.0.0.1:{closed_port}?from=monitor@example.org&to=desk@example.org"
    assert kind(notifier().send(url, MESSAGE)) == "later"


def test_a_refused_login_is_final_and_shows_no_password():
    with SmtpServer(login=("desk", "right-password")) as server:
        url = f"mailto://desk:{PASSWORD}@127.0.0.1:{server.port}?from=monitor@example.org&to=desk@example.org"
        outcome = notifier().send(url, MESSAGE)
        assert kind(outcome) == "never"
        assert PASSWORD not in outcome.error
        assert notifier().send(url.replace(PASSWORD, "right-password"), MESSAGE).ok
    assert len(server.mails) == 1


@pytest.mark.fault("F11")
def test_mail_with_tls_is_never_sent_in_the_clear(smtp):
    secure = smtp.url.replace("mailto:", "mailtos:")
    assert kind(notifier().send(secure, MESSAGE)) == "later"
    assert smtp.mails == []
    assert "MAIL" not in smtp.commands


def test_a_sender_that_cannot_stand_in_a_mail_is_an_outcome(smtp):
    url = f"mailto://127.0.0.1:{smtp.port}?from=a..b@example.org&to=desk@example.org"
    assert kind(notifier().send(url, MESSAGE)) == "never"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl")
    home = tmp_path_factory.mktemp("tls")
    made = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
        " -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    )
    subprocess.run([*made.split(), "-keyout", "key.pem", "-out", "cert.pem"], cwd=home, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(home / "cert.pem", home / "key.pem")
    return context, home / "cert.pem"


@pytest.mark.needs("openssl")
@pytest.mark.parametrize(("implicit", "mode"), [(False, "starttls"), (True, "ssl")])
def test_mail_over_tls(certificate, monkeypatch, implicit, mode):
    context, file = certificate
    with SmtpServer(context=context, implicit=implicit) as server:
        url = server.url.replace("mailto:", "mailtos:") + f"&mode={mode}"
        refused = notifier().send(url, MESSAGE)
        assert kind(refused) == "later"
        assert "CERTIFICATE" in refused.error
        assert "SSL_CERT_FILE" in notifier().check(url + "&verify=no")
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        assert notifier().send(url, MESSAGE).ok
    (sent,) = server.mails
    assert sent.secured


# --- every other service ---------------------------------------------------------------------------


def test_another_service_gets_the_plain_text(webhook):
    assert notifier().send(webhook.url, MESSAGE) == Outcome(ok=True)
    (sent,) = webhook.accepted
    assert sent["title"] == MESSAGE.subject
    assert sent["message"].replace("\r\n", "\n") == MESSAGE.text


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply(403), "never"),
        (Reply(429), "later"),
        (Reply(500), "unknown"),
        (Reply(503), "later"),
        (Reply(cut=True, accept=True), "unknown"),
    ],
    ids=str,
)
def test_outcomes_of_another_service(webhook, reply, expected):
    webhook.plan.append(reply)
    assert kind(notifier().send(webhook.url, MESSAGE)) == expected
    assert len(webhook.requests) == 1


def test_another_service_that_says_nothing_is_unknown(webhook):
    webhook.plan.append(Reply(hang=True, accept=True))
    assert kind(notifier().send(f"{webhook.url}?rto=0.2", MESSAGE)) == "unknown"


def test_another_service_that_cannot_be_reached_got_nothing(closed_port):
    assert kind(notifier().send(f"json://127.0.0.1:{closed_port}/x", MESSAGE)) == "later"


def test_a_retry_in_the_url_is_not_obeyed(webhook):
    webhook.plan.append(Reply(500))
    notifier().send(f"{webhook.url}?retry=3", MESSAGE)
    assert len(webhook.requests) == 1


def test_the_wait_is_read_from_the_log():
    log = [("WARNING", "Failed to send: Too Many Requests: retry after 35, error=429."), ("DEBUG", "x")]
    assert read_log(log, ()).retry_after == 35
    assert kind(read_log(log, ())) == "later"


# --- the URL ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "recipients", "words"),
    [
        (f"tgram://{TOKEN}/-1001", 1, None),
        (f"tgram://{TOKEN}/-1001/-1002", 2, "one recipient per alert; write one alert for each"),
        (f"tgram://{TOKEN}/", 0, "no chat"),
        (f"mailtos://u:{PASSWORD}@example.org?to=a@example.org", 1, None),
        (f"mailtos://u:{PASSWORD}@example.org?to=a@example.org,b@example.org", 2, "one recipient per alert"),
        (f"mailtos://u:{PASSWORD}@example.org?to=a@example.org&cc=b@example.org", 2, "one recipient per alert"),
        (f"mailtos://u:{PASSWORD}@example.org?to=a@example.org&mode=insecure", 1, "in the clear"),
        (f"mailtos://u:{PASSWORD}@example.org?to=a@example.org&pgp=encrypt", 1, "PGP"),
        ("json://127.0.0.1/x", 1, None),
        (f"ntfy://localhost/{PASSWORD}-one/{PASSWORD}-two", 2, "one recipient per alert"),
        (f"nonsense://{PASSWORD}", 0, "does not know this kind of URL"),
        (f"tgram://{PASSWORD}/-1001", 0, "does not know this kind of URL"),
        ("", 0, "does not know this kind of URL"),
    ],
)
def test_what_is_said_of_a_url(url, recipients, words):
    door = notifier()
    said = door.check(url)
    assert (said is None) == (words is None)
    assert words is None or words in said
    assert PASSWORD not in str(said)
    assert TOKEN not in str(said)
    assert door.recipients(url) == recipients


@pytest.mark.fault("F7")
def test_a_url_with_two_recipients_is_not_sent_at_all(bot):
    outcome = notifier(bot.base).send(f"{bot.url}/-100124", MESSAGE)
    assert kind(outcome) == "never"
    assert bot.requests == []


# --- secrets ---------------------------------------------------------------------------------------


def test_no_secret_reaches_a_log_an_outcome_or_a_stream(bot, webhook, smtp, closed_port, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    secrets = (TOKEN, TOKEN.split(":")[1], PASSWORD, "canary-webhook-path")
    hook = f"json://desk:{PASSWORD}@127.0.0.1:{webhook.port}/canary-webhook-path?+X-Key={PASSWORD}"
    urls = [
        bot.url,
        hook,
        hook.replace(str(webhook.port), str(closed_port)),
        f"mailto://desk:{PASSWORD}@127.0.0.1:{smtp.port}?from=m@example.org&to=d@example.org",
        f"tgram://{PASSWORD}:{TOKEN}x/",
        f"nonsense://{PASSWORD}",
    ]
    outcomes = []
    for said in (f"no bot{TOKEN}", TOKEN.split(":")[1], "cut"):
        bot.plan.append(Reply(cut=True) if said == "cut" else refusal(403, said))
        webhook.plan.append(Reply(cut=True) if said == "cut" else refusal(403, PASSWORD))
        for base in (bot.base, f"http://127.0.0.1:{closed_port}"):
            door = notifier(base, timeout=1.0)
            outcomes += [door.send(url, MESSAGE) for url in urls[:1] + urls[3:]]
        outcomes += [door.send(url, MESSAGE) for url in urls[1:3]]
        outcomes += [door.check(url) for url in [*urls, f"discord://{PASSWORD}/canary-webhook-path"]]
    written = caplog.text + "".join(capfd.readouterr()) + repr(outcomes)
    assert not [secret for secret in secrets if secret in written]


def test_a_leading_dot_of_a_mail_is_doubled():
    assert dotted(b".a\r\nb.\r\n..c\r\n") == b"..a\r\nb.\r\n...c\r\n.\r\n"


def test_masking_takes_out_urls_tokens_and_secrets():
    text = f"GET http://user:pw@host/feed?key=S failed for bot{TOKEN} with {PASSWORD}\r\nx"
    assert masked(text, [PASSWORD]) == "GET http://**** failed for bot**** with **** x"
