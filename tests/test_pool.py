"""B1, B5, J1, J3: whatever the work does, the parent lives, the next run works, and no child stays behind."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from monitor.errors import WorkerError
from monitor.pool import Pool

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def pool():
    with Pool(1, wall=1.0, memory=256 << 20) as pool:
        yield pool


def failed(pool, task, body=b"", meta=None, setup=None):
    with pytest.raises(WorkerError) as caught:
        pool.run(f"pool_tasks:{task}", body, meta or {}, setup)
    return caught.value


def pid(pool):
    return pool.run("pool_tasks:factory", b"", {})["pid"]


def alive(process):
    """True while the process exists; one that has ended but was not collected does not count."""
    try:
        state = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def gone(processes, seconds):
    return until(lambda: not any(map(alive, processes)), seconds)


def test_bytes_and_values_go_in_and_json_comes_out(pool):
    answer = pool.run("pool_tasks:factory", bytes(3_000_000), {"url": "ї\ud800"}, {"topics": ["a"]})
    assert answer["size"] == 3_000_000
    assert answer["meta"] == {"url": "ї\ud800"}
    assert answer["setup"] == {"topics": ["a"]}
    assert answer["pid"] != os.getpid()


def test_the_setup_is_built_once_until_it_changes(pool):
    same = {pool.run("pool_tasks:factory", b"", {}, {"n": 1})["pid"] for _ in range(3)}
    assert len(same) == 1
    assert pool.run("pool_tasks:factory", b"", {}, {"n": 2})["setup"] == {"n": 2}
    assert pool.run("pool_tasks:factory", b"", {}, {"n": 1})["setup"] == {"n": 1}


@pytest.mark.fault("J3")
@pytest.mark.parametrize(
    ("task", "kind", "words", "replaced"),
    [
        ("spin", "timeout", "killed after 1 seconds", True),
        ("spin_deaf", "timeout", "killed after 1 seconds", True),
        ("abort", "crashed", "SIGABRT", True),
        ("segfault", "crashed", "SIGSEGV", True),
        ("leave", "crashed", "exit code 3", True),
        ("hog", "failed", "MemoryError", True),
        ("forge", "crashed", "nonsense", True),
        ("raising", "failed", "ValueError: bad", False),
        ("system_exit", "failed", "SystemExit: bye", False),
        ("unjson", "failed", "TypeError", False),
        ("broken", "failed", "RuntimeError: no such topic", False),
        ("nothing_of_the_kind", "failed", "AttributeError", False),
    ],
)
def test_hostile_work_is_an_error_and_the_next_run_is_sound(pool, task, kind, words, replaced):
    before = pid(pool)
    error = failed(pool, task)
    assert error.kind == kind
    assert words in str(error)
    assert (pid(pool) != before) == replaced
    assert replaced <= (not alive(before))
    assert pool.run("pool_tasks:echo", b"next", {}) == "next"


def test_a_message_is_clean_and_short(pool):
    message = str(failed(pool, "raising"))
    assert message.replace("\n", " ").isprintable()
    assert len(message) < 350


def test_an_answer_has_a_largest_size(pool):
    assert len(pool.run("pool_tasks:giant", b"", {"size": 1 << 20})) == 1 << 20
    assert "more than" in str(failed(pool, "giant", meta={"size": 17 << 20}))


def test_what_the_work_prints_does_not_reach_the_protocol(pool, capfd):
    assert pool.run("pool_tasks:noisy", b"", {}) == ""
    assert capfd.readouterr() == ("", "")


def test_a_child_sees_no_secret_and_writes_no_file(monkeypatch, tmp_path):
    monkeypatch.setenv("MONITOR_PASSWORD", "CANARY")
    monkeypatch.setenv("TELEGRAM_TOKEN", "CANARY")
    with Pool(1) as pool:
        seen = pool.run("pool_tasks:probe", b"", {"file": str(tmp_path / "file")})
    assert "CANARY" not in json.dumps(seen)
    assert seen["write"] == errno.EFBIG


def test_a_child_is_replaced_after_its_runs():
    with Pool(1, recycle=3) as pool:
        pids = [pid(pool) for _ in range(7)]
    assert [len(set(pids[start : start + 3])) for start in (0, 3, 6)] == [1, 1, 1]
    assert len(set(pids)) == 3


def test_a_child_that_holds_much_more_than_at_its_birth_is_replaced():
    with Pool(1) as pool:
        pids = [pool.run("pool_tasks:hoard", b"", {"kib": kib}) for kib in (64, 64, 16384, 64, 64)]
    assert pids[0] == pids[1] == pids[2] != pids[3] == pids[4]


def test_what_is_wanted_is_known_to_every_child_from_its_birth():
    with Pool(1) as pool:
        pool.prepare({"pool_tasks:built": None})
        assert pool.run("pool_tasks:echo", b"first", {}) == "first"
        built, child = pool.run("pool_tasks:built", b"", {})
    assert built != child, "not built in the child: in the process that it was forked from"


def test_a_child_killed_between_two_runs_costs_one_run():
    with Pool(1) as pool:
        child = pid(pool)
        os.kill(child, signal.SIGKILL)
        assert gone([child], 5)
        error = failed(pool, "factory")
        assert error.kind == "crashed"
        assert pid(pool) != child


def test_signals_for_the_whole_group_are_left_to_the_parent():
    with Pool(1) as pool:
        child = pid(pool)
        os.kill(child, signal.SIGINT)
        os.kill(child, signal.SIGTERM)
        assert pid(pool) == child


def test_many_threads_share_few_children():
    with Pool(2) as pool, ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda n: pool.run("pool_tasks:factory", b"x" * n, {"n": n}), range(60)))
    assert [(answer["size"], answer["meta"]["n"]) for answer in answers] == [(n, n) for n in range(60)]
    assert len({answer["pid"] for answer in answers}) <= 2


def test_children_start_when_needed_and_end_with_the_pool():
    pool = Pool(4)
    children = {pid(pool), pid(pool)}
    assert len(children) == 1
    pool.close()
    assert not any(map(alive, children))
    assert failed(pool, "factory").kind == "crashed"


PARENT = """
import sys, threading
from monitor.pool import Pool
pool = Pool(2, wall=60.0)
busy = threading.Thread(target=pool.run, args=("pool_tasks:spin", b"", {}), daemon=True)
busy.start()
pool.run("pool_tasks:factory", b"", {})
sys.stdout.write("ready\\n")
sys.stdout.flush()
sys.stdin.read()
"""


@pytest.mark.fault("J4")
def test_a_killed_parent_leaves_no_child():
    environment = {"PYTHONPATH": os.pathsep.join([str(HERE), *sys.path]), "PATH": os.defpath}
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
    )
    with parent:
        parent.stdout.readline()
        children = children_of(parent.pid)
        until(lambda: max(map(seconds_used, children)) > 0.5)  # one of the two is in its endless loop
        parent.kill()
    assert len(children) == 3  # the two, and what they were forked from
    assert gone(children, 10)


def children_of(parent):
    """All of them, and theirs."""
    lists = [tasks.read_text("utf-8") for tasks in Path(f"/proc/{parent}/task").glob("*/children")]
    own = [int(child) for text in lists for child in text.split()]
    return [*own, *(grandchild for child in own for grandchild in children_of(child))]


def seconds_used(process):
    fields = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    return int(fields[11]) / os.sysconf("SC_CLK_TCK")


def until(true, seconds=10):
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    return true()
