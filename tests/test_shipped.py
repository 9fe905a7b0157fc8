"""The shipped list is what it says: real sources in many languages, and second nets that are off and ask rightly."""

import re
from collections import Counter
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from monitor.config.settings import load
from monitor.loading import load_shipped
from monitor.match.engine import Matcher
from monitor.model import Text
from monitor.urls import check_url

LIST = Path(__file__).resolve().parents[1] / "sources.yaml"


@pytest.fixture(scope="module")
def shipped():
    return load(LIST, {}).sources


@pytest.fixture(scope="module")
def nets(shipped):
    return [source for source in shipped if source.control]


def test_it_is_large_and_speaks_many_languages(shipped):
    real = [source for source in shipped if source.enabled and not source.control]
    assert len(real) >= 120
    assert len({source.language for source in real}) >= 35
    assert {source.kind for source in real} == {"feed", "sitemap", "listing", "telegram"}


def test_every_source_says_what_it_is(shipped):
    assert [source.name for source in shipped if not (source.language and source.country and source.tier)] == []


def test_no_source_stands_there_twice(shipped):
    for what in ("name", "url"):
        counts = Counter(getattr(source, what).casefold() for source in shipped)
        assert [one for one, number in counts.items() if number > 1] == []


def test_every_address_can_be_asked(shipped):
    assert [source.url for source in shipped if not check_url(source.url)] == []


def test_what_is_off_says_why():
    """Second nets say it once, above all of them."""
    listed, _, _ = LIST.read_text("utf-8").partition("# --- Second nets")
    off = [line for line in listed.splitlines() if line.strip().startswith("enabled: false")]
    assert len(off) >= 1
    assert all(re.search(r"enabled: false  # \w{3,}", line) for line in off)


def test_second_nets_are_off_and_in_many_languages(nets):
    assert [net.name for net in nets if net.enabled] == []
    assert len({net.language for net in nets}) >= 30


def test_what_a_second_net_asks_for_is_what_the_topic_knows(nets):
    """The group's name, as it is asked for, is a certain hit."""
    match = Matcher([topic for topic in load_shipped().topics if topic.name == "ramstein"]).match
    missing = []
    for net in nets:
        (query,) = parse_qs(urlsplit(net.url).query)["q"]
        name = query.split('"')[1]
        (verdict,) = match(Text(name, name, "", net.language, None))
        missing += [] if verdict.hit else [(net.name, name, verdict.why)]
    assert missing == []
