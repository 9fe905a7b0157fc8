"""The mails in a real browser: nothing to scroll sideways at 320 px, readable in both schemes, right to left."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from messages import hit, message

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
CASES = {case.stem: case.read_text("utf-8") for case in sorted((Path(__file__).parent / "cases").glob("*.html"))}
LONG = hit(
    title="x" * 300, text="ж" * 500, source="y" * 60, url=f"https://{'a' * 60}.{'b' * 60}.example/", why=("z" * 160,)
)
PAGES = CASES | {"long": message(LONG).html, "long_digest": message(LONG, hit(id=13)).html}
NARROW = 320
DARK = "--blink-settings=preferredColorScheme=0"
QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=3000",
]
MEASURE = """
const channels = colour => colour.match(/[\\d.]+/g).map(Number);
const linear = part => (part /= 255) <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
function behind(view, element) {
  for (let at = element; at; at = at.parentElement) {
    const found = channels(view.getComputedStyle(at).backgroundColor);
    if (found.length < 4 || found[3] > 0) return found;
  }
  return [255, 255, 255];
}
function contrast(view, element) {
  const [light, dark] = [channels(view.getComputedStyle(element).color), behind(view, element)]
    .map(luminance).sort((one, other) => other - one);
  return (light + 0.05) / (dark + 0.05);
}
function facts(frame) {
  const view = frame.contentWindow, page = frame.contentDocument;
  const own = node => [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim());
  const shown = [...page.querySelectorAll(".page, .page *")].filter(own);
  return {
    sideways: page.documentElement.scrollWidth - page.documentElement.clientWidth,
    contrast: Math.min(...shown.map(element => contrast(view, element))),
    paper: luminance(behind(view, page.querySelector(".page"))),
    arabic: [...page.querySelectorAll("[lang=ar]")].map(one => view.getComputedStyle(one).direction),
    others: [...page.querySelectorAll("h1:not([lang=ar]), h2:not([lang=ar])")].map(
      one => view.getComputedStyle(one).direction),
    marks: [...page.querySelectorAll("mark")].map(one => view.getComputedStyle(one).backgroundColor),
    requests: view.performance.getEntriesByType("resource").length,
  };
}
addEventListener("load", () => {
  const out = {};
  for (const frame of document.querySelectorAll("iframe")) out[frame.name] = facts(frame);
  document.getElementById("facts").textContent = JSON.stringify(out);
});
"""

pytestmark = [
    pytest.mark.needs("chromium"),
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium (Debian's package)"),
]


@pytest.fixture(scope="module", params=["light", "dark"])
def seen(request, tmp_path_factory):
    """What the browser says of every case, 320 px wide, in one of the two schemes."""
    home = tmp_path_factory.mktemp("mails")
    frames = "".join(
        f'<iframe name="{name}" width="{NARROW}" height="900" srcdoc="{html.escape(text)}"></iframe>'
        for name, text in PAGES.items()
    )
    page = home / "all.html"
    page.write_text(
        f"<!doctype html><meta charset=utf-8>{frames}<pre id=facts></pre><script>{MEASURE}</script>", "utf-8"
    )
    command = [CHROMIUM, *QUIET, f"--user-data-dir={home}/profile", *([DARK] if request.param == "dark" else [])]
    done = subprocess.run(
        [*command, "--dump-dom", page.as_uri()], capture_output=True, text=True, timeout=90, check=True
    )
    told = re.search(r'<pre id="facts">(.*?)</pre>', done.stdout, re.DOTALL)
    return request.param, json.loads(html.unescape(told[1]))


def test_every_kind_of_message_is_looked_at(seen):
    assert set(seen[1]) >= {"english", "arabic", "bengali", "update", "stories", "notice", "notices", "alive"}


def test_nothing_has_to_be_scrolled_sideways(seen):
    assert {name: facts["sideways"] for name, facts in seen[1].items() if facts["sideways"] > 0} == {}


def test_everything_can_be_read(seen):
    assert {name: facts["contrast"] for name, facts in seen[1].items() if facts["contrast"] < 4.5} == {}


def test_the_reader_s_scheme_is_followed(seen):
    scheme, all_facts = seen
    assert all((facts["paper"] < 0.1) == (scheme == "dark") for facts in all_facts.values())


def test_arabic_runs_from_the_right_and_nothing_else_does(seen):
    facts = seen[1]["arabic"]
    assert facts["arabic"] == ["rtl", "rtl"]
    assert {way for one in seen[1].values() for way in one["arabic"]} == {"rtl"}
    assert {way for one in seen[1].values() for way in one["others"]} == {"ltr"}


def test_matched_words_are_amber_in_both_schemes(seen):
    assert {mark for facts in seen[1].values() for mark in facts["marks"]} == {"rgb(255, 224, 138)"}


def test_nothing_is_fetched(seen):
    assert sum(facts["requests"] for facts in seen[1].values()) == 0
