"""One address of this machine, with its port, is open: where the canary is served. Nothing else is."""

import http.client

import httpx
import pytest
from raw_server import response, sends

from monitor.canary import CanaryServer
from monitor.errors import FetchError
from monitor.model import CanaryArticle


def refused(fetcher, url):
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(url)
    return caught.value.kind


def declared(place, length):
    """What is said to a message that is announced to be so long."""
    connection = http.client.HTTPConnection(place.host, place.port, timeout=10)
    connection.putrequest("POST", f"/{place.secret}/sink")
    connection.putheader("Content-Length", str(length))
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.fault("A6")
def test_the_own_place_is_open_and_no_other_port_or_name(serve, make_fetcher):
    own, other = serve(sends(response(b"geese"))), serve(sends(response(b"secret")))
    fetcher = make_fetcher(own=("127.0.0.1", own.port), resolver=lambda _host: ["127.0.0.1"])
    assert fetcher.fetch(own.url).body == b"geese"
    assert refused(fetcher, other.url) == "bad_port"
    assert refused(fetcher, f"http://127.0.0.2:{own.port}/") == "bad_port"
    assert refused(fetcher, f"http://news.example:{own.port}/") == "bad_port"
    assert refused(fetcher, "http://127.0.0.1/") == "blocked_address"
    assert other.hits == 0


@pytest.mark.fault("A6")
@pytest.mark.parametrize("ports", [frozenset({80, 443}), None], ids=["usual ports", "that port is open"])
def test_a_redirect_from_there_leads_nowhere_inside(serve, make_fetcher, ports):
    inside = serve(sends(response(b"secret")))
    own = serve(sends(response(status="302 Found", Location=f"{inside.url}/admin")))
    open_ports = ports or frozenset({inside.port})
    fetcher = make_fetcher(own=("127.0.0.1", own.port), ports=open_ports)
    assert refused(fetcher, own.url) in {"bad_port", "blocked_address"}
    assert inside.hits == 0


@pytest.mark.fault("A6")
def test_who_does_not_know_the_secret_gets_nothing_there(make_fetcher, clock):
    with CanaryServer(clock) as server:
        one = CanaryArticle("Latin", "geese", "en", "Geese", "The geese are back", server.place.page("20260504T0530/1"))
        server.show([one], clock())
        fetcher = make_fetcher(own=server.place.origin)
        assert b"geese are back" in fetcher.fetch(one.url).body
        root = f"http://127.0.0.1:{server.place.port}"
        for path in ("/", "/feed", "/20260504T0530/1", f"/{'0' * 32}/feed", "//x", f"/{server.place.secret}/"):
            assert refused(fetcher, root + path) == "http"
        for path, content in (("/sink", b"{}"), (f"/{server.place.secret}/sink", b"[" * 100_000)):
            assert httpx.post(root + path, content=content).status_code == 404
        assert declared(server.place, 1 << 30) == 413
        assert server.arrived == ()
