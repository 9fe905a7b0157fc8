"""The server's side of HTTP/2 on one connection of a RawServer, well behaved as far as the test lets it."""

from __future__ import annotations

import contextlib

import h2.config
import h2.connection
import h2.events
import h2.exceptions


class Http2:
    """One connection; a context in which streams can be answered. ``headers`` holds each request's, by stream."""

    def __init__(self, connection, head):
        self.socket = connection
        config = h2.config.H2Configuration(
            client_side=False,
            header_encoding="utf-8",
            validate_outbound_headers=False,
            normalize_outbound_headers=False,
        )
        self.state = h2.connection.H2Connection(config)
        self.state.initiate_connection()
        self.requests = []
        self._take(head)

    def next_request(self):
        """Headers of the next request, and its stream; None when the client has gone."""
        while not self.requests:
            piece = self.socket.recv(65536)
            if not piece:
                return None
            self._take(piece)
        return self.requests.pop(0)

    def _take(self, piece):
        for event in self.state.receive_data(piece):
            if isinstance(event, h2.events.RequestReceived):
                self.requests.append((dict(event.headers), event.stream_id))
        self.flush()

    def flush(self):
        self.socket.sendall(self.state.data_to_send())

    def send_head(self, stream, status="200", fields=(), *, end=False):
        self.state.send_headers(stream, [(":status", status), *fields], end_stream=end)
        self.flush()

    def send_body(self, stream, body, *, end=True):
        """Send as the client's windows allow, waiting for more where they are used up."""
        while body:
            room = min(self.state.local_flow_control_window(stream), self.state.max_outbound_frame_size)
            if room:
                self.state.send_data(stream, body[:room])
                body = body[room:]
                self.flush()
            else:
                self._take(self.socket.recv(65536) or b"\0" * 9)
        if end:
            self.state.end_stream(stream)
            self.flush()


def speaks_http2(answer):
    """An answer function of RawServer: ``answer(connection, headers, stream)`` for each request."""

    def talk(socket, head):
        with contextlib.suppress(h2.exceptions.H2Error):  # a client that hangs up in the middle
            connection = Http2(socket, head)
            while request := connection.next_request():
                answer(connection, *request)

    return talk


def sends_h2(body=b"", status="200", fields=()):
    """Always the same answer."""

    def answer(connection, _headers, stream):
        connection.send_head(stream, status, fields, end=not body)
        if body:
            connection.send_body(stream, body)

    return answer
