"""Counting and timing; what the process holds; what a line of the log is about."""

import os
import subprocess
import sys
import threading

import pytest

from monitor import trail
from monitor.errors import WorkerError
from monitor.footprint import footprint
from monitor.meter import HITS, LATENCY, READING, RESTARTS, WORK, Meter, Stopwatch
from monitor.pool import Pool


def test_counts_are_kept_by_their_labels():
    meter = Meter()
    assert (meter.counts(HITS), meter.counts(WORK)) == ({(): 0}, {})
    meter.count(HITS, by=3)
    meter.count(WORK, "poll", "new")
    meter.count(WORK, "poll", "new")
    assert (meter.counts(HITS), meter.counts(WORK)) == ({(): 3}, {("poll", "new"): 2})


def test_no_count_is_lost_between_threads():
    meter = Meter()
    threads = [threading.Thread(target=lambda: [meter.count(HITS) for _ in range(2000)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert meter.counts(HITS) == {(): 16_000}


def test_each_length_is_in_every_bucket_that_is_not_shorter():
    meter = Meter()
    for seconds in (60, 61, 10_000_000):
        meter.time(LATENCY, seconds)
    found = meter.times(LATENCY)[()]
    buckets = dict(found.buckets)
    assert (buckets[60], buckets[120], buckets[604800], found.number, found.total) == (1, 2, 2, 3, 10_000_121)


def test_a_stopwatch_adds_up_what_a_stage_takes_also_where_it_fails():
    ticks = iter([0.0, 2.0, 10.0, 11.0, 20.0, 25.0])
    watch = Stopwatch(lambda: next(ticks))
    double, halve = watch.timed("match", lambda number: number * 2), watch.timed("extract", lambda number: 1 / number)
    assert (double(2), double(3)) == (4, 6)
    with pytest.raises(ZeroDivisionError):
        halve(0)
    assert watch.seconds == {"match": 3.0, "extract": 5.0}


@pytest.mark.parametrize(
    "hostile", [{"match": "1"}, {"match": -1}, {"match": float("nan")}, {"match": 1e9}, {"x": 1.0}]
)
def test_times_of_a_child_that_cannot_be_are_left_out(hostile):
    meter = Meter()
    meter.read(hostile)
    assert meter.times(READING) == {}


def test_children_that_are_replaced_are_counted_by_the_reason():
    meter = Meter()
    with Pool(1, wall=5.0, recycle=1, meter=meter) as pool:
        pool.run("pool_tasks:factory", b"", {})
        with pytest.raises(WorkerError):
            pool.run("pool_tasks:leave", b"", {})
    assert meter.counts(RESTARTS) == {("recycled",): 1, ("broken",): 1}


def test_the_footprint_has_the_children_in_it():
    alone = footprint()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        both = footprint()
        child.communicate(b"\n")
    assert both.children == alone.children + 1
    assert both.threads > alone.threads
    assert 0 < alone.pss <= alone.rss * 1.01


def test_where_there_is_no_proc_nothing_is_said(tmp_path):
    assert footprint(os.getpid(), tmp_path) is None


def test_what_a_line_is_about_ends_with_its_block_and_is_each_thread_s_own():
    seen = []
    with trail.about({"article": 1}):
        with trail.about({"source": "Post"}):
            other = threading.Thread(target=lambda: seen.append(trail.subject()))
            other.start()
            other.join()
            assert trail.subject() == {"article": 1, "source": "Post"}
        assert trail.subject() == {"article": 1}
    assert (trail.subject(), seen) == ({}, [{}])


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ({"article": 12, "source": "Post"}, "article=12 source=Post"),
        ({"source": "Kyiv Post"}, 'source="Kyiv Post"'),
        ({"source": 'a" error=1\\'}, 'source="a\\" error=1\\\\"'),
        ({"source": ""}, 'source=""'),
        ({"article": (1, 2), "channel": "chat"}, "article=1 article=2 channel=chat"),
        ({"article": ()}, ""),
    ],
)
def test_the_words_of_it_can_be_searched_for(about, words):
    assert trail.words(about) == words


def test_what_is_imported_for_good_is_left_alone_by_the_collector():
    seen = "import gc; from monitor.footprint import for_good\nbefore = gc.get_freeze_count()\n"
    seen += "with for_good():\n    import decimal\nprint(gc.get_freeze_count() > before, gc.isenabled())\n"
    seen += "try:\n    with for_good(): raise ImportError\nexcept ImportError: print(gc.isenabled())"
    told = subprocess.run([sys.executable, "-c", seen], check=True, capture_output=True, text=True).stdout
    assert told.split() == ["True", "True", "True"]
