"""Hostile sitemaps, listings and channel pages, run through real child processes; and what all kinds have in common."""

from __future__ import annotations

import contextlib
import gzip
import json
import random
import re

import pytest

from monitor.config.values import KINDS as WRITTEN
from monitor.errors import ParseError, WorkerError
from monitor.poll.kinds import KINDS, WHOLE
from monitor.poll.kinds.answer import feed_from_json
from monitor.pool import Pool

META = {"url": "https://harbour.example/news", "content_type": ""}
NEW = ("sitemap", "listing", "telegram")
GOOD = {
    "feed": "<rss version='2.0'><channel><item><title>alive</title></item></channel></rss>",
    "sitemap": "<urlset><url><loc>https://harbour.example/alive</loc></url></urlset>",
    "listing": "".join(
        f"<h2><a href='/news/{n}-alive-and-well'>All are alive and well, {n} says</a></h2>" for n in "12"
    ),
    "telegram": "<p class=tgme_widget_message data-post='a/1'><b class=tgme_widget_message_text>alive</b></p>",
}


@pytest.fixture(scope="module")
def pool():
    with Pool(1, wall=30.0) as pool:
        yield pool


@pytest.fixture(scope="module")
def hasty_pool():
    with Pool(1, wall=3.0) as pool:
        yield pool


def parsed(pool, kind, body, **meta):
    return feed_from_json(pool.run(KINDS[kind], body.encode() if isinstance(body, str) else body, META | meta))


def test_every_kind_that_can_be_written_is_there():
    assert tuple(KINDS) == WRITTEN
    assert set(KINDS) >= WHOLE


@pytest.mark.parametrize("kind", KINDS)
def test_a_child_runs_it(pool, kind):
    assert parsed(pool, kind, GOOD[kind]).entries


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_without_content_is_no_document(pool, kind):
    with pytest.raises(ParseError) as caught:
        parsed(pool, kind, b"\x00 \r\n")
    assert caught.value.kind == "empty"


@pytest.mark.parametrize("kind", NEW)
@pytest.mark.parametrize("body", [b"/etc/passwd", b"\xff\xfe\x00\x01garbage", b"{}", b"<", b"%PDF-1.4"])
def test_what_is_something_else_is_refused(pool, kind, body):
    with pytest.raises(ParseError) as caught:
        parsed(pool, kind, body)
    assert caught.value.kind == "not_a_feed"


@pytest.mark.parametrize("kind", NEW)
def test_a_tag_with_100_000_attributes_is_refused_at_once(pool, kind):
    attributes = " ".join(f'a{n}="1"' for n in range(100_000))
    with pytest.raises(ParseError, match="attributes"):
        parsed(pool, kind, f"<urlset><url {attributes}><loc>https://harbour.example/1</loc></url></urlset>")


@pytest.mark.parametrize("kind", NEW)
def test_nesting_without_end_ends_one_way_or_the_other(hasty_pool, kind):
    root = {"sitemap": "<urlset>", "listing": "<body>", "telegram": "<div class=tgme_channel_history>"}[kind]
    with pytest.raises((ParseError, WorkerError)):
        parsed(hasty_pool, kind, root + "<div>" * 1_000_000)
    assert parsed(hasty_pool, kind, GOOD[kind]).entries


@pytest.mark.parametrize("kind", ["listing", "telegram"])
def test_a_headline_nested_a_thousand_deep_is_found(pool, kind):
    deep = "<div>" * 1000 + GOOD[kind] + "</div>" * 1000
    assert "alive" in parsed(pool, kind, deep).entries[0].title


@pytest.mark.parametrize("kind", NEW)
def test_fifty_megabytes_leave_the_next_document_untouched(pool, kind):
    body = GOOD[kind] + "<p>word</p>" * (50_000_000 // 11)
    with contextlib.suppress(ParseError, WorkerError):
        parsed(pool, kind, body)
    assert parsed(pool, kind, GOOD[kind]).entries


@pytest.mark.parametrize("kind", NEW)
def test_a_gzip_file_is_read_and_a_bomb_is_refused(pool, kind):
    half = len(GOOD[kind]) // 2
    members = gzip.compress(GOOD[kind][:half].encode()) + gzip.compress(GOOD[kind][half:].encode())
    assert parsed(pool, kind, members).entries
    for bomb in (gzip.compress(b"<urlset>" + b"x" * 60_000_000), b"\x1f\x8bgarbage"):
        with pytest.raises(ParseError, match="gzip"):
            parsed(pool, kind, bomb)


def test_a_gzip_file_without_its_end_is_said_to_be_one(pool):
    body = GOOD["sitemap"] + "".join(f"<!-- {random.Random(n).random()} -->" for n in range(3000))
    assert (
        "gzip file inflated, its end is missing" in parsed(pool, "sitemap", gzip.compress(body.encode())[:-200]).notes
    )


def laughs(prolog: str) -> str:
    levels = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
    return f"<!DOCTYPE urlset [<!ENTITY l0 'lol'>{levels}{prolog}]>"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1251"])
def test_entity_bombs_and_files_never_reach_the_parser_of_sitemaps(pool, encoding):
    chain = "".join(f'<!ENTITY e{n} "&e{n + 1};">' for n in range(50_000))
    dtd = laughs(f'{chain}<!ENTITY f SYSTEM "file:///etc/hostname">')
    body = f"{dtd}<urlset><url><loc>https://harbour.example/a&l9;b&e0;c&f;d</loc></url></urlset>"
    feed = parsed(pool, "sitemap", body.encode(encoding))
    assert [entry.url for entry in feed.entries] == ["https://harbour.example/abcd"]
    assert any(note.startswith("unsafe entities dropped") for note in feed.notes)


def sitemap_of(pages, date):
    rows = "".join(f"<url><loc>https://harbour.example/{n}</loc>{date(n)}</url>" for n in range(pages))
    return f"<urlset>{rows}</urlset>"


def test_of_fifty_thousand_pages_the_newest_are_kept(pool):
    feed = parsed(pool, "sitemap", sitemap_of(50_000, lambda n: f"<lastmod>{2000 + n % 25}-01-01T00:00:00Z</lastmod>"))
    assert {entry.updated.year for entry in feed.entries} == {2024}
    assert feed.notes == ("50000 pages, only the newest 2000 are read",)


@pytest.mark.parametrize("date", ["", "<lastmod>2023-02-14</lastmod>"])
def test_of_pages_that_no_date_tells_apart_both_ends_are_kept(pool, date):
    feed = parsed(pool, "sitemap", sitemap_of(5_001, lambda n: date))
    numbers = [int(entry.url.rpartition("/")[2]) for entry in feed.entries]
    assert numbers == [*range(1000), *range(4001, 5001)]


def test_of_a_long_index_ten_are_named(pool):
    rows = "".join(f"<sitemap><loc>https://harbour.example/{n}.xml</loc></sitemap>" for n in range(400))
    feed = parsed(pool, "sitemap", f"<sitemapindex>{rows}</sitemapindex>")
    assert feed.documents == tuple(f"https://harbour.example/{n}.xml" for n in range(399, 389, -1))
    assert feed.notes == ("400 further documents, only the newest 10 are read",)


def test_ten_thousand_links_are_looked_at_up_to_a_limit(pool):
    rows = "".join(f"<li><a href=/news/{n}>A headline of ordinary length, number {n}</a></li>" for n in range(10_000))
    feed = parsed(pool, "listing", f"<ul>{rows}</ul>")
    assert len(feed.entries) == 2000
    assert "5000 links over 5000 not looked at" in feed.notes
    assert "3000 entries over 2000 dropped" in feed.notes


def test_a_selector_that_is_none_is_named(pool):
    with pytest.raises(ParseError, match="no CSS selector"):
        parsed(pool, "listing", GOOD["listing"], selector="div >")


def test_a_whole_post_is_cut_where_entries_are_and_said_so(pool):
    body = GOOD["telegram"].replace("alive", "word " * 20_000)
    feed = parsed(pool, "telegram", body)
    assert len(feed.entries[0].content) <= 20_000
    assert "content cut at 20,000 characters" in feed.notes


@pytest.mark.parametrize("kind", NEW)
def test_mutated_documents_never_end_in_an_exception(pool, kind):
    chance = random.Random(4)
    pieces = [
        "&#x110000;",
        "]]>",
        "<![CDATA[",
        "<!--",
        "\x00",
        "\udc80",
        "<a href='http://[",
        "<url>",
        "<base href='::'>",
        "\\",
    ]
    for _ in range(150):
        text = GOOD[kind] * 2
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(text))
            text = text[:place] + chance.choice(pieces) + text[place + chance.randint(0, 3) :]
        answer = pool.run(KINDS[kind], text.encode("utf-8", "surrogateescape"), META)
        assert "entries" in answer or re.fullmatch(r"not_a_feed|empty|parse_error", answer["error"])
        json.dumps(answer)
