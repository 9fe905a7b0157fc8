"""Changes made by forms: refused without our token, from elsewhere, and for numbers that nothing has."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from stores import Outbox
from told_house import ALERTS, ARTICLES, FIRST, told
from web_house import NOW, PASSWORD

from monitor.model import HitFilter, Outcome

HOSTILE = '<script>alert("x")</script>\'"><img src=x onerror=alert(1)> `monitor`'
ROUTES = (
    ("/hits/1/separate", {}),
    ("/suggestions/1", {"answer": "same"}),
    ("/alerts/1/resend", {}),
    ("/alerts/resend", {"channel": "press/2"}),
)


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    with told(tmp_path_factory.mktemp("told")) as running:
        yield running


def token(running, **options):
    return re.search(r'name="token" value="([^"]+)"', running.get("/alerts", **options).text)[1]


def standing(running):
    """All that these changes could change."""
    review = running.review
    return (
        [(view.id, view.state) for view in review.alerts.deliveries(limit=1000)],
        [(hit.id, hit.story) for hit in review.hits(HitFilter(limit=None))],
        [one.id for one in review.stories.suggestions()],
    )


@pytest.mark.parametrize(("path", "form"), ROUTES)
@pytest.mark.parametrize(
    ("given", "headers"),
    [
        (None, {}),
        ("wrong", {}),
        ("ключ", {}),
        ("right", {"origin": "https://evil.example"}),
        ("right", {"sec-fetch-site": "cross-site"}),
    ],
)
def test_a_change_that_is_not_from_our_own_form_is_refused(seen, path, form, given, headers):
    before = standing(seen)
    filled = {"x": ""} | form | ({} if given is None else {"token": token(seen) if given == "right" else given})
    assert seen.post(path, data=filled, headers=headers).status_code == 403
    assert standing(seen) == before


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("/hits/999/separate", {}, 404),
        ("/hits/x/separate", {}, 404),
        ("/hits/99999999999999999999/separate", {}, 404),
        ("/suggestions/999", {"answer": "same"}, 404),
        ("/suggestions/0", {"answer": "same"}, 404),
        ("/suggestions/1", {"answer": "perhaps"}, 422),
        ("/suggestions/1", {}, 422),
        ("/alerts/999999/resend", {}, 404),
        ("/alerts/x/resend", {}, 404),
        ("/alerts/%D9%A3/resend", {}, 404),
        ("/alerts/resend", {}, 404),
        ("/alerts/resend", {"channel": "nobody"}, 404),
        ("/alerts/resend", {"channel": "\0' OR 1=1"}, 404),
    ],
)
def test_what_nothing_has_changes_nothing(seen, path, form, status):
    before = standing(seen)
    assert seen.post(path, data={"token": token(seen)} | form).status_code == status
    assert standing(seen) == before


@pytest.mark.parametrize("path", [path for path, _ in ROUTES])
def test_reading_the_address_of_a_change_changes_nothing(seen, path):
    before = standing(seen)
    assert seen.get(path).status_code in {404, 405}
    assert standing(seen) == before


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "0", "1/../../x", "\r\nx: y"])
def test_the_way_back_is_a_number_or_our_own(tmp_path, back):
    with told(tmp_path) as running:
        form = {"token": token(running), "back": back, "answer": "different"}
        answer = running.post("/suggestions/1", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/suggestions")


@pytest.mark.parametrize("given", [{"state": "//evil"}, {"alert": "a&again=9\r\nx: y"}, {"alert": "#x"}])
def test_the_filter_that_a_form_keeps_stays_a_filter(tmp_path, given):
    with told(tmp_path) as running:
        delivery = running.review.alerts.deliveries(("dead",))[0].id
        answer = running.post(f"/alerts/{delivery}/resend", data={"token": token(running)} | given)
    assert answer.status_code == 303
    assert re.fullmatch(r"/alerts\?([a-z]+=[\w.+%-]+&)?again=1", answer.headers["location"])


@pytest.mark.parametrize(("path", "form"), ROUTES)
def test_nothing_is_changed_without_the_password(tmp_path, path, form):
    with told(tmp_path, password=PASSWORD) as running:
        before = standing(running)
        right = {"token": token(running, auth=("a", PASSWORD))}
        assert running.post(path, data=right | form).status_code == 401
        assert standing(running) == before
        page = running.get("/alerts").text
    assert "desk-telegram" not in page
    assert "in trouble" not in page


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def test_hostile_words_in_errors_reasons_headlines_and_names_stay_text(tmp_path):
    first, second, *_ = ARTICLES
    maybe = replace(first, title="Maybe", hours=1, of=HOSTILE, why=HOSTILE, maybe=0.6)
    articles = (replace(first, title=HOSTILE), replace(second, title=HOSTILE + "2", of=HOSTILE, why=HOSTILE), maybe)
    with told(tmp_path, articles) as running:
        outbox = Outbox(running.database, ALERTS)
        while (parcel := outbox.claim(NOW)) is not None:
            outbox.done(parcel, Outcome(ok=False, error=HOSTILE, permanent=True), NOW)
        pages = [running.get(path).text for path in ("/", "/alerts", "/suggestions", "/hits/1", "/hits/2", "/hits/3")]
    for page in pages:
        tags = Tags()
        tags.feed(page)
        assert not {tag for tag, _ in tags.found} & {"img", "iframe", "style"}
        assert all(given["src"].startswith("/static/") for tag, given in tags.found if tag == "script")
        assert not [name for _, attributes in tags.found for name in attributes if name.startswith("on")]
    assert "&lt;script&gt;" in pages[1]


@pytest.mark.parametrize(
    "path",
    [
        "/alerts?again=-1",
        "/alerts?again=" + "9" * 5000,
        "/alerts?state=%00&alert=%00%1b[31m",
        "/alerts?alert=" + "x" * 5000,
        "/alerts?alert=%ED%A0%80",
        "/?story=-1",
        "/?story=999999",
        "/?story=%D9%A3",
        "/?story=" + "9" * 500,
        "/suggestions?page=x",
        "/suggestions/x",
    ],
)
def test_junk_is_answered_never_an_error_here_too(seen, path):
    assert seen.get(path).status_code in {200, 404, 405}


def test_every_form_of_the_pages_carries_the_token(seen):
    story = next(hit.id for hit in seen.review.hits(HitFilter(limit=None)) if hit.title == FIRST)
    for path in ("/alerts", "/suggestions", f"/hits/{story}"):
        forms = re.findall(r'<form[^>]*method="post".*?</form>', seen.get(path).text, re.DOTALL)
        assert forms
        assert all(f'name="token" value="{token(seen)}"' in form for form in forms)
