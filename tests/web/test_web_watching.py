"""What the page shows of sources that need a look, and of articles that were edited."""

import re

import pytest
from watched_house import EDITED, KEY, STATES, watched
from web_house import PASSWORD

from monitor.model import HitFilter


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    with watched(tmp_path_factory.mktemp("watched")) as running:
        yield running


def plain(page):
    return " ".join(re.sub("<[^>]+>", " ", page).split())


def test_every_state_is_said_in_words_with_what_to_do(seen):
    page = seen.get("/sources").text
    for _, standing, _ in STATES:
        assert f"is-{standing.health}" in page
    assert page.count("What to do:") >= 8
    assert "1 gone · 2 failing · 2 blocked · 2 rotated · 1 silent · 1 late · 1 moved" in plain(page)


def test_what_needs_a_look_is_on_top(seen):
    page = seen.get("/sources").text
    order = [
        "Gone",
        "Down",
        "Blocked at the feed",
        "Rotated",
        "Silent",
        "Late",
        "Moved",
        "Not Yet Polled",
        "Back",
        "Tages",
    ]
    places = [page.index(f"<bdi>{name}") for name in order]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "words",
    [
        "1 article page in a row behind a bot check, consent or login",
        "it refuses us, last answered 10 Feb, 14:40: http: answers 403",
        "now at another address on new.example",
        "a permanent redirect leads to another address on next.example",
        "12 Feb, 10:40 to 12 Feb, 12:40, noticed 12 Feb, 13:40: 41 entries read back",
        "was polled 50 min after it was due",
        "50 min late",
        "every 12 min",
        "for 5 h",
        "1 gap, 1 open",
        "Our own network : down → ok",
        "Down : ok → failing",
    ],
)
def test_it_is_told(seen, words):
    assert words in plain(seen.get("/sources").text)


def test_no_key_of_an_address_is_shown(seen):
    assert KEY not in seen.get("/sources").text


def test_a_page_without_a_change_says_what_would_stand_there(open_house):
    assert "Last changes of state" in open_house.get("/sources").text


def test_an_edited_hit_says_so_in_the_list_and_on_its_page(seen):
    assert len(re.findall(r'class="edited"', seen.get("/").text)) == 1
    page = seen.get(f"/hits/{number(seen)}").text
    assert "matches since it was edited" in page


@pytest.mark.parametrize("address", ["hit", f"/why?url={EDITED.url}"])
def test_an_edit_is_marked_up_with_words_too(seen, address):
    page = seen.get(f"/hits/{number(seen)}" if address == "hit" else address).text
    assert "(removed:) several (end)" in plain(page)
    assert "(added:) fifty (end)" in plain(page)
    assert re.search(r"<ins><span[^>]*>[^<]*</span> at Ramstein<span", page)
    assert "Edit 1, noticed" in plain(page)
    assert "once more, for corrections" in page


def test_an_article_that_was_not_edited_has_no_edits(seen):
    assert "<ins>" not in seen.get("/hits/1").text


def number(seen):
    return next(hit.id for hit in seen.review.hits(HitFilter()) if hit.edited)


def test_nothing_of_it_is_seen_without_the_password(tmp_path):
    with watched(tmp_path, password=PASSWORD) as running:
        assert "Blocked" not in running.get("/sources").text
