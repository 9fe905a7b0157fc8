"""Every page in a real browser, as people with other eyes and other screens have it.

Wide and 360 pixels narrow, light and dark: axe finds no fault, nothing is cut off, nothing is asked of anybody but the
server, and neither the console nor the content security policy complains.
"""

import pytest
from browser import needed, tab
from figured import Sent, Told, fill
from reading_house import ARTICLES, Article, reading
from sources_house import shop
from told_house import told
from walking import look_over
from watched_house import watched
from web_house import NOW, house

from monitor.model import HitFilter, Judgement, Target

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = needed
NEAR = Article("Kyiv Courier", "Officials met at Ramstein", "Nothing else is known of it.", 5)
MONTH = tuple(
    Told(
        hours * 9 + 1,
        hours % 3,
        ("uk", "de", "ar", None)[hours % 4],
        ("UA", "DE", None)[hours % 3],
        story=hours // 2 + 1,
        state=("new", "relevant", "irrelevant", "starred")[hours % 4],
        published=0.3,
        sent=(Sent("desk-telegram", 0.1),),
        decided=((hours * 9, "Олена", False),) if hours % 4 else (),
        net=(None, None, "found", "later", "missed")[hours % 5],
        title=("Рамштайн 14 лютого", "Treffen in Ramstein", "اجتماع رامشتاين")[hours % 3],
    )
    for hours in range(60)
)


def walk(open_tab, url, paths):
    """What is wrong with each page."""
    found = {path: look_over(open_tab, url + path, 404 if path == "/nothing" else 200) for path in paths}
    return {path: said for path, said in found.items() if said}


def test_the_list_and_what_belongs_to_it(browser, tmp_path):
    with reading(tmp_path, (*ARTICLES, NEAR)) as running, tab(browser) as open_tab:
        lead = next(hit.id for hit in running.review.hits(HitFilter()) if hit.title == ARTICLES[0].title)
        decisions = running.review.decisions
        decisions.decide([Target(lead)], Judgement("relevant", note="so?", add=("morning brief",)), "Олена", NOW)
        decisions.decide([Target(1)], Judgement("irrelevant"), "Jonas", NOW)
        running.review.filters.save("Ранок", "grade=certain", "Олена", NOW)
        assert NEAR.title in running.get("/?near=1").text
        paths = ("/", "/?near=1", "/?q=nothing", f"/hits/{lead}?from=list", "/help", "/api", "/nothing")
        assert walk(open_tab, running.url, (*paths, "/learning/hit/1")) == {}


def test_stories_and_alerts(browser, tmp_path):
    with told(tmp_path) as running, tab(browser) as open_tab:
        assert walk(open_tab, running.url, ("/hits/1", "/suggestions", "/alerts?state=dead", "/learning")) == {}


def test_sources_and_what_was_edited(browser, tmp_path):
    with watched(tmp_path) as running, tab(browser) as open_tab:
        edited = next(hit.id for hit in running.review.hits(HitFilter()) if hit.source == "Edited Times")
        paths = ("/sources", "/sources/10", f"/hits/{edited}", "/why?url=https://edited.example/1")
        assert walk(open_tab, running.url, paths) == {}


def test_figures_and_coverage(browser, tmp_path):
    with house(tmp_path, ()) as running, tab(browser) as open_tab:
        fill(running.database, MONTH, NOW)
        assert walk(open_tab, running.url, ("/figures", "/coverage")) == {}


def test_the_login(browser, tmp_path):
    with house(tmp_path, (), users={"Олена": "five words in a row"}) as running, tab(browser) as open_tab:
        assert walk(open_tab, running.url, ("/login",)) == {}


def test_a_source_is_tried_and_another_one_found_and_added(browser, tmp_path):
    with shop(tmp_path) as one, tab(browser, f"{one.house.url}/sources") as open_tab:
        page, url = open_tab.page, one.house.url
        page.get_by_role("link", name="Outlet One").click()
        page.get_by_role("button", name="Test it").click()
        expect(page.get_by_text("It answers: 2 entries in “Outlet”. Nothing was stored.")).to_be_visible()
        tried = page.url.removeprefix(url)
        open_tab.go(f"{url}/sources/add")
        page.get_by_label("Address").fill(one.outlet.feed)
        page.get_by_role("button", name="Look").click()
        page.get_by_label("Name").fill("Друге джерело")
        found = page.url.removeprefix(url)
        page.get_by_role("button", name="Add", exact=False).click()
        expect(page.get_by_text("Друге джерело").first).to_be_visible()
        assert "Друге джерело" in one.config.read_text("utf-8")
        assert open_tab.calm(), open_tab
        assert walk(open_tab, url, ("/sources/add", tried, found)) == {}
