"""The probes alone, for a process that has no page."""

from urllib.parse import urlsplit

import httpx
import pytest
from web_house import NOW, access

from monitor.errors import UsageError
from monitor.model import ApiToken
from monitor.store import ReviewStore, WatchStore
from monitor.web.pulse import Pulse
from monitor.web.watch_server import WatchServer

READER = {"Authorization": "Bearer scrape-token-1234567890"}
TOKENS = (ApiToken("prometheus", "scrape-token-1234567890", frozenset({"read"})),)


class Watching:
    """A server and who asks it."""

    def __init__(self, database, client, **options):
        allowed = access(options.pop("password", None), tokens=options.pop("tokens", ()))
        wanted = {"host": "127.0.0.1", "port": 0, "access": allowed} | options
        self.pulse = Pulse()
        self.server = WatchServer(
            review=ReviewStore(database), pulse=self.pulse, now=lambda: NOW, monotonic=lambda: 1000.0, **wanted
        )
        self.server.start()
        self.client = client

    def get(self, path, **options):
        port = urlsplit(self.server.url).port
        return self.client.get(f"http://127.0.0.1:{port}{path}", **options)


@pytest.fixture
def watching(database):
    running = []
    with httpx.Client(trust_env=False) as client:

        def make(**options):
            running.append(Watching(database, client, **options))
            return running[-1]

        yield make
        for one in running:
            one.server.stop()


def test_the_three_probes_and_nothing_else(watching):
    one = watching(tokens=TOKENS)
    assert one.get("/healthz").json()["status"] == "ok"
    assert one.get("/readyz").status_code == 503
    assert "monitor_healthy 1.0" in one.get("/metrics", headers=READER).text
    for path in ("/", "/hits/1", "/login", "/static/style.css", "/api/v1/hits", "/docs", "/openapi.json"):
        assert one.get(path).status_code == 404, path


def test_it_is_ready_once_a_configuration_is_in_force_and_the_first_look_is_done(watching, database):
    one = watching()
    one.server.show(access())
    WatchStore(database).prove_writable(NOW)
    assert one.get("/readyz").json() == {"status": "ready"}


@pytest.mark.fault("J7")
def test_a_desk_that_stands_still_is_seen(watching):
    one = watching()
    one.pulse.beat("poll", 600.0)
    assert one.get("/healthz").json()["problem"] == "a desk has not moved for 400 s"


@pytest.mark.fault("H2", "H6")
@pytest.mark.parametrize(
    "options", [{"host": "0.0.0.0"}, {"tokens": TOKENS, "host": "0.0.0.0"}, {"password": "secret"}]
)
def test_figures_are_closed_to_whoever_shows_no_token(watching, options):
    one = watching(**options)
    assert one.get("/healthz").status_code == 200
    answer = one.get("/metrics")
    assert answer.status_code == 401
    assert "monitor_" not in answer.text
    assert one.get("/metrics", headers=READER).status_code == (200 if options.get("tokens") else 401)


def test_a_new_configuration_takes_a_token_away(watching):
    one = watching(tokens=TOKENS, password="secret")
    assert one.get("/metrics", headers=READER).status_code == 200
    one.server.show(access("secret"))
    assert one.get("/metrics", headers=READER).status_code == 401


@pytest.mark.fault("H11")
def test_its_answers_carry_the_headers_of_the_page(watching):
    headers = watching().get("/healthz").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers


@pytest.mark.fault("H4")
def test_a_strange_host_is_refused_where_nobody_logs_in(watching):
    assert watching().get("/metrics", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.fault("H13")
def test_an_error_is_a_number_and_the_rest_is_in_the_log(watching, database, caplog):
    one = watching(tokens=TOKENS)
    database.close()
    with database.write() as session:
        session.connection().exec_driver_sql("DROP TABLE pace")
    assert one.get("/healthz").json()["problem"] == "the database cannot be read"
    assert one.get("/metrics", headers=READER).text.count("monitor_database_up 0.0") == 1
    assert "no such table" in caplog.text


def test_a_port_in_use_is_a_clear_word_at_once(watching):
    port = urlsplit(watching().server.url).port
    with pytest.raises(UsageError, match="in use"):
        watching(port=port)
