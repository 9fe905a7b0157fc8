"""HTTP/2 by choice: the same limits, deadlines and errors as with HTTP/1.1, and no request depends on another."""

from __future__ import annotations

import logging
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from certificates import needs_openssl, server_side
from h2_server import sends_h2, speaks_http2
from raw_server import response, sends

from monitor.errors import FetchError
from monitor.model import Manner

pytestmark = pytest.mark.needs("openssl")
TWO = Manner(http="2")
MIB = 1 << 20


@pytest.fixture
def http2(serve, certificates):
    """Start a server of HTTP/2 over TLS with this answer."""
    return lambda answer: serve(speaks_http2(answer), server_side(certificates, protocols=["h2", "http/1.1"]))


@pytest.fixture
def fetch(make_fetcher, certificates):
    """Fetch a path of a server, which passes as news.example."""
    fetcher = make_fetcher(
        allow_private_addresses=True,
        certificates=str(certificates / "ca.crt"),
        resolver=lambda _host: ["127.0.0.1"],
    )

    def fetch(server, path="/", manner=TWO, deadline=5, **options):
        return fetcher.fetch(f"https://news.example:{server.port}{path}", manner=manner, deadline=deadline, **options)

    return fetch


def refused(fetch, server, **options):
    with pytest.raises(FetchError) as caught:
        fetch(server, **options)
    return caught.value


def gzip(body):
    packer = zlib.compressobj(9, wbits=31)
    return packer.compress(body) + packer.flush()


@needs_openssl
def test_a_document_comes_by_http_2(http2, fetch):
    seen = []

    def answer(connection, headers, stream):
        seen.append(headers)
        connection.send_head(stream, fields=[("etag", '"1"'), ("content-encoding", "gzip"), ("set-cookie", "a=b")])
        connection.send_body(stream, gzip(b"news " * 100_000))

    manner = Manner("Desk/1", (("X-Api-Key", "k"),), "2")
    document = fetch(http2(answer), "/feed?a=b", manner, etag='"0"')
    assert (document.body, document.etag, document.status) == (b"news " * 100_000, '"1"', 200)
    (sent,) = seen
    assert (sent[":path"], sent["x-api-key"], sent["if-none-match"]) == ("/feed?a=b", "k", '"0"')
    assert sent[":authority"].startswith("news.example:")
    assert "cookie" not in sent
    assert "set-cookie" not in document.headers


@needs_openssl
def test_a_server_without_it_is_asked_by_http_1_1(serve, certificates, fetch):
    server = serve(sends(response(b"old")), server_side(certificates))
    assert fetch(server).body == b"old"


@needs_openssl
def test_it_is_not_offered_where_it_is_not_chosen(http2, serve, certificates, fetch):
    server = serve(sends(response(b"old")), server_side(certificates, protocols=["h2", "http/1.1"]))
    fetch(http2(sends_h2(b"new")))
    assert fetch(server, manner=Manner()).body == b"old"


@needs_openssl
def test_not_modified_redirects_and_errors_are_what_they_are(http2, fetch):
    def answer(connection, headers, stream):
        path = headers[":path"]
        status, fields = {
            "/304": ("304", [("etag", '"1"')]),
            "/301": ("301", [("location", "/end")]),
            "/503": ("503", [("retry-after", "7")]),
        }.get(path, ("200", []))
        connection.send_head(stream, status, fields, end=True)

    server = http2(answer)
    assert fetch(server, "/304", etag='"1"').not_modified
    assert fetch(server, "/301").redirects[0][0] == 301
    error = refused(fetch, server, path="/503")
    assert (error.status, error.retry_after) == (503, 7)


@needs_openssl
@pytest.mark.fault("A1")
def test_a_bomb_is_refused(http2, fetch):
    server = http2(sends_h2(gzip(bytes(40 * MIB)), fields=[("content-encoding", "gzip")]))
    assert refused(fetch, server, limit=MIB).kind == "too_large"
    assert refused(fetch, http2(sends_h2(b"x", fields=[("content-encoding", "br")]))).kind == "bad_encoding"


@needs_openssl
@pytest.mark.fault("A4")
def test_an_endless_body_is_not_drained(http2, fetch):
    closed = threading.Event()

    def answer(connection, _headers, stream):
        connection.send_head(stream)
        try:
            while True:
                connection.send_body(stream, bytes(65536), end=False)
        finally:
            closed.set()

    server = http2(answer)
    assert refused(fetch, server, limit=MIB).kind == "too_large"
    assert closed.wait(5)


@needs_openssl
@pytest.mark.fault("A3")
@pytest.mark.parametrize("start", [True, False], ids=["body", "informational"])
def test_a_slow_server_ends_at_the_deadline(http2, fetch, start):
    def answer(connection, _headers, stream):
        if start:
            connection.send_head(stream)
        while True:
            if start:
                connection.send_body(stream, b"x", end=False)
            else:
                connection.send_head(stream, "103")
            if connection.socket.fileno() < 0 or server.stop.wait(0.02):
                return

    server = http2(answer)
    began = time.monotonic()
    assert refused(fetch, server, deadline=0.7).kind == "timeout"
    assert time.monotonic() - began < 2


@needs_openssl
def test_the_end_of_one_request_is_not_the_end_of_another(http2, fetch):
    """All ask at once; the slow ones run into their deadlines, and each of the others has its own document."""
    released = threading.Event()

    def answer(connection, headers, stream):
        if "slow" in headers[":path"]:
            released.wait(10)
        else:
            connection.send_head(stream)
            connection.send_body(stream, headers[":path"].encode())

    server = http2(answer)
    with ThreadPoolExecutor(12) as threads:
        slow = [threads.submit(refused, fetch, server, path=f"/slow{n}", deadline=1) for n in range(6)]
        quick = [threads.submit(fetch, server, f"/{n}") for n in range(6)]
        assert [future.result(10).body.decode() for future in quick] == [f"/{n}" for n in range(6)]
        assert {future.result(10).kind for future in slow} == {"timeout"}
    released.set()


def reset_stream(connection, _headers, stream):
    connection.send_head(stream)
    connection.state.reset_stream(stream)
    connection.flush()


def go_away(connection, _headers, _stream):
    connection.state.close_connection()
    connection.flush()


def no_frames(connection, _headers, stream):
    connection.send_head(stream)
    connection.socket.sendall((20_000).to_bytes(3, "big") + bytes(6 + 20_000))  # frames have at most 16,384 bytes


def cut(connection, _headers, stream):
    connection.send_head(stream, fields=[("content-length", "100")])
    connection.send_body(stream, b"half")


def no_status(connection, _headers, stream):
    connection.send_head(stream, "two hundred", end=True)


def gone(connection, _headers, stream):
    connection.send_head(stream)
    connection.send_body(stream, b"half", end=False)
    raise OSError


def long_headers(connection, _headers, stream):
    connection.send_head(stream, fields=[(f"x-{number}", "a" * 1000) for number in range(200)], end=True)


@needs_openssl
@pytest.mark.fault("A14", "A15")
@pytest.mark.parametrize("answer", [reset_stream, go_away, no_frames, cut, no_status, gone, long_headers])
def test_what_is_no_whole_answer_is_an_error(http2, fetch, answer):
    error = refused(fetch, http2(answer))
    assert error.kind in ("protocol", "reset")
    assert len(str(error)) < 250


@needs_openssl
def test_the_number_of_streams_may_change_at_any_time(http2, fetch):
    import h2.settings

    code = h2.settings.SettingCodes.MAX_CONCURRENT_STREAMS

    def answer(connection, _headers, stream):
        for most in (100, 1, 50, 0, 2):
            connection.state.update_settings({code: most})
            connection.flush()
        connection.send_head(stream)
        connection.send_body(stream, b"ok")

    server = http2(answer)
    with ThreadPoolExecutor(4) as threads:
        assert {document.body for document in threads.map(lambda _: fetch(server), range(8))} == {b"ok"}


@needs_openssl
def test_by_way_of_a_proxy_too(serve, http2, fetch):
    inner = http2(sends_h2(b"through"))
    proxy = serve(tunnel_to(inner.port))
    manner = Manner(http="2", proxy=proxy.url)
    assert fetch(inner, manner=manner).body == b"through"
    assert proxy.heads[0].startswith(b"CONNECT news.example:")


@needs_openssl
def test_a_secure_proxy_is_checked_like_any_server(serve, http2, fetch, certificates):
    inner = http2(sends_h2(b"through"))
    for name, host in (("good", "news.example"), ("wrong", "news.example")):
        proxy = serve(tunnel_to(inner.port), server_side(certificates, name))
        manner = Manner(http="2", proxy=f"https://{host}:{proxy.port}")
        if name == "good":
            assert fetch(inner, manner=manner).body == b"through"
        else:
            assert refused(fetch, inner, manner=manner).kind == "tls"


def tunnel_to(port):
    """A proxy that lets everything through to one port, whoever was asked for."""
    import contextlib
    import socket

    def copy(source, target):
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)

    def answer(connection, _head):
        with socket.create_connection(("127.0.0.1", port), 5) as inner:
            connection.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
            back = threading.Thread(target=copy, args=(inner, connection), daemon=True)
            back.start()
            copy(connection, inner)
            back.join(10)

    return answer


@needs_openssl
def test_keys_are_not_logged(http2, fetch, caplog):
    manner = Manner(headers=(("X-Api-Key", "CANARY"),), http="2")
    with caplog.at_level(logging.DEBUG):
        fetch(http2(sends_h2(b"ok")), "/?key=CANARY", manner)
    assert "CANARY" not in caplog.text
