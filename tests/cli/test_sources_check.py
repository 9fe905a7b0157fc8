"""``monitor sources check``: each step, each entry, the verdicts; nothing is stored and nobody is alerted."""

import json
import re

import pytest
from installation import SMALL
from rich.cells import cell_len
from world import GROUP, WEATHER, Answer

DATES = ("Mon, 04 May 2026 07:00:00 GMT", "Tue, 05 May 2026 07:00:00 GMT", "Wed, 06 May 2026 07:00:00 GMT")


def dated(base, *slugs):
    """A feed with an entry a day, the oldest first."""
    items = "".join(
        f"<item><title>Entry {slug}</title><link>{base}/{slug}</link><pubDate>{date}</pubDate></item>"
        for slug, date in zip(slugs, DATES, strict=False)
    )
    return Answer(f'<rss version="2.0"><channel><title>Outlet</title>{items}</channel></rss>'.encode())


@pytest.fixture
def site(desk, outlet):
    outlet.publish(("group", "Contact group meets", GROUP), ("rain", "Rain until Sunday", WEATHER))
    return desk.write(outlet.feed, topic=SMALL)


def steps(desk, *arguments):
    """The steps as (name, what it says), from the JSON."""
    report = json.loads(desk.monitor("sources", "check", *arguments, "--json").out)
    return report, [(step["step"], step["says"]) for step in report["steps"]]


def test_each_step_is_shown_before_the_entries(site, outlet):
    said = site.monitor("sources", "check", "Outlet 1")
    assert (said.code, said.lines[0]) == (0, "Outlet 1: 2 entries in “Outlet”")
    names = [line.split()[0] for line in said.lines[1 : said.lines.index(next(filter(is_head, said.lines)))]]
    assert names == ["address", "guard", "robots", "request", "status", "header", "header", "bytes", "again",
                     "decoded", "entries"]  # fmt: skip
    assert re.search(rf"^  address +{outlet.feed}$", said.out, re.MULTILINE)
    assert re.search(r"^  again +304, not modified$", said.out, re.MULTILINE)
    assert [line for line in said.lines if cell_len(line) > 100] == []


def is_head(line):
    return line.startswith("published")


def test_redirects_are_shown_hop_by_hop(site, outlet):
    outlet.answers["/moved"] = Answer(b"", status=301, headers={"Location": "/door"})
    outlet.answers["/door"] = Answer(b"", status=302, headers={"Location": "/feed"})
    _, shown = steps(site, f"{outlet.base}/moved")
    assert [says for name, says in shown if name == "redirect"] == [
        f"301 to {outlet.base}/door",
        f"302 to {outlet.feed}",
    ]


def test_the_newest_pages_are_read_and_no_more_than_wanted(site, outlet):
    outlet.answers["/feed"] = dated(outlet.base, "a", "b", "c")
    report, _ = steps(site, "Outlet 1", "--read", "2")
    assert [(one["url"][-1], one["read"]) for one in report["verdicts"]] == [("c", True), ("b", True), ("a", False)]
    assert set(outlet.asked) == {"/feed", "/c", "/b"}


def test_without_pages_the_feeds_words_are_matched(site, outlet):
    report, _ = steps(site, "Outlet 1", "--read", "0")
    assert [one["verdict"] for one in report["verdicts"]] == [
        "hit: ramstein (certain), feed's text only",
        "no hit, feed's text only",
    ]
    assert set(outlet.asked) == {"/feed"}


def test_how_a_page_was_read_and_why_it_hit_is_said(site):
    said = site.monitor("sources", "check", "Outlet 1")
    at = said.lines.index("read     Contact group meets")
    assert re.fullmatch(r" {9}text full, language en, \d+ characters", said.lines[at + 1])
    assert said.lines[at + 2].startswith("         ramstein: hit, score 5: ")
    assert "         ramstein: no hit" in said.out


def test_a_page_that_is_down_is_said_with_its_status(site, outlet):
    outlet.answers["/group"] = Answer(b"", status=503)
    said = site.monitor("sources", "check", "Outlet 1")
    assert said.code == 0
    at = said.lines.index("not read Contact group meets")
    assert said.lines[at + 1].strip() == "http: the server answered 503"


@pytest.mark.parametrize(
    ("guid", "known_by"),
    [("<guid>one</guid>", "guid"), ("", "address")],
)
def test_how_an_entry_is_known_again_is_said(site, outlet, guid, known_by):
    outlet.answers["/feed"] = Answer(
        f'<rss version="2.0"><channel><title>x</title><item><title>A</title><link>{outlet.base}/a</link>{guid}</item>'
        "<item><title>Without a link</title></item></channel></rss>".encode()
    )
    report, _ = steps(site, "Outlet 1", "--read", "0")
    assert [one["identified"] for one in report["verdicts"]] == [known_by, "title and date"]


def test_repairs_are_notes(site, outlet):
    outlet.answers["/feed"].body = outlet.answers["/feed"].body.replace(b"Rain until", b"Rain & wind until")
    _, shown = steps(site, "Outlet 1")
    assert ("note", "stray ampersands mended: 1") in shown


def test_validators_that_are_not_honoured_are_said(site, outlet):
    class Forgetful(Answer):
        @property
        def body(self):
            self.count = getattr(self, "count", 0) + 1
            return self.kept + b" " * self.count

        @body.setter
        def body(self, value):
            self.kept = value

    outlet.answers["/feed"] = Forgetful(outlet.answers["/feed"].body, "application/rss+xml")
    _, shown = steps(site, "Outlet 1", "--read", "0")
    assert dict(shown)["again"] == "200, other bytes in spite of the validators"


def test_a_listing_is_asked_for_after_robots_txt(site, outlet):
    site.config.write_text(site.config.read_text().replace("obey_robots: false", "obey_robots: true"))
    outlet.answers["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /", "text/plain")
    said = site.monitor("sources", "check", f"{outlet.base}/", "--kind", "listing")
    assert (said.code, said.errors) == (1, ["127.0.0.1: robots: robots.txt forbids it"])
    assert outlet.asked == ["/robots.txt"]


def test_a_failure_shows_how_far_it_came(site, outlet):
    outlet.answers["/feed"] = Answer(b"<html><body>closed</body></html>")
    said = site.monitor("sources", "check", "Outlet 1")
    assert (said.code, said.errors) == (1, ["Outlet 1: not_a_feed: an HTML page"])
    assert re.search(r"^  status +200$", said.out, re.MULTILINE)


def test_json_of_a_failure_names_its_kind_and_ends_with_1(site, outlet):
    del outlet.answers["/feed"]
    said = site.monitor("sources", "check", "Outlet 1", "--json")
    report = json.loads(said.out)
    assert (said.code, report["outcome"], report["error_kind"]) == (1, "failed", "http")
    assert report["verdicts"] == []


def test_our_own_network_is_refused_at_the_guard(site, outlet):
    site.config.write_text(site.config.read_text().replace("allow_private_addresses: true, ", ""))
    report, shown = steps(site, "Outlet 1")
    assert report["error_kind"] in {"blocked_address", "bad_port"}
    assert dict(shown)["guard"].startswith("refused: ")
    assert outlet.asked == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nope"], 'no source "nope" in sources.yaml; `monitor sources` lists them'),
        (["Outlet 1", "--kind", "rss"], '--kind: expected one of: feed, sitemap, listing, telegram, got "rss"'),
    ],
)
def test_wrong_words(site, words, said):
    told = site.monitor("sources", "check", *words)
    assert (told.code, told.out, told.errors) == (2, "", [said])


def test_nothing_is_stored_and_nobody_is_alerted(site):
    assert site.monitor("sources", "check", "Outlet 1").code == 0
    assert sorted(path.name for path in site.folder.iterdir()) == ["sources.yaml"]
    assert (site.mails, site.chats) == ([], [])
