"""What is measured, as families of numbers with labels: names, words and units. Pure.

Times are timestamps where something happened (the reader subtracts them from his own clock) and lengths where something
waits. Must not: know the format in which it is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from monitor.footprint import Footprint
from monitor.meter import Labels
from monitor.model.metering import Standings


@dataclass(frozen=True, slots=True)
class Family:
    """Numbers of one meaning."""

    name: str
    words: str
    values: Sequence[tuple[Labels, float]]
    """The labels' values, and the number."""
    labels: Labels = ()
    kind: Literal["gauge", "counter"] = "gauge"


def of_versions(versions: Mapping[str, str]) -> Family:
    """The versions, as labels of the number 1."""
    words = "Versions of the program and what it runs on."
    return Family("monitor_build_info", words, [(tuple(versions.values()), 1)], tuple(versions))


def of_process(held: Footprint) -> Iterator[Family]:
    """What the process and its children hold."""
    yield Family("monitor_memory_pss_bytes", "Memory of the process and its children (PSS).", [((), held.pss)])
    yield Family("monitor_memory_rss_bytes", "Sum of their resident sets (RSS).", [((), held.rss)])
    yield Family("monitor_threads", "Threads of the process and its children.", [((), held.threads)])
    yield Family("monitor_open_files", "Files that the process and its children hold open.", [((), held.files)])
    yield Family("monitor_child_processes", "Child processes that parse and extract.", [((), held.children)])


def of_installation(found: Standings, now: datetime) -> Iterator[Family]:
    """What the database says, as of ``now``."""
    yield from _sources(found)
    yield from _channels(found)
    yield from _queues(found)
    yield from _room(found)
    yield Family("monitor_look_timestamp_seconds", "When the database was measured.", [((), now.timestamp())])


# --- one of each -----------------------------------------------------------------------------------


def _sources(found: Standings) -> Iterator[Family]:
    all_of = found.sources
    words = "Time for which a source is due and not polled."
    yield _each("monitor_source_lateness_seconds", words, {one.name: _seconds(one.late) for one in all_of})
    words = "Time between two polls of a source."
    yield _each("monitor_source_interval_seconds", words, {one.name: _seconds(one.interval) for one in all_of})
    words = "When a source was last polled well."
    yield _each(
        "monitor_source_last_success_timestamp_seconds", words, {one.name: _stamp(one.last_ok) for one in all_of}
    )
    words = "Failed polls of a source in a row."
    yield _each("monitor_source_failures", words, {one.name: one.failures for one in all_of})
    words = "Articles that a source was the first to show."
    yield _each("monitor_source_articles", words, {one.name: one.articles for one in all_of}, "counter")
    words = "Health of a source, as a label of the number 1."
    health = [((one.name, one.health), 1) for one in all_of]
    yield Family("monitor_source_health", words, health, ("source", "health"))
    words = "Sources that are watched but not listed one by one, since there are too many."
    yield Family("monitor_sources_unlisted", words, [((), found.unlisted)])


def _channels(found: Standings) -> Iterator[Family]:
    all_of = found.channels
    words = "Health of a channel, as a label of the number 1."
    health = [((one.alert, one.health), 1) for one in all_of]
    yield Family("monitor_channel_health", words, health, ("channel", "health"))
    words = "Failed tries of a channel in a row."
    yield _each("monitor_channel_failures", words, {one.alert: one.failures for one in all_of})
    words = "Time for which the oldest delivery of a channel is due and not sent."
    yield _each("monitor_channel_waited_seconds", words, {one.alert: _seconds(one.waited) for one in all_of})
    words = "When something was last sent to a channel."
    sent = {one.alert: _stamp(one.last_sent) for one in all_of}
    yield _each("monitor_channel_last_sent_timestamp_seconds", words, sent)
    words = "Deliveries of a channel by state."
    states = [((one.alert, state), number) for one in all_of for state, number in one.deliveries.items()]
    yield Family("monitor_deliveries", words, states, ("channel", "state"))


def _queues(found: Standings) -> Iterator[Family]:
    articles = [((state,), number) for state, number in found.articles.items()]
    yield Family("monitor_articles", "Articles by state.", articles, ("state",))
    due = [((desk,), queue.due) for desk, queue in found.queues.items()]
    yield Family("monitor_queue_due", "Sources, articles or deliveries that are due at a desk.", due, ("desk",))
    oldest = [((desk,), queue.oldest.total_seconds()) for desk, queue in found.queues.items()]
    yield Family("monitor_queue_oldest_seconds", "Time for which the first of them is due.", oldest, ("desk",))


def _room(found: Standings) -> Iterator[Family]:
    room = found.room
    yield Family("monitor_database_bytes", "Size of the database without its log.", [((), room.database)])
    yield Family("monitor_database_wal_bytes", "Size of SQLite's write-ahead log.", [((), room.log)])
    free = [] if room.free is None else [((), room.free)]
    yield Family("monitor_disk_free_bytes", "Space that is left where an SQLite database is.", free)
    written = [] if found.written is None else [((), found.written.timestamp())]
    words = "When the database was last proved to be writable."
    yield Family("monitor_database_written_timestamp_seconds", words, written)


def _each(
    name: str, words: str, values: Mapping[str, float | None], kind: Literal["gauge", "counter"] = "gauge"
) -> Family:
    """A number for each source or channel that has one."""
    label = name.split("_")[1]
    known = [((subject,), number) for subject, number in values.items() if number is not None]
    return Family(name, words, known, (label,), kind)


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()


def _stamp(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp()
