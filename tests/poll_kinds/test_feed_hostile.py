"""Hostile feeds, run through real child processes: what they do, and that the next feed is parsed as ever."""

from __future__ import annotations

import gzip
import json
import re
import time

import pytest

from monitor.errors import ParseError, WorkerError
from monitor.poll.kinds import KINDS, feed
from monitor.poll.kinds.answer import feed_from_json
from monitor.pool import Pool

WALL = 3.0
META = {"url": "https://feed.example/feed.xml", "content_type": "application/rss+xml"}
GOOD = b'<rss version="2.0"><channel><title>good</title><item><title>alive</title></item></channel></rss>'


@pytest.fixture(scope="module")
def pool():
    with Pool(1, wall=WALL) as pool:
        yield pool


def parsed(pool, body):
    return feed_from_json(pool.run(KINDS["feed"], body, META))


def rss(inside: str, prolog: str = "") -> str:
    return f'{prolog}<rss version="2.0"><channel><title>t</title>{inside}</channel></rss>'


def chain(length: int) -> str:
    links = "".join(f'<!ENTITY e{n} "&e{n + 1};">' for n in range(length))
    return rss("<item><title>A&e0;B</title></item>", f'<!DOCTYPE rss [{links}<!ENTITY e{length} "x">]>')


def laughs() -> str:
    levels = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
    return rss("<item><title>A&l9;B</title></item>", f'<!DOCTYPE rss [<!ENTITY l0 "lol">{levels}]>')


def quadratic() -> str:
    body = "&big;" * 20_000
    return rss(f"<item><title>A{body}B</title></item>", f'<!DOCTYPE rss [<!ENTITY big "{"x" * 100_000}">]>')


@pytest.mark.fault("B1", "B2")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32", "windows-1251"])
@pytest.mark.parametrize("bomb", [chain(50_000), laughs(), quadratic()], ids=["chain", "laughs", "quadratic"])
def test_entity_bombs_never_reach_the_parser_nor_a_title(pool, bomb, encoding):
    answer = parsed(pool, bomb.encode(encoding))
    assert [entry.title for entry in answer.entries] == ["AB"]
    assert any(note.startswith("unsafe entities dropped") for note in answer.notes)


@pytest.mark.fault("B5")
def test_a_tag_with_40_000_attributes_is_refused_at_once(pool):
    attributes = " ".join(f'a{n}="1"' for n in range(40_000))
    with pytest.raises(ParseError, match="attributes"):
        parsed(pool, rss(f"<item><title {attributes}>x</title></item>").encode())


@pytest.mark.fault("B5")
def test_what_takes_too_long_is_killed_and_the_queue_goes_on(pool):
    author = "a@" + "a." * 200_000 + "!"
    started = time.monotonic()
    with pytest.raises(WorkerError) as caught:
        parsed(pool, rss(f"<item><author>{author}</author></item>").encode())
    assert caught.value.kind == "timeout"
    assert time.monotonic() - started < WALL + 5
    assert [entry.title for entry in parsed(pool, GOOD).entries] == ["alive"]


@pytest.mark.fault("B6")
def test_a_million_nested_elements_end_one_way_or_the_other(pool):
    body = rss("<item><title>x</title>" + "<a>" * 1_000_000).encode()
    with pytest.raises((ParseError, WorkerError)):
        parsed(pool, body)
    assert [entry.title for entry in parsed(pool, GOOD).entries] == ["alive"]


@pytest.mark.fault("B5")
def test_megabytes_of_html_in_one_description_is_cut_and_said_so(pool):
    body = rss(f"<item><title>t</title><description>{'&lt;p&gt;word ' * 150_000}</description></item>").encode()
    answer = parsed(pool, body)
    assert len(answer.entries[0].summary) <= 20_000
    assert any("cut at" in note for note in answer.notes)


def test_a_thousand_empty_comments_before_the_document_take_no_time(pool):
    assert parsed(pool, b"<!---->" * 1_000 + GOOD).entries[0].title == "alive"


@pytest.mark.fault("B4")
@pytest.mark.parametrize("body", [b"/etc/passwd", b"/dev/zero", b"file:///etc/passwd", b"http://127.0.0.1:9/x"])
def test_a_body_that_is_a_path_or_url_is_not_opened(pool, body):
    with pytest.raises(ParseError) as caught:
        parsed(pool, body)
    assert caught.value.kind == "not_a_feed"


@pytest.mark.fault("B15")
def test_a_gzip_file_served_as_is_is_read(pool):
    answer = parsed(pool, gzip.compress(GOOD))
    assert answer.entries[0].title == "alive"
    assert "gzip file inflated" in answer.notes


@pytest.mark.parametrize(
    "body", [gzip.compress(b"<rss>" + b"x" * 30_000_000), b"\x1f\x8bgarbage"], ids=["bomb", "damaged"]
)
def test_a_gzip_bomb_is_refused(pool, body):
    with pytest.raises(ParseError, match="gzip"):
        parsed(pool, body)


def test_more_than_2000_entries_are_cut_and_counted(pool):
    answer = parsed(pool, rss("".join(f"<item><title>n{n}</title></item>" for n in range(2230))).encode())
    assert len(answer.entries) == 2000
    assert "230 entries over 2000 dropped" in answer.notes


@pytest.mark.fault("B10")
def test_every_length_has_a_limit_and_each_bite_is_noted(pool):
    long = "word " * 10_000
    items = f"<item><title>{long}</title><description>{long}</description><link>https://x.example/{'a' * 4000}</link>"
    answer = parsed(pool, rss(f"{items}<guid>{'g' * 1_000_000}</guid></item>").encode())
    entry = answer.entries[0]
    assert (len(entry.title) <= 1_000, len(entry.summary) <= 20_000) == (True, True)
    assert (entry.url, entry.guid) == (None, None)
    assert len(answer.notes) == 4


@pytest.mark.fault("B18")
def test_an_entry_that_makes_the_parser_raise_costs_only_itself():
    items = [f"<item><title>n{n}</title><link>https://feed.example/{n}</link></item>" for n in range(4)]
    items.insert(2, "<item><title>bad</title></height></item>")
    answer = feed_from_json(feed.parse(rss("".join(items)).encode(), META))
    assert [entry.title for entry in answer.entries] == ["n0", "n1", "n2", "n3"]
    assert answer.notes == ("entries dropped, the parser gave up on them (TypeError): 1",)


def test_json_nested_a_million_deep_is_refused(pool):
    with pytest.raises(ParseError, match="nested"):
        parsed(pool, b'{"version": "https://jsonfeed.org/version/1.1", "items": ' + b"[" * 1_000_000)


def test_json_of_quotes_takes_linear_time(pool):
    with pytest.raises(ParseError):
        parsed(pool, b'{"items": "' + b'\\"' * 3_000_000)


@pytest.mark.fault("B18")
def test_mutated_feeds_never_end_in_an_exception():
    import random

    chance = random.Random(20231)
    seed = rss("<item><title>T&amp;</title><link>/x</link><pubDate>Tue, 14 Feb 2023 10:00:00 GMT</pubDate></item>" * 3)
    pieces = [
        "&#x110000;",
        "&#",
        "]]>",
        "<![CDATA[",
        '<x:y z="',
        "<!--",
        "\x00",
        "\xff",
        'xml:base="::"',
        "<item>",
        "&lol;",
    ]
    for _ in range(300):
        text = seed
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(text))
            text = text[:place] + chance.choice(pieces) + text[place + chance.randint(0, 3) :]
        answer = feed.parse(text.encode("latin-1"), META)
        assert "entries" in answer or re.fullmatch(r"not_a_feed|empty|parse_error", answer["error"])
        json.dumps(answer)
