"""The demo's outside world: outlets that behave and misbehave as promised, receivers as strict as the real ones."""

import json
import smtplib
import time
import urllib.error
import urllib.request
from contextlib import closing
from datetime import UTC, datetime
from email.message import EmailMessage
from threading import enumerate as live_threads

import pytest

from monitor.cli.demo.expected import load_expected, seeds_folder
from monitor.cli.demo.outlets import Manners, Outlets
from monitor.cli.demo.receivers import BotApi, Inbox, MailReceiver, Received, read_mail

SEEDS = seeds_folder()
OUTLETS = load_expected(SEEDS)
NOON = datetime(2024, 9, 6, 12, tzinfo=UTC)
TOKEN = "123456789:made-up"


def get(url, **headers):
    """Return status, headers and body; an HTTP error is an answer like any other."""
    request = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with closing(error):
            return error.code, error.headers, error.read()


@pytest.fixture
def inbox():
    return Inbox(lambda: NOON)


@pytest.fixture
def outlets():
    with Outlets(SEEDS, OUTLETS, {"tin-sang": Manners(etag=True)}) as served:
        yield served


# --- outlets -------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", range(len(OUTLETS)), ids=[outlet.folder for outlet in OUTLETS])
def test_feed_is_served_with_its_type_and_its_own_address(outlets, at):
    site, outlet = outlets.sites[at], OUTLETS[at]
    status, headers, body = get(site.url)
    assert (status, headers["Content-Type"]) == (200, outlet.content_type)
    assert b"{{host}}" not in body
    assert body.decode(outlet.encoding).count(site.url.removesuffix("feed.xml")) > outlet.entries


def test_every_page_is_served(outlets):
    for site, outlet in zip(outlets.sites, OUTLETS, strict=True):
        for page in outlet.pages:
            status, headers, body = get(site.url.replace("feed.xml", f"{page.slug}.html"))
            assert (status, headers.get_content_type()) == (200, "text/html")
            assert page.title in body.decode("utf-8").replace("&#x27;", "'")


@pytest.mark.parametrize("path", ["nothing.html", "../expected.yaml", "%2e%2e/expected.yaml", ""])
def test_nothing_else_is_served(outlets, path):
    assert get(outlets.sites[0].url.replace("feed.xml", path))[0] == 404


def test_second_time_is_304_to_its_own_etag(outlets):
    url = outlets.sites[0].url
    etag = get(url)[1]["ETag"]
    status, headers, body = get(url, If_None_Match=etag)
    assert (status, headers["ETag"], body) == (304, etag, b"")
    assert get(url, If_None_Match='"older"')[0] == 200


def test_others_send_no_etag(outlets):
    assert [get(site.url)[1]["ETag"] is not None for site in outlets.sites] == [True, False, False, False, False]


def test_slow_outlet_takes_its_time():
    with Outlets(SEEDS, OUTLETS[:2], {OUTLETS[0].folder: Manners(delay=0.3)}) as served:
        started = time.monotonic()
        assert get(served.sites[0].url)[0] == 200
        assert time.monotonic() - started >= 0.3


def test_sixth_outlet_refuses_connections(outlets):
    with pytest.raises(urllib.error.URLError, match="refused"):
        get(outlets.down_url)


def test_stopping_leaves_no_thread_and_no_port_behind():
    before = set(live_threads())
    with Outlets(SEEDS, OUTLETS) as served:
        urls = [site.url for site in served.sites]
        get(urls[0])
    assert set(live_threads()) == before
    for url in urls:
        with pytest.raises(urllib.error.URLError):
            get(url)


# --- mail ----------------------------------------------------------------------------------------


def send_mail(address, subject, text, html):
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = subject, "monitor@example.org", "desk@example.org"
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    host, _, port = address.partition(":")
    with smtplib.SMTP(host, int(port), timeout=10) as smtp:
        smtp.send_message(mail)


def test_mail_is_kept_with_subject_and_text(inbox):
    with MailReceiver(inbox) as mail:
        send_mail(mail.address, "Ramstein: Залужний … (uk)", "Перший рядок\n", "<p>Перший рядок</p>")
        send_mail(mail.address, "Second", "two\n", "<p>two</p>")
    first, second = inbox.all("mail")
    assert first == Received("mail", NOON, "Ramstein: Залужний … (uk)", "Перший рядок\n")
    assert second.subject == "Second"
    assert inbox.all("telegram") == ()


def test_mail_receiver_stops_with_a_client_still_connected(inbox):
    before = set(live_threads())
    with MailReceiver(inbox) as mail:
        host, _, port = mail.address.partition(":")
        client = smtplib.SMTP(host, int(port), timeout=10)
    client.close()
    assert set(live_threads()) == before


def test_mail_without_plain_text_has_an_empty_text():
    assert read_mail(b"Subject: x\r\nContent-Type: text/html\r\n\r\n<p>x</p>") == ("x", "")


# --- Telegram ------------------------------------------------------------------------------------


def send_text(api, text, *, token=TOKEN, method="sendMessage", **more):
    body = json.dumps({"chat_id": -100, "text": text, "parse_mode": "HTML"} | more).encode()
    request = urllib.request.Request(f"{api.base}/bot{token}/{method}", body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with closing(error):
            return error.code, json.load(error)


def test_good_message_is_kept_as_a_person_sees_it(inbox):
    with BotApi(inbox, TOKEN) as api:
        status, answer = send_text(api, '<b>A &amp; B</b> <a href="https://example.org/?a=1&amp;b=2">link</a>')
    assert (status, answer["ok"], answer["result"]["message_id"]) == (200, True, 1)
    assert inbox.all() == (Received("telegram", NOON, "", "A & B link"),)


REFUSED = {
    "unknown tag": "<p>x</p>",
    "stray bracket": "3 < 4",
    "never closed": "<b>x",
    "crossed": "<b><i>x</b></i>",
    "closed, never opened": "x</b>",
    "empty": "<b> </b>",
    "too long": "x" * 4097,
    "too long in UTF-16": "😀" * 2049,
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_telegram_refuses_is_refused(inbox, text):
    with BotApi(inbox, TOKEN) as api:
        status, answer = send_text(api, text)
    assert (status, answer["ok"], inbox.all()) == (400, False, ())
    assert answer["description"].startswith("Bad Request: ")


def test_length_counts_what_is_seen_not_the_tags(inbox):
    with BotApi(inbox, TOKEN) as api:
        assert send_text(api, "<b>" + "x" * 4096 + "</b>")[0] == 200


def test_wrong_token_method_or_chat_is_refused(inbox):
    with BotApi(inbox, TOKEN) as api:
        assert send_text(api, "x", token="other")[0] == 401
        assert send_text(api, "x", method="getUpdates")[0] == 404
        assert send_text(api, "x", chat_id="")[0] == 400
        assert send_text(api, "x", parse_mode="Markdown")[0] == 400
    assert inbox.all() == ()
