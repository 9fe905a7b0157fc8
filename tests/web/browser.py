"""A real browser before our own pages: nothing but loopback is reached, and whatever it complains of is kept.

Needs Debian's chromium, and playwright from pip. A test takes the fixture ``browser`` and opens tabs in it:

    with tab(browser, running.url) as open_tab:
        open_tab.page.keyboard.press("j")
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE = 15_000
"""Milliseconds that a page gets to show what it should."""
LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}
needed = [
    pytest.mark.needs("chromium"),
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium (Debian's package)"),
]
"""Marks of a module that opens a browser: ``pytestmark = needed``."""


@dataclass
class Tab:
    """A page with a profile of its own."""

    page: Any
    outside: list[str] = field(default_factory=list)
    """Addresses beyond loopback that it asked for; none was reached."""
    console: list[str] = field(default_factory=list)
    """Errors and warnings of its console, violations of the content security policy among them."""
    dialogs: list[str] = field(default_factory=list)
    """What was said with alert() and its like."""

    def go(self, address: str) -> None:
        """Open another page and wait until its scripts are at rest."""
        self.page.goto(address)
        self.page.wait_for_load_state("load")

    def calm(self) -> bool:
        """Whether nothing was complained of, asked for outside, or said."""
        return (self.outside, self.console, self.dialogs) == ([], [], [])


@contextmanager
def chromium() -> Iterator[Any]:
    """One browser."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield launched
        launched.close()


@contextmanager
def tab(browser: Any, address: str = "", **options: Any) -> Iterator[Tab]:
    """A tab with cookies of its own. ``options`` are those of Playwright's ``new_context``."""
    wide = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"}
    context = browser.new_context(**(wide | options))
    context.set_default_timeout(PATIENCE)
    opened = Tab(context.new_page())
    context.route("**/*", lambda route: _pass(route, opened))
    context.on("dialog", lambda dialog: _hear(dialog, opened))
    context.on("console", lambda message: _note(message, opened))
    context.on("weberror", lambda error: opened.console.append(f"error: {error.error}"))
    if address:
        opened.go(address)
    yield opened
    context.close()


def _pass(route: Any, opened: Tab) -> None:
    if urlsplit(route.request.url).hostname in LOOPBACK:
        route.fallback()
    else:
        opened.outside.append(route.request.url)
        route.abort()


def _hear(dialog: Any, opened: Tab) -> None:
    if dialog.type != "beforeunload":
        opened.dialogs.append(f"{dialog.type}: {dialog.message}")
    dialog.dismiss()


def _note(message: Any, opened: Tab) -> None:
    if message.type in {"error", "warning"}:
        opened.console.append(f"{message.type}: {message.text}")
