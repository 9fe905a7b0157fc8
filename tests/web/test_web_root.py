"""The page below a path of another site, behind a proxy that strips the path and behind one that does not."""

import re

import httpx
import pytest
from web_house import NEWS, PASSWORD, house

from monitor.web.roots import below

HTML = {"accept": "text/html"}
AUTH = ("anybody", PASSWORD)


@pytest.fixture(scope="module")
def rooted(tmp_path_factory):
    options = {"root": "/monitor", "public": "https://news.example/monitor"}
    with house(tmp_path_factory.mktemp("root"), NEWS, password=PASSWORD, **options) as running:
        yield running


@pytest.mark.parametrize("root", ["/monitor", ""], ids=["kept", "stripped"])
def test_a_page_is_found_with_and_without_the_path(rooted, root):
    for path in ("/why", "/hits/1", "/sources", "/healthz", "/static/style.css", "/"):
        assert rooted.get(root + path, auth=AUTH).status_code == 200
    assert rooted.get(f"{root}/nowhere", auth=AUTH).status_code == 404
    assert rooted.get(f"{root}/why").status_code == 401
    assert rooted.get(f"{root}/why?x=1", headers=HTML).headers["location"] == "/monitor/login?next=/why%3Fx%3D1"


def test_the_path_alone_is_the_first_page_and_another_word_is_not(rooted):
    assert rooted.get("/monitor", auth=AUTH).status_code == 200
    assert rooted.get("/monitoring", auth=AUTH).status_code == 404
    assert rooted.get("/monitor//why", auth=AUTH).status_code == 404
    assert rooted.get("/monitor/monitor/why", auth=AUTH).status_code == 404


@pytest.mark.parametrize("path", ["/", "/hits/1", "/sources", "/alerts", "/why", "/login", "/nowhere"])
def test_every_link_begins_with_the_path(rooted, path):
    page = rooted.get(path, auth=AUTH).text
    led = re.findall(r'(?:href|action|src)="(/[^"]*)"', page)
    assert led
    assert [one for one in led if not one.startswith("/monitor/")] == []


@pytest.mark.parametrize(("root", "hit"), [("/monitor", "1"), ("", "2")], ids=["kept", "stripped"])
def test_a_login_below_the_path_is_kept_there(rooted, root, hit):
    with httpx.Client(base_url=rooted.url, headers=HTML, trust_env=False) as client:
        done = client.post(f"{root}/login", data={"password": PASSWORD, "next": "/why"})
        assert (done.status_code, done.headers["location"]) == (303, "/monitor/why")
        cookie = done.headers["set-cookie"]
        assert cookie.startswith("__Secure-monitor_session=")
        assert "; Path=/monitor; " in cookie
        sent = {"cookie": cookie.partition(";")[0]}
        page = client.get(f"{root}/hits/1", headers=sent).text
        token = re.search(r'name="monitor-token" content="([^"]+)"', page)[1]
        form = {"token": token, "target": f"{hit}..0", "hit": hit, "state": "relevant"}
        marked = client.post(f"{root}/decide", data=form, headers=sent)
        assert marked.headers["location"].startswith(f"/monitor/hits/{hit}?")
        assert (
            client.post(f"{root}/logout", data={"token": token}, headers=sent).headers["location"] == "/monitor/login"
        )


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/a", "/"),
        ("/a/", "/"),
        ("/a/b", "/b"),
        ("/a//b", "//b"),
        ("/ab", None),
        ("/", None),
        ("", None),
        ("/b/a", None),
    ],
)
def test_what_lies_below_a_root(path, found):
    assert below("/a", path) == found
