"""Child processes for work on hostile bytes: parsing and extracting can crash, spin or eat memory, and are then killed.

The parent sends bytes and JSON and gets JSON back, never pickle: a child that an attacker owns can answer nonsense,
but it cannot own the parent. A child has limits on memory, files and time, a bare environment without secrets, and
ends by itself when the parent is gone. This module must not know what the work is: a task is a name.

Children are forked from a process of their own (``forked``, ``nursery``), so that what all of them need is in memory
once. This module is the parent's end of a child.
"""

from __future__ import annotations

import fcntl
import json
import os
import queue
import select
import signal
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from monitor.errors import WorkerError
from monitor.forked import PREPARE, Nursery
from monitor.meter import RESTARTS, Meter
from monitor.nursery import GRACE, LENGTHS, MESSAGE, MIB, REPLY_LIMIT, frame
from monitor.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_PIPE = 1 << 18
"""Bytes that a pipe may hold, and that are written at once."""
_NO_SETUP: dict[str, Any] = {}
WALL = 10.0
"""Seconds that one run may take."""
MEMORY = 512 * MIB
"""Bytes of address space of a child."""
RECYCLE = 1000
"""Runs after which a child is replaced, whatever it holds."""
GROWN = 8 * MIB
"""Bytes that a child may hold more than at its birth: what a large document leaves behind goes with the child."""


class Pool:
    """At most ``size`` child processes, started when first needed, replaced after ``recycle`` runs or when they grew.

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
        self._recycle = recycle
        self._monotonic = monotonic
        self._meter = meter or Meter()
        self._size = size
        self._closed = False
        self._nursery = Nursery(memory)
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
            setup = _NO_SETUP if setup is None else setup
            child = child or self._start(task, setup)
            return child.run(task, body, meta, setup)
        finally:
            self._slots.put(self._keep(child))

    def prepare(self, wanted: Mapping[str, Mapping[str, Any] | None]) -> None:
        """Have every child know these tasks, with their setups, from its birth; that may take seconds.

        Else each child learns what it is first asked for.
        """
        for task, setup in wanted.items():
            self._nursery.want(task, _NO_SETUP if setup is None else setup)
        with suppress(OSError):  # then it is the first run that fails, and says why
            self._nursery.prepare()

    def _start(self, task: str, setup: Mapping[str, Any]) -> _Child:
        try:
            return _Child(self._nursery, self._nursery.prepared(task, setup), self._wall, self._monotonic)
        except OSError as error:
            why = error.strerror or "the process that starts them has ended"
            raise WorkerError("crashed", f"no child process could be started: {why}") from None

    def _keep(self, child: _Child | None) -> _Child | None:
        if child is None or (child.sound and child.runs < self._recycle and child.held < GROWN):
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
        self._nursery.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _widen(pipe: int) -> None:
    """Have a pipe hold a whole page: neither end then waits for the other (Linux, ``man 2 fcntl``)."""
    with suppress(OSError):  # who has many pipes may have no more room
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE)


class _Child:
    """The parent's end of one child process; used by one thread at a time."""

    def __init__(
        self,
        nursery: Nursery,
        prepared: dict[str, Mapping[str, Any]],
        wall: float,
        monotonic: Callable[[], float],
    ) -> None:
        """``prepared``: what it knows from its birth."""
        self.runs = 0
        self.held = 0
        """Bytes more than at its birth, by its own account."""
        self.sound = True
        self._wall = wall
        self._monotonic = monotonic
        self._nursery = nursery
        self._prepared = prepared
        self._code: int | None = None
        requests, self._to = os.pipe()
        self._from, replies = os.pipe()
        try:
            self._pid = nursery.fork((requests, replies))
        except OSError:
            self._close()
            raise
        finally:
            os.close(requests)
            os.close(replies)
        for pipe in (self._to, self._from):
            os.set_blocking(pipe, False)
            _widen(pipe)

    def run(self, task: str, body: bytes, meta: Mapping[str, Any], setup: Mapping[str, Any]) -> Any:
        self.runs += 1
        if self._prepared.get(task) is not setup:  # the same object every time, so that nothing large is compared
            self._nursery.want(task, setup)
            self._ask({"task": task, "setup": json.dumps(setup)}, b"", PREPARE)
            self._prepared[task] = setup
        return self._ask({"task": task, "meta": dict(meta)}, body, self._wall)

    def _ask(self, head: dict[str, Any], body: bytes, limit: float) -> Any:
        self.sound = False  # until the exchange is whole: an interrupt must not leave an old answer in the pipe
        end = self._monotonic() + limit
        try:
            self._send(frame({**head, "alarm": limit + GRACE}, body), end)
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
            raise WorkerError("failed", clean(str(error), MESSAGE))
        return value

    def _send(self, data: bytes, end: float) -> None:
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(self._to, view[:_PIPE]) :]
            except BlockingIOError:
                self._wait(self._to, select.POLLOUT, end)

    def _receive(self, end: float) -> bytes:
        data = bytearray()
        self._read(data, LENGTHS.size, end)
        length, held = LENGTHS.unpack_from(data)
        self.held, whole = held << 10, LENGTHS.size + length
        if length > REPLY_LIMIT:
            raise EOFError
        self._read(data, whole, end)
        if len(data) > whole:
            raise EOFError
        return bytes(data[LENGTHS.size :])

    def _read(self, data: bytearray, least: int, end: float) -> None:
        """Read on until there are so many bytes; mostly the first piece holds all of an answer."""
        while len(data) < least:
            self._wait(self._from, select.POLLIN, end)
            piece = os.read(self._from, _PIPE)
            if not piece:
                raise EOFError
            data += piece

    def _wait(self, pipe: int, event: int, end: float) -> None:
        poll = select.poll()
        poll.register(pipe, event)
        left = end - self._monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise TimeoutError

    def _obituary(self) -> str:
        """How the process ended, for a person."""
        self._code = self._nursery.ended(self._pid)
        if self._code is None:
            return "the child process broke the protocol"
        if self._code < 0:
            return f"the child process ended with {signal.Signals(-self._code).name}"
        return f"the child process ended with exit code {self._code}"

    def end(self) -> None:
        """End the process at once and take away what is left of it."""
        self._close()
        if self._code is None:  # so its number is still its own
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
            if self._nursery.ended(self._pid) is None:
                with suppress(ChildProcessError):  # it is ours where the nursery died and we are process 1
                    os.waitpid(self._pid, 0)

    def _close(self) -> None:
        os.close(self._to)
        os.close(self._from)
