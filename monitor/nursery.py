"""The process that the children for hostile work are forked from: what they need is loaded once and shared by all.

It touches no downloaded byte itself; it prepares tasks, forks, and says how children ended. A child is forked with
what was prepared before, which the system keeps once for all of them until one of them writes to it. It gives up what
``confine`` takes, and answers frames on its pipes until the parent is gone.

A frame is two lengths (big-endian, 32 bits), a JSON head and a raw body; a child's answer has no body, and in place of
its length what the child holds more than at its birth, in KiB. The nursery's own talk with the parent, on a socket as
its standard input, is in frames without a body; the pipes for a child come with the frame that asks for it.
Must not: know what the work is.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import socket
import struct
import sys
import time
from typing import IO, TYPE_CHECKING, Any

from monitor.confine import limit, own_input
from monitor.footprint import Holding, hold_little

if TYPE_CHECKING:
    from collections.abc import Callable

MIB = 1 << 20
REPLY_LIMIT = 16 * MIB
"""Bytes of JSON that a child may answer."""
LENGTHS = struct.Struct(">II")
MESSAGE = 300
"""Characters that are kept of what an error says."""
GRACE = 2.0
"""Seconds that a child which closed its pipes gets to end."""
_PAUSE = 0.01

Works = dict[str, "Callable[[bytes, dict[str, Any]], Any]"]


def frame(head: dict[str, Any], body: bytes = b"") -> bytes:
    """The bytes of a frame."""
    text = json.dumps(head).encode()
    return LENGTHS.pack(len(text), len(body)) + text + body


def answer(works: Works, head: dict[str, Any], body: bytes) -> bytes:
    """What came of a frame, as JSON: ``value``, or what went wrong as ``error``."""
    try:
        reply = json.dumps({"error": None, "value": _do(works, head, body)}, ensure_ascii=False)
        encoded = reply.encode("utf-8", "surrogatepass")
        if len(encoded) <= REPLY_LIMIT:
            return encoded
        error = f"ValueError: the answer has {len(encoded)} bytes, more than {REPLY_LIMIT}"
    except BaseException as caught:  # noqa: BLE001 -- whatever hostile bytes make a library raise is the answer
        error = f"{type(caught).__name__}: {str(caught)[:MESSAGE]}"
    return json.dumps({"error": error, "value": None}).encode()


def _do(works: Works, head: dict[str, Any], body: bytes) -> Any:
    """Build the work where the frame brings a setup, else run it."""
    if "setup" not in head:
        return works[head["task"]](body, head["meta"])
    module, _, factory = head["task"].partition(":")
    works[head["task"]] = getattr(importlib.import_module(module), factory)(json.loads(head["setup"]))
    return None


# --- a child -------------------------------------------------------------------------------------


def serve(works: Works, requests: IO[bytes], replies: IO[bytes]) -> None:
    """One answer for each frame until the parent is gone; with it goes how much more this child holds than at birth."""
    holding = Holding()
    while lengths := requests.read(LENGTHS.size):
        head_length, body_length = LENGTHS.unpack(lengths)
        head = json.loads(requests.read(head_length))
        body = requests.read(body_length)
        signal.setitimer(signal.ITIMER_REAL, head["alarm"])
        reply = answer(works, head, body)
        replies.write(LENGTHS.pack(len(reply), holding.more() >> 10) + reply)
        replies.flush()
        signal.setitimer(signal.ITIMER_REAL, 0)


def _live(works: Works, memory: int, pipes: list[int]) -> None:
    """Be a child, to the end of the process."""
    code = 1
    try:
        limit(memory)
        serve(works, os.fdopen(pipes[0], "rb"), os.fdopen(pipes[1], "wb"))
        code = 0
    finally:
        os._exit(code)


# --- the nursery ---------------------------------------------------------------------------------


class _Nursery:
    """Does what the parent asks for."""

    def __init__(self, parent: socket.socket, memory: int) -> None:
        self._parent = parent
        self._memory = memory
        self._works: Works = {}
        self._children: set[int] = set()

    def run(self) -> None:
        """Answer until the parent is gone; no child stays behind."""
        while asked := self._asked():
            head, pipes = asked
            reply = self._fork(pipes) if pipes else self._told(head)
            self._parent.sendall(LENGTHS.pack(len(reply), 0) + reply)
        for child in self._children:
            os.kill(child, signal.SIGKILL)

    def _asked(self) -> tuple[dict[str, Any], list[int]] | None:
        lengths, pipes, _, _ = socket.recv_fds(self._parent, LENGTHS.size, 2)
        if len(lengths) < LENGTHS.size:
            return None
        text = self._parent.recv(LENGTHS.unpack(lengths)[0], socket.MSG_WAITALL)
        return json.loads(text), pipes

    def _told(self, head: dict[str, Any]) -> bytes:
        if "wait" in head:
            return json.dumps(self._ended(head["wait"])).encode()
        reply = answer(self._works, head, b"")
        gc.collect()
        gc.freeze()  # a collector that walks through what is shared would make it each child's own
        return reply

    def _fork(self, pipes: list[int]) -> bytes:
        child = os.fork()
        if child == 0:
            self._parent.close()
            _live(self._works, self._memory, pipes)
        for pipe in pipes:
            os.close(pipe)
        self._children.add(child)
        return json.dumps(child).encode()

    def _ended(self, child: int) -> int | None:
        """The exit code of a child, negative for a signal; None when it still runs, and for another one's."""
        for _ in range(round(GRACE / _PAUSE)):
            if child not in self._children:
                break
            found, status = os.waitpid(child, os.WNOHANG)
            if found:
                self._children.discard(child)
                return os.waitstatus_to_exitcode(status)
            time.sleep(_PAUSE)
        return None


def main() -> None:
    """The nursery's process."""
    hold_little()
    for name in (signal.SIGINT, signal.SIGTERM):  # those for the whole group are the parent's
        signal.signal(name, signal.SIG_IGN)
    _Nursery(socket.socket(fileno=own_input()), int(sys.argv[1])).run()


if __name__ == "__main__":
    main()
