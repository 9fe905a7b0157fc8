"""What a child process gives up before it touches hostile bytes: its pipes' usual places, memory, files, core dumps.

Must not: know what the child does.
"""

from __future__ import annotations

import os
import resource
import signal
from typing import IO


def own_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Move the pipes away from 0 and 1, where a library's ``print`` would write into the protocol."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.close(nothing)
    return requests, replies


def limit(memory: int) -> None:
    """Cap memory (bytes of address space), files and core dumps; leave signals for the whole group to the parent.

    SIGALRM keeps its deadly default: it ends a busy child whose parent was killed.
    """
    limits = {resource.RLIMIT_AS: memory, resource.RLIMIT_FSIZE: 0, resource.RLIMIT_NOFILE: 64, resource.RLIMIT_CORE: 0}
    for what, most in limits.items():
        resource.setrlimit(what, (most, most))
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
