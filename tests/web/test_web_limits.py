"""Slow clients and very many of them: each is cut off in time, and the others are served meanwhile."""

import contextlib
import socket
from urllib.parse import urlsplit

import httpx
import pytest
from web_house import house

from monitor.web.server import Limits

pytestmark = pytest.mark.fault("H12")
SHORT = Limits(connections=40, answered=20, request=0.4, stalled=0.4)
FORM = b"POST /login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-www-form-urlencoded\r\n"


@pytest.fixture(scope="module")
def hurried(tmp_path_factory):
    with house(tmp_path_factory.mktemp("limits"), (), password="correct horse", limits=SHORT) as running:
        yield running


def connect(running):
    return socket.create_connection(("127.0.0.1", urlsplit(running.url).port), timeout=20)


def ended(connection):
    """All that comes until the other side ends it, be it by a reset."""
    got = b""
    with contextlib.suppress(ConnectionResetError):
        while more := connection.recv(65536):
            got += more
    return got


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET / HT",
        b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nx-slow: ",
        FORM + b"content-length: 1000\r\n\r\npassword=",
        FORM + b"transfer-encoding: chunked\r\n\r\n5\r\npassw",
    ],
    ids=["nothing", "line", "head", "body", "chunks"],
)
def test_a_request_that_never_ends_is_cut_off(hurried, sent, caplog):
    with connect(hurried) as slow:
        slow.sendall(sent)
        assert b"200 OK" not in ended(slow)
    assert caplog.text == ""


def test_the_second_request_of_a_connection_has_its_time_too(hurried):
    with connect(hurried) as slow:
        slow.sendall(b"GET /static/access.css HTTP/1.1\r\nhost: localhost\r\n\r\n")
        assert slow.recv(65536).startswith(b"HTTP/1.1 200")
        slow.sendall(b"GET / HT")
        ended(slow)


def test_one_byte_now_and_then_does_not_put_it_off(hurried):
    with connect(hurried) as slow:
        slow.settimeout(0.05)
        cut = False
        for number in range(200):
            try:
                slow.sendall(b"GET / HTTP/1.1\r\nx: " if number == 0 else b"a")
                cut = slow.recv(1) == b""
            except TimeoutError:
                continue
            except OSError:
                cut = True
            if cut:
                break
        assert cut


def test_who_takes_nothing_of_an_answer_is_cut_off(hurried):
    ask = b"GET /static/style.css HTTP/1.1\r\nhost: localhost\r\n\r\n"
    with connect(hurried) as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        with contextlib.suppress(OSError):
            for _ in range(3000):
                slow.sendall(ask)
        ended(slow)
    assert hurried.get("/healthz").status_code == 200


def test_a_connection_that_is_kept_is_not_cut_off(hurried):
    with httpx.Client(trust_env=False) as client:
        for _ in range(3):
            assert client.get(hurried.url + "/healthz").status_code == 200


def test_a_flood_of_connections_is_held_to_a_few_and_passes(hurried, caplog):
    held = [connect(hurried) for _ in range(100)]
    try:
        assert hurried.server.connections <= SHORT.connections
        assert len([line for line in caplog.messages if "connections to the review page were refused" in line]) <= 1
        for one in held:
            ended(one)
        assert hurried.get("/healthz").status_code == 200
    finally:
        for one in held:
            one.close()


def test_beyond_what_is_answered_at_once_there_is_a_503(hurried):
    held = [connect(hurried) for _ in range(SHORT.answered)]
    try:
        assert httpx.get(hurried.url + "/healthz", trust_env=False).status_code == 503
    finally:
        for one in held:
            one.close()
