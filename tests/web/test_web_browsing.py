"""Reading and deciding in a real browser: keys, undo, two people, what cannot be saved, what comes in meanwhile."""

import pytest
from browser import needed, tab
from reading_house import ARTICLES, Article, publish, reading
from web_house import NOW

from monitor.model import HitFilter, Judgement, Target

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = needed
NEWER = Article("Kyiv Courier", "Ramstein meeting ends", "The Ukraine Defense Contact Group met at Ramstein.", 2)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with reading(tmp_path_factory.mktemp("reading"), watch=0.1) as running:
        yield running


@pytest.fixture(autouse=True)
def undecided(house):
    yield
    for hit in house.review.hits(HitFilter(limit=None)):
        if hit.state != "new":
            house.review.decisions.decide([Target(hit.id)], Judgement("new"), "", NOW)


def states(house):
    return [story.head.state for story in house.review.listing.stories(HitFilter()).stories]


def shown(page):
    """The states of the lines, and the number of the one that is read."""
    found = page.evaluate("[...document.querySelectorAll('.hit')].map((row) => row.dataset.state)")
    here = page.evaluate("[...document.querySelectorAll('.hit')].findIndex((row) => row.classList.contains('here'))")
    return found, here


def saved(page):
    expect(page.locator(".hit.waiting")).to_have_count(0)


def reads(page, words):
    page.locator("#pane .reading .headline", has_text=words).wait_for()


def test_moving_shows_the_text_and_a_key_decides_and_goes_on(browser, house):
    with tab(browser, house.url) as open_tab:
        page, keys = open_tab.page, open_tab.page.keyboard
        reads(page, ARTICLES[4].title)
        keys.press("j")
        reads(page, ARTICLES[5].title)
        assert page.evaluate("document.activeElement.closest('.hit')?.getAttribute('aria-current')") == "true"
        keys.press("k")
        keys.press("r")
        keys.press("i")
        reads(page, ARTICLES[6].title)
        saved(page)
        assert shown(page)[0][:3] == states(house)[:3] == ["relevant", "irrelevant", "new"]
        assert shown(page)[1] == 2
        page.get_by_text("Irrelevant: ").wait_for()
        keys.press("u")
        page.get_by_text("Undone.").wait_for()
        assert (states(house)[:2], shown(page)[1]) == (["relevant", "new"], 1)
        page.get_by_role("button", name="Redo").click()
        page.get_by_text("Done again.").wait_for()
        assert states(house)[:2] == ["relevant", "irrelevant"]
        assert open_tab.calm()


def test_keys_work_by_their_place_and_not_while_one_types_or_with_a_modifier_or_when_off(browser, house):
    with tab(browser, house.url) as open_tab:
        page, keys = open_tab.page, open_tab.page.keyboard
        reads(page, ARTICLES[4].title)
        page.evaluate(
            "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'о', code: 'KeyJ', bubbles: true}))"
        )
        assert shown(page)[1] == 1
        keys.press("Control+j")
        keys.press("/")
        keys.type("jjr")
        assert page.input_value("#find") == "jjr"
        keys.press("Escape")
        assert shown(page) == (["new"] * len(shown(page)[0]), 1)
        keys.press("?")
        page.get_by_role("dialog", name="Keys").wait_for()
        keys.press("j")
        assert shown(page)[1] == 1
        page.get_by_role("button", name="Switch single keys off").click()
        reads(page, ARTICLES[4].title)
        keys.press("j")
        assert shown(page)[1] == 0
        assert open_tab.calm()


def test_many_are_selected_and_decided_at_once(browser, house):
    with tab(browser, house.url) as open_tab:
        page, keys = open_tab.page, open_tab.page.keyboard
        reads(page, ARTICLES[4].title)
        keys.press("x")
        page.locator(".hit .pick").nth(2).click(modifiers=["Shift"])
        page.get_by_text("3 selected").wait_for()
        page.locator("#deciding").get_by_role("button", name="Irrelevant").click()
        page.get_by_text("Irrelevant: 3 stories.").wait_for()
        assert states(house)[:4] == ["irrelevant"] * 3 + ["new"]
        keys.press("u")
        page.get_by_text("Undone.").wait_for()
        assert set(states(house)) == {"new"}
        assert open_tab.calm()


def test_who_was_faster_is_told_and_can_be_overruled(browser, house):
    with tab(browser, house.url) as open_tab:
        page = open_tab.page
        reads(page, ARTICLES[4].title)
        first = house.review.listing.stories(HitFilter()).stories[0].head
        house.review.decisions.decide([Target(first.id, story=True)], Judgement("starred"), "Олена", NOW)
        page.keyboard.press("i")
        row = page.locator(".hit").first
        row.get_by_text("Олена marked it starred").wait_for()
        assert (states(house)[0], shown(page)[0][0]) == ("starred", "starred")
        row.get_by_role("button", name="Overrule").click()
        page.get_by_text("Irrelevant: Ukraine").wait_for()
        assert states(house)[0] == "irrelevant"
        assert [line for line in open_tab.console if "409" not in line] == []


def test_what_cannot_be_saved_is_said_on_the_line_and_saved_later(browser, house):
    with tab(browser, house.url) as open_tab:
        page = open_tab.page
        reads(page, ARTICLES[4].title)
        page.route("**/decide", lambda route: route.abort())
        page.keyboard.press("s")
        row = page.locator(".hit").first
        row.get_by_text("Not saved. The monitor cannot be reached.").wait_for()
        assert states(house)[0] == "new"
        page.unroute("**/decide")
        row.get_by_role("button", name="Try again").click()
        page.get_by_text("Starred: Ukraine").wait_for()
        assert states(house)[0] == "starred"
        assert row.locator(".unsaved").is_hidden()


def test_a_note_is_saved_when_one_goes_on(browser, house):
    with tab(browser, house.url) as open_tab:
        page, keys = open_tab.page, open_tab.page.keyboard
        reads(page, ARTICLES[4].title)
        keys.press("n")
        keys.type("jk: переклад")
        keys.press("Escape")
        keys.press("j")
        page.get_by_text("Note and tags saved.").wait_for()
        assert house.review.listing.stories(HitFilter()).stories[0].head.note == "jk: переклад"
        reads(page, ARTICLES[5].title)
        keys.press("n")
        keys.type("both")
        keys.press("Escape")
        keys.press("s")
        page.get_by_text("Starred: ").wait_for()
        second = house.review.listing.stories(HitFilter()).stories[1].head
        assert (second.note, second.state) == ("both", "starred")
        assert open_tab.calm()


def test_a_narrow_page_leads_from_hit_to_hit_and_back_to_the_line(browser, house):
    with tab(browser, house.url, viewport={"width": 360, "height": 780}) as open_tab:
        page = open_tab.page
        page.get_by_role("link", name=ARTICLES[6].title).click()
        page.get_by_role("heading", level=1, name=ARTICLES[6].title).wait_for()
        page.get_by_role("button", name="Relevant", exact=False).first.click()
        page.get_by_role("heading", level=1, name=ARTICLES[7].title).wait_for()
        page.get_by_text("Marked relevant.").wait_for()
        page.get_by_role("link", name="All hits").click()
        page.locator(".hit.here a:focus").wait_for()
        assert shown(page)[1] == 3
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert (wide, states(house)[2]) == (360, "relevant")
        assert open_tab.calm()


def test_what_comes_in_is_told_without_moving_what_is_read(browser, house):
    with tab(browser, house.url) as open_tab:
        page = open_tab.page
        reads(page, ARTICLES[4].title)
        before = page.locator(".hit").count()
        publish(house, (NEWER,))
        page.get_by_role("button", name="1 new hit – show").wait_for()
        assert page.title().startswith("(1) ")
        assert (page.locator(".hit").count(), shown(page)[1]) == (before, 0)
        page.get_by_role("button", name="1 new hit – show").click()
        reads(page, NEWER.title)
        assert open_tab.calm()
