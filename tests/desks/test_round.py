from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from channels import Reply
from installation import SMALL
from world import GROUP, WEATHER, Answer

from monitor.model import HitFilter

NEWS = ("group-meets", "Contact group meets", GROUP)
RAIN = ("rain", "Rain until Sunday", WEATHER)


def feed_of(item, encoding="utf-8"):
    body = f"<?xml version='1.0'?><rss version='2.0'><channel><title>T</title><item>{item}</item></channel></rss>"
    return Answer(body.encode(encoding), "text/xml")


def sums(done):
    return (done.sources, done.articles, done.hits, done.delivered, done.failed)


def test_a_round_polls_reads_matches_and_alerts(desk, outlet):
    outlet.publish(NEWS, RAIN)
    with desk.write(outlet.feed).app() as app:
        assert sums(app.round()) == (1, 2, 1, 2, 0)
        (hit,) = app.review.hits(HitFilter(topic="ramstein"))
    assert (hit.title, hit.source, hit.language, hit.extraction) == ("Contact group meets", "Outlet 1", "en", "full")
    assert any("Contact" in term.form for term in hit.terms)
    assert hit.why
    assert len(desk.mails) == len(desk.chats) == 1
    assert "Contact group meets" in desk.chats[0]["text"]
    assert f"{outlet.base}/group-meets" in desk.chats[0]["text"]


def test_the_same_round_twice_finds_nothing_new(desk, outlet):
    outlet.publish(NEWS, RAIN)
    with desk.write(outlet.feed, topic=SMALL).app() as app:
        app.round()
        assert sums(app.round(everything=True)) == (1, 0, 0, 0, 0)
        assert sums(app.round()) == (0, 0, 0, 0, 0)
    assert len(desk.mails) == 1


@pytest.mark.fault("B15")
def test_one_bad_source_stops_no_other(desk, outlet, other):
    outlet.publish(NEWS)
    other.answers["/feed"] = Answer(b"<html>Please log in</html>")
    refused = "http://127.0.0.1:9/feed"
    with desk.write(other.feed, refused, outlet.feed, topic=SMALL).app() as app:
        assert sums(app.round()) == (3, 1, 1, 2, 2)
        health = {view.name: view.health for view in app.review.sources()}
    assert health == {"Outlet 1": "failing", "Outlet 2": "failing", "Outlet 3": "ok"}


def test_one_bad_page_stops_no_other_and_the_feed_text_is_matched(desk, outlet):
    outlet.publish(("gone", "Ukraine Defense Contact Group meets at Ramstein", ""), RAIN)
    outlet.answers["/gone"] = Answer(b"", status=503)
    with desk.write(outlet.feed, topic=SMALL).app() as app:
        done = app.round()
        assert (done.hits, done.delivered, done.failed) == (1, 2, 1)
        ledger = app.review.why(f"{outlet.base}/gone")
    assert ledger.extraction == "none"
    assert "503" in ledger.error
    assert ledger.next_try is not None


def test_one_hostile_page_stops_no_other(desk, outlet):
    """One element with very many attributes takes a parser longer than any page may."""
    outlet.publish(("bomb", "Rain", ""), NEWS)
    attributes = " ".join(f'a{number}="x"' for number in range(200_000))
    outlet.answers["/bomb"] = Answer(f"<html><body><p {attributes}>Ramstein Ukraine</p></body></html>".encode())
    with desk.write(outlet.feed, topic=SMALL).app() as app:
        done = app.round()
        ledger = app.review.why(f"{outlet.base}/bomb")
        assert done.hits == 1
        assert ledger.read_at is not None
    assert len(desk.mails) == 1


def test_one_bad_channel_stops_no_other_and_loses_nothing(desk, outlet, clock):
    outlet.publish(NEWS)
    clock.now = datetime.now(UTC)
    desk.bot.plan.extend([Reply(500, {"ok": False})] * 2)
    with desk.write(outlet.feed, topic=SMALL).app(now=clock) as app:
        done = app.round()
        assert (done.delivered, done.failed) == (1, 1)
        assert len(desk.mails) == 1
        states = {row.alert: row.state for row in app.review.alerts.deliveries()}
        assert states == {"mail": "sent", "chat": "failed"}
        clock.forward(minutes=1)
        app.round()
        clock.forward(minutes=5)
        app.round()
        assert {row.state for row in app.review.alerts.deliveries()} == {"sent"}
    assert len(desk.chats) == len(desk.mails) == 1


def test_the_validators_are_stored_with_the_entries_and_a_304_costs_no_parsing(desk, outlet):
    outlet.publish(NEWS)
    with desk.write(outlet.feed, topic=SMALL).app() as app:
        app.round()
        app.round(everything=True)
        (view,) = app.review.sources()
    assert view.outcome == "unchanged"
    assert outlet.asked.count("/group-meets") == 1


@pytest.mark.fault("A17")
def test_a_feed_that_cannot_be_parsed_keeps_its_old_validators(desk, outlet):
    outlet.publish(NEWS)
    good = outlet.answers["/feed"]
    with desk.write(outlet.feed, topic=SMALL).app() as app:
        app.round()
        outlet.answers["/feed"] = Answer(b"<html>maintenance</html>")
        app.round(everything=True)
        outlet.answers["/feed"] = good
        app.round(everything=True)
        (view,) = app.review.sources()
    assert (view.outcome, view.health) == ("unchanged", "ok")


@pytest.mark.fault("B11")
def test_an_old_article_of_a_new_source_is_stored_and_not_alerted(desk, outlet):
    week_ago = datetime.now(UTC) - timedelta(days=7)
    outlet.publish(NEWS, date=format_datetime(week_ago))
    with desk.write(outlet.feed, topic=SMALL).app() as app:
        done = app.round()
        assert (done.hits, done.delivered) == (1, 0)
        assert {(row.state, row.error) for row in app.review.alerts.deliveries()} == {
            ("suppressed", "older than alert_backlog (1d)")
        }
    assert desk.mails == []


def test_one_article_in_two_feeds_alerts_once(desk, outlet, other):
    outlet.publish(NEWS)
    other.answers["/feed"] = outlet.answers["/feed"]
    with desk.write(outlet.feed, other.feed, topic=SMALL).app() as app:
        assert app.round().hits == 1
        (hit,) = app.review.hits(HitFilter())
        assert len(hit.also_in) == 1
    assert len(desk.mails) == 1


def test_an_entry_without_an_address_is_matched_on_what_the_feed_says(desk, outlet):
    item = "<title>Ukraine Defense Contact Group meets</title><description>Ministers promise Kyiv arms.</description>"
    outlet.answers["/feed"] = feed_of(item)
    with desk.write(outlet.feed).app() as app:
        assert sums(app.round()) == (1, 1, 1, 2, 0)
    assert len(desk.mails) == 1


@pytest.mark.fault("B7")
def test_windows_1251_without_a_word_about_it_is_found(desk, outlet):
    title = "Контактна група з питань оборони України засідає у форматі «Рамштайн»"
    outlet.answers["/feed"] = feed_of(f"<title>{title}</title>", "cp1251")
    with desk.write(outlet.feed).app() as app:
        assert app.round().hits >= 1
        (view,) = app.review.sources()
    assert any("windows-1251" in note or "cp1251" in note for note in view.notes)


@pytest.mark.fault("F7")
def test_of_two_recipients_of_an_alert_only_the_one_that_failed_is_tried_again(desk, outlet, clock):
    outlet.publish(NEWS)
    desk.write(outlet.feed, topic=SMALL)
    both = f'  - {{name: both, url: ["{desk.smtp.url}", "{desk.bot.url}"], topics: [ramstein]}}\n'
    text = desk.config.read_text()
    desk.config.write_text(text[: text.index("alerts:\n")] + "alerts:\n" + both)
    desk.bot.plan.append(Reply(500))
    with desk.app(now=clock) as app:
        app.round()
        assert (len(desk.mails), len(desk.chats)) == (1, 0)
        clock.forward(seconds=10)
        app.round()
        states = {row.alert: row.state for row in app.review.alerts.deliveries()}
    assert states == {"both/1": "sent", "both/2": "sent"}
    assert (len(desk.mails), len(desk.chats)) == (1, 1)
