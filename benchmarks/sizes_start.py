"""The program itself as it is started: how long until it works with very many sources, what it holds then, its help.

One server on loopback stands for every source, each at an address of its own; it says "not modified" to whoever has
asked before, and shows everybody else a few entries with short pages behind them. It keeps when it was asked first.
"""

from __future__ import annotations

import http.server
import multiprocessing
import os
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.footprint import footprint

SETTLED = 30.0
"""Seconds after the start at which memory is looked at."""
PATIENCE = 60.0
"""Seconds for which a first poll is waited for."""
TIMES = 7
"""How often a short command is run."""
HEAD = "fetch: {allow_private_addresses: true}\nwatch: {canary: never}\ntopics: [ramstein]\nsources:\n"
SOURCE = '  - {{name: "Outlet {number}", url: "http://{address}:{port}/feed", language: en, country: GB}}\n'
ITEM = "<item><title>Harbour news {0}</title><link>http://{1}/{0}</link><guid>{1}/{0}</guid></item>"
PAGE = "<html><head><title>Harbour news</title></head><body><article>{}</article></body></html>".format(
    "<p>The harbour was dredged for the first time in nine years, and the ferries came back to the old quay.</p>" * 40
)


class Outlets(http.server.BaseHTTPRequestHandler):
    """A feed for every address, a page for everything else."""

    protocol_version = "HTTP/1.1"
    first: Any
    """When the first feed was asked for, by the clock that all processes share; 0 before."""

    def do_GET(self) -> None:
        if self.path == "/robots.txt":
            self._answer(404, b"")
        elif self.path != "/feed":
            self._answer(200, PAGE.encode(), "text/html")
        else:
            self.first.value = self.first.value or time.monotonic()
            self._answer(304, b"") if self.headers["If-None-Match"] else self._answer(200, self._feed(), "text/xml")

    def _feed(self) -> bytes:
        items = "".join(ITEM.format(number, self.headers["Host"]) for number in range(3))
        return f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>".encode()

    def _answer(self, status: int, body: bytes, kind: str = "text/plain") -> None:
        self.send_response(status)
        self.send_header("ETag", '"one"')
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Loopback(http.server.ThreadingHTTPServer):
    """Answers at every address of the loopback network, and at no other one."""

    daemon_threads = True
    request_queue_size = 256

    def server_bind(self) -> None:
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo")
        super().server_bind()


def serve(first: Any, port: Any) -> None:
    """Answer until the process is ended."""
    Outlets.first = first
    server = Loopback(("0.0.0.0", 0), Outlets)
    port.put(server.server_address[1])
    server.serve_forever()


@dataclass(frozen=True)
class World:
    """Very many sources, and an installation that watches them."""

    folder: Path
    first: Any

    @property
    def database(self) -> Path:
        return self.folder / "monitor.db"

    def make_due(self) -> None:
        """Have every source due again."""
        with closing(sqlite3.connect(self.database)) as raw, raw:
            raw.execute("UPDATE source SET due = datetime('now') || '.000000'")
            raw.execute("DELETE FROM pace")


@contextmanager
def world(folder: Path, sources: int) -> Iterator[World]:
    """The server, and a sources.yaml with so many sources."""
    first, port = multiprocessing.Value("d", 0.0), multiprocessing.SimpleQueue()
    server = multiprocessing.Process(target=serve, args=(first, port), daemon=True)
    server.start()
    found = port.get()
    lines = (SOURCE.format(number=at, address=_address(at), port=found) for at in range(sources))
    (folder / "sources.yaml").write_text(HEAD + "".join(lines))
    try:
        yield World(folder, first)
    finally:
        server.terminate()
        server.join()


def _address(number: int) -> str:
    return f"127.1.{number // 250}.{number % 250 + 1}"


@dataclass(frozen=True)
class Running:
    """A process that works."""

    pid: int
    seconds: float
    """From its start to its first poll."""


@contextmanager
def running(place: World) -> Iterator[Running]:
    """``monitor run``, from its first poll on; ended in order."""
    place.first.value = 0
    urls = ("--config", str(place.folder / "sources.yaml"), "--database", f"sqlite:///{place.database}")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
    environ["MONITOR_PORT"] = "0"
    began = time.monotonic()
    with (place.folder / "log").open("a") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "monitor", *urls, "run"],
            env=environ,
            stderr=log,
            stdout=log,
        )
    try:
        yield Running(process.pid, _first(place, process, began) - began)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        finally:
            process.kill()


def _first(place: World, process: subprocess.Popen[bytes], began: float) -> float:
    """When the first source was asked."""
    while not place.first.value:
        if process.poll() is not None or time.monotonic() - began > PATIENCE:
            said = (place.folder / "log").read_text()[-2_000:]
            raise RuntimeError(f"the program asked no source:\n{said}")
        time.sleep(0.005)
    return float(place.first.value)


def megabytes(pid: int) -> float:
    """Memory (PSS) of a process and its children."""
    held = footprint(pid)
    return 0.0 if held is None else held.pss / 1e6


def seconds(*arguments: str) -> float:
    """How long a command of this Python takes, start and end of the process included: the median of some."""
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)
