"""What a child process may be made to do by hostile bytes; each is a task for the pool."""

import os
import signal
import sys
import threading
import time
from pathlib import Path


def factory(setup):
    def work(body, meta):
        return {"size": len(body), "meta": meta, "setup": setup, "pid": os.getpid()}

    return work


def echo(_setup):
    return lambda body, _meta: body.decode()


def spin(_setup):
    def work(body, meta):
        while True:
            pass

    return work


def spin_deaf(_setup):
    """Spins with all of Python's own signal handling switched off."""

    def work(body, meta):
        for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP, signal.SIGALRM}:
            signal.signal(number, signal.SIG_IGN)
        while True:
            pass

    return work


def abort(_setup):
    return lambda body, meta: os.abort()


def segfault(_setup):
    return lambda body, meta: os.kill(os.getpid(), signal.SIGSEGV)


def leave(_setup):
    return lambda body, meta: os._exit(3)


def hog(_setup):
    def work(body, meta):
        held = []
        while True:
            held.append(bytes(8 << 20))  # not touched, which would take the machine's time

    return work


def hoard(_setup):
    kept = []

    def work(body, meta):
        kept.append(bytearray(os.urandom(1 << 16) * (meta["kib"] // 64)))
        return os.getpid()

    return work


def built(_setup):
    where = os.getpid()
    return lambda _body, _meta: [where, os.getpid()]


def giant(_setup):
    return lambda body, meta: "x" * meta["size"]


def raising(_setup):
    def work(body, meta):
        raise ValueError("bad\x1b[31m \x00" + "y" * 10_000)

    return work


def system_exit(_setup):
    return lambda body, meta: sys.exit("bye")


def unjson(_setup):
    return lambda body, meta: {1, 2}


def noisy(_setup):
    def work(body, meta):
        sys.stdout.write("to the protocol?" * 1000)
        sys.stdout.flush()
        sys.stderr.write("to the log?" * 10_000)
        return sys.stdin.read()

    return work


def forge(_setup):
    """Writes nonsense into every pipe it finds, as code that took the child over might."""

    def work(body, meta):
        for number in range(3, 20):
            try:
                os.write(number, b"\x00\x00\x00\x05\x00\x00\x00\x00pwned")
            except OSError:
                continue
        time.sleep(60)

    return work


def broken(_setup):
    raise RuntimeError("no such topic")


def probe(_setup):
    """What the child can see and do."""

    def work(body, meta):
        def writes():
            try:
                with Path(meta["file"]).open("w") as file:
                    file.write("x")
            except OSError as error:
                return error.errno
            return 0

        return {"environment": dict(os.environ), "write": writes(), "threads": threading.active_count()}

    return work
