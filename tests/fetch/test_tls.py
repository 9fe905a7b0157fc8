"""A19: a connection that is not secured by a valid certificate for the name is no connection."""

from __future__ import annotations

import ast
import ssl
from pathlib import Path

import pytest
from certificates import needs_openssl, server_side
from raw_server import response, sends

import monitor
from monitor.errors import FetchError


@pytest.fixture
def secure(serve, certificates, make_fetcher):
    """Fetch ``https://news.example/`` from a server with the named certificate."""

    def fetch(name, version=None):
        context = server_side(certificates, name)
        if version:
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = version
        server = serve(sends(response(b"ok")), tls=context)
        fetcher = make_fetcher(
            allow_private_addresses=True,
            certificates=str(certificates / "ca.crt"),
            resolver=lambda _host: ["127.0.0.1"],
        )
        try:
            return fetcher.fetch(f"https://news.example:{server.port}/", deadline=5)
        finally:
            assert name == "good" or not server.heads  # no request on a connection that is not trusted

    return fetch


@needs_openssl
def test_a_valid_certificate_for_the_name_is_trusted(secure):
    assert secure("good").body == b"ok"


@pytest.mark.fault("A19")
@needs_openssl
@pytest.mark.parametrize(("name", "reason"), [("wrong", "mismatch"), ("expired", "expired"), ("self", "self-signed")])
def test_any_other_certificate_is_refused_with_the_reason(secure, name, reason):
    with pytest.raises(FetchError, match=reason) as caught:
        secure(name)
    assert caught.value.kind == "tls"


@pytest.mark.fault("A19")
@needs_openssl
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the old version is the point
def test_an_old_protocol_is_refused(secure):
    with pytest.raises(FetchError) as caught:
        secure("good", ssl.TLSVersion.TLSv1_1)
    assert caught.value.kind == "tls"


def test_a_server_that_does_not_speak_tls_is_a_tls_error(serve, fetcher):
    class Plain:
        """Answers whatever comes with plain HTTP, before any request can be read."""

        def wrap_socket(self, connection, server_side):
            connection.recv(65536)
            connection.sendall(response(b"plain"))
            return connection

    server = serve(sends(b"", keep=False), tls=Plain())
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(server.url.replace("http:", "https:"), deadline=5)
    assert caught.value.kind == "tls"


def unverified(tree):
    """Lines of a module's syntax tree that would switch the verification of certificates off."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in ("verify", "check_hostname"):
            if isinstance(node.value, ast.Constant) and not node.value.value:
                yield node.value.lineno
        elif isinstance(node, ast.Attribute) and (node.attr in WEAK or "unverified" in node.attr):
            yield node.lineno


WEAK = ("CERT_NONE", "CERT_OPTIONAL", "check_hostname")


@pytest.mark.parametrize("code", ["get(url, verify=False)", "c.verify_mode = ssl.CERT_NONE", "c.check_hostname = 0"])
def test_the_search_below_finds_what_it_looks_for(code):
    assert list(unverified(ast.parse(code)))


@pytest.mark.fault("A19")
def test_verification_is_switched_off_nowhere():
    package = Path(monitor.__file__).parent
    files = sorted(package.rglob("*.py"))
    found = {str(file): list(unverified(ast.parse(file.read_text("utf-8")))) for file in files}
    assert package / "fetch" / "client.py" in files
    assert not {file: lines for file, lines in found.items() if lines}
