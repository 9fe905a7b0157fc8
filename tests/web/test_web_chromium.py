"""Pages of which a browser has nothing to complain: sources, edits, alerts, stories."""

from browser import needed, tab
from told_house import told
from watched_house import watched

pytestmark = needed


def test_the_pages_of_sources_and_edits_are_taken_whole_by_the_browser(browser, tmp_path):
    with watched(tmp_path) as running, tab(browser) as open_tab:
        open_tab.go(f"{running.url}/sources")
        assert open_tab.page.content().count("What to do:") >= 8
        open_tab.go(f"{running.url}/why?url=https://edited.example/1")
        assert open_tab.page.locator("ins").count() > 0
        assert open_tab.calm()


def test_the_pages_of_alerts_and_stories_are_taken_whole_by_the_browser(browser, tmp_path):
    with told(tmp_path) as running, tab(browser) as open_tab:
        for path, words in (
            ("/alerts", "What to do:"),
            ("/suggestions", "Same event"),
            ("/hits/3", "Not the same story"),
            ("/?story=1", "The articles of story 1"),
        ):
            open_tab.go(running.url + path)
            assert words in open_tab.page.content()
        assert open_tab.calm()
