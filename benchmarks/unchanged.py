"""A round over many sources of which none has anything new: what it costs in CPU and memory.

    python benchmarks/unchanged.py [--sources 2000]

A server of its own process answers every feed on loopback: 20 entries at first, then 304. The first round fills the
database, and its articles are not read. Measured are the CPU seconds of this process and its children in one more
round, and the memory of the whole process tree (PSS: what is shared is counted once).
"""

import argparse
import http.server
import multiprocessing
import os
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from monitor.app import build

ITEM = "<item><title>Harbour news {source} {item}</title><link>http://h{source}.example/{item}</link></item>"


class Feeds(http.server.BaseHTTPRequestHandler):
    """One feed for each path; whoever sends a validator is told that nothing has changed."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        unchanged = self.headers["If-None-Match"] is not None
        items = "".join(ITEM.format(source=self.path[1:], item=item) for item in range(20))
        body = b"" if unchanged else f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>".encode()
        self.send_response(304 if unchanged else 200)
        self.send_header("ETag", '"one"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def serve(port: "multiprocessing.Queue[int]") -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Feeds)
    port.put(server.server_address[1])
    server.serve_forever()


def write(folder: Path, port: int, sources: int) -> Path:
    head = "fetch: {allow_private_addresses: true, pace: 0s}\ntopics: [ramstein]\nsources:\n"
    line = '  - {{name: "Source {0}", url: "http://127.0.0.1:{1}/{0}", polite: source}}\n'
    config = folder / "sources.yaml"
    config.write_text(head + "".join(line.format(number, port) for number in range(sources)))
    return config


def cpu() -> float:
    """Seconds of CPU of this process and of its children that have ended."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def family(process: int) -> Iterator[int]:
    yield process
    for task in Path(f"/proc/{process}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from family(int(child))


def memory(without: int) -> float:
    """MB (PSS) of this process and all below it but one."""
    rollups = (Path(f"/proc/{one}/smaps_rollup").read_text() for one in family(os.getpid()) if one != without)
    kilobytes = (int(line.split()[1]) for text in rollups for line in text.splitlines() if line.startswith("Pss:"))
    return sum(kilobytes) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sources", type=int, default=2_000)
    sources = parser.parse_args().sources
    port: multiprocessing.Queue[int] = multiprocessing.Queue()
    server = multiprocessing.Process(target=serve, args=(port,), daemon=True)
    server.start()
    with tempfile.TemporaryDirectory() as folder:
        config = write(Path(folder), port.get(), sources)
        with build(config, f"sqlite:///{folder}/monitor.db", {}) as app:
            polls = app.crews.poll
            polls.drain(lambda _event: None)
            app.make_due()
            events: list[str] = []
            began, wall = cpu(), time.perf_counter()
            polls.drain(lambda event: events.append(event.outcome))
            used, wall = cpu() - began, time.perf_counter() - wall
            size = memory(server.pid or 0)
    server.terminate()
    same = sum(outcome.startswith("not modified") for outcome in events)
    print(f"{len(events)} sources, {same} not modified: {used:.1f} s of CPU, {wall:.1f} s")
    print(f"{used / max(1, len(events)) * 1000:.1f} ms of CPU a source; {size:.0f} MB (PSS) in all")


if __name__ == "__main__":
    main()
