"""A19: a connection that is not secured by a valid certificate for the name is no connection."""

from __future__ import annotations

import ast
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest
from raw_server import response, sends

import monitor
from monitor.errors import FetchError


def needs_openssl(test):
    absent = pytest.mark.skipif(shutil.which("openssl") is None, reason="makes its certificates with openssl")
    return pytest.mark.needs("openssl")(absent(test))


def openssl(directory, *arguments):
    subprocess.run(["openssl", *arguments], cwd=directory, check=True, capture_output=True)


def certify(directory, name, host, days="2", signed=True):
    """A key and a certificate for ``host``, signed by our own authority or by itself."""
    signer = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial"] if signed else ["-signkey", f"{name}.key"]
    (directory / f"{name}.ext").write_text(f"subjectAltName=DNS:{host}\nbasicConstraints=CA:FALSE\n")
    openssl(
        *(directory, "req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-subj", f"/CN={host}"),
        *("-out", f"{name}.csr"),
    )
    openssl(
        *(directory, "x509", "-req", "-in", f"{name}.csr", "-out", f"{name}.crt", "-days", days),
        *("-extfile", f"{name}.ext", *signer),
    )


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    directory = tmp_path_factory.mktemp("certificates")
    openssl(
        *(directory, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.crt"),
        *("-days", "2", "-subj", "/CN=Test Authority", "-addext", "keyUsage=critical,keyCertSign,cRLSign"),
    )
    certify(directory, "good", "news.example")
    certify(directory, "wrong", "other.example")
    certify(directory, "expired", "news.example", days="-1")
    certify(directory, "self", "news.example", signed=False)
    return directory


@pytest.fixture
def secure(serve, certificates, make_fetcher):
    """Fetch ``https://news.example/`` from a server with the named certificate."""

    def fetch(name, version=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates / f"{name}.crt", certificates / f"{name}.key")
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


@needs_openssl
@pytest.mark.parametrize(("name", "reason"), [("wrong", "mismatch"), ("expired", "expired"), ("self", "self-signed")])
def test_any_other_certificate_is_refused_with_the_reason(secure, name, reason):
    with pytest.raises(FetchError, match=reason) as caught:
        secure(name)
    assert caught.value.kind == "tls"


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


def test_verification_is_switched_off_nowhere():
    package = Path(monitor.__file__).parent
    files = sorted(package.rglob("*.py"))
    found = {str(file): list(unverified(ast.parse(file.read_text("utf-8")))) for file in files}
    assert package / "fetch" / "client.py" in files
    assert not {file: lines for file, lines in found.items() if lines}
