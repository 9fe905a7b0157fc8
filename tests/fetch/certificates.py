"""Certificates of an authority of our own, made with openssl, and servers that show them."""

from __future__ import annotations

import shutil
import ssl
import subprocess

import pytest


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


def make(directory):
    """An authority (ca.crt) and certificates: good, for another host, expired, signed by itself."""
    openssl(
        *(directory, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.crt"),
        *("-days", "2", "-subj", "/CN=Test Authority", "-addext", "keyUsage=critical,keyCertSign,cRLSign"),
    )
    certify(directory, "good", "news.example")
    certify(directory, "wrong", "other.example")
    certify(directory, "expired", "news.example", days="-1")
    certify(directory, "self", "news.example", signed=False)
    return directory


def server_side(directory, name="good", protocols=()):
    """What a server needs to show the named certificate, and to offer these protocols (ALPN)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(directory / f"{name}.crt", directory / f"{name}.key")
    if protocols:
        context.set_alpn_protocols(list(protocols))
    return context
