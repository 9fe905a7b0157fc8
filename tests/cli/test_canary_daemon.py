"""The canary of a real daemon, and of the command."""

import json
from datetime import UTC, datetime, timedelta

from geese import GEESE, MINE
from installation import monitor
from running import Running, until

from monitor.canary import CanaryServer
from monitor.store import CanaryStore, open_database


def test_a_daemon_sends_out_what_it_missed_and_all_comes_back(desk, outlet):
    outlet.publish(MINE)
    desk.write(outlet.feed, topic=GEESE % "")
    with CanaryServer(lambda: datetime.now(UTC)) as server:
        database = open_database(desk.database)
        CanaryStore(database).plan(server.place, datetime.now(UTC) - timedelta(hours=1))
        database.close()
    with Running(desk) as daemon:
        daemon.said(r"\(canary\): 3 of 3 articles came out within \d+ s")
        until(lambda: len(desk.mails) == len(desk.chats) == 1)
        assert daemon.health()[1]["counts"]["hits"] == 1
        assert daemon.terminate() == 0
    assert daemon.warnings == []
    assert daemon.text.count("(canary)") == 1


def test_the_command_shows_script_by_script_how_far_each_came(desk):
    """Also where addresses of the own network are closed and robots.txt is asked for."""
    written = desk.write("http://127.0.0.1:9/feed", topic=GEESE % "").config.read_text()
    desk.config.write_text(written.replace("allow_private_addresses: true, pace: 0s, obey_robots: false", "pace: 1s"))
    assert "allow_private" not in desk.config.read_text()
    said = desk.monitor("canary")
    assert said.code == 0
    assert [line.split()[0] for line in said.lines] == ["script", "Latin", "Cyrillic", "Han", "3"]
    assert said.lines[-1] == "3 of 3 came out"
    assert not (desk.folder / "monitor.db").exists()
    assert desk.mails == desk.chats == []


def test_the_command_ends_with_1_when_one_is_lost(desk):
    lost = GEESE.replace("гус*", "лебед*")
    desk.write("http://127.0.0.1:9/feed", topic=lost % "")
    said = desk.monitor("canary", "--json")
    assert said.code == 1
    fates = {one["article"]["family"]: (one["out"], one["words"]) for one in json.loads(said.out)}
    assert fates["Latin"] == (True, "came out")
    assert fates["Cyrillic"][0] is False
    assert fates["Cyrillic"][1].startswith("no hit")


def test_the_command_says_when_there_is_nothing_to_send(desk):
    desk.write("http://127.0.0.1:9/feed", topic=(GEESE % "").partition(",\n  examples:")[0] + "}")
    said = desk.monitor("canary")
    assert said.code == 1
    assert said.lines == ["nothing to send: no topic has an example that must hit"]


def test_the_command_names_a_bad_configuration(tmp_path):
    said = monitor("--config", tmp_path / "none.yaml", "canary")
    assert (said.code, said.out) == (2, "")
