"""What a child process gives up before it touches hostile bytes: its input's usual place, memory, files, core dumps.

Must not: know what the child does.
"""

from __future__ import annotations

import os
import resource
import signal


def own_input() -> int:
    """Move what is read from away from 0, where a library's own reading would meet the protocol. Returns its number."""
    own, nothing = os.dup(0), os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.close(nothing)
    return own


def limit(memory: int) -> None:
    """Cap memory (bytes of address space), files and core dumps; leave signals for the whole group to the parent.

    SIGALRM keeps its deadly default: it ends a busy child whose parent was killed.
    """
    limits = {resource.RLIMIT_AS: memory, resource.RLIMIT_FSIZE: 0, resource.RLIMIT_NOFILE: 64, resource.RLIMIT_CORE: 0}
    for what, most in limits.items():
        resource.setrlimit(what, (most, most))
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
