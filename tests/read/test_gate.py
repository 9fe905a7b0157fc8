"""What must not pass for an article, and what must."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.read import gate
from monitor.tree import too_many_attributes

PAGE = b"<!DOCTYPE html><html><body><p>text</p></body></html>"
NOTICE = "The talks planned for Wednesday will take place on Thursday, the ministry said."


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"%PDF-1.7 ...", "text/html"),
        (b"\xff\xd8\xff\xe0...", "text/html"),
        (b"\x89PNG\r\n", ""),
        (b"\x00\x00\x00\x18ftypmp42", "text/html"),
        (b"PK\x03\x04", "application/octet-stream"),
        (b"\x01\x02\x03", "image/heic"),
        (b"  ", "text/html"),
        (b"", ""),
    ],
)
def test_what_is_no_page(body, content_type):
    assert gate.refuse_document(body, content_type).startswith("not a page")


@pytest.mark.parametrize("content_type", ["text/html", "", "application/octet-stream", "text/plain", "image/png"])
def test_a_page_is_a_page_whatever_the_header_says(content_type):
    assert gate.refuse_document(PAGE, content_type) is None


@pytest.mark.parametrize("text", ["", "Loading...", "A picture of the port."])
def test_thin_text(text):
    assert gate.refuse_text(text).startswith("thin text")


@pytest.mark.parametrize(
    "text",
    [NOTICE, "乌克兰国防联络小组星期二在拉姆施泰因空军基地举行会议", "Access denied to reporters. " + NOTICE],
)
def test_a_short_article_is_an_article(text):
    assert gate.refuse_text(text) is None


def test_one_tag_with_thousands_of_attributes_is_not_parsed():
    attributes = " ".join(f'a{n}="1"' for n in range(20_000))
    assert gate.refuse_markup(f"<body {attributes}>").startswith("not parsed")
    assert gate.refuse_markup(f'<img src="data:image/png;base64,{"A=" * 100 + "A" * 100_000}">') is None


LONG_TAG = re.compile(rf"<[A-Za-z][^<>]{{{gate.MAX_TAG},}}")
PIECES = st.sampled_from(["<a ", "</a", "<", ">", "< ", "x", "a=1 " * 300, "b=2 " * 1500, "c=3 " * 4096, "d " * 8192])


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join))
def test_tags_are_as_suspect_as_a_plain_search_finds_them(html):
    suspect = any(tag.group().count("=") > gate.MAX_ATTRIBUTES for tag in LONG_TAG.finditer(html))
    assert (gate.refuse_markup(html) is not None) == (suspect and too_many_attributes(html))
