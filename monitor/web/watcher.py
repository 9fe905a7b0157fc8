"""Who waits for new hits, and the one task that asks for all of them.

Must not: see a request; outlive the server it belongs to; keep a place for a list that nobody looks at any more.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool

from monitor.errors import MonitorError
from monitor.model import HitFilter, Position

PLACES = 16
"""Lists that are told at once; each takes a connection."""
MOST = 100
"""New hits counted at most."""
HEARTBEAT = 15.0
"""Seconds without news after which a comment is sent, so that a connection that is gone is noticed."""
RETRY = 15_000
"""Milliseconds after which a browser whose stream has ended asks again."""

Count = Callable[[HitFilter, Position, int], int]

_log = logging.getLogger("monitor.web")


@dataclass(eq=False, slots=True)
class Listener:
    """One open list."""

    wanted: HitFilter
    than: Position
    count: int = 0
    """How many hits stand above it by now."""
    over: bool = False
    news: asyncio.Event = field(default_factory=asyncio.Event)


class Watcher:
    """Asks for all that listen, every ``interval`` seconds, as long as somebody does. Lives in the event loop."""

    def __init__(self, count: Count, interval: float) -> None:
        self._count = count
        self._interval = interval
        self._listeners: set[Listener] = set()
        self._task: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    @property
    def full(self) -> bool:
        """Whether no more lists can be told."""
        return self._closed or len(self._listeners) >= PLACES

    def close(self) -> None:
        """End all streams at once, and let no new one begin. From whatever thread, more than once."""
        self._closed = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._end)

    async def events(self, listener: Listener, heartbeat: float = HEARTBEAT) -> AsyncIterator[str]:
        """What one list is told: ``data: 3`` when it is another number, a comment when there is nothing to tell."""
        if self.full:
            return
        self._join(listener)
        try:
            yield f"retry: {RETRY}\n\n"
            told = 0
            while not listener.over:
                yield f"data: {listener.count}\n\n" if listener.count != told else ": still here\n\n"
                told = listener.count
                await _waited(listener.news, heartbeat)
        finally:
            self._leave(listener)

    def _join(self, listener: Listener) -> None:
        self._listeners.add(listener)
        self._loop = asyncio.get_running_loop()
        if self._task is None or self._task.done():
            self._task = self._loop.create_task(self._watch())

    def _leave(self, listener: Listener) -> None:
        self._listeners.discard(listener)
        if not self._listeners and self._task is not None:
            self._task.cancel()
            self._task = None

    def _end(self) -> None:
        for listener in self._listeners:
            listener.over = True
            listener.news.set()

    async def _watch(self) -> None:
        """What fails here ends the streams: the pages then ask for themselves, and are told what is wrong."""
        try:
            while True:
                await self._look()
                await asyncio.sleep(self._interval)
        except MonitorError as error:
            _log.warning("new hits cannot be looked for: %s", error)
        finally:
            self._end()

    async def _look(self) -> None:
        for wanted, than in {(one.wanted, one.than) for one in self._listeners}:
            number = await run_in_threadpool(self._count, wanted, than, MOST)
            for one in self._listeners:
                if (one.wanted, one.than) == (wanted, than) and one.count != number:
                    one.count = number
                    one.news.set()


async def _waited(event: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return
    event.clear()
