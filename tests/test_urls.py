"""A8: one reading of every URL; and the laws of the key that identifies an article."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import FetchError
from monitor.urls import check_url, host_of, join, origin_of, place_of, polite_key, registrable, url_key

CASES = Path(__file__).with_name("cases")


def cases(name):
    return [json.loads(line) for line in (CASES / name).read_text("utf-8").splitlines()]


def outcome(url):
    try:
        return check_url(url)
    except FetchError as error:
        return error.kind


def named(case):
    return ascii(case.get("link", case.get("url", "")))[:50]


@pytest.mark.parametrize("case", cases("urls_check.jsonl"), ids=named)
def test_check_url(case):
    assert outcome(case["url"]) == case.get("is", case.get("error"))


def test_the_longest_url():
    url = "http://example.org/"
    assert outcome(url + "a" * (2048 - len(url))).startswith("http")
    assert outcome(url + "a" * (2049 - len(url))) == "bad_url"
    assert outcome(url + "ї" * 1000) == "bad_url"


def test_an_error_is_for_ever_and_does_not_repeat_the_url():
    with pytest.raises(FetchError) as caught:
        check_url("http://user:CANARY@example.org/")
    assert caught.value.permanent
    assert "CANARY" not in str(caught.value)


@pytest.mark.parametrize("case", cases("urls_join.jsonl"), ids=named)
def test_join(case):
    assert join(case["base"], case["link"]) == case["is"]


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://WWW.Example.org:80/x", "www.example.org"),
        ("http://пример.рф", "xn--e1afmkfd.xn--p1ai"),
        ("ftp://x", ""),
    ],
)
def test_host_of(url, host):
    assert host_of(url) == host


@pytest.mark.parametrize("urls", [case["same"] for case in cases("urls_key.jsonl") if "same" in case])
def test_one_article_has_one_key(urls):
    assert {url: url_key(url) for url in urls} == dict.fromkeys(urls, url_key(urls[0]))


@pytest.mark.parametrize("urls", [case["different"] for case in cases("urls_key.jsonl") if "different" in case])
def test_two_articles_have_two_keys(urls):
    assert not [pair for pair in combinations(urls, 2) if url_key(pair[0]) == url_key(pair[1])]


def test_what_is_no_url_is_its_own_key():
    assert url_key(" urn:uuid:1 ") == "urn:uuid:1"


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("feeds.bbc.co.uk", "bbc.co.uk"),
        ("bbc.co.uk", "bbc.co.uk"),
        ("www.mil.gov.ua", "mil.gov.ua"),
        ("a.b.c.example.com", "example.com"),
        ("desk.github.io", "github.io"),  # one company's servers, whoever writes there
        ("www.xn--80aaxitdbjk.xn--p1ai", "xn--80aaxitdbjk.xn--p1ai"),
        ("news.example", "news.example"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "::1"),
        ("", ""),
    ],
)
def test_the_domain_that_somebody_registered(host, domain):
    assert registrable(host) == domain


@pytest.mark.parametrize(
    ("polite", "key"),
    [("host", "host:feeds.bbc.co.uk"), ("domain", "domain:bbc.co.uk"), ("source", "source:BBC")],
)
def test_what_requests_are_spaced_by(polite, key):
    assert polite_key("https://Feeds.BBC.co.uk:443/news?x=1", polite, "BBC") == key


def test_origin_and_place_of_a_url():
    assert origin_of(check_url("HTTPS://News.Example:443/a?b#c")) == "https://news.example"
    assert place_of(check_url("https://News.Example/a")) == ("news.example", 443)
    assert place_of(check_url("http://[::1]:8080/")) == ("::1", 8080)


WORDS = st.text("abcxyz0123456789-_~ї%&=+.;/ampAB", min_size=1, max_size=12)
NAMES = st.sampled_from(["id", "p", "newsid", "page", "a", "b", "q"])
PAIRS = st.lists(st.tuples(NAMES, st.text("abc019ї", max_size=4)), max_size=4)
PATHS = st.lists(st.text("abcxyzABC0189-_~", min_size=1, max_size=6), max_size=4).map(
    lambda parts: "/" + "/".join(part for part in parts if part != "amp"),
)
NOISE = st.lists(
    st.sampled_from(
        ["utm_source=x", "utm_id=1", "fbclid=q", "gclid=1", "yclid=2", "mc_cid=3", "UTM_Medium=y", "ref=rss"]
    ),
    max_size=3,
)


def written(path, pairs, noise=()):
    query = "&".join([*(f"{name}={value}" for name, value in pairs), *noise])
    return f"https://news.example{path}" + (f"?{query}" if query else "")


@given(st.text(max_size=60))
def test_any_text_is_a_url_or_an_error_and_checking_twice_changes_nothing(text):
    for url in (text, "http://" + text, "https://news.example/" + text):
        result = outcome(url)
        if "://" in result:
            assert check_url(result) == result
            assert result.isascii()
            assert len(result) <= 2048


@given(WORDS, WORDS, st.sampled_from(["", "www.", "m.", "amp.www.", "amp."]))
def test_the_key_of_a_key_is_the_key(path, query, twin):
    key = url_key(f"http://{twin}news.example/{path}?{query}")
    assert url_key(key) == key


@given(PATHS, PAIRS, NOISE, st.randoms(use_true_random=False))
def test_tracking_and_the_order_of_names_do_not_matter(path, pairs, noise, random):
    by_name = sorted(pairs, key=lambda pair: pair[0])
    mixed = [*(f"{name}={value}" for name, value in by_name), *noise]
    if len({name for name, _ in pairs}) == len(pairs):
        random.shuffle(mixed)
    query = "&".join(mixed)
    assert url_key(f"http://www.news.example{path}?{query}#x") == url_key(written(path, by_name))


@given(PATHS, PAIRS, PATHS, PAIRS)
def test_two_paths_or_two_queries_never_share_a_key(path, pairs, other_path, other_pairs):
    same = path == other_path and sorted(pairs, key=lambda p: p[0]) == sorted(other_pairs, key=lambda p: p[0])
    assert (url_key(written(path, pairs)) == url_key(written(other_path, other_pairs))) == same


@given(st.text(max_size=80), st.text(max_size=80))
def test_join_gives_a_url_that_may_be_fetched_or_none(base, link):
    url = join("https://news.example/" + base, link)
    assert url is None or check_url(url) == url.partition("#")[0]
