"""Channels that are dead, silent, flooded or refuse one message hold up no other one (I6), and catch up (I5)."""

import threading
import time
from datetime import timedelta

import pytest
from articles import article
from channels import BotApi, Reply, SmtpServer, Webhook, flood, refusal
from office import Office, worked_off
from watched import HTTP_FAULTS, Watch, WatchedBot

from monitor.deliver.backoff import LONGEST

DEAD = "json://127.0.0.1:9/nobody-listens"


def until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        threading.Event().wait(0.01)


def alert(name, url, more=""):
    return f'name: {name}, url: "{url}", topics: [ramstein], max_per_hour: 1000{more}'


def bot_at(bot):
    return f'deliver: {{telegram_api_base: "{bot.base}/bot"}}\n'


@pytest.mark.fault("F3", "F7")
def test_a_dead_a_silent_and_a_flooded_channel_hold_up_no_other(tmp_path, clock):
    with SmtpServer() as smtp, BotApi() as bot, Webhook() as silent:
        silent.plan.append(Reply(hang=True))
        bot.plan.append(flood(3600))
        alerts = [alert("dead", DEAD), alert("silent", silent.url), alert("chat", bot.url), alert("mail", smtp.url)]
        with Office(tmp_path, clock, alerts, more=bot_at(bot)) as office:
            office.store(1)
            with worked_off(office) as desk:
                for number in range(1, 6):
                    until(lambda number=number: office.states("mail") == ["sent"] * number)
                    clock.forward(seconds=1)
                    office.store(1, first=number)
                until(lambda: office.states("mail") == ["sent"] * 6)
                assert desk.is_alive()  # the silent one is still in hand
                silent.closing.set()
            assert office.states("dead").count("sent") == 0
            assert (len(bot.requests), len(smtp.mails), len(silent.accepted)) == (1, 6, 0)


def test_a_message_that_is_not_taken_holds_up_its_channel_for_one_try(tmp_path, clock):
    with BotApi() as bot:
        bot.plan.append(refusal(400, "Bad Request: text must be encoded in UTF-8"))
        bot.plan.append(refusal(400, "Bad Request: text must be encoded in UTF-8"))  # nor without markup
        with Office(tmp_path, clock, [alert("chat", bot.url)], more=bot_at(bot)) as office:
            office.store(3)
            for _ in range(3):
                office.tick(seconds=1)
            assert len(bot.accepted) == 2
            office.tick(seconds=LONGEST)
            assert office.states("chat") == ["dead", "sent", "sent"]


class Picky(BotApi):
    """Does not take one message, and says so in words that nobody knows."""

    def judge(self, path, message):
        odd = article(1)[1] in message["text"]
        return refusal(400, "Bad Request: MESSAGE_ODD") if odd else super().judge(path, message)


@pytest.mark.fault("F6")
def test_a_message_that_is_refused_in_unknown_words_holds_up_its_channel_no_longer_than_a_day(tmp_path, clock):
    with Picky() as bot, Office(tmp_path, clock, [alert("chat", bot.url)], more=bot_at(bot)) as office:
        for number in range(24):
            office.store(1, first=number)
            office.tick(hours=1)
        assert office.states("chat").count("sent") >= 20


@pytest.mark.parametrize("fault", HTTP_FAULTS, ids=str)
def test_a_backlog_is_gone_in_the_longest_wait_and_the_time_its_pace_takes(tmp_path, clock, fault):
    watch = Watch(clock, share=1.0)
    with (
        WatchedBot().watched("chat", watch, (fault,)) as bot,
        Office(tmp_path, clock, [alert("chat", bot.url)], more=bot_at(bot)) as office,
    ):
        office.store(15)
        for _ in range(12):
            office.tick(minutes=10)
        assert office.states("chat").count("sent") == 0
        watch.share, well = 0.0, clock()
        while office.states("chat").count("sent") < 15:
            office.tick(seconds=1)
        assert clock() - well <= timedelta(seconds=LONGEST + 15)
        accepted = {hit for seen in bot.seen for hit in seen.hits}
    assert accepted == set(range(1, 16))
