"""Stories on the page: who else has one, taking an article out, what may be of one event."""

import re
from html import unescape

import pytest
from told_house import ARTICLES, EVENT, FIRST, WIRES, told

from monitor.model import HitFilter, SuggestionView
from monitor.web import stories


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """A server whose tests only read."""
    with told(tmp_path_factory.mktemp("told")) as running:
        yield running


@pytest.fixture
def own(tmp_path):
    with told(tmp_path) as running:
        yield running


def plain(page):
    return " ".join(unescape(re.sub("<[^>]+>", " ", page)).split())


def hit(running, title):
    return next(one for one in running.review.hits(HitFilter(limit=None)) if one.title == title)


def token(running):
    return re.search(r'name="token" value="([^"]+)"', running.get("/hits/1").text)[1]


def members(running, story):
    return len(list(running.review.hits(HitFilter(story=story))))


def test_a_row_says_how_many_outlets_have_the_story_and_in_which_languages(seen):
    story = hit(seen, FIRST).story
    page = seen.get("/?language=de").text
    assert f'<a href="/?story={story}" title="The articles of this story">17 outlets · de, en, uk, ar +1</a>' in page
    assert "outlets" not in seen.get("/?language=bn").text


def test_a_story_can_be_asked_for(seen):
    story = hit(seen, FIRST).story
    page = seen.get(f"/?story={story}").text
    assert page.count('<li class="hit') == 17
    assert f"The articles of story {story}" in page
    assert page.count(f'name="story" value="{story}"') == 2, "the filter and the search stay in the story"
    assert seen.get(f"/?story={story}&language=uk").text.count('<li class="hit') == 2
    assert "story is the number" in seen.get("/?story=last").text


def test_a_hit_shows_the_other_articles_of_its_story(seen):
    page = seen.get(f"/hits/{hit(seen, ARTICLES[2].title).id}").text
    words = plain(page)
    assert "The same story , 17 articles" in words
    assert f"{FIRST} Українська правда · Ukrainian · 9 h ago · news.example ↗ First of the story" in words
    assert "Copy: 96% of the text is the same" in words
    assert f"In another language: {EVENT}" in words
    assert f"this one in another language ({EVENT}):" in words
    assert '<a href="/hits/4" lang="ar" dir="auto">' in page
    assert f"<summary>{len(WIRES) + 4 - stories.SHOWN} more</summary>" in page
    assert page.count("Not the same story") == 16


def test_an_article_is_taken_out_of_its_story(own):
    out, stays = hit(own, ARTICLES[3].title), hit(own, FIRST)
    answer = own.post(f"/hits/{out.id}/separate", data={"token": token(own), "back": str(stays.id)})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/hits/{stays.id}")
    assert members(own, stays.story) == 16
    assert hit(own, out.title).story != stays.story
    again = own.post(f"/hits/{out.id}/separate", data={"token": token(own)})
    assert again.status_code == 409
    assert "alone in its story" in again.text


def test_what_may_be_one_event_stands_on_both_hits(seen):
    maybe = hit(seen, "রামস্টেইনে ৫০ দেশের বৈঠক")
    page = plain(seen.get(f"/hits/{maybe.id}").text)
    assert f"Maybe the same event {FIRST}" in page
    assert "Very likely: both name 50 and 14 February, 6 hours apart Same event Different" in page
    assert "Maybe the same event রামস্টেইনে ৫০ দেশের বৈঠক প্রথম আলো · Bangla" in plain(seen.get("/hits/1").text)
    assert "Maybe the same event" not in seen.get(f"/hits/{hit(seen, ARTICLES[-1].title).id}").text


def test_the_list_of_hits_leads_to_what_is_to_be_decided(seen, open_house):
    assert 'href="/suggestions"' in seen.get("/").text
    assert 'href="/suggestions"' not in open_house.get("/").text
    page = plain(seen.get("/suggestions").text)
    assert f"{FIRST} Українська правда · Ukrainian" in page
    assert page.index("Very likely: both name 50") < page.index("Likely: both name Ramstein")
    assert "Nothing is left to decide" in open_house.get("/suggestions").text


@pytest.mark.parametrize(("answer", "more"), [("same", 1), ("different", 0)])
def test_a_decision_makes_one_story_or_leaves_two(own, answer, more):
    story = hit(own, FIRST).story
    suggestion = own.review.stories.suggestions()[0]
    done = own.post(f"/suggestions/{suggestion.id}", data={"token": token(own), "answer": answer})
    assert (done.status_code, done.headers["location"]) == (303, "/suggestions")
    assert members(own, story) == 17 + more
    assert len(own.review.stories.suggestions()) == 1
    again = own.post(f"/suggestions/{suggestion.id}", data={"token": token(own), "answer": answer})
    assert again.status_code == 404
    assert "decided already" in again.text


def test_a_decision_on_a_hit_leads_back_to_it(own):
    suggestion = own.review.stories.suggestions()[0]
    form = {"token": token(own), "answer": "same", "back": str(suggestion.hit_id)}
    assert own.post(f"/suggestions/{suggestion.id}", data=form).headers["location"] == f"/hits/{suggestion.hit_id}"


def test_the_other_side_is_shown_where_an_article_is_meant():
    one = SuggestionView(5, 1, "Mine", "Outlet", "uk", 7, 2, "Theirs", 0.4, "why", "Elsewhere", "pl")
    (pair,) = stories.pairs([one])
    assert (pair.one.title, pair.other.title, pair.other.source, pair.likely) == (
        "Mine",
        "Theirs",
        "Elsewhere",
        "possible",
    )
    (turned,) = stories.pairs([one], story=7)
    assert (turned.one.title, turned.other.title) == ("Theirs", "Mine")
