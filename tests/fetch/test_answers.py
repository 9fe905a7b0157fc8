"""A5, A9, A11, A16-A18, A20, A21, J1: redirects, statuses, headers, and what is said of them."""

from __future__ import annotations

import logging

import pytest
from raw_server import path_of, response, sends, site

from monitor.errors import FetchError
from monitor.fetch import FetchSettings
from monitor.fetch.headers import retry_after

NOW = "Fri, 01 May 2026 12:00:00 GMT"


def refused(fetcher, url, **options):
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(url, deadline=5, **options)
    return caught.value


def found(location):
    return response(status="302 Found", Location=location)


def test_a_document_says_where_it_came_from(serve, fetcher):
    server = serve(
        site(
            {
                "/old": response(status="301 Moved Permanently", Location="/new feed"),
                "/new%20feed": response(b"body", ETag='"1"', Last_Modified=NOW, Content_Type="text/xml"),
            },
        ),
    )
    document = fetcher.fetch(server.url + "/old")
    assert (document.status, document.body, document.etag, document.last_modified) == (200, b"body", '"1"', NOW)
    assert document.requested == server.url + "/old"
    assert document.url == server.url + "/new%20feed"
    assert document.redirects == ((301, document.url),)
    assert document.content_type == "text/xml"


@pytest.mark.fault("A5")
@pytest.mark.parametrize("location", ["/", "", "?", "#x", "/a"])
def test_a_redirect_loop_ends_after_five_hops(serve, fetcher, location):
    server = serve(sends(found(location)))
    assert refused(fetcher, server.url).kind == "too_many_redirects"
    assert len(server.heads) == 6


def test_five_redirects_are_followed(serve, fetcher):
    pages = {f"/{hop}": found(f"/{hop + 1}") for hop in range(5)}
    server = serve(site({**pages, "/5": response(b"end")}))
    document = fetcher.fetch(server.url + "/0")
    assert (document.body, len(document.redirects)) == (b"end", 5)


@pytest.mark.fault("A8", "A9")
@pytest.mark.parametrize(
    ("location", "kind"),
    [
        ("file:///etc/passwd", "bad_scheme"),
        ("ftp://127.0.0.1/", "bad_scheme"),
        ("data:text/plain,x", "bad_scheme"),
        ("javascript:alert(1)", "bad_scheme"),
        ("ws://127.0.0.1/", "bad_scheme"),
        ("http://127.0.0.1\\@example.org/", "bad_url"),
        ("http://user:pass@example.org/", "bad_url"),
        ("http://[half", "bad_url"),
        ("http://127.0.0.1:99999/", "bad_url"),
        ("/" + "a" * 3000, "bad_url"),
    ],
)
def test_a_redirect_to_what_is_no_web_address_is_refused(serve, fetcher, location, kind):
    server = serve(sends(found(location)))
    assert refused(fetcher, server.url).kind == kind
    assert len(server.heads) == 1


@pytest.mark.fault("A11")
def test_another_origin_is_told_nothing(serve, fetcher):
    second = serve(sends(response(b"ok")))
    answer = response(status="302 Found", Location=second.url + "/x", Set_Cookie="session=1")
    first = serve(sends(answer))
    fetcher.fetch(first.url, etag='"mine"', last_modified=NOW)
    names = [line.split(b":")[0] for line in second.heads[0].split(b"\r\n")[1:] if line]
    assert names == [b"Host", b"User-Agent", b"Accept", b"Accept-Encoding"]
    assert b'If-None-Match: "mine"' in first.heads[0]


@pytest.mark.fault("A17")
def test_not_modified_needs_validators(serve, fetcher):
    server = serve(
        sends(response(status="304 Not Modified", Content_Length="99999999", Content_Encoding="gzip", ETag='"1"'))
    )
    document = fetcher.fetch(server.url, etag='"1"')
    assert document.not_modified
    assert document.body == b""
    error = refused(fetcher, server.url)
    assert (error.kind, error.status) == ("http", 304)


def test_a_target_in_bare_utf_8_is_understood(serve, fetcher):
    location = "/новини?q=ї".encode().decode("latin-1")  # how the bytes of UTF-8 come through the helper
    server = serve(site({"/": found(location), "/%D0%BD%D0%BE%D0%B2%D0%B8%D0%BD%D0%B8?q=%D1%97": response(b"here")}))
    assert fetcher.fetch(server.url).body == b"here"


def test_a_header_that_cannot_be_sent_is_an_error_also_on_a_kept_connection(serve, fetcher):
    server = serve(sends(response(b"ok")))
    fetcher.fetch(server.url)
    assert refused(fetcher, server.url, accept="text\r\nEvil: 1").kind == "protocol"
    assert len(server.heads) == 1


def test_an_empty_page_is_a_document(serve, fetcher):
    assert fetcher.fetch(serve(sends(response(b""))).url).body == b""


@pytest.mark.fault("A18")
@pytest.mark.parametrize("status", [204, 206, 300, 400, 401, 403, 404, 410, 429, 500, 503, 599])
def test_other_statuses_are_errors_and_only_gone_is_for_ever(serve, fetcher, status):
    error = refused(fetcher, serve(sends(response(b"", status=f"{status} Said So"), keep=False)).url)
    assert (error.kind, error.status, error.permanent) == ("http", status, status == 410)


def test_a_redirect_without_a_target_is_an_error(serve, fetcher):
    assert refused(fetcher, serve(sends(response(status="302 Found"))).url).status == 302


@pytest.mark.fault("A16")
def test_a_wait_that_the_server_asks_for_is_passed_on(serve, fetcher):
    server = serve(sends(response(status="429 Too Many", Retry_After="Fri, 01 May 2026 12:01:30 GMT", Date=NOW)))
    assert refused(fetcher, server.url).retry_after == 90


@pytest.mark.fault("A16")
@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 5 ", 5.0),
        ("0", 1.0),
        ("-1", 1.0),
        ("1000000000", 86_400.0),
        ("9" * 5000, 86_400.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 1.0),
        ("Fri, 01 May 2099 12:00:00 GMT", 86_400.0),
        ("Fri, 01 May 2026 12:02:00 GMT", 120.0),
        ("soon", None),
        ("", None),
        ("1e9", None),
        ("Fri, 99 May 99999 12:00:00 GMT", None),
    ],
)
def test_retry_after(value, seconds):
    assert retry_after(value, NOW) == seconds


def test_a_date_counts_only_beside_the_servers_own():
    assert retry_after("Fri, 01 May 2026 12:02:00 GMT", "") is None


@pytest.mark.parametrize("validator", ['"a\r\nX-Evil: 1"', '"ї"', '"é"', " ", '"\x1b"', "\n"])
def test_a_validator_that_no_header_can_carry_is_left_out(serve, fetcher, validator):
    server = serve(sends(response(b"ok")))
    assert fetcher.fetch(server.url, etag=validator).status == 200
    assert b"If-None-Match" not in server.heads[0]
    assert b"Evil" not in server.heads[0]


def test_we_say_who_we_are(serve, fetcher):
    server = serve(sends(response(b"ok")))
    fetcher.fetch(server.url, accept="text/html")
    agent = FetchSettings(contact="mailto:desk@example.org").user_agent
    assert agent.startswith("RamsteinMonitor/")
    assert f"User-Agent: {agent}\r\nAccept: text/html\r\n".encode() in server.heads[0]


@pytest.mark.fault("A20")
def test_proxies_of_the_environment_are_ignored(serve, make_fetcher, monkeypatch):
    proxy, server = serve(sends(response(b"proxy"))), serve(sends(response(b"direct")))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy.url)
    assert make_fetcher(allow_private_addresses=True).fetch(server.url).body == b"direct"
    assert proxy.hits == 0


@pytest.mark.fault("A8", "A21")
@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://",
        "http://xn--a/",
        "http://127.0.0.1:99999/",
        "http://[::1",
        "http://\ud800/",
        "http://a..b/",
        "http://" + "a" * 64 + ".example/",
        "http://" + "a." * 130 + "example/",
        "http://℀.example/",
        "http://example.org/\udfff",
        "http://\u200d/",
        "http://-/",
    ],
)
def test_every_odd_url_is_a_fetch_error(make_fetcher, url):
    def resolver(host):
        host.encode("idna")
        raise OSError

    assert refused(make_fetcher(resolver=resolver), url).kind in ("bad_url", "bad_scheme", "dns")


def test_keys_in_urls_are_neither_logged_nor_in_errors(serve, fetcher, caplog):
    server = serve(site({"/feed?key=CANARY": found("/bot123:CANARY/x?key=CANARY"), "/ok?key=CANARY": response(b"ok")}))
    with caplog.at_level(logging.DEBUG):
        fetcher.fetch(server.url + "/ok?key=CANARY")
        error = refused(fetcher, server.url + "/feed?key=CANARY")
    assert error.status == 404
    assert "CANARY" not in str(error) + caplog.text
    assert "CANARY" not in str(refused(fetcher, "http://user:CANARY@example.org/?CANARY"))


def test_the_path_and_query_arrive_as_written(serve, fetcher):
    server = serve(lambda connection, head: connection.sendall(response(path_of(head).encode())))
    for path in ("/a/../b//c?x=1&y=%2F%zz", "/?a=b?c", "/%D1%97?q=[1]|2"):
        assert fetcher.fetch(server.url + path).body.decode() == path
