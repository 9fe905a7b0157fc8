"""What this process and its children hold: memory, threads, open files. From Linux's ``/proc`` alone.

And how a process that runs for months holds no more than it needs. Must not: know what the processes do.
"""

from __future__ import annotations

import ctypes
import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PROC = Path("/proc")
_KIB = 1024
_PAGE = os.sysconf("SC_PAGE_SIZE")
_ALLOCATION = {-8: 1, -1: 1 << 20, -3: 1 << 20}
"""M_ARENA_MAX, M_TRIM_THRESHOLD, M_MMAP_THRESHOLD (``man 3 mallopt``)."""


@dataclass(frozen=True, slots=True)
class Footprint:
    """The sums over a tree of processes; memory in bytes."""

    pss: int
    """Memory with each shared page counted in parts: the sum over processes is what they take together."""
    rss: int
    threads: int
    files: int
    children: int


def hold_little() -> bool:
    """Have the C library give memory back; False where it cannot. Before the first thread is started.

    glibc keeps a heap for each of many threads and moves its thresholds up with every large document; measured, that
    is a fourth more memory after an hour.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and all(mallopt(name, value) for name, value in _ALLOCATION.items())


class Holding:
    """How much more memory of its own this process holds than when this was made."""

    def __init__(self, proc: Path = PROC) -> None:
        try:
            self._file: IO[bytes] | None = (proc / "self" / "statm").open("rb", buffering=0)
        except OSError:
            self._file = None  # where there is no /proc, nothing is told
        self._before = self._pages()

    def more(self) -> int:
        """Bytes; 0 where that cannot be told."""
        return max(0, self._pages() - self._before) * _PAGE

    def _pages(self) -> int:
        if self._file is None:
            return 0
        self._file.seek(0)
        _, resident, of_files, *_ = map(int, self._file.read(200).split())
        return resident - of_files


@contextmanager
def for_good() -> Iterator[None]:
    """What is imported in the block stays until the process ends: the collector of cycles is not to walk through it.

    Measured, it takes a quarter of the time that our imports need, and a tenth of a second at each full look later.
    Whatever else is there is kept as well, so this is for a process that begins.
    """
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()


def footprint(pid: int | None = None, proc: Path = PROC) -> Footprint | None:
    """What a process (this one) and its children hold; None where there is no ``/proc``.

    A process that ends meanwhile is left out.
    """
    pids = list(_tree(pid or os.getpid(), proc))
    each = [found for found in (_one(proc / str(number)) for number in pids) if found is not None]
    if not each:
        return None
    pss, rss, threads, files = (sum(values) for values in zip(*each, strict=True))
    return Footprint(pss, rss, threads, files, len(each) - 1)


def _tree(pid: int, proc: Path) -> Iterator[int]:
    yield pid
    for task in (proc / str(pid) / "task").glob("*/children"):
        for child in _text(task).split():
            yield from _tree(int(child), proc)


def _one(folder: Path) -> tuple[int, int, int, int] | None:
    """PSS, RSS, threads and open files of one process."""
    try:
        status = _fields(_text(folder / "status"))
        memory = _fields(_text(folder / "smaps_rollup"))  # empty where the kernel does not let us see it
        files = len(os.listdir(folder / "fd"))  # noqa: PTH208 - names alone
        rss = status["VmRSS"] * _KIB
    except (OSError, KeyError):
        return None
    return memory["Pss"] * _KIB if "Pss" in memory else rss, rss, status["Threads"], files


def _text(path: Path) -> str:
    try:
        return path.read_text("ascii", "replace")
    except OSError:
        return ""


def _fields(text: str) -> dict[str, int]:
    """``Name:   123 kB`` a line, the numbers alone."""
    pairs = (line.partition(":") for line in text.splitlines())
    found = ((name, rest.split()[:1]) for name, _, rest in pairs)
    return {name: int(first[0]) for name, first in found if first and first[0].isdigit()}
