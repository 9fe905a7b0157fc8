"""`monitor alerts` when channels fail: what is listed, sent again, tested; and stories in the lists of hits."""

import json
import re
import sqlite3
from contextlib import closing

import pytest
from channels import Reply, refusal
from installation import SMALL
from world import GROUP

TITLES = [f"Contact group meets, part {number} of {number * 31}" for number in range(1, 4)]
KICKED = refusal(403, "Forbidden: bot was kicked from the group chat")


def texts(number):
    words = ("harbour", "winter", "treaty", "railway", "orchard", "granite", "meadow")
    start = number * 977
    return "Contact group. " + " ".join(f"{words[(start + at * number) % 7]}{start + at}" for at in range(60))


@pytest.fixture
def refused(desk, outlet):
    """Three hits; the chat says never to the first message."""
    outlet.publish(*((f"p{number}", title, texts(number)) for number, title in enumerate(TITLES, 1)))
    desk.bot.plan.append(KICKED)
    desk.write(outlet.feed, topic=SMALL).round()
    return desk


def rows(desk, *arguments):
    return json.loads(desk.monitor("alerts", "--json", *arguments).out)


def states(desk, alert):
    return sorted(row["state"] for row in rows(desk, "--alert", alert) if row["kind"] == "hit")


def test_a_channel_that_says_never_stands_on_top_with_the_mend(refused):
    said = refused.monitor("alerts")
    assert re.match(
        r"✕ chat: refused for \d+ s · 2 waiting, the oldest for \d+ s · 1 given up · nothing sent", said.out
    )
    words = " ".join(said.out.split())
    assert "it takes no messages: " in words
    assert "kicked from the group chat" in words
    assert "next try in 59 min" in words
    assert "→ mend it in sources.yaml or at the channel, then `monitor alerts test chat`" in words
    assert "● mail: ok" in said.out


def test_a_message_that_was_refused_says_why_under_its_row(refused):
    said = refused.monitor("alerts", "--alert", "chat", "--state", "dead")
    at = next(at for at, line in enumerate(said.lines) if re.match(r"\d+ +dead +chat", line))
    assert said.lines[at + 1].startswith("       ")
    assert "kicked" in said.lines[at + 1]
    assert "mail" not in said.out


def test_a_test_message_opens_a_channel_that_was_refused(refused):
    said = refused.monitor("alerts", "test", "chat")
    assert said.code == 0
    assert re.search(r"; \d waiting, and what is due goes out in the next round$", said.lines[0])
    refused.round()
    assert "dead" not in states(refused, "chat")[1:]
    assert states(refused, "chat").count("sent") >= 2


def test_a_test_that_fails_says_so_and_ends_with_1(refused):
    refused.bot.plan.append(KICKED)
    said = refused.monitor("alerts", "test", "--all")
    assert said.code == 1
    assert said.lines[0].startswith("mail: accepted by the channel in ")
    (failed,) = said.errors
    assert re.match(r"chat: .*kicked from the group chat.* \(after \d+\.\d s\)", failed)


def test_everything_that_was_given_up_is_sent_again_at_once(refused):
    said = refused.monitor("alerts", "retry", "--alert", "chat", "--state", "dead")
    assert (said.code, said.out) == (0, "chat: 1 delivery is in the outbox again (dead)\n")
    assert states(refused, "chat") == ["pending"] * 3
    refused.round()
    assert states(refused, "chat") == ["sent"] * 3
    none = refused.monitor("alerts", "retry", "--alert", "chat")
    assert none.out == "chat: no deliveries are in the outbox again (dead, failed, expired)\n"


def test_many_go_out_as_one_digest_and_that_is_said(refused):
    with closing(sqlite3.connect(refused.folder / "monitor.db")) as connection, connection:
        (article,) = connection.execute("SELECT max(id) FROM article").fetchone()
        columns = [row[1] for row in connection.execute("PRAGMA table_info(article)")]
        same = ", ".join(name for name in columns if name not in {"id", "url_key"})
        for number in range(25):
            key = f"copy-{number}"
            connection.execute(
                f"INSERT INTO article ({same}, url_key) SELECT {same}, ? FROM article WHERE id = ?",
                (key, article),
            )
            connection.execute(
                "INSERT INTO delivery (article_id, alert, state, key, created, due, expires, attempts, unknown,"
                " is_update, urgent, alone, refused)"
                " SELECT (SELECT max(id) FROM article), alert, 'dead', ?, created, due, expires, 1, 0, 0, 0, 0, 0"
                " FROM delivery WHERE alert = 'mail' LIMIT 1",
                (key,),
            )
    said = refused.monitor("alerts", "retry", "--alert", "mail", "--state", "dead")
    assert said.out == "mail: 25 deliveries are in the outbox again (dead); so many go out as one digest\n"


def test_several_by_number_and_one_that_is_none(refused):
    first, second = (row["id"] for row in rows(refused, "--state", "sent", "--alert", "mail")[:2])
    said = refused.monitor("alerts", "retry", first, 999, second)
    assert said.code == 1
    assert said.lines == [f"delivery {number} (sent) is in the outbox again" for number in (first, second)]
    assert said.errors == ["no delivery number 999 that could be sent again; `monitor alerts` lists them"]


def test_an_alert_with_several_addresses_is_tested_at_each(desk, outlet):
    outlet.publish()
    desk.write(outlet.feed, topic=SMALL, extra=f'  - {{name: press, url: ["{desk.smtp.url}", "{desk.bot.url}"]}}\n')
    said = desk.monitor("alerts", "test", "press")
    assert [line.partition(":")[0] for line in said.lines] == ["press/1", "press/2"]
    assert (len(desk.mails), len(desk.chats)) == (1, 1)
    assert not (desk.folder / "monitor.db").exists()


def test_a_channel_that_cannot_be_reached_says_that_nothing_is_lost(desk, outlet):
    outlet.publish(("p1", TITLES[0], GROUP))
    desk.bot.plan.append(Reply(502))
    desk.write(outlet.feed, topic=SMALL).round()
    words = " ".join(desk.monitor("alerts", "--alert", "chat").out.split())
    assert "▲ chat: failing for" in words or "● chat: ok" in words  # it may have been tried again within the round
    assert "dead" not in states(desk, "chat")


# --- stories --------------------------------------------------------------------------------------


@pytest.fixture
def story(desk, outlet, other):
    """One story in two outlets, and another article."""
    outlet.publish(("one", "Contact group meets at Ramstein", GROUP), ("else", TITLES[0], texts(5)))
    other.publish(("two", "Contact group meets at Ramstein today", GROUP))
    desk.write(outlet.feed, other.feed, topic=SMALL).round()
    return desk


def hits(desk, *arguments):
    return json.loads(desk.monitor("hits", "--json", *arguments).out)


def test_the_list_names_the_story_and_who_else_has_it(story):
    numbers = {hit["url"].rpartition("/")[2]: hit["story"] for hit in hits(story)}
    assert numbers["one"] == numbers["two"] != numbers["else"]
    assert story.monitor("hits").out.count(f" · story {numbers['one']}, +1 outlet\n") == 2
    found = hits(story, "--story", numbers["one"])
    assert {hit["url"].rpartition("/")[2] for hit in found} == {"one", "two"}


def test_a_hit_shows_the_other_articles_of_its_story(story):
    first, second = sorted(
        hits(story, "--story", hits(story, "--search", "today")[0]["story"]), key=lambda hit: hit["id"]
    )
    said = story.monitor("hits", "show", second["id"])
    words = " ".join(said.out.split())
    assert f"story: {second['story']}, 2 articles; this one is " in words
    assert f"hit {first['id']} · " in words
    whole = json.loads(story.monitor("hits", "show", second["id"], "--json").out)
    assert [other["hit_id"] for other in whole["others"]] == [first["id"]]
    assert whole["suggestions"] == []


def test_why_names_the_story_and_what_is_held(story):
    urls = [hit["url"] for hit in hits(story, "--story", hits(story, "--search", "today")[0]["story"])]
    ledgers = [" ".join(story.monitor("why", url).out.split()) for url in urls]
    assert all(re.search(r"story \d+, 2 articles; this one is ", words) for words in ledgers)
    held = r"alert mail \(update\): held until .* UTC: story \d+ was alerted with article \d+; what is new goes out"
    assert sum(bool(re.search(held, words)) for words in ledgers) == 1
