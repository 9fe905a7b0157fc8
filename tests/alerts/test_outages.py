"""Three days without a channel, a storm of hits, forty feeds with one article: nothing is lost, and no flood."""

import itertools
from datetime import timedelta

import pytest
from articles import article
from channels import BotApi, Reply, SmtpServer
from office import Office
from watched import Watch, WatchedBot
from world import Outlet

from monitor.deliver.backoff import LONGEST
from monitor.deliver.notify import Notifier

DOWN = (Reply(503, {"ok": False}),)


def chat(bot):
    return f'name: chat, url: "{bot.url}", topics: [ramstein]'


def bot_at(bot):
    return f'deliver: {{telegram_api_base: "{bot.base}/bot"}}\n'


def in_pace(bot):
    """True when no window holds more calls than the channel's limits allow."""
    limits = Notifier().channel(bot.url).limits
    return all(
        later - first >= window
        for count, window in limits
        for first, later in zip(bot.calls, itertools.islice(bot.calls, count, None), strict=False)
    )


@pytest.mark.fault("F2")
def test_a_channel_that_was_down_for_three_days_gets_one_message_with_all_it_missed(tmp_path, clock):
    watch = Watch(clock, share=1.0)
    with (
        WatchedBot().watched("chat", watch, DOWN) as bot,
        Office(tmp_path, clock, [chat(bot)], more=bot_at(bot)) as office,
    ):
        for quarter in range(12):
            office.store(41 if quarter else 49, first=quarter and 41 * quarter + 8)
            office.tick(hours=6)
        assert office.states("chat").count("sent") == 0
        watch.share, well = 0.0, clock()
        while not bot.seen:
            office.tick(seconds=10)
        office.tick(seconds=1)
        assert clock() - well <= timedelta(seconds=LONGEST + 20)
        assert office.states("chat") == ["sent"] * 500
    assert len(bot.seen) <= 2  # notices may leave no room for the last
    assert frozenset().union(*(seen.hits for seen in bot.seen)) == frozenset(range(1, 501))
    assert in_pace(bot)


@pytest.mark.fault("F15")
def test_a_storm_of_a_thousand_hits_is_a_few_messages_that_name_all_of_them(tmp_path, clock):
    watch = Watch(clock)
    with (
        WatchedBot().watched("chat", watch, ()) as bot,
        Office(tmp_path, clock, [chat(bot)], more=bot_at(bot)) as office,
    ):
        for batch in range(10):
            office.store(100, first=100 * batch)
            office.tick(seconds=6)
        for _ in range(60):
            office.tick(minutes=1)
        assert office.states("chat") == ["sent"] * 1000
    assert len(bot.seen) <= 30
    assert frozenset().union(*(seen.hits for seen in bot.seen)) == frozenset(range(1, 1001))
    assert in_pace(bot)


@pytest.mark.fault("F12")
@pytest.mark.parametrize("copies", [False, True], ids=["one address", "an address each"])
def test_one_article_in_forty_feeds_at_once_is_one_alert_a_channel(tmp_path, clock, copies):
    slug, title, text = article(1)
    feeds = range(1, 41)
    with Outlet() as outlet, SmtpServer() as smtp, BotApi() as bot:
        for number in feeds:
            item = (f"{slug}-{number}" if copies else slug, title, text)
            outlet.publish(item)
            outlet.answers[f"/feed-{number}"] = outlet.answers["/feed"]
        alerts = [chat(bot), f'name: mail, url: "{smtp.url}", topics: [ramstein]']
        places = [f"{outlet.base}/feed-{number}" for number in feeds]
        with Office(tmp_path, clock, alerts, places, more=bot_at(bot)) as office:
            for _ in range(3):
                office.tick(seconds=1)
            for _ in range(60):
                office.tick(minutes=1)
            seen = office.app.review.why(f"{outlet.base}/{slug}{'-1' if copies else ''}").seen_in
            assert (len(bot.accepted), len(smtp.mails)) == (1, 1)
            assert len(seen) == (1 if copies else 40)
            assert office.app.review.counts()["hits"] == (40 if copies else 1)
            assert office.states("chat") == (["held"] * 39 if copies else []) + ["sent"]
