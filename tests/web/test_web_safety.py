import re
import socket
import sqlite3
from contextlib import closing
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from web_house import HOSTILE, NEWS, PASSWORD, house

PAGES = ("/", "/hits/1", "/sources", "/alerts", "/why", "/why?url=javascript:alert(document.domain)")
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    with house(tmp_path_factory.mktemp("web"), HOSTILE) as running:
        yield running


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    with house(tmp_path_factory.mktemp("locked"), NEWS, password=PASSWORD) as running:
        yield running


@pytest.fixture
def locked(kept):
    """A server with a password, on which nobody has guessed lately."""
    kept.time[0] += 100_000
    return kept


class Elements(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def elements(page):
    parser = Elements()
    parser.feed(page)
    return parser.found


def token(running, **options):
    return re.search(r'name="token" value="([^"]+)"', running.get("/hits/1", **options).text)[1]


@pytest.mark.parametrize("path", PAGES)
def test_nothing_downloaded_becomes_markup(hostile, path):
    for tag, attributes in elements(hostile.get(path).text):
        assert tag not in {"img", "b", "iframe", "style"}
        assert tag != "script" or attributes["src"].startswith("/static/")
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        if "href" in attributes:
            assert urlsplit(attributes["href"]).scheme in {"", "http", "https"}


def test_the_words_of_hostile_markup_stay_readable(hostile):
    page = hostile.get("/hits/1").text
    assert "&lt;script&gt;alert(&#39;title&#39;)&lt;/script&gt; <mark title=" in page
    assert "&lt;mark&gt;fake&lt;/mark&gt;" in page
    assert "not a web address" in page
    assert 'lang=""' in page


@pytest.mark.fault("H11")
@pytest.mark.parametrize("path", [*PAGES, "/nowhere", "/hits/999", "/healthz", "/static/style.css", "/login"])
def test_every_answer_carries_the_headers(hostile, path):
    headers = hostile.get(path).headers
    assert headers["content-security-policy"] == CSP
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == ("no-cache" if path.startswith("/static/") else "no-store")
    assert "server" not in headers


@pytest.mark.fault("H2")
def test_every_route_but_the_open_ones_asks_for_the_login(locked):
    routes = {context.path for context in _routes(locked.server.app)}
    assert routes >= {"/", "/healthz", "/login", "/static/style.css", "/hits/{hit_id}", "/sources", "/why", "/alerts"}
    others = {
        "/docs",
        "/redoc",
        "/openapi.json",
        "/metrics",
        "/static/../hits/1",
        "//hits/1",
        "/healthz/",
        "/favicon.ico",
    }
    for route in sorted(routes | others):
        path = re.sub(r"\{[^}]*\}", "1", route)
        get, post = locked.get(path).status_code, locked.post(path).status_code
        is_open = route in {"/healthz", "/login"} or re.fullmatch(r"/static/[a-z]+\.(css|js|svg)", route) is not None
        assert (get == 200) == is_open, route
        assert get in {200, 401, 405} or (route == "/readyz" and get == 503), route  # which is open as /healthz is
        assert post in ({415} if route in {"/login", "/logout"} else {401, 405}), route


def _routes(app):
    """Every route with a path, also those inside included routers."""
    todo = list(app.routes)
    while todo:
        route = todo.pop()
        inner = getattr(route, "routes", None) or getattr(getattr(route, "original_router", None), "routes", None)
        if inner:
            todo.extend(inner)
        elif getattr(route, "path", ""):
            yield route


def test_the_password_opens_under_any_user_name(locked):
    for user in ("", "anna", "аня"):
        assert locked.get("/why", auth=(user.encode(), PASSWORD.encode())).status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic !!!",
        "Basic Og==",
        "Basic /////w==",
        "Bearer x",
        "Basic Y29ycmVjdCBob3JzZQ==",
        "Basic YTpjb3JyZWN0",
    ],
)
def test_a_wrong_login_is_asked_again(locked, header):
    answer = locked.get("/", headers={"authorization": header})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic ")


def test_guessing_has_to_wait(locked):
    codes = [locked.get("/why", auth=("a", f"guess {number}")).status_code for number in range(12)]
    assert codes == [401] * 10 + [429] * 2
    assert locked.get("/why", auth=("a", PASSWORD)).status_code == 429
    locked.time[0] += 61
    assert locked.get("/why", auth=("a", PASSWORD)).status_code == 200


@pytest.mark.fault("H3")
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "null"},
    ],
)
def test_a_change_from_another_site_is_refused_even_with_the_token(open_house, headers):
    form = {"token": token(open_house), "target": "1..0", "state": "relevant"}
    assert open_house.post("/decide", data=form, headers=headers).status_code == 403
    assert open_house.review.hit(1).state == "new"


@pytest.mark.parametrize("given", ["", "wrong", "ключ"])
def test_a_change_without_the_token_is_refused(open_house, given):
    answer = open_house.post("/decide", data={"token": given, "target": "1..0", "state": "relevant"})
    assert answer.status_code == 403
    assert "Load the page again" in answer.text
    assert open_house.review.hit(1).state == "new"


def test_a_change_from_our_own_page_is_made_whatever_a_browser_says_of_it(locked):
    auth = ("a", PASSWORD)
    sent = ({"origin": "null", "sec-fetch-site": "same-origin"}, {"origin": locked.url})
    for hit, headers in enumerate(sent, 1):
        form = {"token": token(locked, auth=auth), "target": f"{hit}..0", "state": "relevant"}
        assert locked.post("/decide", data=form, headers=headers, auth=auth).status_code == 303


@pytest.mark.parametrize(
    ("path", "content", "headers", "status"),
    [
        ("/decide", '{"state": "relevant"}', {"content-type": "text/plain"}, 415),
        ("/decide", "a" * 70_000, FORM, 413),
        ("/decide", "&".join("a=1" for _ in range(3000)), FORM, 400),
        ("/decide", b"\xff\xfe", FORM, 400),
        ("/decide", "token=TOKEN&target=1..0&state=deleted", FORM, 422),
        ("/decide", "token=TOKEN&target=1..0&state=relevant&note=" + "n" * 2001, FORM, 422),
        ("/decide", "token=TOKEN&target=999..0&state=relevant", FORM, 404),
        ("/decide", "token=TOKEN&target=99999999999999999999..0&state=relevant", FORM, 422),
    ],
)
def test_a_bad_form_changes_nothing(open_house, path, content, headers, status):
    if isinstance(content, str):
        content = content.replace("TOKEN", token(open_house)).encode()
    assert open_house.post(path, content=content, headers=headers).status_code == status
    assert open_house.review.hit(1).state == "new"


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1", "[::1]:80"])
def test_the_names_of_this_machine_are_known(open_house, host):
    assert open_house.get("/", headers={"host": host}).status_code == 200


@pytest.mark.fault("H4")
@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "a/b?c#d", "localhost@evil", "", "local host"]
)
def test_another_host_name_is_refused(open_house, host):
    answer = open_house.get("/", headers={"host": host})
    assert answer.status_code == 400
    assert answer.headers["content-security-policy"] == CSP


@pytest.mark.fault("H4")
def test_any_wellformed_host_will_do_behind_a_password(locked):
    auth = ("a", PASSWORD)
    assert locked.get("/why", headers={"host": "monitor.example:443"}, auth=auth).status_code == 200
    assert locked.get("/why", headers={"host": "a/b?c#d"}, auth=auth).status_code == 400
    assert locked.get("/why", headers={"host": "monitor.example"}).status_code == 401


@pytest.mark.fault("H4")
@pytest.mark.parametrize(
    "path", ["//why", "/healthz/../why", "/static/%2e%2e/why", "/why%00", "/WHY", "/why/", "/;/why"]
)
def test_no_way_of_writing_a_path_goes_past_the_login(locked, path):
    with socket.create_connection(("127.0.0.1", urlsplit(locked.url).port), timeout=10) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n".encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 401")


def test_the_host_that_readers_use_is_known(tmp_path):
    with house(tmp_path, (), public="https://news.example:8443/x") as running:
        assert running.get("/why", headers={"host": "News.example:8443"}).status_code == 200
        assert running.get("/why", headers={"host": "news.example"}).status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/?page=-1",
        "/?page=0",
        "/?page=1000000000",
        "/?page=%D9%A3",
        "/?page=" + "9" * 5000,
        "/?limit=1000000000",
        "/?since=junk",
        "/?since=9999w",
        "/?since=0001-01-01T00:00:00%2B14:00",
        "/?since=9999-12-31",
        "/?state=deleted",
        "/?topic=%00&q=%00%1b[31m",
        "/?q=" + "%22%20OR%20" * 200,
        "/?q=%25%5F*%20NEAR(",
        "/?q=%ED%A0%80",
        "/?source=%27%3B%20DROP%20TABLE%20hit",
        "/hits/0",
        "/hits/-1",
        "/hits/99999999999999999999",
        "/hits/%D9%A3",
        "/hits/1%00",
        "/hits/..%2f..%2fetc%2fpasswd",
        "/why?url=" + "a" * 3000,
        "/why?url=http%3A%2F%2F%5B",
        "/why?url=%00",
        "/healthz?x=1",
    ],
)
def test_junk_is_answered_never_an_error(open_house, path):
    assert open_house.get(path).status_code in {200, 404, 422}


def test_what_could_not_be_used_is_said(open_house):
    assert "page is a number" in open_house.get("/?page=-1").text
    assert "Pages end at 200" in open_house.get("/?page=201").text
    assert "since is a span" in open_house.get("/?since=yesterday").text
    assert "state is one of" in open_house.get("/?state=gone").text
    assert "longer than 200" in open_house.get("/?q=" + "x" * 201).text


@pytest.mark.fault("H3")
def test_reading_changes_nothing(open_house):
    for path in (*PAGES, "/decide?target=1..0&state=relevant"):
        open_house.get(path)
    assert open_house.review.hit(1).state == "new"


@pytest.mark.fault("H13")
def test_an_unexpected_error_shows_its_number_alone(tmp_path, caplog):
    with house(tmp_path) as running:
        with closing(sqlite3.connect(tmp_path / "monitor.db")) as connection, connection:
            connection.execute("DROP TABLE hit")
        answer = running.get("/hits/1")
    assert answer.status_code == 500
    assert answer.headers["content-security-policy"] == CSP
    number = re.search(r"error ([0-9a-f]{8})", answer.text)[1]
    assert "no such table" not in answer.text
    assert "Traceback" not in answer.text
    assert f"error {number} while answering GET '/hits/1'" in caplog.text


@pytest.mark.fault("H12")
def test_a_head_without_end_is_cut_off(open_house):
    with socket.create_connection(("127.0.0.1", urlsplit(open_house.url).port), timeout=10) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nhost: localhost\r\nx: " + b"a" * 100_000)
        assert connection.recv(100).startswith(b"HTTP/1.1 400")
    assert open_house.get("/healthz").status_code == 200
