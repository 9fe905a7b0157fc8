"""Child processes for work on hostile bytes: parsing and extracting can crash, spin or eat memory, and are then killed.

The parent sends bytes and JSON and gets JSON back, never pickle: a child that an attacker owns can answer nonsense,
but it cannot own the parent. A child has limits on memory, files and time, a bare environment without secrets, and
ends by itself when the parent is gone. This module must not know what the work is: a task is a name.

One file holds both ends, since they must agree on the frames: ``Pool`` is the parent's, ``main`` the child's.
A frame is two lengths (big-endian, 32 bits), a JSON head and a raw body.
"""

from __future__ import annotations

import importlib
import json
import os
import queue
import select
import signal
import struct
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any, Self

from monitor.confine import limit, own_pipes
from monitor.errors import WorkerError
from monitor.meter import RESTARTS, Meter
from monitor.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MIB = 1 << 20
_NO_SETUP: dict[str, Any] = {}
REPLY_LIMIT = 16 * MIB
"""Bytes of JSON that a child may answer."""
WALL = 10.0
"""Seconds that one run may take."""
MEMORY = 512 * MIB
"""Bytes of address space of a child."""
RECYCLE = 500
"""Runs after which a child is replaced."""
PREPARE = 60.0
"""Seconds that a child may take to import a task and build it from its setup: our own code, but a slow machine."""

_LENGTHS = struct.Struct(">II")
_MESSAGE = 300
_GRACE = 2.0
_PIECE = 1 << 16


class Pool:
    """At most ``size`` child processes, started when first needed, each replaced after ``recycle`` runs.

    ``wall`` is the time in seconds that one run may take, ``memory`` the address space of a child in bytes.
    Thread-safe: a run waits until a child is free.
    """

    def __init__(
        self,
        size: int,
        *,
        wall: float = WALL,
        memory: int = MEMORY,
        recycle: int = RECYCLE,
        monotonic: Callable[[], float] = time.monotonic,
        meter: Meter | None = None,
    ) -> None:
        self._wall = wall
        self._memory = memory
        self._recycle = recycle
        self._monotonic = monotonic
        self._meter = meter or Meter()
        self._size = size
        self._closed = False
        self._slots: queue.LifoQueue[_Child | None] = queue.LifoQueue()
        for _ in range(size):
            self._slots.put(None)

    def run(self, task: str, body: bytes, meta: Mapping[str, Any], setup: Mapping[str, Any] | None = None) -> Any:
        """What ``factory(setup)(body, meta)`` returns, run in a child; ``task`` is ``package.module:factory``.

        The factory is called once per child and setup; give the same object again for the same setup. ``meta``,
        ``setup`` and the answer are JSON.

        Raises:
            WorkerError: ``timeout`` when it took longer than ``wall`` and was killed, ``crashed`` when the process
                ended or broke the protocol, ``failed`` when the work raised; the next run gets a sound child.

        """
        child = self._slots.get()
        try:
            if self._closed:
                raise WorkerError("crashed", "the pool of child processes is closed")
            child = child or self._start()
            return child.run(task, body, meta, _NO_SETUP if setup is None else setup)
        finally:
            self._slots.put(self._keep(child))

    def _start(self) -> _Child:
        try:
            return _Child(self._memory, self._wall, self._monotonic)
        except OSError as error:
            raise WorkerError("crashed", f"no child process could be started: {error.strerror}") from None

    def _keep(self, child: _Child | None) -> _Child | None:
        if child is None or (child.sound and child.runs < self._recycle):
            return child
        self._meter.count(RESTARTS, "recycled" if child.sound else "broken")
        child.end()
        return None

    def close(self) -> None:
        """End all children, each after the run it has in hand; later runs are refused."""
        self._closed = True
        for child in [self._slots.get() for _ in range(self._size)]:
            if child is not None:
                child.end()
            self._slots.put(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Child:
    """The parent's end of one child process; used by one thread at a time."""

    def __init__(self, memory: int, wall: float, monotonic: Callable[[], float]) -> None:
        self.runs = 0
        self.sound = True
        self._wall = wall
        self._monotonic = monotonic
        self._prepared: dict[str, Mapping[str, Any]] = {}
        self._process = subprocess.Popen(  # noqa: S603 -- our own interpreter and module
            [sys.executable, "-P", "-m", "monitor.pool", str(memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            bufsize=0,
        )
        self._pipes = [pipe for pipe in (self._process.stdin, self._process.stdout) if pipe is not None]
        self._to, self._from = (pipe.fileno() for pipe in self._pipes)
        for pipe in (self._to, self._from):
            os.set_blocking(pipe, False)

    def run(self, task: str, body: bytes, meta: Mapping[str, Any], setup: Mapping[str, Any]) -> Any:
        self.runs += 1
        if self._prepared.get(task) is not setup:  # the same object every time, so that nothing large is compared
            self._ask({"task": task, "setup": json.dumps(setup)}, b"", PREPARE)
            self._prepared[task] = setup
        return self._ask({"task": task, "meta": dict(meta)}, body, self._wall)

    def _ask(self, head: dict[str, Any], body: bytes, limit: float) -> Any:
        self.sound = False  # until the exchange is whole: an interrupt must not leave an old answer in the pipe
        end = self._monotonic() + limit
        try:
            self._send(_frame({**head, "alarm": limit + _GRACE}, body), end)
            reply = self._receive(end)
        except TimeoutError:
            raise WorkerError("timeout", f"killed after {limit:g} seconds") from None
        except (OSError, EOFError):
            raise WorkerError("crashed", self._obituary()) from None
        return self._value(reply)

    def _value(self, reply: bytes) -> Any:
        try:
            answer = json.loads(reply)
            value, error = answer["value"], answer["error"]
        except (ValueError, LookupError, TypeError, RecursionError):
            raise WorkerError("crashed", "the child process answered nonsense") from None
        self.sound = not str(error).startswith("MemoryError")
        if error is not None:
            raise WorkerError("failed", clean(str(error), _MESSAGE))
        return value

    def _send(self, data: bytes, end: float) -> None:
        view = memoryview(data)
        while view:
            self._wait(self._to, select.POLLOUT, end)
            view = view[os.write(self._to, view[:_PIECE]) :]

    def _receive(self, end: float) -> bytes:
        length, _ = _LENGTHS.unpack(self._read(_LENGTHS.size, end))
        if length > REPLY_LIMIT:
            raise EOFError
        return self._read(length, end)

    def _read(self, length: int, end: float) -> bytes:
        data = bytearray()
        while len(data) < length:
            self._wait(self._from, select.POLLIN, end)
            piece = os.read(self._from, length - len(data))
            if not piece:
                raise EOFError
            data += piece
        return bytes(data)

    def _wait(self, pipe: int, event: int, end: float) -> None:
        poll = select.poll()
        poll.register(pipe, event)
        left = end - self._monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise TimeoutError

    def _obituary(self) -> str:
        """How the process ended, for a person."""
        try:
            code = self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            return "the child process broke the protocol"
        if code < 0:
            return f"the child process ended with {signal.Signals(-code).name}"
        return f"the child process ended with exit code {code}"

    def end(self) -> None:
        """End the process at once and take away what is left of it."""
        self._process.kill()
        for pipe in self._pipes:
            pipe.close()
        self._process.wait()


def _environment() -> dict[str, str]:
    """The child's whole environment: nothing of ours that could be a secret."""
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "OMP_NUM_THREADS": "1",
    }


def _frame(head: dict[str, Any], body: bytes) -> bytes:
    text = json.dumps(head).encode()
    return _LENGTHS.pack(len(text), len(body)) + text + body


# --- the child's end -----------------------------------------------------------------------------


def main() -> None:
    """The child: limits first, then one answer for each frame until the parent is gone."""
    requests, replies = own_pipes()
    limit(int(sys.argv[1]))
    works: dict[str, Callable[[bytes, dict[str, Any]], Any]] = {}
    while lengths := requests.read(_LENGTHS.size):
        head_length, body_length = _LENGTHS.unpack(lengths)
        head = json.loads(requests.read(head_length))
        body = requests.read(body_length)
        signal.setitimer(signal.ITIMER_REAL, head["alarm"])
        reply = _answer(works, head, body)
        replies.write(_LENGTHS.pack(len(reply), 0) + reply)
        replies.flush()
        signal.setitimer(signal.ITIMER_REAL, 0)


def _answer(works: dict[str, Any], head: dict[str, Any], body: bytes) -> bytes:
    try:
        answer = {"error": None, "value": _do(works, head, body)}
        reply = json.dumps(answer, ensure_ascii=False).encode("utf-8", "surrogatepass")
        if len(reply) <= REPLY_LIMIT:
            return reply
        error = f"ValueError: the answer has {len(reply)} bytes, more than {REPLY_LIMIT}"
    except BaseException as caught:  # noqa: BLE001 -- whatever hostile bytes make a library raise is the answer
        error = f"{type(caught).__name__}: {str(caught)[:_MESSAGE]}"
    return json.dumps({"error": error, "value": None}).encode()


def _do(works: dict[str, Any], head: dict[str, Any], body: bytes) -> Any:
    """Build the work where the frame brings a setup, else run it."""
    if "setup" not in head:
        return works[head["task"]](body, head["meta"])
    module, _, factory = head["task"].partition(":")
    works[head["task"]] = getattr(importlib.import_module(module), factory)(json.loads(head["setup"]))
    return None


if __name__ == "__main__":
    main()
