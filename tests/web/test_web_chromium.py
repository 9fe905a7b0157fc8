"""The review page in a real browser: it shows what was stored, and nothing that was downloaded runs."""

import shutil
import subprocess

import pytest
from told_house import told
from watched_house import watched
from web_house import HOSTILE, house

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=2000",
    "--enable-logging=stderr",
]

pytestmark = [
    pytest.mark.needs("chromium"),
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium (Debian's package)"),
]


def browse(tmp_path, url):
    """The page as the browser holds it after loading, and what its console said."""
    command = [CHROMIUM, *QUIET, f"--user-data-dir={tmp_path}/profile", "--dump-dom", url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=True)
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


def test_the_list_is_shown_and_the_console_is_silent(open_house, tmp_path):
    page, console = browse(tmp_path, open_house.url)
    assert page.count("hits/") >= 2
    assert "<mark" in page
    assert console == []


def test_hostile_headlines_and_texts_stay_text(tmp_path):
    with house(tmp_path, HOSTILE) as hostile:
        for path in ("/", "/hits/1"):
            page, console = browse(tmp_path, f"{hostile.url}{path}")
            assert "&lt;script&gt;alert" in page
            assert "<script" not in page
            assert "<img" not in page
            assert console == []


def test_the_pages_of_sources_and_edits_are_taken_whole_by_the_browser(tmp_path):
    with watched(tmp_path) as running:
        page, console = browse(tmp_path, f"{running.url}/sources")
        assert page.count("What to do:") >= 8
        assert console == []
        page, console = browse(tmp_path, f"{running.url}/why?url=https://edited.example/1")
        assert "<ins>" in page
        assert console == []


def test_the_pages_of_alerts_and_stories_are_taken_whole_by_the_browser(tmp_path):
    with told(tmp_path) as running:
        for path, words in (
            ("/alerts", "What to do:"),
            ("/suggestions", "Same event"),
            ("/hits/3", "Not the same story"),
            ("/?story=1", "The articles of story 1"),
        ):
            page, console = browse(tmp_path, running.url + path)
            assert words in page
            assert console == []
