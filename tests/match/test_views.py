"""What a page shows is known without parsing it, and is what the parser makes of it."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.match.engine import Matcher
from monitor.match.topic import load, shipped
from monitor.match.views import page_views
from monitor.text import html_to_text

PAGES = sorted((Path(__file__).resolve().parents[3] / "shared" / "real" / "pages").glob("*.html.gz"))
RAW_IN_A_FRAME = "0028.html.gz"
"""Its frames hold markup for browsers without frames: the parser leaves the entities in it as they are written."""

WORDS = st.sampled_from(
    ["one", "Два", "三", " ", "\n  ", "&amp;", "&nbsp;", "&#12;", "a&shy;b", "5 < 6", "a\x0cb", "\ue000", "e\u0301"]
)
UNSEEN = st.sampled_from(
    [
        "<!-- no -->",
        "<!-- <p>no</p> -->",
        "<script>no('<p>')</script>",
        '<script type="application/ld+json">{"no": "<p>no</p>"}</script>',
        "<STYLE>no{}</STYLE>",
        "<noscript><p>no</p></noscript>",
        "<template><b>no</b></template>",
    ]
)
TAGS = st.sampled_from(
    ["b", "a href='x'", "SPAN class=y", "i\n", "div", "ul", "Section id=z", "h2", "blockquote", "time"]
)
ALONE = st.sampled_from(["<br>", "<BR/>", "<img alt=no>", "<hr>", "<wbr>", "<input value=no>"])


def element(inner):
    return st.tuples(TAGS, inner).map(lambda pair: f"<{pair[0]}>{pair[1]}</{pair[0].split()[0]}>")


MARKUP = st.recursive(
    WORDS | UNSEEN | ALONE, lambda inner: element(st.lists(inner, max_size=4).map("".join)), max_leaves=25
)


def page(body, head="<title>A title</title><meta name=description content=no>"):
    return f"<!doctype html><html><head>{head}</head>\n<body class=k>{body}</body></html>"


@settings(max_examples=300, deadline=None)
@given(st.lists(MARKUP, max_size=6).map("".join))
def test_the_text_is_what_the_parser_makes_of_the_page(body):
    assert page_views(page(body)).shown() == html_to_text(page(body))


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<b>Ram</b>stein", "Ramstein"),
        ("<b>Ram</b> <i>stein</i>", "Ram stein"),
        ("one<b></b><p>two", "one\ntwo"),
        ("a<!-- > -->b", "ab"),
        ("<div><span>a</span> <span>b</span></div> <span>c</span>", "a b\nc"),
    ],
)
def test_runs_of_tags_break_the_line_where_one_of_them_does(body, text):
    assert page_views(page(body)).shown() == text


@pytest.mark.parametrize(
    "html",
    [
        "plain text, 3 < 4",
        "<p>No body.",
        page("<a title='a>b'>quoted</a>"),
        "<body>text <a href=",
        page("text<script>never ends"),
        page("text<noscript>never ends"),
        page("text", "<p>said before it</p>"),
        "<title>a<b</title><body>text",
    ],
)
def test_what_only_a_parser_can_tell_is_not_told(html):
    assert page_views(html).shown() is None


@pytest.mark.skipif(not PAGES, reason="no real pages here")
def test_real_pages_show_the_same_text():
    told = 0
    for path in PAGES:
        html = gzip.decompress(path.read_bytes()).decode("utf-8", "replace")
        shown = page_views(html).shown()
        told += shown is not None
        assert shown in {None, html_to_text(html)} or path.name == RAW_IN_A_FRAME, path.name
    assert told > 0.9 * len(PAGES)


def test_a_page_that_cannot_match_gives_its_text():
    matcher = Matcher([load(path.read_text("utf-8"), path.name) for path in shipped().values()])
    assert matcher.sift(page("<p>Rain on<br>Sunday.")) == "Rain on\nSunday."
    assert matcher.sift("<p>Rain on<br>Sunday.") == "Rain on\nSunday."
    assert matcher.sift(page("<p>Rain."), plain="The Ukraine Defense Contact Group meets") is None
    assert matcher.sift(page("<p>The Ukraine Defense Contact Group meets.")) is None
