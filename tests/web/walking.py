"""Looking a page over as a reader with other eyes, another screen or the keyboard alone has it.

Needs axe-core, which axe-playwright-python brings along. It is put in by the debugger of the browser, so the content
security policy of the page stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from browser import Tab

AXE = Axe().axe_script
DARKEST = 64
"""Of 255: no part of the background of a dark page is lighter."""
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 780}
CUT_OFF = """() => [...document.querySelectorAll("a, button, input, select, textarea, summary")].filter((one) => {
    const box = one.getBoundingClientRect();
    if (!one.checkVisibility({ visibilityProperty: true }) || one.closest(".aside, .skip, dialog")) return false;
    for (let at = one.parentElement; at; at = at.parentElement) {
        if (at.scrollWidth > at.clientWidth && /auto|scroll/.test(getComputedStyle(at).overflowX)) return false;
    }
    return box.left < 0 || box.right > innerWidth;
}).map((one) => one.outerHTML.slice(0, 120))"""
"""What can be used but is not on the screen, and cannot be brought there."""


@dataclass(frozen=True)
class Fault:
    """What axe found, and where."""

    rule: str
    impact: str
    where: str


def look_over(open_tab: Tab, address: str, status: int = 200) -> list[str]:
    """What is wrong with a page: wide and on a phone, light and dark. Loads it, at the width of the tab."""
    page, open_tab.console[:] = open_tab.page, []
    answer = page.goto(address)
    said = [] if answer.status == status else [f"answers {answer.status}"]
    page.wait_for_load_state("load")
    if page.locator("#pane").count() and page.locator(".hit").count():
        page.locator("#pane .reading").wait_for()
    said += [f"light: {fault}" for fault in faults(page)]
    page.emulate_media(color_scheme="dark")
    said += [f"dark: {fault}" for fault in faults(page, "color-contrast")]
    said += [f"dark: the background is {one}" for one in [_background(page)] if max(_channels(one)) > DARKEST]
    page.emulate_media(color_scheme="light")
    said += on_a_phone(page)
    page.set_viewport_size(WIDE)
    told = [line for line in open_tab.console if status == 200 or f"status of {status}" not in line]
    return said + told + open_tab.outside + open_tab.dialogs


def on_a_phone(page: Any) -> list[str]:
    """What is wrong with a page on a phone."""
    page.set_viewport_size(PHONE)
    wide = page.evaluate("document.documentElement.scrollWidth")
    said = [f"phone: {wide} pixels wide"] if wide > PHONE["width"] else []
    said += [f"phone: off the screen: {one}" for one in page.evaluate(CUT_OFF)]
    return said + [f"phone: {fault}" for fault in faults(page, "target-size", "scrollable-region-focusable")]


def faults(page: Any, *rules: str) -> Iterator[Fault]:
    """What axe says of the page as it is; of these rules alone, or of all it knows up to WCAG 2.2 AA."""
    options: dict[str, Any] = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
    if rules:
        options = {"resultTypes": ["violations"], "runOnly": list(rules)}
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE)
    for found in page.evaluate("(options) => axe.run(document, options)", options)["violations"]:
        for node in found["nodes"]:
            yield Fault(found["id"], found["impact"], node["html"][:160])


def _background(page: Any) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def _channels(color: str) -> list[int]:
    return [int(part) for part in color.strip("rgb()").split(",")[:3]]
