"""An article that an edit turns into a hit: what `monitor why` says of it, and its alert."""

import json
import re

import pytest
from installation import SMALL
from world import GROUP, WEATHER

SLOW = "The agenda was not published. "


@pytest.fixture
def edited(desk, outlet):
    """An installation whose one article was read, then edited, then read again."""
    outlet.publish(("talks", "Ministers meet", SLOW + WEATHER), summary="They meet.")
    desk.write(outlet.feed, topic=SMALL).round()
    outlet.publish(("talks", "Ministers meet at last", SLOW + GROUP), summary="They meet on Friday.")
    assert desk.round(everything=True).hits == 1
    return desk


def test_why_shows_what_was_edited(edited, outlet):
    said = edited.monitor("why", f"{outlet.base}/talks")
    assert re.search(r"^  edited    \d\d \w{3} \d{4} [0-9:]{8} UTC, edit 1$", said.out, re.MULTILINE)
    words = " ".join(said.out.split())
    assert "headline: Ministers meet[+ at last+]" in words
    assert "[-Rain" in words
    assert "[+Defence ministers" in words
    assert re.search(r"next .* UTC: it is read once more, for corrections", words)


def test_why_as_json_has_both_texts(edited, outlet):
    ledger = json.loads(edited.monitor("why", f"{outlet.base}/talks", "--json").out)
    (revision,) = ledger["revisions"]
    assert (revision["number"], revision["title"]) == (1, "Ministers meet")
    assert "Rain" in revision["text"]
    assert "Contact Group" in ledger["text"]


def test_its_alerts_say_that_it_was_edited(edited):
    (mail,), (chat,) = edited.mails, edited.chats
    assert b"Subject: Ramstein, edited: Ministers meet at last" in mail.content
    assert "matches only since it was changed" in str(chat)


def test_its_hit_is_marked_in_the_list(edited):
    assert " · edited" in edited.monitor("hits").lines[1]
