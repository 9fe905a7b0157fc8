"""Progress on long work: a live line on a terminal, nothing but the result in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

from monitor.model import Event
from monitor.text import shorten

_WORDS = {"poll": "polled", "read": "read", "deliver": "sent"}


@contextmanager
def waiting(subject: str) -> Iterator[Callable[[str], None]]:
    """A live line on a terminal while something takes its time; what is handed out says what is being done."""
    bar = Bar(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    task = bar.add_task(shorten(subject, 60), total=None)
    with bar:
        yield lambda words: bar.update(task, description=shorten(words, 60))


class Progress:
    """Counts what was done at each desk and shows the last piece of work."""

    def __init__(self, *, quiet: bool = False) -> None:
        console = Console(stderr=True)
        self._bar = Bar(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=quiet or not sys.stderr.isatty(),
        )
        self._task = self._bar.add_task("starting", total=None)
        self._done = dict.fromkeys(_WORDS, 0)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def step(self, event: Event) -> None:
        """One piece of work is done."""
        self._done[event.desk] += 1
        sums = " · ".join(f"{count} {_WORDS[desk]}" for desk, count in self._done.items() if count)
        self._bar.update(self._task, description=f"{sums} · {shorten(event.subject, 50)}".replace("[", "\\["))
