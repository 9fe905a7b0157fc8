"""What a look at the configuration's files sees: nothing, a good one, a bad one, and never a half-written one."""

import os

import pytest
from channels import BotApi, SmtpServer
from installation import SMALL, Desk

from monitor.errors import ConfigError
from monitor.loading import Loaded, load
from monitor.reload import REPEAT, Reload

FEED = "https://outlet.example/feed"


@pytest.fixture(scope="module")
def channels():
    with SmtpServer() as smtp, BotApi() as bot:
        yield smtp, bot


class House(Desk):
    """An installation that is looked at."""

    def __init__(self, folder, smtp, bot):
        super().__init__(folder, smtp, bot)
        self.topic = folder / "topic.yaml"
        self.topic.write_text(SMALL)
        self.write(FEED, topic="./topic.yaml")
        self.reload = Reload(self.config, {}, load(self.config, {}).settings)

    def looks(self, count=1):
        """What so many looks see, in a word each."""
        return [self.named(self.reload.look()) for _ in range(count)]

    @staticmethod
    def named(found):
        return {Loaded: "good", ConfigError: "bad"}.get(type(found), "")

    def touch(self, path, text):
        path.write_text(text)
        at = path.stat().st_mtime_ns + 1_000_000_000 * (1 + len(text) % 7)
        os.utime(path, ns=(at, at))


@pytest.fixture
def house(tmp_path, channels):
    return House(tmp_path, *channels)


def test_nothing_changed_nothing_is_read(house):
    assert house.looks(30) == [""] * 30


def test_a_change_is_read_at_the_second_look(house):
    house.write(FEED, FEED + "2", topic="./topic.yaml")
    assert house.looks(4) == ["", "good", "", ""]


def test_a_file_that_still_grows_is_left_alone(house):
    whole = house.config.read_text()
    for end in range(20, len(whole), 60):
        house.touch(house.config, whole[:end])
        assert house.looks() == [""]
    house.touch(house.config, whole)
    assert house.looks(3) == ["", "good", ""]


def test_a_bad_file_is_read_once_and_now_and_then_again(house):
    house.touch(house.config, "sources: 3\n")
    assert house.looks(3) == ["", "bad", ""]
    assert "bad" in house.looks(REPEAT)


def test_a_topic_file_counts_like_the_configuration(house):
    house.touch(house.topic, SMALL.replace("threshold: 3", "threshold: x"))
    assert house.looks(3) == ["", "bad", ""]
    house.touch(house.topic, SMALL)
    assert house.looks(3) == ["", "good", ""]


def test_a_new_topic_that_is_bad_is_looked_at_until_it_is_mended(house):
    new = house.folder / "new.yaml"
    new.write_text("name: [")
    house.write(FEED, topic="./new.yaml")
    assert house.looks(2) == ["", "bad"]
    house.touch(new, SMALL)
    assert house.looks(2) == ["", "good"]


def test_a_topic_file_that_comes_later_is_found_without_another_change(house):
    house.write(FEED, topic="./later.yaml")
    assert house.looks(2) == ["", "bad"]
    (house.folder / "later.yaml").write_text(SMALL)
    assert "good" in house.looks(REPEAT + 1)


def test_the_same_text_again_is_read_as_well_when_it_was_bad_in_between(house):
    good = house.config.read_text()
    house.touch(house.config, "sources: 3\n")
    assert house.looks(2) == ["", "bad"]
    house.touch(house.config, good)
    assert house.looks(3) == ["", "good", ""]


def test_a_file_that_is_away_is_bad_after_two_looks(house):
    house.config.unlink()
    assert house.looks(2) == ["", "bad"]
    house.write(FEED, topic="./topic.yaml")
    assert house.looks(2) == ["", "good"]


def test_who_asks_for_it_has_it_at_once(house):
    assert house.named(house.reload.look(at_once=True)) == "good"
    house.config.write_text("sources: 3\n")
    assert house.named(house.reload.look(at_once=True)) == "bad"
