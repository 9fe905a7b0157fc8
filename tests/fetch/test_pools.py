"""A pool at its limit closes idle connections to make room, but none that a thread was just given."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from raw_server import response, sends

from monitor.fetch.transport import HANDING, SafePool


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def origins(serve):
    return [serve(sends(response(b"Some news."))).url for _ in range(3)]


def ask(pool, origins, number):
    wait = {"pool": 30, "read": 30, "connect": 30}
    return pool.request("GET", origins[number % len(origins)], extensions={"timeout": wait}).content


def test_what_was_found_available_is_not_idle_for_a_moment(origins):
    clock = Clock()
    with SafePool(clock, max_connections=1) as pool:
        assert ask(pool, origins, 0) == b"Some news."
        (kept,) = pool.connections
        assert kept.is_idle()
        assert kept.is_available()
        assert not kept.is_idle()
        clock.now += HANDING
        assert kept.is_idle()


def test_a_pool_that_is_full_makes_room_for_another_host(origins):
    clock = Clock()
    with SafePool(clock, max_connections=1) as pool:
        for number in range(6):
            assert ask(pool, origins, number) == b"Some news."
        assert len(pool.connections) == 1


def test_threads_that_share_few_connections_break_none_of_each_others(origins):
    with SafePool(time.monotonic, max_connections=2) as pool, ThreadPoolExecutor(8) as threads:
        assert set(threads.map(partial(ask, pool, origins), range(60))) == {b"Some news."}
