"""The page of alerts: how channels stand, why deliveries wait, sending again."""

import re
from html import unescape

import pytest
from told_house import ALERTS, ARTICLES, KEY, told
from web_house import house

from monitor.advice import CHANNEL_SIGNS
from monitor.store.outbox_tables import CHANNEL_HEALTH, DELIVERY_STATES
from monitor.web.show import DELIVERY_WORDS


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """A server whose tests only read."""
    with told(tmp_path_factory.mktemp("told")) as running:
        yield running


@pytest.fixture
def own(tmp_path):
    with told(tmp_path) as running:
        yield running


def plain(page):
    return " ".join(unescape(re.sub("<[^>]+>", " ", page)).split())


def rows(page):
    """The deliveries in the table, a text each."""
    table = page.partition('<table class="deliveries">')[2]
    return [plain(row) for row in re.findall(r"<tr class=.*?</tr>", table, re.DOTALL)]


def token(running):
    return re.search(r'name="token" value="([^"]+)"', running.get("/alerts").text)[1]


def states(running, alert):
    return [view.state for view in running.review.alerts.deliveries(alert=alert)]


def test_every_state_has_its_word_and_every_health_its_sign():
    assert set(DELIVERY_WORDS) == set(DELIVERY_STATES)
    assert set(CHANNEL_SIGNS) == set(CHANNEL_HEALTH)


def test_channels_stand_on_top_what_needs_a_person_first(seen):
    page = seen.get("/alerts").text
    places = [page.index(f"<bdi>{name}</bdi>") for name in ("desk-telegram", "press/1", "press/2", "desk-mail")]
    assert places == sorted(places)
    assert places[-1] < page.index("Outbox")


@pytest.mark.parametrize(
    "words",
    [
        "✕ refused for 1 h desk-telegram it takes no messages: Forbidden: bot was kicked from the group chat",
        "What to do: mend it in sources.yaml or at the channel, then monitor alerts test desk-telegram",
        "▲ failing for 59 min press/1 cannot be reached: smtp: mail.press.example: connection refused. Nothing is lost",
        "oldest for 8 h",
        "● ok press/2",
        "● ok дежурный",
    ],
)
def test_a_channel_says_how_it_stands(seen, words):
    assert words in plain(seen.get("/alerts").text)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("held", "digest at 07:00 Berlin, 13 Feb"),
        ("suppressed", "older than alert_backlog (1d)"),
        ("dead", "SMTP 554: 5.7.1 refused as spam"),
        ("failed", "smtp: mail.press.example: connection refused"),
    ],
)
def test_a_delivery_says_why_it_waits_or_was_not_sent(seen, state, words):
    found = rows(seen.get(f"/alerts?state={state}").text)
    assert found
    assert all(DELIVERY_WORDS[state] in row for row in found)
    assert any(words in row for row in found)


def test_updates_and_notices_are_marked(seen):
    found = rows(seen.get("/alerts").text)
    assert any("notice: a channel press/1: cannot be reached" in row for row in found)
    assert any("notice: a source RBC-Україна:" in row for row in found)
    assert any(" update " in row and ARTICLES[1].title in row for row in found)


def test_the_list_can_be_filtered(seen):
    for alert in ("press/1", "дежурный"):
        found = rows(seen.get("/alerts", params={"alert": alert, "state": "sent"}).text)
        assert all(f" {alert}" in row and "● sent" in row for row in found)
    assert "No delivery fits" in seen.get("/alerts?alert=nobody").text
    assert "state is one of" in seen.get("/alerts?state=lost").text


def test_no_address_in_an_error_or_a_notice_is_shown(seen):
    page = seen.get("/alerts").text
    assert KEY not in page
    assert "rbc.example/…" in page
    assert "core.telegram.example/…" in page
    assert "core.telegram.example/errors" not in page


def test_the_navigation_counts_what_needs_a_look(seen):
    for path in ("/", "/hits/1", "/sources", "/alerts", "/why", "/suggestions"):
        page = plain(seen.get(path).text)
        assert "Sources ●1 in trouble" not in page  # the sign is hidden from those who hear the words
        assert re.search(r"Sources ● ?1 in trouble Alerts ● ?2 in trouble Coverage", page), path


def test_a_quiet_house_counts_nothing(tmp_path):
    with house(tmp_path, ()) as running:
        assert "in trouble" not in running.get("/").text


def test_one_delivery_is_sent_again(own):
    delivery = own.review.alerts.deliveries(("dead",), "press/2")[0]
    form = {"token": token(own), "state": "dead", "alert": "press/2"}
    answer = own.post(f"/alerts/{delivery.id}/resend", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/alerts?state=dead&alert=press%2F2&again=1")
    assert own.review.alerts.deliveries(("pending",), "press/2")[0].id == delivery.id
    assert "1 delivery is in the outbox again" in own.get(answer.headers["location"]).text


def test_all_that_a_channel_was_given_up_on_is_sent_again(own):
    dead = states(own, "press/2").count("dead")
    assert dead > 1
    assert f"Send all {dead} again" in own.get("/alerts").text
    answer = own.post("/alerts/resend", data={"token": token(own), "channel": "press/2"})
    assert answer.headers["location"] == f"/alerts?again={dead}"
    assert "dead" not in states(own, "press/2")
    assert f"{dead} deliveries are in the outbox again" in own.get(answer.headers["location"]).text


def test_only_what_nobody_has_had_has_a_button(seen):
    for state in ("sent", "pending"):
        assert "resend" not in seen.get(f"/alerts?state={state}").text.partition("deliveries")[2]
    held = sum(states(seen, alert.name).count("held") for alert in ALERTS)
    assert seen.get("/alerts?state=held").text.count("Send now") == held > 20


def test_the_channels_of_the_house_are_those_configured(seen):
    assert {channel.alert for channel in seen.review.alerts.channels()} == {alert.name for alert in ALERTS}
