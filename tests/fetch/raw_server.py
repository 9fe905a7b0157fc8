"""A web server on loopback that can misbehave: each connection's requests go to a function that writes raw bytes."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading


class RawServer:
    """``answer(connection, head)`` writes what it likes; the connection is kept when it returns True."""

    def __init__(self, answer, tls=None):
        self.answer = answer
        self.tls = tls
        self.heads = []
        self.connections = 0
        self.stop = threading.Event()
        self._open = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def hits(self):
        return self.connections

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with contextlib.suppress(OSError):
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
                self._open.add(connection)
            while head := read_head(connection):
                self.heads.append(head)
                if self.answer(connection, head) is not True:
                    break
        connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()


def read_head(connection):
    head = b""
    while b"\r\n\r\n" not in head:
        piece = connection.recv(65536)
        if not piece:
            return b""
        head += piece
    return head


def path_of(head):
    return head.split(b" ", 2)[1].decode()


def response(body=b"", status="200 OK", **headers):
    """A whole answer; a header given as None is left out."""
    fields = {"Content-Length": str(len(body)), **{name.replace("_", "-"): value for name, value in headers.items()}}
    lines = [f"{name}: {value}" for name, value in fields.items() if value is not None]
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode("latin-1") + body


def sends(data, *, keep=True):
    """An answer function that always sends the same bytes."""

    def answer(connection, _head):
        connection.sendall(data)
        return keep

    return answer


def site(pages):
    """An answer function that sends ``pages[path]``, or 404."""

    def answer(connection, head):
        connection.sendall(pages.get(path_of(head), response(status="404 Not Found")))
        return True

    return answer


def reset(connection):
    """Close so that the other side sees a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
