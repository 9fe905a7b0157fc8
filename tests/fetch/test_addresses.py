"""A6, A7, A10, A12: where we connect is decided by the address that is connected to, and names take their own time."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from raw_server import path_of, response, sends

from monitor.errors import FetchError
from monitor.fetch import FetchSettings
from monitor.fetch.addresses import refusal
from monitor.fetch.network import GuardedNetwork
from monitor.fetch.resolver import Resolver

CASES = Path(__file__).with_name("cases")


def cases(name):
    return [json.loads(line) for line in (CASES / name).read_text("utf-8").splitlines()]


def refused(fetcher, url, **options):
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(url, deadline=5, **options)
    return caught.value


@pytest.mark.fault("A6")
@pytest.mark.parametrize("case", cases("addresses.jsonl"), ids=lambda case: case["address"])
def test_which_addresses_are_open(case):
    assert (refusal(case["address"]) is None) == case["public"]
    assert (refusal(case["address"], private=True) is None) == case["private"]


@pytest.mark.fault("A6")
@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_an_address_inside_an_address_is_never_more_open(ip):
    mapped = f"::ffff:{ip}"
    assert (refusal(mapped) is None) == (refusal(str(ip)) is None)
    for prefix in ("::", "64:ff9b::"):
        assert refusal(str(IPv6Address(int(IPv6Address(prefix)) + int(ip)))) is not None


@pytest.mark.fault("A6")
@pytest.mark.parametrize("case", cases("spellings.jsonl"), ids=lambda case: case["host"])
def test_no_spelling_of_loopback_is_reached(serve, make_fetcher, case):
    server = serve(sends(response(b"secret")))
    fetcher = make_fetcher(ports=frozenset({server.port}))
    error = refused(fetcher, f"http://{case['host']}:{server.port}/")
    # some resolvers do not know the odd spellings at all, and httpx refuses the octal one
    assert error.kind in ("blocked_address", "dns", "bad_url")
    assert error.permanent == (error.kind != "dns")
    assert server.hits == 0


@pytest.mark.fault("A6")
def test_a_unix_socket_is_no_part_of_the_web(make_fetcher):
    network = GuardedNetwork(
        FetchSettings(allow_private_addresses=True), Resolver(None, time.monotonic), time.monotonic
    )
    with pytest.raises(FetchError, match="blocked_address"):
        network.connect_unix_socket("/run/docker.sock")


@pytest.mark.fault("A6")
def test_a_name_that_leads_to_a_private_address_is_refused(serve, make_fetcher):
    server = serve(sends(response(b"secret")))
    fetcher = make_fetcher(ports=frozenset({server.port}), resolver=lambda _host: ["10.0.0.1", "127.0.0.1"])
    assert refused(fetcher, f"http://news.example:{server.port}/").kind == "blocked_address"
    assert server.hits == 0


@pytest.mark.fault("A6")
def test_a_redirect_to_a_closed_address_is_refused(serve, fetcher):
    server = serve(sends(response(status="302 Found", Location="http://169.254.169.254/latest/meta-data/")))
    assert refused(fetcher, server.url).kind == "blocked_address"


@pytest.mark.fault("A7")
def test_the_connection_goes_to_the_address_that_was_checked(serve, make_fetcher):
    asked = []

    def resolver(host):
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    server = serve(sends(response(b"ok"), keep=False))
    fetcher = make_fetcher(allow_private_addresses=True, resolver=resolver)
    url = f"http://news.example:{server.port}/"
    assert fetcher.fetch(url).body == b"ok"
    assert asked == ["news.example"]
    assert b"Host: news.example:" in server.heads[0]
    assert refused(fetcher, url).kind == "blocked_address"
    assert server.hits == 1


def test_the_next_address_is_tried_when_one_does_not_connect(serve, make_fetcher):
    server = serve(sends(response(b"ok")))
    addresses = ["169.254.1.1", "127.0.0.2", "127.0.0.1"]  # closed; nobody listens; the server
    fetcher = make_fetcher(allow_private_addresses=True, resolver=lambda _host: addresses)
    assert fetcher.fetch(f"http://news.example:{server.port}/").body == b"ok"


@pytest.mark.fault("A10")
@pytest.mark.parametrize("port", [22, 25, 6379])
def test_other_ports_are_closed(make_fetcher, port):
    error = refused(make_fetcher(), f"http://93.184.216.34:{port}/")
    assert (error.kind, error.permanent) == ("bad_port", True)


@pytest.mark.fault("A12")
def test_dead_names_do_not_hold_up_the_living(serve, make_fetcher):
    released = threading.Event()
    asked = []

    def resolver(host):
        asked.append(host)
        if host.startswith("live"):
            return ["127.0.0.1"]
        released.wait(20)
        raise OSError

    server = serve(sends(response(b"ok"), keep=False))
    fetcher = make_fetcher(allow_private_addresses=True, resolver=resolver)
    with ThreadPoolExecutor(60) as threads:
        dead = [threads.submit(refused, fetcher, f"http://dead{n}.example/") for n in range(40)]
        live = [threads.submit(fetcher.fetch, f"http://live{n}.example:{server.port}/") for n in range(20)]
        assert all(future.result(4).body == b"ok" for future in live)
        released.set()
        assert {future.result(10).kind for future in dead} == {"dns"}
    assert refused(fetcher, "http://dead1.example/").kind == "dns"
    assert asked.count("dead1.example") == 1  # remembered


def test_a_resolver_that_never_answers_ends_at_the_deadline(make_fetcher):
    released = threading.Event()

    def resolver(host):
        released.wait(20)
        return ["127.0.0.1"]

    fetcher = make_fetcher(resolver=resolver)
    with pytest.raises(FetchError, match="no answer about"):
        fetcher.fetch("http://slow.example/", deadline=0.3)
    released.set()


@pytest.mark.fault("A12")
def test_a_dead_name_is_asked_again_after_a_minute():
    now, asked = [0.0], []

    def ask(host):
        asked.append(host)
        raise OSError

    resolver = Resolver(ask, lambda: now[0])
    for second in (0.0, 59.0, 60.0):
        now[0] = second
        with pytest.raises(FetchError):
            resolver.addresses("dead.example", second + 30)
    assert len(asked) == 2


def test_one_name_for_many_threads(serve, fetcher):
    def answer(connection, head):
        connection.sendall(response(path_of(head).encode()))
        return True

    server = serve(answer)
    paths = [f"/{number}" for number in range(160)]
    with ThreadPoolExecutor(16) as threads:
        bodies = threads.map(lambda path: fetcher.fetch(server.url + path).body.decode(), paths)
        assert list(bodies) == paths
    assert server.connections <= 16
