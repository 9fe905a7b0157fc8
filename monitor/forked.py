"""The parent's end of the process that children are forked from (``nursery``).

Must not: know what the work is.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

from monitor.nursery import LENGTHS, frame

if TYPE_CHECKING:
    from collections.abc import Mapping

PREPARE = 60.0
"""Seconds that importing a task and building it from its setup may take: our own code, but a slow machine."""


class Nursery:
    """Where children come from: started when first needed, and again when it is gone. Thread-safe."""

    def __init__(self, memory: int) -> None:
        self._memory = memory
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._talk: socket.socket | None = None
        self._wanted: dict[str, Mapping[str, Any]] = {}
        self._prepared: dict[str, Mapping[str, Any]] = {}

    def prepared(self, task: str, setup: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
        """Prepare this and whatever was wanted before for all children to come. Returns what they will know.

        What cannot be prepared is left to the child, which tells why.
        """
        with self._lock:
            self._wanted[task] = setup
            self._prepare_all()
            return dict(self._prepared)

    def prepare(self) -> None:
        """Begin now, and have ready what is wanted, so that no child waits for it. Raises OSError."""
        with self._lock:
            self._prepare_all()

    def want(self, task: str, setup: Mapping[str, Any]) -> None:
        """Have the children to come know this from their birth."""
        with self._lock:
            self._wanted[task] = setup

    def fork(self, pipes: tuple[int, int]) -> int:
        """A new child that reads from the first pipe and writes to the second. Returns its number. Raises OSError."""
        with self._lock:
            return int(self._ask({}, pipes))

    def ended(self, child: int) -> int | None:
        """The exit code of a child that ends, negative for a signal; None where that cannot be told."""
        with self._lock:
            try:
                code = self._ask({"wait": child}) if self._talk else None
            except OSError:
                return None
        return None if code is None else int(code)

    def end(self) -> None:
        """End the process; its children go with it."""
        with self._lock:
            self._forget()

    def _prepare_all(self) -> None:
        for name, one in self._wanted.items():
            if self._prepared.get(name) is not one:
                self._prepare(name, one)

    def _prepare(self, task: str, setup: Mapping[str, Any]) -> None:
        self._prepared.pop(task, None)
        told = self._ask({"task": task, "setup": json.dumps(setup)})
        if told["error"] is None:
            self._prepared[task] = setup
        else:
            self._wanted = {name: one for name, one in self._wanted.items() if name != task}

    def _ask(self, head: dict[str, Any], pipes: tuple[int, ...] = ()) -> Any:
        """One exchange. One that fails is the end of this process; the next one begins anew. Raises OSError."""
        talk = self._talk or self._start()
        data = frame(head)
        try:
            socket.send_fds(talk, [data[: LENGTHS.size]], pipes)
            talk.sendall(data[LENGTHS.size :])
            return json.loads(_whole(talk, LENGTHS.unpack(_whole(talk, LENGTHS.size))[0]))
        except (OSError, ValueError):
            self._forget()
            raise OSError from None

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 -- our own interpreter and module
                [sys.executable, "-P", "-m", "monitor.nursery", str(self._memory)],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=_environment(),
            )
        ours.settimeout(PREPARE)
        self._talk, self._prepared = ours, {}
        return ours

    def _forget(self) -> None:
        if self._talk is not None:
            self._talk.close()
            self._talk = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def _whole(talk: socket.socket, length: int) -> bytes:
    data = talk.recv(length, socket.MSG_WAITALL)
    if len(data) < length:
        raise OSError
    return data


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
