"""The seeds hold what seeds/expected.yaml says, and the real parser, extractor and matcher find it there."""

import re
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest

from monitor.cli.demo.expected import expected_hits, load_expected, seeds_folder
from monitor.match import topic as topics
from monitor.model import Feed
from monitor.poll.kinds.answer import feed_from_json
from monitor.poll.kinds.feed import factory as feed_parser
from monitor.read.answer import look_from_json
from monitor.read.look import factory as looker

PROJECT = Path(__file__).resolve().parents[1]
SHARED = PROJECT.parent / "shared"
HOST = "127.0.0.1:8080"
SEEDS = seeds_folder()
OUTLETS = load_expected(SEEDS)
PAGES = [(outlet, page) for outlet in OUTLETS for page in outlet.pages]
PAGE_IDS = [page.slug for _, page in PAGES]
HIT_IDS = [f"{page.slug}-{topic}" for _, page, topic in expected_hits(OUTLETS)]
MIN_PAGE, MAX_PAGE = 20 * 1024, 60 * 1024


def served(outlet, name):
    """Return the bytes as the outlet serves them."""
    return (SEEDS / "outlets" / outlet.folder / name).read_bytes().replace(b"{{host}}", HOST.encode())


FEEDS = {}


def parsed(outlet) -> Feed:
    """Parse the outlet's feed as the poll desk does, once."""
    if outlet.folder not in FEEDS:
        FEEDS[outlet.folder] = parse_feed(outlet)
    return FEEDS[outlet.folder]


def parse_feed(outlet) -> Feed:
    meta = {"url": f"http://{HOST}/feed.xml", "content_type": outlet.content_type, "language": outlet.language}
    return feed_from_json(feed_parser({})(served(outlet, "feed.xml"), meta))


@cache
def look():
    named = topics.shipped()
    shipped = [{"file": name, "text": Path(named[name]).read_text("utf-8")} for name in ("ramstein", "ukraine-aid")]
    return looker({"topics": shipped})


def looked(outlet, page, *, with_page=True):
    """Read one article as the read desk does: what its feed says of it, and its page."""
    url = f"http://{HOST}/{page.slug}.html"
    entry = next(entry for entry in parsed(outlet).entries if entry.url == url)
    meta = {
        "url": url,
        "content_type": "text/html; charset=utf-8",
        "title": entry.title,
        "feed_text": "\n".join(part for part in (entry.summary, entry.content) if part),
        "language": outlet.language,
        "published": entry.published.isoformat(),
        "has_page": with_page,
    }
    return look_from_json(look()(served(outlet, f"{page.slug}.html") if with_page else b"", meta))


def hits_of(seen):
    return {verdict.topic: verdict for verdict in seen.verdicts if verdict.hit}


# --- the files -----------------------------------------------------------------------------------


def test_every_file_is_expected_and_every_expected_file_is_there():
    expected = {f"{outlet.folder}/{page.slug}.html" for outlet, page in PAGES}
    expected |= {f"{outlet.folder}/feed.xml" for outlet in OUTLETS}
    assert {path.relative_to(SEEDS / "outlets").as_posix() for path in SEEDS.glob("outlets/*/*")} == expected


@pytest.mark.parametrize(("outlet", "page"), PAGES, ids=PAGE_IDS)
def test_page_is_as_large_and_noisy_as_real_ones(outlet, page):
    raw = served(outlet, f"{page.slug}.html")
    html = raw.decode("utf-8")
    assert MIN_PAGE <= len(raw) <= MAX_PAGE
    for noise in ("<nav", "<aside", "<footer", "<style>", "<script>", "application/ld+json", "cookie", "comments"):
        assert noise in html, noise
    for fact in (f'lang="{page.language}"', page.published, f'rel="canonical" href="http://{HOST}/{page.slug}.html"'):
        assert fact in html, fact


def test_feeds_differ_in_format_and_one_is_not_utf8():
    assert len({outlet.format for outlet in OUTLETS}) >= 4
    assert {outlet.encoding for outlet in OUTLETS} == {"utf-8", "windows-1251"}
    roots = {re.search(rb"<(rss|feed|rdf:RDF)\b", served(outlet, "feed.xml"))[1] for outlet in OUTLETS}
    assert roots == {b"rss", b"feed", b"rdf:RDF"}


def test_windows_1251_feed_is_declared_so_and_is_not_utf8():
    outlet = next(outlet for outlet in OUTLETS if outlet.encoding == "windows-1251")
    raw = served(outlet, "feed.xml")
    assert raw.startswith(b'<?xml version="1.0" encoding="windows-1251"?>')
    with pytest.raises(UnicodeDecodeError):
        raw.decode("utf-8")


def test_aid_article_and_its_page_never_name_the_group_or_ramstein():
    outlet, page = next((o, p) for o, p in PAGES if set(p.hits) == {"ukraine-aid"})
    html = served(outlet, f"{page.slug}.html").decode("utf-8").casefold()
    for word in ("ramstein", "rammstein", "udcg", "contact group", "рамштайн", "ラムシュタイン"):
        assert word not in html, word


# --- what the program makes of them --------------------------------------------------------------


@pytest.mark.parametrize("outlet", OUTLETS, ids=[outlet.folder for outlet in OUTLETS])
def test_feed_parses_whole(outlet):
    feed = parsed(outlet)
    assert feed.title == outlet.name
    entries = {entry.url: entry for entry in feed.entries}
    assert len(entries) == outlet.entries
    for page in outlet.pages:
        entry = entries[f"http://{HOST}/{page.slug}.html"]
        assert entry.title == page.title
        assert entry.published is not None
        assert entry.summary


@pytest.mark.parametrize(("outlet", "page"), PAGES, ids=PAGE_IDS)
def test_exactly_the_expected_topics_hit(outlet, page):
    assert set(hits_of(looked(outlet, page))) == set(page.hits)


@pytest.mark.parametrize(("outlet", "page", "topic"), expected_hits(OUTLETS), ids=HIT_IDS)
def test_matched_words_are_the_expected_ones(outlet, page, topic):
    seen = looked(outlet, page)
    forms = [term.form.casefold() for term in hits_of(seen)[topic].terms]
    for word in page.hits[topic]:
        assert any(word.casefold() in form for form in forms), (word, forms)


@pytest.mark.parametrize(("outlet", "page"), PAGES, ids=PAGE_IDS)
def test_page_is_read_whole_and_without_its_noise(outlet, page):
    seen = looked(outlet, page)
    if not page.hits:
        return  # the prefilter may have stopped it before the extraction
    assert (seen.page.extraction, seen.page.language) == ("full", page.language)
    assert "cookie" not in seen.text


def test_teaser_feed_does_not_name_the_group_only_its_page_does():
    outlet = next(outlet for outlet in OUTLETS if "teasers" in outlet.format)
    page = next(page for page in outlet.pages if "ramstein" in page.hits)
    assert "ramstein" not in hits_of(looked(outlet, page, with_page=False))
    assert "ramstein" in hits_of(looked(outlet, page))


# --- written by us -------------------------------------------------------------------------------

ORIGINALS = sorted((SHARED / "seeds").glob("00*.txt"))
LONGEST_SHARED_RUN = 12
"""Words in a row: long names of groups and offices reach that, a copied clause goes beyond."""


def runs(text, length):
    words = re.findall(r"[^\s.,;:!?\"'«»“”‘’()|]+", text.casefold())
    return {tuple(words[at : at + length]) for at in range(len(words) - length + 1)}


@pytest.mark.skipif(not ORIGINALS, reason="the original articles are not part of the repository")
@pytest.mark.parametrize(("outlet", "page"), [pair for pair in PAGES if pair[1].hits], ids=lambda part: part.language)
def test_no_clause_is_copied_from_the_originals(outlet, page):
    ours = runs(looked(outlet, page).text, LONGEST_SHARED_RUN)
    assert ours
    for original in ORIGINALS:
        assert not ours & runs(original.read_text("utf-8"), LONGEST_SHARED_RUN)


def test_no_two_pages_share_a_paragraph():
    bodies = {page.slug: set(looked(outlet, page).text.split("\n")) for outlet, page in PAGES if page.hits}
    for one, other in combinations(bodies.values(), 2):
        assert not {line for line in one & other if len(line) > 40}
