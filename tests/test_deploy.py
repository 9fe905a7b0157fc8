"""Compose files, unit, proxies: what they name is there, what they shut is shut, what can run here runs."""

import configparser
import re
import shutil
import socket
import ssl
import subprocess
import threading
from pathlib import Path

import httpx
import pytest
import yaml
from paged import PASSWORD, served
from papers import PROJECT, misuse, of_image

from monitor.config.environment import NAMES
from monitor.daemon import LAST

__all__ = ["served"]

DEPLOY = PROJECT / "deploy"
VARIABLES = {f"MONITOR_{name}{end}" for name in NAMES for end in ("", "_FILE")}


# --- compose ---------------------------------------------------------------------------------------

COMPOSED = [
    pytest.param(file, name, id=f"{file}:{name}")
    for file in ("compose.yaml", "compose.scale.yaml")
    for name in yaml.safe_load((PROJECT / file).read_text())["services"]
]


@pytest.mark.parametrize(("file", "name"), COMPOSED)
def test_a_service_is_shut(file, name):
    service = yaml.safe_load((PROJECT / file).read_text())["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] == "unless-stopped"
    assert service["user"] not in {"root", "0", "0:0"}
    assert any(place.startswith("/tmp") for place in service["tmpfs"])
    assert {"mem_limit", "logging"} <= set(service)
    assert int(service["stop_grace_period"].removesuffix("s")) > LAST
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


@pytest.mark.parametrize(("file", "name"), COMPOSED)
def test_a_service_names_what_is_there(file, name):
    whole = yaml.safe_load((PROJECT / file).read_text())
    service = whole["services"][name]
    assert set(service.get("secrets", [])) <= set(whole["secrets"])
    given = service["environment"]
    mounted = {f"/run/secrets/{secret}" for secret in service["secrets"]}
    assert {path for key, path in given.items() if key.endswith("_FILE")} <= mounted
    named = {volume.partition(":")[0] for volume in service.get("volumes", []) if not volume.startswith(".")}
    assert named <= set(whole["volumes"])
    if "build" in service:
        assert set(given) <= VARIABLES
        assert misuse(service["command"]) is None
        assert service["user"].startswith(of_image("USER")[0])
        assert service["init"] is True
        assert given["MONITOR_PASSWORD_FILE"]  # it listens on all addresses of the container
        assert given["MONITOR_CONFIG"].startswith("/app/config/")


def test_one_keeps_its_data_in_the_volume_of_the_image():
    service = yaml.safe_load((PROJECT / "compose.yaml").read_text())["services"]["monitor"]
    assert f"data:{of_image('VOLUME')[0]}" in service["volumes"]


def test_the_database_of_the_workers_is_the_one_beside_them():
    text = (PROJECT / "compose.scale.yaml").read_text()
    database = yaml.safe_load(text)["services"]["db"]
    given = database["environment"]
    assert f"postgresql://{given['POSTGRES_USER']}:%s@db/{given['POSTGRES_DB']}" in text
    assert "--locale=C.UTF-8" in given["POSTGRES_INITDB_ARGS"]
    assert database["healthcheck"]["test"][:2] == ["CMD", "pg_isready"]
    assert "ports" not in database


# --- systemd ---------------------------------------------------------------------------------------


def unit():
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read(DEPLOY / "monitor.service")
    return parser


def test_the_unit_starts_and_stops_the_daemon():
    service = unit()["Service"]
    program, *words = service["ExecStart"].split()
    assert (Path(program).name, misuse(words)) == ("monitor", None)
    assert float(service["TimeoutStopSec"]) > LAST
    assert service["RestartPreventExitStatus"] == "2 3"
    assert service["User"] not in {"", "root"}
    assert {"NoNewPrivileges", "PrivateTmp", "ProtectHome", "RestrictSUIDSGID"} <= {
        name for name, given in service.items() if given == "yes"
    }
    assert "@resources" not in service["SystemCallFilter"]  # the children that parse limit themselves


def test_unit_command_and_environment_are_of_one_installation():
    service, command = unit()["Service"], (DEPLOY / "monitor").read_text()
    assert service["ExecStart"].split()[0] in command
    assert service["EnvironmentFile"] in command
    assert service["WorkingDirectory"] in command
    assert f"--uid={service['User']}" in command
    lines = [line for line in (DEPLOY / "environment").read_text().splitlines() if line and line[0] != "#"]
    assert {line.partition("=")[0] for line in lines} <= VARIABLES
    assert f"sqlite:///{service['WorkingDirectory']}/" in "\n".join(lines)
    assert subprocess.run(["sh", "-n", DEPLOY / "monitor"], check=False).returncode == 0


@pytest.mark.needs("systemd")
def test_systemd_takes_the_unit(tmp_path):
    analyze, program = shutil.which("systemd-analyze"), shutil.which("true")
    if analyze is None:
        pytest.skip("no systemd here")
    path = tmp_path / "monitor.service"
    text = (DEPLOY / "monitor.service").read_text()
    path.write_text(re.sub("^ExecStart=.*$", f"ExecStart={program}", text, flags=re.MULTILINE))
    said = subprocess.run([analyze, "verify", path], capture_output=True, text=True, check=False)
    assert [line for line in said.stderr.splitlines() if "monitor.service" in line] == []


# --- proxies ---------------------------------------------------------------------------------------


@pytest.fixture
def proxied(served, tmp_path):
    """nginx with the shipped configuration before the page: its address, and the certificate to trust."""
    nginx, openssl = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin"), shutil.which("openssl")
    if nginx is None or openssl is None:
        pytest.skip("no nginx here")
    port = free_port()
    names = ["-subj", "/CN=news.example.org", "-addext", "subjectAltName=DNS:news.example.org,IP:127.0.0.1"]
    make = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"]
    subprocess.run(
        [openssl, *make, *names, "-keyout", tmp_path / "key.pem", "-out", tmp_path / "cert.pem"],
        check=True,
        capture_output=True,
    )
    site = (DEPLOY / "nginx.conf").read_text()
    for ours, here in (
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("/etc/ssl/certs/news.example.org.pem", f"{tmp_path}/cert.pem"),
        ("/etc/ssl/private/news.example.org.key", f"{tmp_path}/key.pem"),
        ("http://127.0.0.1:8000", served),
    ):
        assert ours in site
        site = site.replace(ours, here)
    places = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (tmp_path / "nginx.conf").write_text(
        f"daemon off;\nmaster_process off;\npid {tmp_path}/pid;\nerror_log stderr;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{places}{site}}}\n"
    )
    command = [nginx, "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    said = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        listening(port)
        yield f"https://127.0.0.1:{port}", tmp_path / "cert.pem"
    finally:
        process.terminate()
        process.wait(10)


@pytest.mark.needs("nginx")
def test_nginx_shows_the_page_below_its_path(proxied):
    url, certificate = proxied
    host = {"host": "news.example.org"}
    trusted = ssl.create_default_context(cafile=str(certificate))
    with httpx.Client(base_url=url, headers=host, verify=trusted, trust_env=False) as client:
        assert client.get("/monitor").headers["location"] == f"{url.replace('127.0.0.1', 'news.example.org')}/monitor/"
        assert client.get("/monitor/").status_code == 401
        login = client.post("/monitor/login", data={"password": PASSWORD}, headers={"accept": "text/html"})
        assert login.headers["location"] == "/monitor/"
        cookie = login.headers["set-cookie"]
        assert "Secure" in cookie
        client.headers["cookie"] = cookie.partition(";")[0]
        assert "/monitor/static/" in client.get("/monitor/").text
        with client.stream("GET", "/monitor/live?than=20200101T000000.000000Z-1") as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            assert next(stream.iter_lines()).startswith("retry:")  # at once, though the stream goes on


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def listening(port):
    """Wait until somebody listens there."""
    for _ in range(500):
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        threading.Event().wait(0.01)
    pytest.fail("nginx does not listen")
