"""A small HTTP server on 127.0.0.1 that starts and stops cleanly: what the demo's outside world is made of.

Must not: be used outside the demo and the tests, listen anywhere but on loopback, print.
"""

from __future__ import annotations

import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType
    from typing import Self

LOOPBACK = "127.0.0.1"
_IDLE_SECONDS = 5.0


class Handler(BaseHTTPRequestHandler):
    """Answers one request and closes, so that no thread waits for a client that has left."""

    timeout = _IDLE_SECONDS

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the base class names it so
        """Say nothing: the demo shows what the monitor saw, not what its outlets logged."""

    def answer(
        self,
        status: int,
        body: bytes = b"",
        content_type: str = "",
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Send a whole answer; no content type, no such header."""
        self.send_response(status)
        if content_type:
            self.send_header("Content-Type", content_type)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:  # RFC 9110, 15.4.5: a 304 has no content; a length of 0 would speak of the stored one
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # joined by server_close, so that no socket outlives the server
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore a client that broke off: that is the client's story, and it tells it."""


class Loopback:
    """A context manager that serves one handler class on a free port."""

    def __init__(self, handler: type[Handler]) -> None:
        self._server = _Server((LOOPBACK, 0), handler)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="demo-http")

    @property
    def address(self) -> str:
        """Host and port, such as ``127.0.0.1:40123``."""
        return f"{LOOPBACK}:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class ClosedPort:
    """A port that refuses every connection: bound, so that nobody else gets it, but never listening."""

    def __init__(self) -> None:
        self._socket = socket.socket()
        self._socket.bind((LOOPBACK, 0))

    @property
    def address(self) -> str:
        """Host and port, such as ``127.0.0.1:40123``."""
        return f"{LOOPBACK}:{self._socket.getsockname()[1]}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._socket.close()
