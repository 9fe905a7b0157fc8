"""Who may pass: logins, sessions, tokens, where a login leads, and what ends it."""

import contextlib
import re
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import delete
from web_house import NEWS, NOW, PASSWORD, access, house, quick_hash

from monitor.model import ApiToken
from monitor.store import ReviewStore
from monitor.store.review_tables import LoginRow
from monitor.web.server import Pulse, WebServer

USERS = {"olena": "five words in a row", "Петро": "кінь батарея скріпка"}
READ, REVIEW = "r" * 24, "w" * 30
TOKENS = (ApiToken("newsroom", READ), ApiToken("robot", REVIEW, ("review",)))
HTML = {"accept": "text/html,*/*;q=0.8"}


@pytest.fixture(scope="module")
def shut(tmp_path_factory):
    """A server with users, tokens and a shared password; its tests change nobody's access."""
    folder = tmp_path_factory.mktemp("access")
    with house(folder, NEWS, password=PASSWORD, users=USERS, tokens=TOKENS) as running:
        yield running


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    with house(tmp_path_factory.mktemp("own"), (), users=USERS) as running:
        yield running


@pytest.fixture
def own(kept):
    """A server with users, as if it had just been set up."""
    kept.clock[0] = NOW
    kept.time[0] += 100_000
    now_with(kept, users=USERS)
    with kept.database.write() as session:
        session.execute(delete(LoginRow))
    return kept


def now_with(running, **options):
    """Let another configuration hold."""
    running.server.show("UTC", (), access(**options))


@contextlib.contextmanager
def browser(running, **options):
    """A client that keeps cookies and asks as a browser does."""
    with httpx.Client(base_url=running.url, headers=HTML, trust_env=False, **options) as client:
        yield client


def log_in(client, name="olena", password=USERS["olena"], way="/why", **options):
    return client.post("/login", data={"name": name, "password": password, "next": way}, **options)


def form_token(client, path="/why"):
    return re.search(r'name="monitor-token" content="([^"]+)"', client.get(path).text)[1]


# --- the login page ------------------------------------------------------------------------------


def test_a_page_leads_to_the_login_and_that_back_to_the_page(shut):
    with browser(shut) as client:
        asked = client.get("/why?url=https%3A%2F%2Fa.example%2F1&x=%D0%B0")
        assert (asked.status_code, asked.headers["location"]) == (
            303,
            "/login?next=/why%3Furl%3Dhttps%253A%252F%252Fa.example%252F1%26x%3D%25D0%25B0",
        )
        page = client.get(asked.headers["location"])
        assert page.status_code == 200
        way = re.search(r'name="next" value="([^"]+)"', page.text)[1].replace("&amp;", "&")
        assert way == "/why?url=https%3A%2F%2Fa.example%2F1&x=%D0%B0"
        done = log_in(client, way=way)
        assert (done.status_code, done.headers["location"]) == (303, way)
        assert client.get(way).status_code == 200
        assert client.get("/login?next=/sources").headers["location"] == "/sources"


def test_two_fields_with_users_one_with_the_shared_password_alone(own):
    assert re.findall(r'<input id="(\w+)"', own.get("/login").text) == ["name", "password"]
    now_with(own, password=PASSWORD)
    with browser(own) as client:
        assert re.findall(r'<input id="(\w+)"', client.get("/login").text) == ["password"]
        assert client.post("/login", data={"password": PASSWORD}).headers["location"] == "/"
        assert client.get("/why").status_code == 200


@pytest.mark.parametrize(
    ("name", "password"),
    [("olena", "wrong"), ("nobody", USERS["olena"]), ("", USERS["olena"]), ("olena", USERS["Петро"]), ("olena", "")],
)
def test_what_does_not_belong_together_is_told_alike(shut, name, password):
    with browser(shut) as client:
        answer = log_in(client, name, password)
    assert answer.status_code == 401
    assert "do not belong together" in answer.text
    assert not answer.headers["www-authenticate"].startswith("Basic")
    assert "set-cookie" not in answer.headers
    assert "Basic" not in answer.headers["www-authenticate"]
    shut.time[0] += 600


@pytest.mark.parametrize(
    ("name", "password"),
    [
        (" Olena ", USERS["olena"]),
        ("ПЕТРО", "кінь батарея скріпка"),
        ("Петро", "кінь батарея скріпка"),
        ("x", PASSWORD),
    ],
)
def test_names_are_read_as_people_write_them(shut, name, password):
    with browser(shut) as client:
        assert log_in(client, name, password).status_code == 303


def test_the_cookie_is_the_servers_alone(shut):
    with browser(shut) as client:
        cookie = log_in(client).headers["set-cookie"]
    assert re.fullmatch(r"monitor_session=[\w-]{43}; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax", cookie)


@pytest.mark.parametrize(
    ("options", "start"),
    [
        ({"public": "https://news.example"}, "__Host-monitor_session="),
        ({"https": True}, "__Host-monitor_session="),
        ({"public": "https://news.example", "https": False}, "monitor_session="),
        ({"public": "http://news.example"}, "monitor_session="),
    ],
)
def test_by_https_the_cookie_is_for_https_alone(own, options, start):
    now_with(own, users=USERS, **options)
    secure = start.startswith("__Host-")
    with browser(own) as client:
        cookie = log_in(client).headers["set-cookie"]
        assert cookie.startswith(start)
        assert "; Path=/; " in cookie
        assert cookie.endswith("; Secure") == secure
        assert ("kept by https only" in client.get("/login").text) == secure
        for headers in ({"sec-fetch-mode": "navigate"}, {"host": "news.example"} if "public" in options else {}):
            told = "kept by https only" in client.get("/login", headers=headers).text
            assert told == (secure and not headers)


@pytest.mark.fault("H5")
@pytest.mark.parametrize(
    "way",
    [
        "//evil.example", "/\\evil.example", "https:evil.example", "https://evil.example/", "///evil", "\\\\evil",
        "/\t/evil.example", "/\n//evil", " //evil", "javascript:alert(1)", "evil", "", "/login", "/login?next=//evil",
        "/logout", "/%2e%2e//evil", "/../x", "/a/./b", "/ёж", "/" + "a" * 3000, "/x\r\nset-cookie:a=b", "/\x00",
    ],
)  # fmt: skip
def test_a_login_leads_to_our_own_pages_only(shut, way):
    with browser(shut) as client:
        done = log_in(client, way=way)
        assert (done.status_code, done.headers["location"]) == (303, "/")
        assert "a" not in done.cookies
        again = client.get("/login", params={"next": way})
        assert (again.status_code, again.headers["location"]) == (303, "/")


def test_a_login_from_another_site_is_refused(shut):
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        with browser(shut) as client:
            answer = log_in(client, headers=headers)
            assert answer.status_code == 403
            assert "set-cookie" not in answer.headers


# --- what is asked of whom -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "headers", "basic"),
    [
        ("GET", {}, True),
        ("POST", {}, True),
        ("GET", {"accept": "application/atom+xml"}, True),
        ("POST", HTML, False),
        ("GET", {"sec-fetch-mode": "cors", "accept": "*/*"}, False),
    ],
)
def test_scripts_are_asked_for_basic_and_browsers_never(shut, method, headers, basic):
    answer = shut.client.request(method, shut.url + "/why", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic") == basic
    assert 'Bearer realm="monitor"' in answer.headers["www-authenticate"]


def test_a_browser_with_a_wrong_password_kept_is_led_to_the_login(shut):
    answer = shut.get("/why", headers=HTML, auth=("olena", "old"))
    assert answer.headers["location"] == "/login?next=/why"
    assert "www-authenticate" not in answer.headers
    shut.time[0] += 600


def test_a_page_that_is_open_needs_no_login(open_house):
    with browser(open_house) as client:
        assert client.get("/login?next=/sources").headers["location"] == "/sources"
        assert log_in(client).headers["location"] == "/why"
        assert not client.cookies


# --- sessions ------------------------------------------------------------------------------------


def test_logging_out_ends_the_login_and_not_only_the_cookie(own):
    with browser(own) as client, browser(own) as thief:
        log_in(client)
        thief.cookies = client.cookies
        token = form_token(client)
        assert client.post("/logout", data={"token": "wrong"}).status_code == 403
        assert client.get("/why").status_code == 200
        done = client.post("/logout", data={"token": token})
        assert (done.status_code, done.headers["location"]) == (303, "/login")
        assert not client.cookies
        assert thief.get("/why").status_code == 303


def test_each_login_has_a_cookie_of_its_own_and_ends_the_one_before(own):
    with browser(own) as client, browser(own) as other:
        log_in(client)
        other.cookies = client.cookies
        before = dict(client.cookies)
        log_in(client)
        assert dict(client.cookies) != before
        assert other.get("/why").status_code == 303


def test_a_restart_logs_nobody_out_and_takes_forms_that_are_open(own):
    with browser(own) as client:
        log_in(client)
        token = form_token(client)
        again = WebServer(
            "127.0.0.1", 0, ReviewStore(own.database), Pulse(),
            access=own.server.access, now=lambda: NOW, monotonic=lambda: 0.0,
        )  # fmt: skip
        again.start()
        try:
            assert client.get(again.url + "/why").status_code == 200
            assert client.post(again.url + "/logout", data={"token": token}).status_code == 303
        finally:
            again.stop()


def test_a_login_ends_after_its_time_and_moves_with_each_visit(own):
    with browser(own) as client:
        log_in(client)
        first = own.server.access.sessions
        own.clock[0] = NOW + timedelta(hours=20)
        assert "set-cookie" not in client.get("/why").headers
        own.clock[0] = NOW + first - timedelta(days=1)
        moved = client.get("/why").headers["set-cookie"]
        assert "Max-Age=2592000" in moved
        own.clock[0] += first - timedelta(seconds=1)
        assert client.get("/why").status_code == 200
        own.clock[0] += first + timedelta(seconds=1)
        assert client.get("/why").status_code == 303
        log_in(client)
        assert len(rows(own)) == 1


def rows(running):
    with running.database.connection() as connection:
        return connection.exec_driver_sql("SELECT * FROM login").all()


def test_what_is_stored_of_a_login_opens_nothing(own):
    with browser(own) as client:
        log_in(client)
        (cookie,) = client.cookies.values()
        (row,) = rows(own)
        assert cookie not in str(row)
        for stored in (row[0], row[2], row[0][:43]):
            assert own.get("/why", headers={"cookie": f"monitor_session={stored}"}).status_code == 401


@pytest.mark.parametrize("value", ["", "x", "a" * 43, "a" * 5000, "%00", "' OR 1=1 --"])
def test_a_made_up_cookie_opens_nothing(own, value):
    assert own.get("/why", headers={"cookie": f"monitor_session={value}"}).status_code == 401


# --- another configuration -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed",
    [{"users": {"olena": "another password"}}, {"users": {"Петро": "x"}}, {"users": {"Olena": "x", "a": "b"}}],
)
def test_another_password_or_none_ends_the_login_for_good(own, changed):
    before = own.server.access
    with browser(own) as client:
        log_in(client)
        now_with(own, **changed)
        assert client.get("/why").status_code == 303
        own.server.show("UTC", (), before)
        assert client.get("/why").status_code == 303


def test_other_users_and_tokens_do_not_end_it(own):
    with browser(own) as client:
        log_in(client)
        kept = own.server.access
        own.server.show("UTC", (), access(PASSWORD, {"anna": "b"}, TOKENS))
        own.server.show("UTC", (), kept)
        assert client.get("/why").status_code == 200


@pytest.mark.parametrize("stored", [str, quick_hash])
def test_another_shared_password_ends_the_logins_by_it(own, stored):
    now_with(own, password=stored(PASSWORD))
    with browser(own) as client:
        log_in(client, password=PASSWORD)
        assert client.get("/why").status_code == 200
        now_with(own, password=stored("battery staple"))
        assert client.get("/why").status_code == 303


def test_what_was_right_a_moment_ago_is_not_remembered_past_the_change(own):
    auth = ("olena", USERS["olena"])
    assert own.get("/why", auth=auth).status_code == 200
    assert own.get("/why", auth=auth).status_code == 200
    now_with(own, users={"olena": "another password"})
    assert own.get("/why", auth=auth).status_code == 401


@pytest.mark.fault("H6")
def test_the_last_user_taken_away_does_not_open_a_page_that_others_can_reach(tmp_path, caplog):
    with house(tmp_path, (), users=USERS, tokens=TOKENS, host="0.0.0.0") as running:
        url = running.url.replace("0.0.0.0", "127.0.0.1")
        now_with(running, tokens=TOKENS)
        assert running.client.get(url + "/why").status_code == 401
        assert running.client.get(url + "/why", headers=HTML).status_code == 303
        assert running.client.post(url + "/login", data={"name": "olena", "password": ""}).status_code == 401
        assert "set MONITOR_PASSWORD, or list users" in caplog.text


# --- tokens --------------------------------------------------------------------------------------


def bearer(token):
    return {"authorization": f"Bearer {token}"}


def test_a_token_reads_by_its_header_alone(shut):
    assert shut.get("/why", headers=bearer(READ)).status_code == 200
    assert shut.get(f"/why?token={READ}").status_code == 401
    for wrong in (b"x", READ[:-1].encode(), READ.encode() + b"r", "ключ".encode()):
        answer = shut.get("/why", headers={"authorization": b"Bearer " + wrong})
        assert answer.status_code == 401
        assert "no such token" in answer.text


def test_a_token_changes_something_only_with_the_scope_review(shut):
    change = {"data": {"target": "1..0", "state": "starred"}}
    refused = shut.post("/decide", headers=bearer(READ), **change)
    assert refused.status_code == 403
    assert "scope review" in refused.text
    assert shut.review.hit(1).state == "new"
    assert shut.post("/decide", headers=bearer(REVIEW), **change).status_code == 303
    assert shut.review.hit(1).state == "starred"


def test_a_wrong_token_is_not_made_good_by_a_login(shut):
    with browser(shut) as client:
        log_in(client)
        assert client.get("/why", headers=bearer("x" * 24)).status_code == 401


def test_tokens_alone_leave_the_page_open_to_this_machine(own):
    now_with(own, tokens=TOKENS)
    assert own.get("/why").status_code == 200
    assert own.get("/why", headers=bearer("x" * 24)).status_code == 401


# --- changes -------------------------------------------------------------------------------------


@pytest.mark.fault("H3")
def test_a_change_needs_the_token_of_its_own_login(shut):
    with browser(shut) as client, browser(shut) as other:
        log_in(client)
        log_in(other, "Петро", "кінь батарея скріпка")
        tokens = [form_token(client), form_token(other)]
        assert tokens[0] != tokens[1]
        for token in ("", tokens[1], "ключ"):
            data = {"state": "relevant", "token": token}
            assert client.post("/decide", data={"target": "2..0", **data}).status_code == 403
        for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
            data = {"state": "relevant", "token": tokens[0]}
            assert client.post("/decide", data={"target": "2..0", **data}, headers=headers).status_code == 403
        assert client.post("/decide", content='{"state": "relevant"}').status_code == 415
        assert shut.review.hit(2).state == "new"
        assert (
            client.post("/decide", data={"target": "2..0", "state": "relevant", "token": tokens[0]}).status_code == 303
        )
        assert shut.review.hit(2).state == "relevant"


def test_basic_needs_the_token_as_well(shut):
    auth = ("olena", USERS["olena"])
    assert shut.post("/decide", data={"target": "3..0", "state": "relevant"}, auth=auth).status_code == 403
    page = shut.get("/why", auth=auth).text
    token = re.search(r'name="monitor-token" content="([^"]+)"', page)[1]
    assert (
        shut.post("/decide", data={"target": "3..0", "state": "relevant", "token": token}, auth=auth).status_code == 303
    )


def test_our_own_script_may_send_it_as_a_header(shut):
    with browser(shut) as client:
        log_in(client)
        header = {"x-monitor-token": form_token(client)}
        assert client.post("/decide", data={"target": "4..0", "state": "relevant"}, headers=header).status_code == 303


def test_a_proxy_that_does_not_pass_the_host_on_does_not_stop_changes(own):
    now_with(own, users=USERS, public="https://news.example/monitor")
    with browser(own) as client:
        assert log_in(client, headers={"origin": "https://news.example"}).status_code == 303
        assert log_in(client, headers={"origin": "https://evil.example"}).status_code == 403


# --- guessing ------------------------------------------------------------------------------------


@pytest.mark.fault("H6")
def test_guessing_waits_longer_each_time_and_the_right_password_with_it(own):
    with browser(own) as client:
        assert [log_in(client, password=f"guess {n}").status_code for n in range(10)] == [401] * 10
        answer = log_in(client)
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
        assert "Try again in 1 second." in answer.text
        waits = []
        for n in range(5):
            own.time[0] += 2**n
            told = log_in(client, password=f"guess {n}")
            assert told.status_code == 401
            waits.append(int(told.headers["retry-after"]))
        assert waits == sorted(waits)
        assert waits[-1] > 20
        assert own.get("/why", auth=("olena", USERS["olena"])).status_code == 429
        own.time[0] += 3600
        assert log_in(client).status_code == 303


@pytest.mark.fault("H6")
def test_names_and_addresses_are_slowed_each_for_itself(own):
    elsewhere = [httpx.HTTPTransport(local_address=f"127.0.0.{number}") for number in (2, 3)]
    with browser(own) as here, browser(own) as inside:
        log_in(inside)
        for number in range(10):
            log_in(here, password=f"guess {number}")
            own.time[0] += 0.01
        assert log_in(here, "Петро", "кінь батарея скріпка").status_code == 429
        assert inside.get("/why").status_code == 200
        for transport in elsewhere:
            with browser(own, transport=transport) as there:
                assert log_in(there).status_code == 429
                assert log_in(there, "Петро", "кінь батарея скріпка").status_code == 303


@pytest.mark.fault("H6")
def test_passwords_do_not_go_by_the_address(shut):
    assert shut.get(f"/why?password={PASSWORD}").status_code == 401
    assert shut.get(f"/login?name=olena&password={PASSWORD}", headers=HTML).status_code == 200
