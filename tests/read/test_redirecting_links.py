"""Links that lead to an article by way of somebody else."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.read import links

ARTICLE = "https://outlet.example/2026/05/talks-moved"


def varint(number):
    out = b""
    while number > 127:
        out, number = out + bytes([number & 127 | 128]), number >> 7
    return out + bytes([number])


def google(*texts, place="rss/articles"):
    """A Google News link of the old kind: a protobuf message with one field a text."""
    message = b"\x08\x13"
    for number, text in zip((4, 26), texts, strict=False):
        message += varint(number << 3 | 2) + varint(len(text.encode())) + text.encode()
    identity = base64.urlsafe_b64encode(message + b"\xd2\x01\x00").decode().rstrip("=")
    return f"https://news.google.com/{place}/{identity}?oc=5"


NEW = google("AU_yqLNhX3Rva2VuX3RoYXRfb25seV9Hb29nbGVfcmVhZHM")


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        (google(ARTICLE), ARTICLE),
        (google(ARTICLE, "https://outlet.example/amp/talks-moved"), ARTICLE),
        (google(f"{ARTICLE}?{'a' * 300}=1"), f"{ARTICLE}?{'a' * 300}=1"),
        (google(ARTICLE, place="__i/rss/rd/articles"), ARTICLE),
        (
            google("https://видання.укр/стаття"),
            "https://xn--80adgp1aa0k.xn--j1amh/%D1%81%D1%82%D0%B0%D1%82%D1%82%D1%8F",
        ),
        (google("https://news.yahoo.com/talks-moved-1.html"), "https://news.yahoo.com/talks-moved-1.html"),
        (NEW, None),
        (google("javascript:alert(1)"), None),
        (google("https://news.google.com/articles/again"), None),
        ("https://news.google.com/rss/articles/CBMi", None),
        ("https://news.google.com/rss/articles/" + "A" * 400, None),
        (
            "http://www.bing.com/news/apiclick.aspx?aid=&url=https%3a%2f%2foutlet.example%2f2026%2f05%2ftalks-moved&c=1",
            ARTICLE,
        ),
        (f"https://www.google.com/url?rct=j&sa=t&url={ARTICLE}&ct=ga&cd=x&usg=y", ARTICLE),
        ("https://www.google.com/url?q=http://127.0.0.1/", "http://127.0.0.1/"),
        (
            "https://r.search.yahoo.com/_ylt=A0/RV=2/RU=https%3a%2f%2foutlet.example%2f2026%2f05%2ftalks-moved/RK=2/RS=x-",
            ARTICLE,
        ),
        (f"http://us.rd.yahoo.com/dailynews/rss/world/*{ARTICLE}", ARTICLE),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Foutlet.example%2F2026%2F05%2Ftalks-moved&h=A", ARTICLE),
        ("https://away.vk.com/away.php?to=https%3A%2F%2Foutlet.example%2F2026%2F05%2Ftalks-moved", ARTICLE),
        ("https://outlet.example/redirect?url=https://elsewhere.example/", None),
        ("https://outlet.example/rss/articles/CBMiabcdefghijklmnop", None),
        (ARTICLE, None),
    ],
)
def test_what_the_link_itself_carries(link, expected):
    assert links.target(link) == expected


@pytest.mark.parametrize(
    ("link", "name"),
    [(NEW, "Google News"), ("https://www.bing.com/news/apiclick.aspx?url=x", "Bing News"), (ARTICLE, None)],
)
def test_who_stands_between(link, name):
    assert links.through(link) == name


@given(st.binary(max_size=60), st.text(max_size=40))
def test_any_link_gets_an_answer(message, text):
    for link in (
        "https://news.google.com/rss/articles/" + base64.urlsafe_b64encode(message).decode(),
        f"https://news.google.com/rss/articles/{text}",
        f"https://www.google.com/url?url={text}",
    ):
        found = links.target(link)
        assert found is None or found.startswith(("http://", "https://"))


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (f'<c-wiz data-n-au="{ARTICLE}"></c-wiz>', ARTICLE),
        (f'<noscript><meta http-equiv="refresh" content="0;URL={ARTICLE}"></noscript>', ARTICLE),
        (f"<meta http-equiv=refresh content=\"0; url='{ARTICLE}'\">", ARTICLE),
        (f'<link rel="canonical" href="{ARTICLE}?a=1&amp;b=2">', f"{ARTICLE}?a=1&b=2"),
        (f'<script>window.location.replace("{ARTICLE}")</script>', ARTICLE),
        (f'<a href="https://policies.google.com/">x</a><a jsname="t" href="{ARTICLE}">Talks</a>', ARTICLE),
        (f'<a href="{ARTICLE}">one</a><a href="https://other.example/b-2">two</a>', None),
        (
            '<c-wiz data-n-a-id="CBMi" data-n-a-sg="x"><a href="https://accounts.google.com/">in</a>',
            None,
        ),
        ('<link rel="canonical" href="https://news.google.com/rss/articles/CBMi">', None),
        ("<a " * 200_000, None),
    ],
    ids=["attribute", "refresh", "quoted", "canonical", "script", "one link", "two", "new kind", "itself", "hostile"],
)
def test_what_the_page_of_a_go_between_names(page, expected):
    assert links.named_in(page, NEW) == expected


@pytest.mark.parametrize(
    ("link", "post"),
    [
        ("https://t.me/ministry/1234", True),
        ("https://t.me/s/ministry/1234", True),
        ("https://telegram.me/ministry/12?single", True),
        ("https://t.me/ministry", False),
        ("https://t.me/iv?url=https://outlet.example/a", False),
        ("https://outlet.example/t.me/ministry/1", False),
    ],
)
def test_posts(link, post):
    assert links.is_post(link) is post
