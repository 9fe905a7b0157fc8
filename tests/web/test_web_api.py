"""The JSON API: pieces of lists, one hit whole, decisions that overrule nobody, saved filters, refusals in words."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from web_house import NEWS, NOW, PASSWORD, house

from monitor.formats import reviewed_json
from monitor.model import Alert, ApiToken, HitFilter

REVIEW = {"authorization": "Bearer review-token-0123456789"}
READ = {"authorization": "Bearer read-token-0123456789"}
TOKENS = (ApiToken("bot", "review-token-0123456789", ("review",)), ApiToken("eye", "read-token-0123456789"))
HOSTILE_QUERIES = (
    '" OR ""="',
    "NEAR(a b)",
    "*",
    "a*",
    '"',
    "col:a",
    "-a",
    "^a",
    "AND OR NOT",
    "%_\\",
    "'; DROP TABLE hit; --",
    "(" * 150,
    "\0\x1b\u202e",
    "😀" * 50,
)


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """A server whose tests only read."""
    with house(tmp_path_factory.mktemp("api"), NEWS, password=PASSWORD, tokens=TOKENS) as running:
        yield running


@pytest.fixture
def own(tmp_path):
    with house(tmp_path, NEWS, password=PASSWORD, tokens=TOKENS) as running:
        yield running


def ask(running, path, **options):
    return running.get(f"/api/v1{path}", headers=READ, **options)


def change(running, method, path, body=None, headers=REVIEW):
    return running.client.request(method, f"{running.url}/api/v1{path}", json=body, headers=headers)


# --- reading ---------------------------------------------------------------------------------------


def test_hits_have_the_stable_keys_and_what_people_said(seen):
    (first, *others) = ask(seen, "/hits").json()["hits"]
    assert len(others) == 5
    (stored,) = seen.review.hits(HitFilter(limit=1))
    assert first == reviewed_json(stored)
    assert list(first) == list(reviewed_json(stored))


def test_a_list_is_read_in_pieces_that_lose_and_repeat_nothing(seen):
    found, after = [], None
    while True:
        said = ask(seen, "/hits", params={"limit": 2} | ({"after": after} if after else {})).json()
        found += [hit["id"] for hit in said["hits"]]
        after = said["next"]
        if after is None:
            break
    assert found == [hit.id for hit in seen.review.hits(HitFilter(limit=None))]


@pytest.mark.parametrize(
    ("query", "count"),
    [("language=uk", 1), ("q=РАМШТАЙН", 1), ("grade=probable&topic=ukraine-aid", 1), ("since=1h", 2), ("tag=none", 0)],
)
def test_the_filter_of_the_page_narrows_every_list(seen, query, count):
    assert len(ask(seen, f"/hits?{query}").json()["hits"]) == count
    assert len(ask(seen, f"/stories?{query}").json()["stories"]) == count
    assert ask(seen, f"/counts?{query}").json()["hits"] == count


def test_a_hit_comes_with_all_that_is_known_of_it(seen):
    said = ask(seen, "/hits/6").json()
    assert said["text"].startswith("Головнокомандувач")
    assert said["why"][0].startswith("group named")
    assert said["ledger"]["seen_in"][0]["source"] == "Українська правда"
    assert {one["alert"] for one in said["ledger"]["deliveries"]} == {"desk-telegram", "desk-mail"}
    assert (said["history"], said["revisions"]) == ([], [])


def test_any_article_is_explained_by_its_address(seen):
    said = ask(seen, "/why", params={"url": "https://news.example/5"}).json()
    assert [hit["id"] for hit in said["hits"]] == [6]
    assert said["verdicts"][0]["topic"] == "ramstein"
    assert ask(seen, "/why", params={"url": "https://never.example/"}).status_code == 404


def test_sources_and_channels_say_how_they_stand_and_no_key(seen):
    sources = ask(seen, "/sources").json()["sources"]
    assert (sources[0]["name"], sources[0]["health"]) == ("RBC-Україна", "failing")
    assert "monitor sources check" in sources[0]["mend"]
    assert "feed-secret" not in json.dumps(sources)
    said = ask(seen, "/alerts?state=failed").json()
    assert {one["alert"] for one in said["channels"]} == {"desk-telegram", "desk-mail"}
    assert {one["state"] for one in said["deliveries"]} == {"failed"}


# --- refusals --------------------------------------------------------------------------------------


def problem(answer, status):
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    said = answer.json()
    assert (said["type"], said["status"]) == ("about:blank", status)
    return said


@pytest.mark.fault("H8")
@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/hits?limit=0", 422, "limit: It should be greater than or equal to 1."),
        ("/hits?limit=1000000000", 422, "limit: It should be less than or equal to 200."),
        ("/hits?page=-1", 422, "There is no page here; known are language,"),
        ("/hits?topc=ramstein", 422, "There is no topc here; known are language,"),
        ("/hits?grade=sure", 422, "grade: It should be 'certain' or 'probable'."),
        ("/hits?since=soon", 422, "since is a span such as 24h, 7d, 2w or a date such as 2026-02-12."),
        ("/hits?after=17", 422, "after: String should match pattern"),
        ("/hits?after=20261341T000000.000000Z-1", 422, "after is the place in a list"),
        (f"/hits?q={'x' * 201}", 422, "q: String should have at most 200 characters."),
        (f"/hits?q={'x' * 20_000}", 422, "q: String should have at most 200 characters."),
        ("/hits?story=99999999999999999999", 422, "story: It should be less than"),
        ("/hits/0", 422, "hit_id: It should be greater than or equal to 1."),
        (f"/hits/{'9' * 5000}", 422, "hit_id: "),
        ("/hits/99999999999999999999", 422, "hit_id: It should be less than or equal to 9223372036854775807."),
        ("/hits/9223372036854775807", 404, "There is no hit number 9223372036854775807."),
        ("/hits/%2e%2e/%2e%2e/etc/passwd", 404, "There is no such thing"),
        ("/sources?x=1", 422, "There is no x here; known are none."),
        ("/why", 422, "url: Field required."),
        ("/nothing", 404, "There is no such thing in the API; /api/v1/openapi.json describes it."),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(seen, path, status, words):
    assert problem(ask(seen, path), status)["detail"].startswith(words)


@pytest.mark.fault("H9")
@pytest.mark.parametrize("words", HOSTILE_QUERIES)
def test_words_are_looked_for_and_are_no_query_language(seen, words):
    for path in ("/hits", "/stories", "/counts"):
        assert ask(seen, path, params={"q": words}).status_code == 200
    assert len(list(seen.review.hits(HitFilter(limit=None)))) == len(NEWS)


def test_another_method_is_refused_with_the_right_one(seen):
    answer = change(seen, "DELETE", "/hits")
    assert answer.headers["allow"] == "GET"
    assert problem(answer, 405)["detail"] == "DELETE is not for this address; GET is."


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer wrong"}, {"authorization": "Basic ====="}])
def test_nobody_is_told_anything_without_a_login(seen, headers):
    for path in ("/hits", "/openapi.json", "/nothing"):
        problem(seen.get(f"/api/v1{path}", headers=headers), 401)


# --- changing --------------------------------------------------------------------------------------


def test_a_decision_is_made_shown_and_taken_back(own):
    body = {"state": "relevant", "note": "перша", "tags": ["air defence"], "stamp": 0}
    said = change(own, "POST", "/hits/6/decision", body).json()
    (made,) = said["done"]
    assert (made["who"], made["was"], made["state"], made["tags"]) == ("bot", "new", "relevant", ["air defence"])
    hit = ask(own, "/hits/6").json()
    assert (hit["state"], hit["note"], hit["tags"], hit["stamp"]) == ("relevant", "перша", ["air defence"], made["id"])
    assert [one["id"] for one in hit["history"]] == [made["id"]]
    assert change(own, "POST", "/undo", {"decisions": [made["id"]]}).status_code == 200
    assert ask(own, "/hits/6").json()["state"] == "new"


def test_nobody_is_overruled_who_decided_since(own):
    own.review.mark(6, "starred", "mine", NOW, "Olena")
    said = problem(change(own, "POST", "/hits/6/decision", {"state": "irrelevant", "stamp": 0}), 409)
    assert said["detail"].startswith("Decided on since by Olena; nothing was changed.")
    assert [(one["who"], one["state"], one["note"]) for one in said["overtaken"]] == [("Olena", "starred", "mine")]
    assert own.review.hit(6).state == "starred"
    stamp = said["overtaken"][0]["id"]
    assert change(own, "POST", "/hits/6/decision", {"state": "irrelevant", "stamp": stamp}).status_code == 200


def test_one_decision_on_many_says_what_became_of_each(own):
    own.review.mark(5, "starred", None, NOW, "Olena")
    body = {"state": "irrelevant", "add": ["dull"], "targets": [{"hit": 4}, {"hit": 5, "stamp": 0}, {"hit": 99}]}
    said = change(own, "POST", "/decisions", body).json()
    assert [one["hit_id"] for one in said["done"]] == [4]
    assert [one["who"] for one in said["overtaken"]] == ["Olena"]
    assert said["missing"] == [99]
    assert [own.review.hit(number).state for number in (4, 5)] == ["irrelevant", "starred"]


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("/hits/99/decision", {"state": "new"}, 404, "There is nothing with the number 99."),
        ("/hits/6/decision", {}, 422, "Say what is decided"),
        ("/hits/6/decision", {"state": "maybe"}, 422, "state: It should be 'new', 'relevant',"),
        ("/hits/6/decision", {"note": "x" * 2001}, 422, "note: String should have at most 2000 characters."),
        ("/hits/6/decision", {"tags": ["x" * 33]}, 422, "tags.0: String should have at most 32 characters."),
        ("/hits/6/decision", {"state": "new", "stamp": "0"}, 422, "stamp: It should be a valid integer."),
        ("/hits/6/decision", {"state": "new", "hit": 5}, 422, "There is no hit here; known are"),
        ("/decisions", {"state": "new", "targets": []}, 422, "targets: List should have at least 1 item"),
        ("/decisions", {"state": "new", "targets": [{"hit": 1}] * 201}, 422, "targets: List should have at most 200"),
        ("/undo", {"decisions": [99]}, 404, "There is nothing with the number 99."),
        ("/filters", {"name": "x", "query": "grade=sure"}, 422, "grade is one of certain, probable."),
        ("/filters", {"name": "x", "query": "nothing=1"}, 422, "This asks nothing"),
        ("/filters", {"name": " ", "query": "language=uk"}, 422, "A saved filter needs a name."),
    ],
)
def test_what_cannot_be_changed_changes_nothing(seen, path, body, status, words):
    assert problem(change(seen, "POST", path, body), status)["detail"].startswith(words)
    assert {hit.state for hit in seen.review.hits(HitFilter(limit=None))} == {"new"}
    assert seen.review.filters.all() == ()


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        ("{", "application/json", 400),
        ("[" * 60_000, "application/json", 400),
        ('{"state": "new"}', "text/plain", 415),
        ("state=new", "application/x-www-form-urlencoded", 415),
        ('{"note": "' + "x" * 70_000 + '"}', "application/json", 413),
        ('{"note": "\\ud800"}', "application/json", 422),
        ('{"stamp": 1e400, "state": "new"}', "application/json", 422),
        ("", "application/json", 422),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(seen, content, kind, status):
    headers = REVIEW | {"content-type": kind}
    problem(seen.post("/api/v1/hits/6/decision", content=content, headers=headers), status)


@pytest.mark.parametrize(
    "headers",
    [READ, {}, {"authorization": "Basic bm9ib2R5OmNvcnJlY3QgaG9yc2U="}],
    ids=["a token that may only read", "nobody", "a password, which a browser sends by itself"],
)
def test_a_change_needs_a_token_of_the_scope_review(seen, headers):
    for method, path, body in (
        ("POST", "/hits/6/decision", {"state": "starred"}),
        ("POST", "/decisions", {"state": "starred", "targets": [{"hit": 6}]}),
        ("POST", "/undo", {"decisions": [1]}),
        ("POST", "/filters", {"name": "x", "query": "language=uk"}),
        ("DELETE", "/filters/1", None),
    ):
        answer = change(seen, method, path, body, headers)
        assert answer.status_code == (403 if headers else 401)
    assert seen.review.hit(6).state == "new"


@pytest.mark.fault("H13")
def test_an_unexpected_error_tells_its_number_alone(own, tmp_path, caplog):
    with closing(sqlite3.connect(tmp_path / "monitor.db")) as connection:
        connection.execute("DROP TABLE hit_tag")
    said = problem(ask(own, "/hits"), 500)
    assert said["detail"].startswith("Something went wrong. The log of the monitor says more; look for error ")
    assert "hit_tag" not in json.dumps(said)
    assert said["detail"].split()[-1].rstrip(".") in caplog.text
    assert "no such table: hit_tag" in caplog.text
    token = READ["authorization"].removeprefix("Bearer ")
    problem(own.get(f"/hits.atom?token={token}"), 500)
    assert token not in caplog.text


# --- saved filters ---------------------------------------------------------------------------------


def test_a_filter_is_saved_in_its_one_form_listed_and_removed(own):
    answer = change(
        own, "POST", "/filters", {"name": " Air  defence ", "query": "?state=new&country=ua&topic=ramstein"}
    )
    assert answer.status_code == 201
    kept = answer.json()
    assert (kept["name"], kept["query"]) == ("Air defence", "topic=ramstein&country=UA&state=new")
    assert (kept["who"], kept["unused"]) == ("bot", ["state"])
    assert ask(own, "/filters").json() == {"filters": [kept]}
    assert change(own, "DELETE", f"/filters/{kept['id']}").status_code == 204
    problem(change(own, "DELETE", f"/filters/{kept['id']}"), 404)


def test_a_filter_that_an_alert_goes_by_stays(own):
    kept = own.review.filters.save("Air defence", "q=Patriot&tag=x", "", NOW)
    alert = Alert("desk-mail", "json://h", ("ramstein",), filters=("Air defence", "Nobody's"))
    own.server.route([alert, replace(alert, name="other", filters=())])
    assert ask(own, "/filters").json()["filters"][0]["alerts"] == ["desk-mail"]
    said = problem(change(own, "DELETE", f"/filters/{kept.id}"), 409)
    assert "“Air defence” decides what goes to desk-mail; take it out of sources.yaml first." in said["detail"]
    page = own.get("/alerts", auth=("", PASSWORD)).text
    assert "without its tag, which a new hit cannot have" in page
    assert "Nobody&#39;s</bdi>: not saved, so everything that the other rules let pass goes there" in page
    own.server.route([])
    assert change(own, "DELETE", f"/filters/{kept.id}").status_code == 204


# --- what it says of itself ------------------------------------------------------------------------


def test_the_page_about_it_names_every_request(seen):
    page = seen.get("/api", auth=("", PASSWORD)).text
    described = ask(seen, "/openapi.json").json()
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            assert f"<b>{method.upper()}</b> {path}" in page
            assert operation["description"]
            assert {"401", "422", "500"} <= operation["responses"].keys()
    assert "<script src" not in page
    assert "curl -H" in page
