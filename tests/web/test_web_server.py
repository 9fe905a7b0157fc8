import socket
import sqlite3
from contextlib import closing
from urllib.parse import urlsplit

import pytest
from web_house import NOW, access, house

from monitor.errors import UsageError
from monitor.store import ReviewStore
from monitor.web.port import is_loopback
from monitor.web.server import Pulse, WebServer


def server(running, **options):
    password, users = options.pop("password", None), options.pop("users", None)
    wanted = {"host": "127.0.0.1", "port": 0, "access": access(password, users)} | options
    return WebServer(
        review=ReviewStore(running.database), pulse=Pulse(), now=lambda: NOW, monotonic=lambda: 0.0, **wanted
    )


def test_health_is_ok_while_the_desks_move(open_house):
    answer = open_house.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert answer.json()["counts"]["hits"] == 6


def test_health_is_open_to_a_probe_that_asks_for_the_head_alone(tmp_path):
    with house(tmp_path, (), password="secret") as running:
        assert running.get("/healthz").status_code == 200
        assert running.client.head(running.url + "/healthz").status_code == 200


def test_one_desk_that_stands_still_stalls_the_whole(tmp_path):
    with house(tmp_path, ()) as running:
        running.pulse.beat("poll", 1000.0)
        running.pulse.beat("read", 1000.0)
        running.time[0] = 1300.0
        assert running.get("/healthz").status_code == 200
        running.pulse.beat("read", 1300.0)
        running.time[0] = 1301.0
        answer = running.get("/healthz")
    assert answer.status_code == 503
    said = answer.json()
    assert (said["status"], said["age"], said["problem"]) == ("stalled", 301.0, "a desk has not moved for 301 s")


def test_health_says_when_the_database_cannot_be_read(tmp_path):
    with house(tmp_path) as running:
        with closing(sqlite3.connect(tmp_path / "monitor.db")) as connection, connection:
            connection.execute("DROP TABLE delivery")
        answer = running.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["problem"] == "the database cannot be read"


def test_the_pulse_is_as_old_as_its_oldest_beat():
    pulse = Pulse()
    assert pulse.age(50.0) == 0.0
    pulse.beat("poll", 10.0)
    pulse.beat("read", 30.0)
    assert pulse.age(50.0) == 40.0
    pulse.beat("poll", 45.0)
    assert pulse.age(50.0) == 20.0
    assert pulse.desks() == {"poll": 45.0, "read": 30.0}


def test_a_port_in_use_is_a_clear_word_at_once(open_house):
    port = urlsplit(open_house.url).port
    with pytest.raises(UsageError, match=f"127.0.0.1:{port} is in use; choose another port with MONITOR_PORT"):
        server(open_house, port=port)


def test_a_host_that_is_not_here_is_a_clear_word(open_house):
    with pytest.raises(UsageError, match="no address of this machine"):
        server(open_house, host="192.0.2.1", password="secret")


@pytest.mark.fault("H6")
@pytest.mark.parametrize("password", [None, "", "  "])
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "monitor.example", ""])
def test_beyond_this_machine_only_with_a_password(open_house, host, password):
    with pytest.raises(UsageError, match="MONITOR_PASSWORD"):
        server(open_house, host=host, password=password)


@pytest.mark.fault("H6")
@pytest.mark.parametrize("login", [{"password": "secret"}, {"users": {"olena": "secret"}}])
def test_with_a_password_it_listens_everywhere(open_house, login):
    listening = server(open_house, host="0.0.0.0", **login)
    listening.start()
    port = urlsplit(listening.url).port
    try:
        answer = open_house.client.get(f"http://127.0.0.1:{port}/")
        assert answer.status_code == 401
    finally:
        listening.stop()


def test_stopping_frees_the_port_and_may_be_said_twice(open_house):
    listening = server(open_house)
    listening.start()
    listening.stop()
    listening.stop()
    port = urlsplit(listening.url).port
    with socket.create_server(("127.0.0.1", port)) as taken:
        assert taken.getsockname()[1] == port


def test_a_server_that_never_started_can_be_stopped(open_house):
    listening = server(open_house)
    listening.stop()
    port = urlsplit(listening.url).port
    with socket.create_server(("127.0.0.1", port)) as taken:
        assert taken.getsockname()[1] == port


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("localhost.example", False),
        ("10.0.0.1", False),
    ],
)
def test_which_hosts_only_this_machine_reaches(host, expected):
    assert is_loopback(host) is expected
