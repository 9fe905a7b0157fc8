"""The prefilter is sound: no page is stopped whose text, taken out by any of our readers, would hit."""

import gzip
import html
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.match.engine import Matcher
from monitor.match.topic import load, shipped
from monitor.model import Text
from monitor.read.extract import extract
from monitor.text import html_to_text

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
PAGES = sorted((PROJECT.parent / "shared" / "real" / "pages").glob("*.html.gz"))
MATCHER = Matcher([load(path.read_text("utf-8"), path.name) for path in shipped().values()])
CASES = [
    json.loads(line)
    for file in sorted((HERE / "labelled").glob("*.jsonl"))
    for line in file.read_text("utf-8").splitlines()
]
HITS = [case["text"] for case in CASES if case["label"] == "hit"]
INLINE = [
    "<b>",
    "</b>",
    "<i class='x'>",
    "<!-- a > b -->",
    "<wbr>",
    '<a title="a>b" href=x>',
    "<script>var a='<p>';</script>",
]


def hits(text, title="", url=""):
    return any(verdict.hit for verdict in MATCHER.match(Text(title, text, url=url)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_no_text_that_hits_is_stopped(case):
    page = f"<html><body><p>{html.escape(case['text'])}</p></body></html>"
    if hits(case["text"]):
        assert MATCHER.may_match(case["text"])
        assert MATCHER.may_match(page)
        assert MATCHER.may_match("", plain=case["text"])


@st.composite
def marked_up(draw):
    """A text that hits as a page might spell it: tags, entities and invisible characters anywhere."""
    text = draw(st.sampled_from(HITS))
    spots = draw(st.dictionaries(st.integers(0, len(text) - 1), st.sampled_from(INLINE), max_size=4))
    coded = draw(st.sets(st.integers(0, len(text) - 1), max_size=6))
    soft = draw(st.sets(st.integers(1, len(text) - 1), max_size=3))
    out = []
    for place, char in enumerate(text):
        out.append(spots.get(place, ""))
        out.append("&shy;" if place in soft else "")
        out.append(f"&#{ord(char)};" if place in coded else html.escape(char))
    return "".join(out)


def as_json(text):
    return json.dumps({"@type": "NewsArticle", "articleBody": html.unescape(text)})


def broken_up(text):
    """The text with what nobody is shown in the middle of a word."""
    middle = len(text) // 2
    return f"{text[:middle]}<!-- a > b --><noscript><img></noscript>{text[middle:]}"


LAYOUTS = {
    "paragraph": lambda text: f"<body><nav><a>Home</a></nav><p>{text}</p><footer>Contact</footer></body>",
    "lines": lambda text: f"<body><div>\n  {text.replace('. ', '.<br>')}\n</div></body>",
    "heading": lambda text: f"<body><h1>{text}</h1><p>More soon.</p></body>",
    "table": lambda text: f"<table><tr><td>1<td>{text}</table>",
    "capital tags": lambda text: f"<BODY><P>{text}</P></BODY>",
    "no markup": html.unescape,
    "noscript": lambda text: f"<body><noscript><p>{text}</p></noscript></body>",
    "less-than signs": lambda text: f"<body><p>1 < 2 and {text} so 3 > 2</p></body>",
    "unclosed comment": lambda text: f"<body><!--><p>{text}</p></body>",
    "unclosed script": lambda text: f"<body><p>{text}</p><script>var a = 1;",
}


@settings(max_examples=150, deadline=None)
@given(text=marked_up(), layout=st.sampled_from(sorted(LAYOUTS)))
def test_no_page_is_stopped_that_would_hit(text, layout):
    page = LAYOUTS[layout](text)
    read = extract(page, "https://example.org/a")
    shown = html_to_text(page)
    if hits(shown) or hits(read.text, title=read.title):
        assert MATCHER.may_match(page)


@pytest.mark.parametrize("text", HITS[::7])
@pytest.mark.parametrize(
    "place",
    [
        lambda text: f"<head><title>{html.escape(text)}</title></head>",
        lambda text: f'<head><meta name="description" content="{html.escape(text)}"></head>',
        lambda text: f"<head><META NAME='og:description' CONTENT='{html.escape(text)}'></head>",
        lambda text: f'<body><img src="x.jpg" alt="{html.escape(text)}"></body>',
        lambda text: f'<head><script type="application/ld+json">{as_json(text)}</script></head>',
        lambda text: f"<head><script type='application/ld+json'>{as_json(html.escape(text))}</script></head>",
        lambda text: f"<script type='application/ld+json'>{as_json(broken_up(text))}</script>",
        lambda text: f"<p>A</p><script type='application/ld+json'>{as_json('<script src=x>' + text)}</script><p>B</p>",
        lambda text: f"<noscript><script type='application/ld+json'>{as_json(text)}</script></noscript>",
    ],
    ids=[
        "title",
        "description",
        "capitals",
        "alt",
        "json-ld",
        "json-ld escaped",
        "json-ld with markup",
        "json-ld with a script",
        "json-ld for some",
    ],
)
def test_what_a_page_says_elsewhere_counts_too(place, text):
    assert MATCHER.may_match(f"<html>{place(text)}<body><p>Other.</p></body></html>")


def test_the_url_and_the_feed_s_words_count_too():
    assert not MATCHER.may_match("<p>Nothing.</p>", "https://example.org/a", "A title")
    assert MATCHER.may_match("<p>Nothing.</p>", "https://example.org/udcg-meets-in-brussels")
    assert MATCHER.may_match("<p>Nothing.</p>", plain="3 < 4: the Ukraine Defense Contact Group meets")


@pytest.mark.parametrize(
    "page",
    [
        "<p>The weather in Kaiserslautern will be fine.</p>",
        "<p>Contact us</p><p>A group of swimmers met in London.</p>",
        "<script>var ukraine = 'weapons to Ukraine: Ramstein';</script><p>Recipes for the weekend</p>",
        "<p>Bramstein Abbey opens its gardens.</p>",
        f"<p>Ukraine won.</p><p>{'Other news. ' * 60}</p><p>Weapons of the Middle Ages: send a card.</p>",
    ],
)
def test_pages_without_what_the_rules_need_are_stopped(page):
    assert not MATCHER.may_match(page)


@pytest.mark.skipif(not PAGES, reason="no real pages here")
@pytest.mark.parametrize("path", PAGES[::4], ids=lambda path: path.name)
def test_no_real_page_is_stopped_wrongly(path):
    page = gzip.decompress(path.read_bytes()).decode("utf-8", "replace")
    if hits(html_to_text(page)):
        assert MATCHER.may_match(page)
    planted = page.replace("</p>", " The Ukraine Def<em>ense Con</em>tact Gr&shy;oup met.</p>", 1)
    if planted != page and hits(html_to_text(planted)):
        assert MATCHER.may_match(planted)


def test_a_tag_inside_a_word_of_a_phrase_does_not_end_it():
    page = "<p>Si apre la riunione del Grupp<b>o di contatto sull'Ucraina: droni, difesa aerea, fondi.</p>"
    assert hits(html_to_text(page))
    assert MATCHER.may_match(page)
