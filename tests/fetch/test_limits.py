"""A1-A4, A13-A15: nothing that a server sends makes us read, inflate, wait or keep more than we said."""

from __future__ import annotations

import time
import tracemalloc
import zlib

import pytest
from raw_server import path_of, reset, response, sends, site

from monitor.errors import FetchError

MIB = 1 << 20


def gzip(data, times=1):
    for _ in range(times):
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        data = packer.compress(data) + packer.flush()
    return data


@pytest.fixture(scope="session")
def bomb():
    """A quarter of a gigabyte of zeros in 260 KB of gzip."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(bytes(MIB)) for _ in range(256)) + packer.flush()


def refused(fetcher, url, **options):
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(url, **options)
    return caught.value


def peak_of(call):
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.fault("A1")
def test_a_gzip_bomb_is_refused_before_it_fills_the_memory(serve, fetcher, bomb):
    server = serve(sends(response(bomb, Content_Encoding="gzip"), keep=False))
    errors = []
    peak = peak_of(lambda: errors.append(refused(fetcher, server.url)))
    assert errors[0].kind == "too_large"
    assert peak < 30 * MIB


@pytest.mark.fault("A1")
@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "deflate, gzip", "compress", "aes128gcm"])
def test_an_encoding_that_was_not_asked_for_is_refused(serve, fetcher, encoding):
    server = serve(sends(response(gzip(b"a" * 100, times=2), Content_Encoding=encoding)))
    assert refused(fetcher, server.url).kind == "bad_encoding"


@pytest.mark.fault("A2")
def test_the_body_of_a_redirect_is_not_read(serve, fetcher, bomb):
    head = response(status="302 Found", Location="/end", Content_Encoding="gzip", Content_Length=str(1 << 30))

    def answer(connection, request):
        if path_of(request) == "/end":
            connection.sendall(response(b"here"))
            return
        connection.sendall(head + bomb)
        server.stop.wait(10)  # the rest of the gigabyte never comes

    server = serve(answer)
    documents = []
    peak = peak_of(lambda: documents.append(fetcher.fetch(server.url, deadline=5)))
    assert documents[0].body == b"here"
    assert peak < MIB


def drip(start, piece):
    def answer(connection, _head):
        connection.sendall(start)
        while True:
            connection.sendall(piece)
            time.sleep(0.02)  # the server's pace, nothing waits for it

    return answer


@pytest.mark.fault("A3")
@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"),
        (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    ],
    ids=["body", "headers", "endless 103", "chunks"],
)
def test_a_slow_server_ends_at_the_deadline(serve, fetcher, start, piece):
    server = serve(drip(start, piece))
    began = time.monotonic()
    assert refused(fetcher, server.url, deadline=0.5).kind == "timeout"
    assert time.monotonic() - began < 1.5


@pytest.mark.fault("A3")
def test_a_handshake_that_never_comes_ends_at_the_deadline(serve, fetcher):
    server = serve(lambda _connection, _head: server.stop.wait(10))
    assert refused(fetcher, server.url.replace("http:", "https:"), deadline=0.5).kind == "timeout"


@pytest.mark.fault("A5")
def test_redirects_share_one_deadline(serve, fetcher):
    def answer(connection, _head):
        server.stop.wait(0.3)
        connection.sendall(response(status="302 Found", Location="/again"))

    server = serve(answer)
    began = time.monotonic()
    assert refused(fetcher, server.url, deadline=0.5).kind == "timeout"
    assert time.monotonic() - began < 1.5


@pytest.mark.fault("A4")
def test_an_endless_body_ends_at_the_wire_limit_and_is_not_drained(serve, make_fetcher):
    sent = []

    def answer(connection, _head):
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(bytes(65536))
            sent.append(65536)

    server = serve(answer)
    fetcher = make_fetcher(allow_private_addresses=True, wire_limit=MIB)
    assert refused(fetcher, server.url, deadline=10).kind == "too_large"
    assert sum(sent) < 16 * MIB  # what the socket buffers take


@pytest.mark.fault("A4")
def test_a_body_of_a_declared_size_over_the_limit_is_not_begun(serve, fetcher):
    server = serve(sends(response(b"", Content_Length="99999999999")))
    assert refused(fetcher, server.url, deadline=5).kind == "too_large"


@pytest.mark.parametrize(("size", "fits"), [(1000, True), (1001, False)])
@pytest.mark.parametrize("encoding", [None, "gzip"])
def test_the_limit_counts_the_inflated_body(serve, fetcher, size, fits, encoding):
    body = bytes(size)
    server = serve(sends(response(gzip(body) if encoding else body, Content_Encoding=encoding)))
    if fits:
        assert fetcher.fetch(server.url, limit=1000).body == body
    else:
        assert refused(fetcher, server.url, limit=1000).kind == "too_large"


@pytest.mark.fault("A13")
def test_a_connection_refused_is_a_connect_error(serve, fetcher):
    with serve(sends(b"")) as gone:
        url = gone.url
    assert refused(fetcher, url).kind == "connect"


@pytest.mark.fault("A13")
def test_a_reset_within_the_body_is_a_reset(serve, fetcher):
    def answer(connection, _head):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        reset(connection)

    error = refused(fetcher, serve(answer).url)
    assert error.kind in ("reset", "protocol")
    assert not error.permanent


@pytest.mark.fault("A13", "A15")
@pytest.mark.parametrize(
    "answer",
    [
        response(gzip(b"news " * 1000)[:-9], Content_Encoding="gzip"),
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\ngarbage",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 5\r\n\r\nhello",
        b"SSH-2.0-OpenSSH_9.2p1\r\n",
        b"<html>HTTP/0.9</html>",
        b"",
        b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"a" * 400_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;" + b"e" * 1_000_000 + b"\r\nhalf\r\n",
    ],
    ids=[
        *("cut gzip", "cut length", "cut chunks", "bad chunk", "negative length", "two lengths", "nul header", "ssh"),
        *("http 0.9", "nothing", "long header", "long chunk extension"),
    ],
)
def test_what_is_no_whole_answer_is_a_protocol_error(serve, fetcher, answer):
    error = refused(fetcher, serve(sends(answer, keep=False)).url)
    assert error.kind == "protocol"
    assert len(str(error)) < 250


@pytest.mark.fault("A15")
def test_a_length_beside_chunks_does_not_cut_the_body(serve, fetcher):
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    assert fetcher.fetch(serve(sends(answer, keep=False)).url).body == b"hello"


@pytest.mark.fault("A14")
def test_eight_thousand_headers_do_no_harm(serve, fetcher):
    many = {f"X-{number}": "1" for number in range(8000)}
    assert fetcher.fetch(serve(sends(response(b"ok", **many))).url).body == b"ok"


@pytest.mark.fault("A14")
def test_cookies_are_neither_kept_nor_sent_nor_shown(serve, fetcher):
    head = b"".join(b"Set-Cookie: c%d=1; Path=/\r\n" % number for number in range(300))
    server = serve(sends(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + head + b"\r\n"))
    for _ in range(20):
        assert "set-cookie" not in fetcher.fetch(server.url).headers
    assert not any(b"cookie" in head.lower() for head in server.heads)


def test_a_connection_is_kept_and_obeys_the_deadline_of_each_request(serve, make_fetcher):
    now = [0.0]
    fetcher = make_fetcher(monotonic=lambda: time.monotonic() + now[0], allow_private_addresses=True)
    server = serve(site({"/": response(b"ok"), "/304": response(status="304 Not Modified", Content_Length=None)}))
    for path in ("/", "/304", "/"):
        fetcher.fetch(server.url + path, etag='"a"', deadline=5)
        now[0] += 3600  # the deadlines of all earlier requests are long gone
    assert server.connections == 1


def test_a_kept_connection_that_the_server_has_closed_is_replaced(serve, fetcher):
    """The server says nothing of closing, as many do; the close and the next request race."""
    server = serve(sends(response(b"ok"), keep=False))
    assert [fetcher.fetch(server.url).body for _ in range(50)] == [b"ok"] * 50
    assert server.connections == len(server.heads) == 50
