"""What a look at the configuration's files sees: nothing, a good one, a bad one, and never a half-written one."""

import hashlib
import os
from datetime import UTC, datetime

import pytest
from channels import BotApi, SmtpServer
from installation import SMALL, Desk

from monitor.errors import ConfigError
from monitor.loading import Loaded, load
from monitor.reload import REPEAT, Reload

START = datetime(2026, 5, 4, tzinfo=UTC)
FEED = "https://outlet.example/feed"


@pytest.fixture(scope="module")
def channels():
    with SmtpServer() as smtp, BotApi() as bot:
        yield smtp, bot


class House(Desk):
    """An installation that is looked at."""

    loaded = None

    def __init__(self, folder, smtp, bot):
        super().__init__(folder, smtp, bot)
        self.topic = folder / "topic.yaml"
        self.topic.write_text(SMALL)
        self.write(FEED, topic="./topic.yaml")
        self.reload = Reload(self.config, {}, load(self.config, {}), lambda: START)

    def looks(self, count=1):
        """What so many looks see, in a word each; ``loaded`` is the last good one."""
        return [self.named(self._remember(self.reload.look())) for _ in range(count)]

    def _remember(self, found):
        self.loaded = found if isinstance(found, Loaded) else self.loaded
        return found

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


@pytest.mark.fault("I5")
def test_a_file_that_still_grows_is_left_alone(house):
    whole = house.config.read_text()
    for end in range(20, len(whole), 60):
        house.touch(house.config, whole[:end])
        assert house.looks() == [""]
    house.touch(house.config, whole)
    assert house.looks(3) == ["", "good", ""]


@pytest.mark.fault("I5")
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


def linked(folder, number, text):
    """A folder as a volume of a cluster has it: ``..data`` leads to the files, and is swapped in one step."""
    files = folder / f"..{number}"
    files.mkdir()
    (files / "sources.yaml").write_text(text)
    fresh = folder / "..new"
    fresh.symlink_to(files.name)
    fresh.rename(folder / "..data")
    return files


@pytest.mark.fault("I5")
def test_a_swapped_link_to_the_folder_is_a_change(house):
    text = house.config.read_text()
    before = linked(house.folder, 1, text)
    house.config.unlink()
    house.config.symlink_to("..data/sources.yaml")
    assert house.looks(3) == ["", "good", ""]
    linked(house.folder, 2, text.replace("Outlet 1", "Outlet A"))
    (before / "sources.yaml").unlink()
    assert house.looks(3) == ["", "good", ""]
    linked(house.folder, 3, "sources: 3\n")
    assert house.looks(3) == ["", "bad", ""]
    assert [source.name for source in house.loaded.settings.sources] == ["Outlet A"]


def test_a_file_put_in_place_by_renaming_is_a_change_even_with_the_same_time_and_size(house):
    text = house.config.read_text()
    fresh = house.folder / "fresh.yaml"
    fresh.write_text(text.replace("Outlet 1", "Outlet A"))
    at = house.config.stat().st_mtime_ns
    os.utime(fresh, ns=(at, at))
    fresh.rename(house.config)
    assert house.looks(3) == ["", "good", ""]


@pytest.fixture
def secretive(house):
    """The same house with a secret in a file."""
    secret = house.folder / "token"
    secret.write_text("first-token-123\n")
    secret.chmod(0o600)
    environ = {"TOKEN_FILE": str(secret), "MONITOR_PASSWORD_FILE": str(secret)}
    house.write(f"{FEED}?key=${{TOKEN}}", topic="./topic.yaml")
    house.reload = Reload(house.config, environ, load(house.config, environ), lambda: START)
    house.secret = secret
    return house


@pytest.mark.fault("I6")
def test_a_secret_that_is_changed_is_read_and_one_that_is_away_is_told(secretive):
    assert secretive.looks(2) == ["", ""]
    secretive.touch(secretive.secret, "second-token-123\n")
    assert secretive.looks(3) == ["", "good", ""]
    assert secretive.loaded.settings.sources[0].url == f"{FEED}?key=second-token-123"
    assert secretive.loaded.environment.password == "second-token-123"
    secretive.secret.unlink()
    assert secretive.looks(3) == ["", "bad", ""]
    said = secretive.reload.standing.refused.problems
    assert {problem.key for problem in said} == {"MONITOR_PASSWORD"}
    assert "no such file" in said[0].message
    secretive.touch(secretive.secret, "")
    assert secretive.looks(3) == ["", "bad", ""]
    assert "empty" in secretive.reload.standing.refused.problems[0].message
    secretive.touch(secretive.secret, "third-token-123")
    assert secretive.looks(3) == ["", "good", ""]


def test_what_is_in_force_is_told_with_its_files(secretive):
    standing = secretive.reload.standing
    assert (standing.since, standing.refused) == (START, None)
    kinds = {file.path: file.kind for file in standing.files}
    assert kinds == {
        str(secretive.config): "configuration",
        str(secretive.topic): "topic",
        str(secretive.secret): "secret",
    }
    digests = {file.kind: file.digest for file in standing.files}
    assert digests["configuration"] == hashlib.sha256(secretive.config.read_bytes()).hexdigest()
    assert digests["secret"] == "", "a hash of a short secret tells it"


def test_what_is_refused_is_told_beside_what_is_in_force(house):
    files = house.reload.standing.files
    house.touch(house.config, "sources: 3\n")
    house.looks(2)
    first = house.reload.standing
    assert first.files == files
    assert first.refused.problems[0].file == str(house.config)
    house.looks(2 * REPEAT)
    assert house.reload.standing is first, "the same mistakes are the same news"
    house.write(FEED, FEED + "2", topic="./topic.yaml")
    assert house.looks(2) == ["", "good"]
    assert house.reload.standing.refused is not None, "it is not in force before it is taken over"
    house.reload.adopted()
    assert house.reload.standing.refused is None
    assert house.reload.standing.files != files


def test_what_is_written_while_the_program_starts_is_a_change(house):
    loaded = load(house.config, {})
    house.topic.write_text(SMALL.replace("threshold: 3", "threshold: 4"))
    house.reload = Reload(house.config, {}, loaded, lambda: START)
    digests = {file.kind: file.digest for file in house.reload.standing.files}
    assert digests["topic"] == hashlib.sha256(SMALL.encode()).hexdigest(), "of what is in force"
    assert house.looks(3) == ["good", "", ""]
    assert house.loaded.topics[0].threshold == 4
