"""A loopback news world for tests: outlets whose feeds and pages the test writes, and whose moods it decides."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from xml.sax.saxutils import escape

GROUP = (
    "Defence ministers of some fifty countries came together on Friday for a session of the Ukraine Defense Contact "
    "Group at Ramstein Air Base, where they promised Kyiv more air defence, ammunition and armoured vehicles. "
)
BUDGET = (
    "Parliament in Oslo approved money for drones that are built near Kharkiv. The sum will be announced when the "
    "Ukraine Defense Contact Group sits down again, a committee's chairwoman said, and covers spare parts until 2027. "
)
"""Of the group, and of another story than GROUP."""
WEATHER = (
    "Rain is expected along the coast until Sunday, with a fresh wind from the west and mild nights in the hills. "
)


@dataclass
class Answer:
    """What one path answers. ``gate``, when given, is waited for before the answer goes out."""

    body: bytes
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    gate: threading.Event | None = None


class Outlet:
    """One web server. ``answers`` maps paths to answers; ``asked`` lists the paths as they were asked for."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.reached = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def feed(self) -> str:
        return f"{self.base}/feed"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for answer in self.answers.values():
            if answer.gate:
                answer.gate.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def publish(self, *items: tuple[str, str, str], summary: str = "", date: str = "") -> None:
        """Put items (slug, headline, text) into the feed, each with its page."""
        for slug, title, text in items:
            self.answers[f"/{slug}"] = Answer(page(title, text).encode())
        self.answers["/feed"] = Answer(rss(self.base, items, summary, date), "application/rss+xml")

    def wait_for(self, path: str, times: int = 1, seconds: float = 20) -> bool:
        """Wait until ``path`` was asked for so many times."""
        with self.reached:
            return self.reached.wait_for(lambda: self.asked.count(path) >= times, seconds)


def rss(base: str, items: tuple[tuple[str, str, str], ...], summary: str = "", date: str = "") -> bytes:
    dated = f"<pubDate>{date}</pubDate>" if date else ""
    entries = "".join(
        f"<item><title>{escape(title)}</title><link>{base}/{slug}</link><guid>{base}/{slug}</guid>"
        f"<description>{escape(summary)}</description>{dated}</item>"
        for slug, title, _ in items
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Outlet</title>{entries}</channel></rss>'.encode()


def page(title: str, text: str) -> str:
    paragraphs = "".join(f"<p>{escape(text)}</p>" for _ in range(3))
    return (
        f'<!doctype html><html lang="en"><head><title>{escape(title)}</title></head>'
        '<body><nav><a href="/">Home</a></nav>'
        f"<article><h1>{escape(title)}</h1>{paragraphs}</article><footer>All rights reserved.</footer></body></html>"
    )


def _handler(outlet: Outlet) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            answer = outlet.answers.get(self.path, Answer(b"not here", status=404))
            with outlet.reached:
                outlet.asked.append(self.path)
                outlet.reached.notify_all()
            if answer.gate:
                answer.gate.wait(60)
            tag = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
            fresh = self.headers.get("If-None-Match") == tag
            body = b"" if fresh else answer.body
            self.send_response(304 if fresh else answer.status)
            self.send_header("ETag", tag)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if not fresh:
                self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                self.close_connection = True

    return Handler
