"""Cleaning, HTML to plain text, extracts."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text import MAX_MARKS, clean, html_to_text, snippet

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=200)
HOSTILE = st.text(
    "aé\u0301\u0316\u0344\u0958\u1e69가ᄀ \t\r\n\x0b\x00\x1b\x85\u2028\u202e\u2066\ud800\uffff<>&;b/p", max_size=80
)
FORBIDDEN = {
    "\x00",
    "\x1b",
    "\x7f",
    "\x85",
    "\x9f",
    "\u202a",
    "\u202e",
    "\u2066",
    "\u2069",
    "\ud800",
    "\ufffe",
    "\uffff",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x00b\x08\x1b[31mc", "ab[31mc"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("a\r\nb\rc\u2028d\x85e\x0bf", "a\nb\nc\nd\ne\nf"),
        ("\u202egnp.exe\u202c \u2066x\u2069", "gnp.exe x"),
        ("x\ud800y\ufffez", "xyz"),
        ("и\u0306 \u0456\u0308", "й ї"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("😀 \U00010400", "😀 \U00010400"),
        ("", ""),
    ],
)
def test_clean(text, expected):
    assert clean(text) == expected


@given(ANY_TEXT | HOSTILE)
def test_clean_is_idempotent_normal_and_free_of_controls(text):
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert FORBIDDEN.isdisjoint(cleaned)
    assert all(character in "\t\n" or unicodedata.category(character) not in {"Cc", "Cs"} for character in cleaned)


@given(ANY_TEXT | HOSTILE, st.integers(0, 50))
def test_clean_keeps_its_limit_and_stays_idempotent_with_it(text, limit):
    cleaned = clean(text, limit)
    assert len(cleaned) <= limit
    assert clean(cleaned, limit) == cleaned


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("one two three", 13, "one two three"),
        ("one two three", 12, "one two…"),
        ("one two three", 9, "one two…"),
        ("日本語のニュース", 5, "日本語の…"),
        ("one two three", 1, "…"),
        ("one two three", 0, ""),
        ("aq\u0301\u0316bc", 4, "a…"),
    ],
)
def test_a_limit_cuts_at_a_word_where_one_ends_near(text, limit, expected):
    assert clean(text, limit) == expected


@pytest.mark.parametrize("mark", ["\u0301", "\u0344", "\U0001d165", "\u0316\U0001d165"])
def test_a_flood_of_marks_is_cut(mark):
    assert len(clean("q" + mark * 160_000 + "!")) <= MAX_MARKS + 2


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two<br>three</p>", "One\nTwo\nthree"),
        ("<b>Ram</b>stein", "Ramstein"),
        ("<ul><li>a<li>b</ul><table><tr><td>c<td>d</table>", "a\nb\nc\nd"),
        ("AT&amp;T &ndash; &#1059;&#x43A;&#8217;", "AT&T – Ук’"),
        ("AT&T", "AT&T"),
        ("5 < 6 and 7 > 3", "5 < 6 and 7 > 3"),
        ("a <3 b", "a <3 b"),
        ("a<script>alert('<p>x</p>')</script><style>p{}</style>b", "ab"),
        ("a<noscript><p>no</p></noscript><template>t</template>b", "ab"),
        ("<html><head><title>t</title></head><body> x </body></html>", "x"),
        ("<!-- c -->a<!-- <p>b</p> -->", "a"),
        ("line one\n   line two", "line one line two"),
        ("a&nbsp;&nbsp;b\u3000c", "a b c"),
        ("a\x00b&#27;[0m&#8238;&#xD800;", "ab[0m\ufffd"),
        ("<p", ""),
        ("", ""),
        ("   ", ""),
    ],
)
def test_html_to_text(html, text):
    assert html_to_text(html) == text


@given(HOSTILE | st.text("<>/&;#px \"'=!-brscipt", max_size=80))
def test_html_to_text_gives_clean_text_for_anything(html):
    text = html_to_text(html)
    assert clean(text) == text
    assert "\n\n" not in text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<div>" * 5_000 + "deep", "deep"),
        ("<p>" * 100_000 + "wide", "wide"),
        ("&nbsp;" * 300_000 + "far", "far"),
        ("<p>a" * 3, "a\na\na"),
    ],
)
def test_huge_and_deep_pages_give_their_text(html, text):
    assert html_to_text(html) == text


def shown(pieces):
    return "".join(f"[{piece}]" if marked else piece for piece, marked in pieces)


FOX = "The quick brown fox jumps over the lazy dog and the cat sleeps on the mat"


@pytest.mark.parametrize(
    ("text", "spans", "width", "expected"),
    [
        (FOX, [(16, 19)], 200, FOX.replace("fox", "[fox]")),
        (FOX, [(16, 19)], 30, "… brown [fox] jumps over the lazy …"),
        (FOX, [(40, 43), (16, 19)], 40, "… quick brown [fox] jumps over the lazy [dog] …"),
        (FOX, [(0, 3)], 12, "[The] quick …"),
        (FOX, [(70, 73)], 14, "… on the [mat]"),
        (FOX, [], 12, "The quick …"),
        (
            FOX,
            [(4, 15), (10, 19), (19, 19), (90, 95), (-5, -1)],
            200,
            FOX.replace("quick brown fox", "[quick brown fox]"),
        ),
        (FOX, [(0, 73)], 10, "[The quick] …"),
        ("日本語" * 20, [(30, 33)], 12, "… 日本語[日本語]日本語日本語 …"),
        ("one\ntwo\tthree", [(4, 7)], 50, "one [two] three"),
        ("", [(0, 3)], 10, ""),
    ],
)
def test_snippet(text, spans, width, expected):
    assert shown(snippet(text, spans, width)) == expected


@given(
    st.text("ab \n語é\u0301", max_size=120),
    st.lists(st.tuples(st.integers(-3, 130), st.integers(-3, 130)), max_size=4),
    st.integers(-1, 60),
)
def test_a_snippet_shows_a_part_of_the_text_with_its_first_span(text, spans, width):
    pieces = snippet(text, spans, width)
    words = "".join(piece for piece, _ in pieces if piece not in {"… ", " …"})
    assert words in text.replace("\n", " ")
    assert len(words) <= max(width, 1)
    real = [(a, b) for a, b in spans if max(a, 0) < min(b, len(text))]
    assert any(marked for _, marked in pieces) == bool(real)


def test_the_extract_shows_the_place_with_the_most_different_words():
    text = "Ukraine said. " * 40 + "the contact group on Ukraine met at Ramstein " + "and Ukraine said. " * 40
    spans = [(m.start(), m.end()) for m in re.finditer("Ukraine|contact group|Ramstein", text)]
    shown = {piece for piece, marked in snippet(text, spans, 120) if marked}
    assert shown == {"Ukraine", "contact group", "Ramstein"}


@pytest.mark.parametrize(
    "html", ["a<br>b", "a<BR>b", "a<bR/>b", "<DiV>a</dIv>b", "<fIgCaption>a</fIgCaption>b", "a<h2\n>b"]
)
def test_blocks_are_apart_however_they_are_written(html):
    assert html_to_text(html) == "a\nb"


def test_a_title_stays_in_the_head_and_a_form_feed_ends_a_line():
    assert html_to_text("<head><title>Rain</title></head><body>on the\x0ccoast") == "on the\ncoast"


BLOCKS = [
    "address",
    "article",
    "aside",
    "blockquote",
    "br",
    "caption",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
]


@pytest.mark.parametrize("name", BLOCKS)
def test_every_block_breaks_the_line(name):
    assert html_to_text(f"<svg>a<{name}>b") == html_to_text(f"<svg>a</{name.upper()} >b") == "a\nb"


@pytest.mark.parametrize("name", ["a", "b", "span", "prx", "h7", "divide", "link", "time", "strong", "i", "path", "u"])
def test_nothing_else_does(name):
    assert html_to_text(f"<svg>a<{name}>b</{name}>c") == "abc"
