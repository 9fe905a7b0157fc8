"""The engine that spreads work over many machines: procrastinate, in a schema of its own in the monitor's database.

A job names rows that were offered (``monitor.store.offers``) and says nothing else. What is lost here costs time and
nothing more: the rows' leases run out and they are offered again. So a finished job is deleted, and the whole schema
is made anew when another version of the engine comes. The only door to procrastinate; the engine's own tables are
asked through psycopg (https://procrastinate.readthedocs.io).
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import procrastinate
import psycopg
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

from monitor.errors import StoreError

SCHEMA = "engine"
MAKING = 0x656E67696E65
"""Advisory lock under which the schema is made: "engine"."""
AGAIN = 3.0
"""Seconds after which a worker that lost the database tries again."""
POLL = 1.0
"""Seconds between two looks for jobs where no word of a new one came."""
_NAP = 0.02
DEAD = 30.0
"""Seconds without a sign of life after which a worker counts as gone, and its jobs are cleared away."""

Work = Callable[..., None]
"""What a job does; given the job's arguments as keywords."""

_log = logging.getLogger("monitor.engine")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of job: what it does, and how many of them this process does at once."""

    work: Work
    at_once: int


class Engine:
    """Gives jobs to whatever worker is free, and works them off here from ``start()`` to ``stop()``."""

    def __init__(self, conninfo: str, kinds: Mapping[str, Kind], own: str, beat: Callable[[], None]) -> None:
        """``conninfo``: the database as libpq takes it; ``own``: whose jobs this process alone takes up.

        ``beat`` is called again and again while the engine is at work.
        """
        for name in ("procrastinate", "psycopg.pool"):  # what goes wrong there is told here, in one line
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._conninfo = psycopg.conninfo.make_conninfo(conninfo, options=f"-c search_path={SCHEMA}")
        self._kinds = kinds
        self._own = own
        self._beat = beat
        self._stop = threading.Event()
        self._pools = {name: ThreadPoolExecutor(kind.at_once, f"{name}-job") for name, kind in kinds.items()}
        self._busy: Counter[str] = Counter()
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._ours: asyncio.AbstractEventLoop | None = None
        self._workers: list[asyncio.Task[None]] = []
        self._said = ""

    def start(self) -> None:
        """Take up jobs from now on. Raises StoreError when the engine's tables cannot be made."""
        try:
            make_schema(self._conninfo)
        except psycopg.Error as error:
            raise StoreError(_words(error)) from error
        self._thread.start()

    def stop(self, seconds: float) -> int:
        """Take up no more jobs; those in hand get so long. Returns how many are left to their leases."""
        self._stop.set()
        if self._ours is not None:
            with suppress(RuntimeError):  # the loop has ended by itself
                self._ours.call_soon_threadsafe(self._cancel)
        end = time.monotonic() + seconds
        if self._thread.is_alive():
            self._thread.join(seconds)
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)
        while self._busy.total() and time.monotonic() < end:
            time.sleep(_NAP)
        return self._busy.total()

    def _cancel(self) -> None:
        for worker in self._workers:
            worker.cancel()

    # --- working jobs off ------------------------------------------------------------------------------

    def _run(self) -> None:
        """Work until stopped, whatever becomes of the database meanwhile."""
        while not self._stop.is_set():
            try:
                asyncio.run(self._work_off())
            except asyncio.CancelledError:
                pass
            except Exception as error:  # noqa: BLE001 - whatever it is, the next try may do better
                self._fail(error)
            self._stop.wait(AGAIN)

    async def _work_off(self) -> None:
        self._ours = asyncio.get_running_loop()
        app = self._app(procrastinate.PsycopgConnector(conninfo=self._conninfo, min_size=1, max_size=8))
        async with app.open_async():
            if self._said:
                _log.info("the engine works again")
            self._said = ""
            each = (self._one(app, name, kind) for name, kind in self._kinds.items())
            self._workers = [asyncio.create_task(one) for one in (*each, self._beating())]
            try:
                await asyncio.gather(*self._workers)
            finally:
                self._cancel()
                await asyncio.gather(*self._workers, return_exceptions=True)

    async def _one(self, app: procrastinate.App, name: str, kind: Kind) -> None:
        await app.run_worker_async(
            queues=[name, queue_of(name, self._own)],
            name=name,
            concurrency=kind.at_once,
            fetch_job_polling_interval=POLL,
            delete_jobs="always",
            install_signal_handlers=False,
            shutdown_graceful_timeout=0.1,
            stalled_worker_timeout=DEAD,
        )

    async def _beating(self) -> None:
        while True:
            self._beat()
            await asyncio.sleep(POLL)

    def _app(self, connector: Any) -> procrastinate.App:
        app = procrastinate.App(connector=connector)
        for name, kind in self._kinds.items():
            app.task(name=name, queue=name)(self._task(name, kind))
        return app

    def _task(self, name: str, kind: Kind) -> Callable[..., Any]:
        async def task(**given: Any) -> None:
            await asyncio.get_running_loop().run_in_executor(self._pools[name], self._counted, name, kind.work, given)

        return task

    def _counted(self, name: str, work: Work, given: Mapping[str, Any]) -> None:
        self._busy[name] += 1
        try:
            work(**given)
        except Exception as error:  # noqa: BLE001 - no job stops another one
            _log.warning("%s: a job ended early; its rows are offered again after their lease: %s", name, error)
        finally:
            self._busy[name] -= 1

    def _fail(self, error: Exception) -> None:
        said = _words(error)
        if said != self._said:
            _log.error("the engine has lost the database and tries again: %s", said)
        self._said = said


class Dispatcher:
    """Gives jobs away. Used by one thread; opens its connection when it is first needed, and anew after an error."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = psycopg.conninfo.make_conninfo(conninfo, options=f"-c search_path={SCHEMA}")
        self._opened: procrastinate.App | None = None

    def waiting(self) -> Counter[str]:
        """How many jobs nobody has taken up yet, by kind."""
        asked = "SELECT task_name, count(*) FROM procrastinate_jobs WHERE status = 'todo' GROUP BY 1"
        return Counter({row["task_name"]: row["count"] for row in self._query(asked)})

    def give(self, kind: str, jobs: Sequence[Mapping[str, Any]], own: str = "") -> None:
        """Have these jobs done by whatever worker is free, or by one alone. Raises StoreError."""
        if jobs:
            with self._told() as app:
                app.configure_task(kind, queue=queue_of(kind, own)).batch_defer(*map(dict, jobs))

    def give_once(self, kind: str, key: str, job: Mapping[str, Any], own: str = "") -> None:
        """The same for one job, unless one of this key is waiting already."""
        with self._told() as app, suppress(AlreadyEnqueued):
            app.configure_task(kind, queue=queue_of(kind, own), queueing_lock=key).defer(**job)

    def clear(self, own: str) -> int:
        """Clear away what workers had in hand when they went, and what they alone could do. Returns how many jobs."""
        gone = (
            "DELETE FROM procrastinate_jobs WHERE status <> 'todo' AND (worker_id IS NULL OR worker_id NOT IN"
            " (SELECT id FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %(dead)s)))"
            " OR (status = 'todo' AND queue_name LIKE '%%@%%' AND split_part(queue_name, '@', 2) <> %(own)s)"
            " RETURNING id"
        )
        return len(self._query(gone, dead=DEAD, own=own))

    def close(self) -> None:
        """Give the connection back. A later call opens another one."""
        opened, self._opened = self._opened, None
        if opened is not None:
            with suppress(Exception):
                opened.close()

    def _query(self, query: str, **given: Any) -> list[dict[str, Any]]:
        with self._told() as app:
            found: Iterable[dict[str, Any]] = app.connector.get_sync_connector().execute_query_all(query, **given)
            return list(found)

    @contextmanager
    def _told(self) -> Iterator[procrastinate.App]:
        """What goes wrong with the engine's database is a StoreError, and the next call opens a new connection."""
        try:
            yield self._open()
        except AlreadyEnqueued:
            raise
        except (ConnectorException, psycopg.Error) as error:
            self.close()
            raise StoreError(_words(error)) from error

    def _open(self) -> procrastinate.App:
        """The open engine; raises what opening raises."""
        if self._opened is None:
            made = procrastinate.App(
                connector=procrastinate.SyncPsycopgConnector(
                    conninfo=self._conninfo, min_size=1, max_size=1, timeout=10
                )
            )
            made.open()
            self._opened = made
        return self._opened


def queue_of(kind: str, own: str = "") -> str:
    """The queue of a kind of job: everybody's, or one worker's own."""
    return f"{kind}@{own}" if own else kind


def make_schema(conninfo: str) -> None:
    """Make the engine's tables, anew where those of another version are there; one process at a time."""
    wanted = f"procrastinate {procrastinate.__version__}"
    with psycopg.connect(conninfo, autocommit=False) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [MAKING])
        found = connection.execute(
            "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = %s", [SCHEMA]
        ).fetchone()
        if found is None or found[0] != wanted:
            connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
            connection.execute(f"CREATE SCHEMA {SCHEMA}")
            connection.execute(f"SET LOCAL search_path TO {SCHEMA}")
            connection.execute(procrastinate.schema.SchemaManager.get_schema())
            connection.execute(f"COMMENT ON SCHEMA {SCHEMA} IS '{wanted}'")


def _words(error: BaseException) -> str:
    """One line; psycopg's own is behind the engine's."""
    told = error.__cause__ or error
    return next(iter(str(told).strip().splitlines()), type(told).__name__)
