"""Which texts are Telegram's HTML: our judge is never milder than the strict one of the tests."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram_html import MarkupError, telegram_text

from monitor.deliver.markup import objection

PIECES = [
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    '<a href="https://e.org/?a=1&amp;b=2">',
    "</a>",
    "&amp;",
    "&",
    "<",
    ">",
    "word",
    "😀",
]


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "<b>bold <i>both</i></b> &lt; &#39; &#x27;",
        '<a href="https://example.org/">x</a>',
        '<pre><code class="language-python">x</code></pre>',
        '<span class="tg-spoiler">x</span><blockquote expandable>y</blockquote>',
        "😀" * 2048,
        "<b>" + "x" * 4096 + "</b>",
    ],
)
def test_what_telegram_takes(text):
    assert objection(text) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no text"),
        ("<b> </b>", "no text"),
        ("<p>x</p>", "knows no <p>"),
        ("<b>x", "not closed"),
        ("x</b>", "closes nothing"),
        ("<b><i>x</b></i>", "closes nothing"),
        ("a < b", "no tag"),
        ("AT&T", "entity"),
        ("&nbsp;x", "entity"),
        ('<a href="javascript:x">x</a>', "allows no href"),
        ('<b class="x">x</b>', "allows no class"),
        ("x" * 4097, "4097 UTF-16 units"),
        ("😀" * 2049, "4098 UTF-16 units"),
        ("x\ud83d", "surrogate"),
    ],
)
def test_what_telegram_refuses(text, words):
    assert words in objection(text)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_what_passes_here_passes_there(text):
    if objection(text) is None:
        try:
            telegram_text(text)
        except MarkupError as wrong:
            pytest.fail(f"{text!r} passed: {wrong}")
