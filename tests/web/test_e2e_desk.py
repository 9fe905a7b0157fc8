"""A day at the desk, in a real browser: two people log in, look, search in their scripts, decide, and meet."""

from contextlib import contextmanager

import pytest
from browser import needed, tab
from reading_house import ARTICLES, LEAD, reading
from walking import faults
from web_house import NOW

from monitor.model import HitFilter, Judgement, Target

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = needed
USERS = {"Olena": "five words in a row", "Jonas": "a horse and a battery"}
TITLE = {article.source: article.title for article in ARTICLES}
SEARCHES = (
    ("রামস্টেইন", "প্রথম আলো"),  # without the ending of the place
    ("зустріну ОБОРОН", "Українська правда"),  # beginnings of inflected words
    ("اوكرانيا الدفاع", "الجزيرة نت"),  # without the hamza
    ("防务", "早报"),  # two characters out of a row
    ("Quốc phòng", "Báo Buổi Sáng"),
    ("quoc phong", "Báo Buổi Sáng"),
)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with reading(tmp_path_factory.mktemp("desk"), users=USERS, watch=0.1) as running:
        yield running


@pytest.fixture(autouse=True)
def undecided(house):
    """Leave the desk as it was found."""
    yield
    nothing = Judgement("new", note="", tags=())
    house.review.decisions.decide([Target(hit.id) for hit in hits(house)], nothing, "", NOW)


def hits(house):
    return list(house.review.hits(HitFilter(limit=None)))


def heads(house):
    return [story.head for story in house.review.listing.stories(HitFilter()).stories]


def states(house):
    return [head.state for head in heads(house)]


@contextmanager
def desk(browser, house, name="Olena", **options):
    """A tab in which somebody has logged in; nothing may be complained of in it."""
    with tab(browser, house.url, **options) as open_tab:
        log_in(open_tab.page, name, USERS[name])
        expect(open_tab.page.get_by_role("button", name="Log out")).to_be_visible()
        open_tab.page.wait_for_load_state("load")
        yield open_tab
        assert open_tab.calm(), open_tab


def log_in(page, name, password):
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def titles(page):
    return page.locator(".hit h2")


def reads(page, title):
    expect(page.locator("#pane .reading .headline")).to_have_text(title)


def style(page, selector, name):
    return page.locator(selector).first.evaluate(f"(one) => getComputedStyle(one).{name}")


def test_the_first_visit_leads_to_the_login_and_from_there_to_what_was_asked_for(browser, house):
    with tab(browser, f"{house.url}/?language=uk") as open_tab:
        page = open_tab.page
        log_in(page, "Olena", "a guess")
        expect(page.get_by_role("alert")).to_have_text("This name and password do not belong together.")
        expect(page.get_by_label("Name")).to_have_value("Olena")
        assert all("401" in line for line in open_tab.console)
        log_in(page, "Olena", USERS["Olena"])
        expect(page).to_have_url(f"{house.url}/?language=uk")
        expect(page.locator(".who")).to_contain_text("Olena")
        assert page.context.cookies()[0]["httpOnly"]
        page.get_by_role("button", name="Log out").click()
        expect(page.get_by_label("Password")).to_be_visible()
        open_tab.go(f"{house.url}/sources")
        expect(page).to_have_url(f"{house.url}/login?next=/sources")


def test_the_list_is_filtered_and_searched_in_every_script(browser, house):
    with desk(browser, house) as open_tab:
        page = open_tab.page
        everything = titles(page).count()
        page.get_by_label("Language").select_option(label="Ukrainian")
        expect(page).to_have_url(f"{house.url}/?language=uk")
        assert titles(page).evaluate_all("(all) => all.map((one) => one.lang)") == ["uk"]
        page.go_back()
        expect(titles(page)).to_have_count(everything)
        for words, source in SEARCHES:
            page.get_by_role("searchbox").fill(words)
            page.get_by_role("searchbox").press("Enter")
            expect(page.locator(".saved .sum q")).to_have_text(words)
            expect(titles(page)).to_have_text([TITLE[source]])
            reads(page, TITLE[source])
        page.get_by_role("link", name="Show all", exact=True).click()
        expect(titles(page)).to_have_count(everything)


def test_a_morning_by_the_keyboard_alone(browser, house):
    with desk(browser, house) as open_tab:
        page, keys = open_tab.page, open_tab.page.keyboard
        listed = titles(page).all_inner_texts()
        for key, title in (("j", listed[1]), ("k", listed[0]), ("r", listed[1]), ("i", listed[2]), ("s", listed[3])):
            keys.press(key)
            reads(page, title)
        expect(page.locator(".hit.waiting")).to_have_count(0)
        keys.press("n")
        expect(page.get_by_label("Note on this article")).to_be_focused()
        keys.insert_text("ask the ministry: 公告?")
        keys.press("Tab")
        keys.insert_text("morning brief, вечір")
        keys.press("Escape")
        keys.press("j")
        expect(page.get_by_text("Note and tags saved.")).to_be_visible()
        expect(page.locator(".hit").nth(3).locator(".tag")).to_have_text(["morning brief", "вечір"])
        for key in ("x", "j", "x", "i"):
            keys.press(key)
        expect(page.get_by_text("Irrelevant: 2 stories.")).to_be_visible()
        assert states(house)[:7] == ["relevant", "irrelevant", "starred", "new", "irrelevant", "irrelevant", "new"]
        keys.press("u")
        expect(page.get_by_text("Undone.")).to_be_visible()
        assert states(house)[4:6] == ["new", "new"]
        keys.press("U")
        expect(page.get_by_text("Done again.")).to_be_visible()
        assert states(house)[4:6] == ["irrelevant", "irrelevant"]
        assert (heads(house)[3].note, heads(house)[3].tags) == ("ask the ministry: 公告?", ("morning brief", "вечір"))
        assert house.review.decisions.history(heads(house)[2].id)[0].who == "Olena"
        keys.press("?")
        expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
        assert not list(faults(page))
        keys.press("Escape")
        keys.press("g")
        keys.press("s")
        expect(page.get_by_role("heading", level=1, name="Sources")).to_be_visible()


def test_two_people_at_once_are_told_of_each_other_and_overwrite_nothing(browser, house):
    with desk(browser, house, "Olena") as hers, desk(browser, house, "Jonas") as his:
        story = heads(house)[0].title
        for one in (hers.page, his.page):
            reads(one, story)
        hers.page.keyboard.press("s")
        expect(hers.page.get_by_text("Starred: Ukraine")).to_be_visible()
        row = his.page.locator(".hit").first
        his.page.keyboard.press("i")
        expect(row.get_by_text("Olena marked it starred")).to_be_visible()
        assert (states(house)[0], row.get_attribute("data-state")) == ("starred", "starred")
        row.get_by_role("button", name="Overrule").click()
        expect(his.page.get_by_text("Irrelevant: Ukraine")).to_be_visible()
        row = hers.page.locator(".hit").first
        hers.page.keyboard.press("k")
        hers.page.keyboard.press("r")
        expect(row.get_by_text("Jonas marked it irrelevant")).to_be_visible()
        assert [one.who for one in house.review.decisions.history(heads(house)[0].id)[:2]] == ["Jonas", "Olena"]
        assert states(house)[0] == "irrelevant"
        for one in (hers, his):  # the browser itself notes the answer 409
            one.console[:] = [line for line in one.console if "status of 409" not in line]


def test_text_from_right_to_left_stands_so_within_a_page_that_does_not(browser, house):
    with desk(browser, house) as open_tab:
        page = open_tab.page
        for source, language in (("الجزيرة نت", "ar"), ("הבוקר", "he")):
            page.get_by_role("link", name=TITLE[source]).click()
            reads(page, TITLE[source])
            for part in (
                f'.hit h2[lang="{language}"]',
                f'.hit .extract[lang="{language}"]',
                ".pane .headline",
                ".text p",
            ):
                assert (style(page, part, "direction"), style(page, part, "textAlign")) == ("rtl", "start")
            assert page.locator(f".pane .headline[lang={language}]").count() == 1
        for part in ("html", ".hit.here", ".hit.here .facts", ".pane .byline", ".pane .decide"):
            assert style(page, part, "direction") == "ltr"
        page.keyboard.press("/")
        page.keyboard.insert_text("رامشتاين")
        assert style(page, "#find", "direction") == "rtl"


def test_without_javascript_one_reads_filters_and_decides(browser, house):
    with desk(browser, house, java_script_enabled=False) as open_tab:
        page = open_tab.page
        page.get_by_label("Language").select_option(label="Arabic")
        page.get_by_role("button", name="Filter", exact=True).click()
        expect(titles(page)).to_have_text([TITLE["الجزيرة نت"]])
        titles(page).get_by_role("link").click()
        expect(page.locator(".text")).to_contain_text("وقال مسؤول")
        page.locator(".decide").get_by_role("button", name="Relevant", exact=True).click()
        expect(page.get_by_text("Marked relevant.")).to_be_visible()
        assert states(house)[1] == "relevant"
        page.get_by_role("button", name="Undo").click()
        expect(page.locator("#status")).to_contain_text("Undone")
        assert states(house)[1] == "new"
        open_tab.go(house.url)
        for line in (0, 2):
            page.locator(".hit .pick").nth(line).check()
        page.locator("#deciding").get_by_role("button", name="Irrelevant").click()
        expect(page.get_by_text("Marked irrelevant.")).to_be_visible()
        assert states(house)[:3] == ["irrelevant", "new", "irrelevant"]
        page.get_by_role("searchbox").fill("早报 防务")
        page.get_by_role("searchbox").press("Enter")
        expect(page.get_by_text("No hit fits this filter.")).to_be_visible()


def test_a_story_is_read_with_what_others_wrote_of_it(browser, house):
    with desk(browser, house) as open_tab:
        page = open_tab.page
        page.get_by_role("link", name="outlets").first.click()
        expect(titles(page)).to_have_count(5)
        reads(page, ARTICLES[4].title)
        titles(page).get_by_role("link", name=LEAD).click()
        reads(page, LEAD)
        page.locator("#pane").get_by_role("link", name="On its own page").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(LEAD)
        expect(page.locator("#story .members > li")).to_have_count(4)
        page.get_by_role("link", name="Back to the list").click()
        expect(page.locator(".hit.here h2")).to_have_text(LEAD)
