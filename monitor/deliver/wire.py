"""A total deadline for a conversation on one socket: no per-read time-out gives one. Acts; decides nothing."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def cut_after(seconds: float, current: Callable[[], socket.socket | None]) -> Iterator[None]:
    """Shut the connection down when the block takes longer than ``seconds``; whatever reads from it then fails.

    ``current`` gives the socket at that moment, since STARTTLS puts another one in place of the first.
    """
    timer = threading.Timer(seconds, _cut, (current,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _cut(current: Callable[[], socket.socket | None]) -> None:
    open_socket = current()
    if open_socket is not None:
        # It may have been closed in the meantime, which is as good.
        with contextlib.suppress(OSError):
            open_socket.shutdown(socket.SHUT_RDWR)
