"""``monitor sources add`` on a loopback site: what is found, what is asked for, and what becomes of sources.yaml."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from installation import SMALL
from world import GROUP, WEATHER, Answer

from monitor.config.edit import NewSource
from monitor.errors import MonitorError
from monitor.probing.draft import draft

NEWS = (("group", "Contact group meets", GROUP), ("rain", "Rain until Sunday", WEATHER))
MAIN = '<link rel="alternate" type="application/rss+xml" title="Outlet" href="/feed">'
REMARKS = '<link rel="alternate" type="application/rss+xml" title="Outlet: comments" href="/comments">'
HEAD = "# What is watched.\n\n"
TAIL = "\n# The end, with a remark.\nalerts: []   # none\n"


def home(head="", body="", language="en"):
    return Answer(
        f'<html lang="{language}"><head><title>The Outlet</title>{head}</head><body>{body}</body></html>'.encode()
    )


@pytest.fixture
def site(desk, outlet, other):
    """An installation with one source, and another site that is to be added."""
    outlet.publish(*NEWS, date=format_datetime(datetime.now(UTC) - timedelta(hours=2)))
    desk.config.write_text(
        f"{HEAD}fetch: {{allow_private_addresses: true, pace: 0s, obey_robots: false}}\ntopics: [{SMALL}]\n"
        f"sources:\n  # the first\n  - name: First\n    url: {other.feed}\n    language: uk   # as they say\n{TAIL}"
    )
    return desk


def added(desk, before):
    """The lines that came in; everything else is as it was."""
    after = desk.config.read_text()
    start = next(at for at in range(len(after)) if before[at : at + 1] != after[at])
    start = after.rfind("\n", 0, start) + 1
    length = len(after) - len(before)
    assert after[:start] + after[start + length :] == before
    return after[start : start + length]


def refused(desk, *arguments, code=1):
    before = desk.config.read_bytes()
    said = desk.monitor("sources", "add", *arguments)
    assert (said.code, said.out, desk.config.read_bytes()) == (code, "", before)
    assert [path.name for path in desk.folder.iterdir()] == ["sources.yaml"]
    (line,) = said.errors
    return line


# --- what is found -------------------------------------------------------------------------------


def test_a_feed_is_added_and_everything_else_stays_as_it_was(site, outlet):
    before = site.config.read_text()
    said = site.monitor("sources", "add", outlet.feed, "--language", "EN", "--interval", "5m")
    assert said.code == 0
    assert added(site, before) == f"  - name: Outlet\n    url: {outlet.feed}\n    language: en\n    interval: 5m\n"
    assert re.search(r"^entries +2, the newest 2 h ago: Contact group meets$", said.out, re.MULTILINE)
    assert said.lines[-1] == f"added to {site.config}"
    assert site.monitor("config", "check").code == 0
    assert "sources 2, articles 2, hits 1" in site.monitor("poll").out


def test_the_feed_of_a_page_is_the_sites_own_not_its_comments(site, outlet):
    outlet.answers["/"] = home(REMARKS + MAIN)
    said = site.monitor("sources", "add", outlet.base)
    assert said.code == 0
    assert f"url: {outlet.feed}\n" in site.config.read_text()
    assert re.search(rf"^also there +{outlet.base}/comments Outlet: comments$", said.out, re.MULTILINE)
    assert outlet.asked == ["/", "/feed"]


def test_print_shows_the_lines_and_changes_nothing(site, outlet):
    before = site.config.read_bytes()
    outlet.answers["/"] = home(MAIN, language="uk")
    said = site.monitor("sources", "add", outlet.base, "--name", "Ранок: новини", "--print")
    assert said.out == f'  - name: "Ранок: новини"\n    url: {outlet.feed}\n    language: uk\n'
    assert (said.code, site.config.read_bytes()) == (0, before)


def test_a_page_that_names_no_feed_leads_to_the_common_places_few_and_in_order(site, outlet):
    outlet.answers["/world/"] = home()
    outlet.answers["/rss"] = outlet.answers.pop("/feed")
    assert site.monitor("sources", "add", f"{outlet.base}/world/").code == 0
    assert f"url: {outlet.base}/rss\n" in site.config.read_text()
    assert outlet.asked == ["/world/", "/world/feed", "/world/rss", "/feed", "/rss"]


def test_a_page_about_feeds_leads_to_them(site, outlet):
    outlet.answers["/"] = home(body='<a href="/rss/">RSS</a>')
    outlet.answers["/rss/"] = home(body='<a href="/rss/none.xml">None</a> <a href="/rss/all.xml">All</a>')
    outlet.answers["/rss/all.xml"] = outlet.answers.pop("/feed")
    assert site.monitor("sources", "add", outlet.base).code == 0
    assert f"url: {outlet.base}/rss/all.xml\n" in site.config.read_text()


def test_a_home_page_that_is_blocked_does_not_hide_the_feed(site, outlet):
    outlet.answers["/"] = Answer(b"blocked", status=403)
    assert site.monitor("sources", "add", outlet.base).code == 0
    assert f"url: {outlet.feed}\n" in site.config.read_text()


def test_an_empty_feed_gives_way_to_one_with_entries(site, outlet):
    outlet.answers["/empty"] = Answer(b'<rss version="2.0"><channel><title>x</title></channel></rss>')
    outlet.answers["/"] = home(MAIN.replace("/feed", "/empty") + MAIN)
    assert site.monitor("sources", "add", outlet.base).code == 0
    assert f"url: {outlet.feed}\n" in site.config.read_text()


def test_a_news_sitemap_that_robots_txt_names(site, outlet):
    del outlet.answers["/feed"]
    outlet.answers["/"] = home()
    outlet.answers["/robots.txt"] = Answer(f"Sitemap: {outlet.base}/map/news.xml\n".encode(), "text/plain")
    outlet.answers["/map/news.xml"] = Answer(
        '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url>'
        f"<loc>{outlet.base}/group</loc><news:news><news:publication><news:name>The Outlet</news:name>"
        "<news:language>en</news:language></news:publication>"
        "<news:publication_date>2026-05-04T07:00:00Z</news:publication_date>"
        "<news:title>Contact group meets</news:title></news:news></url></urlset>".encode(),
        "application/xml",
    )
    said = site.monitor("sources", "add", outlet.base)
    assert said.code == 0
    assert f"url: {outlet.base}/map/news.xml\n    kind: sitemap\n" in site.config.read_text()


def test_a_page_without_any_feed_is_a_listing_of_its_links(site, outlet):
    del outlet.answers["/feed"]
    stories = [f"Ministers of many countries promise more help, part {number}" for number in range(12)]
    outlet.answers["/news/"] = home(
        body="".join(
            f'<article><h2><a href="/2026/05/04/ministers-promise-more-help-{at}.html">{story}</a></h2>'
            f"<p>{WEATHER}</p></article>"
            for at, story in enumerate(stories)
        )
    )
    said = site.monitor("sources", "add", f"{outlet.base}/news/")
    assert said.code == 0
    assert f"url: {outlet.base}/news/\n    kind: listing\n" in site.config.read_text()
    assert re.search(r"^entries +12", said.out, re.MULTILINE)


def test_a_selector_names_the_links_of_a_listing(site, outlet):
    outlet.answers["/news/"] = home(
        body=f'<div class="main"><a href="/a">{WEATHER}</a></div><div class="side"><a href="/b">{GROUP}</a></div>'
    )
    said = site.monitor("sources", "add", f"{outlet.base}/news/", "--selector", "div.main a")
    assert said.code == 0
    assert f"url: {outlet.base}/news/\n    kind: listing\n    selector: div.main a\n" in site.config.read_text()
    assert re.search(r"^entries +1, ", said.out, re.MULTILINE)


def test_a_feed_that_nobody_keeps_up_is_added_with_a_word(site, outlet):
    outlet.publish(*NEWS, date="Mon, 04 May 2020 07:00:00 GMT")
    assert "is it still kept up?" in site.monitor("sources", "add", outlet.feed).out


def test_a_kind_that_is_said_is_believed(site, outlet):
    outlet.publish()
    said = site.monitor("sources", "add", outlet.feed, "--kind", "feed", "--name", "Quiet")
    assert said.code == 0
    assert re.search("^entries +none at present$", said.out, re.MULTILINE)
    assert outlet.asked == ["/feed"]


def test_a_move_for_good_is_taken_over_and_any_other_is_not(site, outlet):
    outlet.answers["/old"] = Answer(b"", status=301, headers={"Location": "/feed"})
    outlet.answers["/door"] = Answer(b"", status=302, headers={"Location": "/feed"})
    assert "url: " + outlet.feed in site.monitor("sources", "add", f"{outlet.base}/old", "--print").out
    assert f"url: {outlet.base}/door" in site.monitor("sources", "add", f"{outlet.base}/door", "--print").out


def test_the_first_source_of_all(site, outlet):
    site.config.write_text(
        f"fetch: {{allow_private_addresses: true, pace: 0s}}\ntopics: [{SMALL}]\nsources: []  # none\n"
    )
    assert site.monitor("sources", "add", outlet.feed).code == 0
    assert site.config.read_text().endswith(f"sources: [{{name: Outlet, url: {outlet.feed}}}]  # none\n")


# --- what is not ---------------------------------------------------------------------------------


def test_nothing_found_is_said_with_what_was_tried_and_the_mend(site, outlet):
    del outlet.answers["/feed"]
    outlet.answers["/"] = home(body='<a href="/feed.php?rss">RSS</a>')
    said = refused(site, f"{outlet.base}/")
    assert said.startswith(f"no feed found at {outlet.base}/; tried /feed.php?rss, /feed, /rss, ")
    assert said.endswith("give its address, or take the page itself with --kind listing")
    assert len(outlet.asked) <= 20


def test_a_feed_without_entries_is_taken_only_when_said(site, outlet):
    outlet.publish()
    said = refused(site, outlet.feed)
    assert said == f"{outlet.feed} is a feed, but holds no entries at present; add it with --kind feed all the same"


def test_a_feed_of_comments_alone_is_not_taken_but_named(site, outlet):
    outlet.answers["/comments"] = outlet.answers.pop("/feed")
    outlet.answers["/"] = home(REMARKS)
    assert f"it names only comments: {outlet.base}/comments; tried" in refused(site, outlet.base)
    assert "/comments" not in outlet.asked


def test_a_site_that_has_enough_of_us_is_left_alone(site, outlet):
    outlet.answers["/"] = Answer(b"", status=429)
    assert refused(site, outlet.base).endswith("http: the server answered 429")
    assert outlet.asked == ["/"]


def test_a_site_that_breaks_is_not_asked_to_the_end(site, outlet):
    outlet.answers = dict.fromkeys(["/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml"], Answer(b"", status=429))
    outlet.answers["/"] = home()
    refused(site, outlet.base)
    assert [path for path in outlet.asked if path != "/robots.txt"] == ["/", "/feed", "/rss", "/rss.xml"]


def test_a_site_that_does_not_answer_is_asked_once(site):
    said = refused(site, "http://127.0.0.1:9/")
    assert said == "http://127.0.0.1:9/: connect: 127.0.0.1: connection refused"


def test_our_own_network_is_refused_by_default(site, outlet):
    site.config.write_text(site.config.read_text().replace("allow_private_addresses: true, ", ""))
    said = refused(site, outlet.feed)
    assert "blocked_address" in said
    assert outlet.asked == []


@pytest.mark.parametrize("twin", ["/feed", "/feed/", "/feed?utm_source=x", "/", "/feed#top"])
def test_an_address_that_is_there_is_refused(site, outlet, twin):
    outlet.answers["/"] = home(MAIN)
    assert site.monitor("sources", "add", outlet.feed).code == 0
    assert refused(site, outlet.base + twin) == 'this address is in sources.yaml already: "Outlet"'


def test_two_sources_of_one_title_get_names_of_their_own(site, outlet, other):
    other.publish(*NEWS)
    other.answers["/more"] = other.answers["/feed"]
    for url in (outlet.feed, f"{other.base}/more"):
        assert site.monitor("sources", "add", url).code == 0
    assert 'name: "Outlet (2)"' in site.config.read_text()


def test_a_name_that_is_taken_leaves_the_file_as_it_was(site, outlet):
    said = refused(site, outlet.feed, "--name", "first")
    assert said.startswith(f"{site.config} is left as it was; with the new lines: {site.config}:")
    assert "used twice" in said
    assert outlet.asked == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ftp://a.example/"], "URL: expected a URL such as"),
        (["https://me:canary@a.example/"], "URL: expected a URL such as"),
        (["a.example", "--language", "english"], "--language: expected a language code such as uk"),
        (["a.example", "--interval", "5"], "--interval: expected a duration such as 15m"),
        (["a.example", "--kind", "rss"], "--kind: expected one of: feed, sitemap, listing, telegram"),
        (["a.example", "--name", "x\ny"], "--name: expected a name of one line"),
    ],
)
def test_wrong_words_are_named(site, words, said):
    line = refused(site, *words, code=2)
    assert line.startswith(said)
    assert "canary" not in line


def test_a_broken_file_is_named_and_left(site, outlet):
    site.config.write_text(site.config.read_text().replace("url:", "ulr:"))
    before = site.config.read_bytes()
    said = site.monitor("sources", "add", outlet.feed)
    assert (said.code, said.out, site.config.read_bytes()) == (2, "", before)
    assert said.err == site.monitor("config", "check").err
    assert outlet.asked == []


# --- manners -------------------------------------------------------------------------------------


def obeying(desk, outlet, rules):
    desk.config.write_text(desk.config.read_text().replace("obey_robots: false", "obey_robots: true"))
    outlet.answers["/robots.txt"] = Answer(f"User-agent: *\n{rules}\n".encode(), "text/plain")


def test_places_that_nobody_named_are_not_asked_for_where_robots_txt_forbids_it(site, outlet):
    obeying(site, outlet, "Disallow: /feed\nDisallow: /rss")
    outlet.answers["/"] = home()
    refused(site, outlet.base)
    assert {"/", "/atom.xml"} <= set(outlet.asked)
    assert {"/feed", "/feed.xml", "/rss", "/rss.xml"}.isdisjoint(outlet.asked)


def test_a_feed_that_the_page_names_is_for_programs_whatever_robots_txt_says(site, outlet):
    obeying(site, outlet, "Disallow: /feed")
    outlet.answers["/"] = home(MAIN)
    assert site.monitor("sources", "add", outlet.base).code == 0


def test_so_is_one_that_the_page_about_feeds_names(site, outlet):
    obeying(site, outlet, "Disallow: /feed")
    outlet.answers["/"] = home(body='<a href="/rss/">RSS</a>')
    outlet.answers["/rss/"] = home(MAIN)
    assert site.monitor("sources", "add", outlet.base).code == 0


def test_a_page_that_robots_txt_forbids_is_not_fetched_and_the_mend_is_said(site, outlet):
    obeying(site, outlet, "Disallow: /")
    said = refused(site, outlet.feed)
    assert said.endswith("if it is a feed, which is made for programs, say so with --kind feed")
    assert outlet.asked == ["/robots.txt"]
    assert site.monitor("sources", "add", outlet.feed, "--kind", "feed").code == 0


# --- secrets, and the file itself ----------------------------------------------------------------


def test_a_variable_stays_a_variable_and_its_value_is_never_said(site, outlet, monkeypatch):
    monkeypatch.setenv("FEED_KEY", "canary-55")
    outlet.answers["/feed?u=canary-55"] = outlet.answers["/feed"]
    said = site.monitor("sources", "add", f"{outlet.feed}?u=${{FEED_KEY}}")
    assert said.code == 0
    assert f'url: "{outlet.feed}?u=${{FEED_KEY}}"\n' in site.config.read_text()
    assert "canary" not in said.out + site.config.read_text()


def test_a_value_of_the_environment_is_not_written_out_by_a_redirect(site, outlet, monkeypatch):
    monkeypatch.setenv("FEED_KEY", "canary-55")
    outlet.answers["/feed?u=canary-55"] = Answer(b"", status=301, headers={"Location": "/feed?u=canary-55&x=1"})
    outlet.answers["/feed?u=canary-55&x=1"] = outlet.answers["/feed"]
    said = site.monitor("sources", "add", f"{outlet.feed}?u=${{FEED_KEY}}")
    assert said.code == 0
    assert "canary" not in said.out + site.config.read_text()


def test_a_value_of_the_environment_is_not_written_out_by_a_page(site, outlet, monkeypatch):
    monkeypatch.setenv("FEED_KEY", "canary-55")
    outlet.answers["/?u=canary-55"] = home(MAIN.replace("/feed", "/feed?u=canary-55"))
    outlet.answers["/feed?u=canary-55"] = outlet.answers["/feed"]
    said = refused(site, f"{outlet.base}/?u=${{FEED_KEY}}")
    assert "canary" not in said
    assert "add it by hand, with its ${NAME}" in said


def test_a_title_brings_no_variable_into_the_file(site, outlet, monkeypatch):
    monkeypatch.setenv("FEED_KEY", "canary-55")
    outlet.answers["/feed"].body = outlet.answers["/feed"].body.replace(b">Outlet<", b">${FEED_KEY}\n  evil: yes<")
    assert site.monitor("sources", "add", outlet.feed).code == 0
    assert 'name: "$${FEED_KEY} evil: yes"\n' in site.config.read_text()
    assert "canary" not in site.monitor("sources").out


def test_a_link_stays_a_link_and_the_mode_stays(site, outlet):
    real = site.folder / "real.yaml"
    site.config.rename(real)
    real.chmod(0o640)
    site.config.symlink_to(real)
    assert site.monitor("sources", "add", outlet.feed).code == 0
    assert site.config.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert "name: Outlet" in real.read_text()
    assert sorted(path.name for path in site.folder.iterdir()) == ["real.yaml", "sources.yaml"]


def test_what_is_written_into_the_file_during_the_search_stays(site, outlet):
    class Meddler(dict):
        def get(self, path, default=None):
            site.config.write_text(site.config.read_text() + "# mine\n")
            return super().get(path, default)

    outlet.answers = Meddler(outlet.answers)
    assert site.monitor("sources", "add", outlet.feed).code == 0
    assert site.config.read_text().endswith("# mine\n")
    assert "name: Outlet" in site.config.read_text()


def test_a_file_that_changes_at_the_last_moment_is_left_as_it_is(site):
    ready = draft(site.config, [NewSource("Late", "https://late.example/feed")])
    site.config.write_text(site.config.read_text() + "# mine\n")
    with pytest.raises(MonitorError, match="changed by somebody else"):
        ready.put()
    assert "Late" not in site.config.read_text()
