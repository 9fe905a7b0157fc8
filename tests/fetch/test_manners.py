"""A10, A11, A20: how a source asks to be asked, and that what it says of itself goes nowhere else."""

from __future__ import annotations

import base64
import logging

import pytest
from raw_server import path_of, response, sends, site

from monitor.errors import FetchError
from monitor.fetch import FetchSettings
from monitor.fetch.pools import PROXIES
from monitor.model import Manner

KEY = (("X-Api-Key", "CANARY"), ("Cookie", "session=CANARY"))


def refused(fetcher, url, **options):
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(url, deadline=5, **options)
    return caught.value


def moved(target, status="302 Found"):
    return response(status=status, Location=target)


def fields(head):
    lines = head.decode().split("\r\n")[1:]
    return {name: value for name, _, value in (line.partition(": ") for line in lines if line)}


def test_a_source_may_add_headers_and_replace_ours(serve, fetcher):
    server = serve(sends(response(b"ok")))
    manner = Manner(headers=(*KEY, ("accept", "application/json"), ("Accept-Language", "uk")))
    fetcher.fetch(server.url, manner=manner)
    sent = fields(server.heads[0])
    assert (sent["X-Api-Key"], sent["Cookie"], sent["Accept-Language"]) == ("CANARY", "session=CANARY", "uk")
    assert sent["accept"] == "application/json"
    assert "Accept" not in sent


@pytest.mark.fault("A11")
@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 For Now", "308 For Good"])
def test_headers_stay_with_the_origin_that_was_asked(serve, fetcher, status):
    second = serve(lambda connection, head: connection.sendall(moved(f"{first.url}/back")) or True)
    first = serve(
        site({"/": moved("/here"), "/here": moved(second.url, status), "/back": response(b"end", Set_Cookie="a=b")}),
    )
    document = fetcher.fetch(first.url, etag='"mine"', manner=Manner("Desk/1", KEY))
    assert document.body == b"end"
    assert [b"CANARY" in head for head in first.heads] == [True, True, False]  # once away, they are gone for good
    (elsewhere,) = second.heads
    assert set(fields(elsewhere)) == {"Host", "User-Agent", "Accept", "Accept-Encoding"}
    assert fields(elsewhere)["User-Agent"].startswith("Desk/1 ")


@pytest.mark.fault("A11")
def test_headers_are_not_for_the_pages_of_another_site(serve, fetcher):
    ours, theirs = serve(sends(response(b"ok"))), serve(sends(response(b"ok")))
    manner = Manner(headers=KEY, origin=ours.url)
    for server in (ours, theirs):
        fetcher.fetch(server.url + "/article", manner=manner)
    assert b"CANARY" in ours.heads[0]
    assert b"CANARY" not in theirs.heads[0]


def test_robots_txt_is_asked_for_without_the_headers(serve, fetcher):
    server = serve(site({"/robots.txt": response(b""), "/x": response(b"x")}))
    fetcher.fetch(server.url + "/x", robots=True, manner=Manner("Desk/1", KEY))
    robots, page = server.heads
    assert (path_of(robots), b"CANARY" in robots) == ("/robots.txt", False)
    assert fields(robots)["User-Agent"] == fields(page)["User-Agent"]


@pytest.mark.parametrize("agent", ["Mozilla/5.0 (compatible)", "RamsteinMonitor-like/1", None])
def test_a_site_always_learns_who_asks(serve, fetcher, agent):
    server = serve(sends(response(b"ok")))
    fetcher.fetch(server.url, manner=Manner(agent))
    sent = fields(server.heads[0])["User-Agent"]
    assert "RamsteinMonitor" in sent
    assert sent.startswith(agent or "RamsteinMonitor/")


def test_another_user_agent_does_not_lift_the_rules_for_us(serve, fetcher):
    rules = b"User-agent: RamsteinMonitor\nDisallow: /\n\nUser-agent: Desk\nAllow: /"
    server = serve(site({"/robots.txt": response(rules), "/x": response(b"x")}))
    assert refused(fetcher, server.url + "/x", robots=True, manner=Manner("Desk/1")).kind == "robots"


@pytest.mark.fault("A10")
def test_a_port_is_open_where_the_configuration_names_it(serve, make_fetcher):
    fetcher = make_fetcher(places=frozenset({("93.184.216.34", 8443), ("127.0.0.1", 8443)}))
    assert refused(fetcher, "http://news.example:8443/").kind == "bad_port"
    assert refused(fetcher, "http://127.0.0.1:8444/").kind == "bad_port"
    assert refused(fetcher, "http://127.0.0.1:8443/").kind == "blocked_address"


# --- proxies -------------------------------------------------------------------------------------


def test_an_http_address_is_asked_of_the_proxy(serve, make_fetcher):
    proxy = serve(sends(response(b"by proxy")))
    fetcher = make_fetcher(resolver=lambda host: pytest.fail(f"{host} was looked up"))
    manner = Manner(proxy=f"http://me:pa%40ss@127.0.0.1:{proxy.port}")
    document = fetcher.fetch("http://news.example/a/../b?c=%20", manner=manner)
    assert (document.body, document.url) == (b"by proxy", "http://news.example/a/../b?c=%20")
    (head,) = proxy.heads
    assert head.startswith(b"GET http://news.example/a/../b?c=%20 HTTP/1.1\r\n")
    assert fields(head)["Host"] == "news.example"
    assert base64.b64decode(fields(head)["Proxy-Authorization"].removeprefix("Basic ")) == b"me:pa@ss"


def test_an_https_address_takes_a_tunnel(serve, make_fetcher):
    proxy = serve(sends(response(b"no", status="403 Not For You")))
    manner = Manner(headers=KEY, proxy=f"http://127.0.0.1:{proxy.port}")
    error = refused(make_fetcher(), "https://news.example/x?key=CANARY", manner=manner)
    assert (error.kind, str(error)) == ("proxy", "proxy: the proxy did not connect to news.example: 403 Not For You")
    (head,) = proxy.heads
    assert head.startswith(b"CONNECT news.example:443 HTTP/1.1\r\n")
    assert b"CANARY" not in head


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "0x7f000001", "0x7f.1", "2130706433", "0177.0.0.1", "0", "169.254.169.254", "10.0.0.1"),
        *("[::1]", "[::ffff:10.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fd00::1]", "100.64.0.1"),
        *("localhost", "LOCALHOST.", "a.localhost", "intranet", "db.internal", "printer.local", "nas.home.arpa"),
        *("1.2.3.4.5", "08.8.8.8", "news.123"),
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.fault("A6")
def test_a_proxy_is_not_asked_for_the_own_network(serve, make_fetcher, scheme, host):
    proxy = serve(sends(response(b"secret")))
    error = refused(make_fetcher(), f"{scheme}://{host}/", manner=Manner(proxy=proxy.url))
    assert (error.kind, error.permanent) in (("blocked_address", True), ("bad_url", True))
    assert proxy.hits == 0


@pytest.mark.fault("A6", "A9", "A10")
@pytest.mark.parametrize(
    ("target", "kind"),
    [
        ("http://169.254.169.254/", "blocked_address"),
        ("https://localhost/", "blocked_address"),
        ("http://news.example:6379/", "bad_port"),
        ("file:///etc/passwd", "bad_scheme"),
        ("ftp://news.example/", "bad_scheme"),
    ],
)
def test_nor_after_a_redirect(serve, make_fetcher, target, kind):
    proxy = serve(sends(moved(target)))
    error = refused(make_fetcher(), "http://news.example/", manner=Manner(proxy=proxy.url))
    assert error.kind == kind
    assert len(proxy.heads) == 1


def test_a_public_address_may_be_asked_for(serve, make_fetcher):
    proxy = serve(sends(response(b"ok")))
    for host in ("8.8.8.8", "[2001:4860:4860::8888]"):
        assert make_fetcher().fetch(f"http://{host}/", manner=Manner(proxy=proxy.url)).body == b"ok"


def test_an_installation_that_allows_private_addresses_allows_them_by_proxy_too(serve, fetcher):
    proxy = serve(sends(response(b"ok")))
    assert fetcher.fetch("http://intranet:8080/", manner=Manner(proxy=proxy.url)).body == b"ok"


def test_a_proxy_that_is_down_is_said_to_be_one(serve, make_fetcher):
    with serve(sends(b"")) as gone:
        manner = Manner(proxy=gone.url)
    error = refused(make_fetcher(), "http://news.example/", manner=manner)
    assert (error.kind, "news.example (through its proxy)" in str(error)) == ("connect", True)


def test_a_proxy_is_held_to_the_deadline(serve, make_fetcher):
    proxy = serve(lambda _connection, _head: proxy.stop.wait(10))
    with pytest.raises(FetchError) as caught:
        make_fetcher().fetch("https://news.example/", deadline=0.3, manner=Manner(proxy=proxy.url))
    assert caught.value.kind == "timeout"


def test_connections_to_a_proxy_are_kept_and_never_shared_with_others(serve, fetcher):
    proxy, other = serve(sends(response(b"ok"))), serve(sends(response(b"ok")))
    direct = serve(sends(response(b"direct")))
    for _ in range(3):
        for manner in (Manner(proxy=proxy.url), Manner(proxy=f"{other.url}"), Manner()):
            fetcher.fetch(direct.url, manner=manner)
    assert [server.connections for server in (proxy, other, direct)] == [1, 1, 1]
    assert len(proxy.heads) == len(other.heads) == len(direct.heads) == 3


def test_connections_are_kept_to_a_few_proxies_only(serve, fetcher):
    proxy = serve(sends(response(b"ok")))
    users = [f"http://user{number}@127.0.0.1:{proxy.port}" for number in range(PROXIES + 2)]
    for _ in range(2):
        for user in users:
            assert fetcher.fetch("http://news.example/", manner=Manner(proxy=user)).body == b"ok"
    assert proxy.connections == PROXIES + 2 * 2  # one each, and one a request beyond


@pytest.mark.fault("A20")
def test_the_environment_names_no_proxy_and_no_password(serve, make_fetcher, monkeypatch, tmp_path):
    proxy, server = serve(sends(response(b"proxy"))), serve(sends(response(b"direct")))
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy.url)
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password CANARY\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    assert make_fetcher(allow_private_addresses=True).fetch(server.url).body == b"direct"
    assert proxy.hits == 0
    assert "Authorization" not in fields(server.heads[0])


def test_neither_headers_nor_the_proxys_password_are_logged_or_shown(serve, fetcher, caplog):
    server = serve(sends(response(b"", status="407 No")))
    manner = Manner(headers=KEY, proxy=f"http://me:CANARY@127.0.0.1:{server.port}")
    with caplog.at_level(logging.DEBUG):
        errors = [refused(fetcher, url, manner=manner) for url in ("http://news.example/", "https://news.example/")]
    assert [error.kind for error in errors] == ["http", "proxy"]
    assert "CANARY" not in "".join(map(str, errors)) + caplog.text + repr(manner)


def test_the_contact_stands_behind_a_written_user_agent():
    settings = FetchSettings(contact="mailto:desk@example.org")
    assert settings.named("Desk/1").endswith(" (+mailto:desk@example.org)")
