"""Markup and scripts in everything that was downloaded or typed stay words, in a real browser, on every page (H1)."""

from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

import pytest
from browser import needed, tab
from web_house import NEWS, NOW, News, house

from monitor.model import Judgement, Target

pytestmark = [*needed, pytest.mark.fault("H1")]

FAR = "http://outside.example/"
PAYLOADS = (
    "<script>alert(1)</script>",
    '"><script>alert(2)</script>',
    "'><img src=x onerror=alert(3)>",
    "<svg/onload=alert(4)>",
    "</title><script>alert(5)</script>",
    "</textarea><script>alert(6)</script>",
    "</mark></h2><iframe src=javascript:alert(7)></iframe>",
    "javascript:alert(8)//",
    "data:text/html,<script>alert(9)</script>",
    '<a href="javascript:alert(10)" autofocus>x</a>',
    f"<style>@import '{FAR}11.css'; * {{ background: url({FAR}11) }}</style>",
    f"<link rel=stylesheet href={FAR}12.css>",
    f'<meta http-equiv=refresh content="0;url={FAR}13">',
    f"<base href={FAR}>",
    f"<form action={FAR}><button autofocus>x</button></form>",
    "{{ 7 * 7 }}{% include 'hits.html' %}{# #}",
    "`${alert(17)}`',alert(17),'",
    "<template><script>alert(18)</script></template>",
    '<math><mi//xlink:href="data:x,<script>alert(19)</script>">',
    "<object data=javascript:alert(20)></object>",
    f"<embed src={FAR}21>",
    "<video><source onerror=alert(22)></video>",
    "<details open ontoggle=alert(23)>x</details>",
    "<input autofocus onfocus=alert(24)>",
    '" onmouseover="alert(25)" autofocus onfocus="alert(25)" x="',
    "' onfocus='alert(26)' autofocus='",
    "&lt;script&gt;alert(27)&lt;/script&gt;",
    "&#60;script&#62;alert(28)&#60;/script&#62;",
    "\\u003cscript\\u003ealert(29)\\u003c/script\\u003e",
    "%3Cscript%3Ealert(30)%3C/script%3E",
    "<scr\x00ipt>alert(31)</scr\x00ipt>",
    f'<img src="{FAR}32.gif">',
    "<script src=//outside.example/33.js></script>",
    "--><script>alert(34)</script><!--",
    "]]><script>alert(35)</script>",
    "＜script＞alert(36)＜/script＞",
    "<ScRiPt>alert(37)</sCrIpT>",
    "<body onload=alert(38)>",
    "\u202e>tpircs/<(93)trela>tpircs<",
    '<noscript><p title="</noscript><img src=x onerror=alert(40)>">',
    "<dialog open id=help><form method=dialog></form></dialog>",
    "<form id=deciding><input name=action><input name=submit></form><ol class=hits></ol>",
)


def news(number, payload):
    text = f"{payload} Ramstein {payload}\n{payload}"
    return News(
        NEWS[number % len(NEWS)].source,
        payload,
        f"{payload} Ramstein {number}",
        text,
        ("Ramstein", payload),
        url=payload if number % 2 else f"https://news.example/{number}?{payload}",
        minutes=number + 1,
        why=(f"{payload}: +10", f'taken back: {payload} "{payload}": -7'),
        error=payload,
        extraction="none",
    )


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    everything = tuple(news(number, payload) for number, payload in enumerate(PAYLOADS))
    with house(tmp_path_factory.mktemp("web"), everything) as running:
        for number, payload in enumerate(PAYLOADS, 1):
            said = Judgement("relevant", payload, (payload[:30].replace(",", " "),))
            running.review.decisions.decide([Target(number)], said, payload, NOW)
            running.review.filters.save(payload[:60], f"q={number}", payload, NOW)
        yield running


LOOK = """() => {
  const foreign = 'iframe, object, embed, img, svg:not([class], [role]), math, video, base, style, meta[http-equiv]';
  const attributes = [...document.querySelectorAll('*')].flatMap((one) => one.getAttributeNames());
  return [
    document.querySelectorAll(foreign).length,
    [...document.scripts].filter((one) => !new URL(one.src).pathname.startsWith('/static/')).length,
    attributes.filter((name) => name.startsWith('on') || name === 'style').length,
  ];
}"""


def harmless(open_tab):
    """Nothing ran, nothing was asked for, and no element is there that we did not write."""
    assert open_tab.calm(), (open_tab.outside, open_tab.console, open_tab.dialogs)
    assert open_tab.page.evaluate(LOOK) == [0, 0, 0]


class Elements(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def test_the_list_and_the_pane_show_words(browser, hostile):
    with tab(browser, hostile.url) as open_tab:
        page = open_tab.page
        page.locator("#pane .reading").wait_for()
        assert page.locator(".hit").count() == len(PAYLOADS)
        assert PAYLOADS[0] in page.locator(".hit h2").first.inner_text()
        for payload in PAYLOADS[1:6]:
            page.keyboard.press("j")
            page.locator("#pane .reading .headline", has_text=payload).wait_for()
        page.keyboard.press("i")
        page.get_by_text("Irrelevant: ").wait_for()
        harmless(open_tab)


def test_a_hit_shows_words(browser, hostile):
    with tab(browser) as open_tab:
        for number in range(1, len(PAYLOADS) + 1, 4):
            open_tab.go(f"{hostile.url}/hits/{number}?from=list")
            assert "Ramstein" in open_tab.page.locator("h1").inner_text()
            harmless(open_tab)


@pytest.mark.parametrize("number", range(1, len(PAYLOADS) + 1))
def test_every_hit_has_only_our_own_elements(hostile, number):
    parser = Elements()
    parser.feed(hostile.get(f"/hits/{number}").text)
    assert not {tag for tag, _ in parser.found} & {"iframe", "object", "embed", "img", "svg", "math", "base", "style"}
    for tag, attributes in parser.found:
        assert tag != "script" or attributes["src"].startswith("/static/")
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        assert urlsplit(attributes.get("href") or "").scheme in {"", "http", "https"}
        assert attributes.get("target") != "_blank" or attributes["rel"] == "noopener noreferrer"


@pytest.mark.parametrize("path", ["/?near=1", "/why", "/sources", "/alerts", "/suggestions", "/learning"])
def test_the_other_pages_show_words(browser, hostile, path):
    with tab(browser, hostile.url + path) as open_tab:
        harmless(open_tab)


def test_what_is_asked_for_is_shown_as_words(browser, hostile):
    names = ("q", "source", "tag", "language", "topic", "since", "after")
    with tab(browser) as open_tab:
        for first in range(0, len(PAYLOADS), len(names)):
            wanted = urlencode(dict(zip(names, PAYLOADS[first:], strict=False)))
            open_tab.go(f"{hostile.url}/?{wanted}")
            harmless(open_tab)
        open_tab.go(f"{hostile.url}/why?{urlencode({'url': PAYLOADS[0]})}")
        harmless(open_tab)
