"""Real feed entries round six meetings, served from loopback and put through ``monitor poll`` whole.

    python benchmarks/stream.py [--windows N]

The entries are others' text and not part of the repository: the file is looked for beside the project, and nothing is
done where it is absent. Each source's entries of a window are re-wrapped as RSS; their pages answer 404, so titles and
summaries are matched. Prints, for each window, what the poll said, and at the end the hits against the labels.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from xml.sax.saxutils import escape

PROJECT = Path(__file__).resolve().parents[1]
STREAM = PROJECT.parent / "shared" / "real" / "stream" / "windows.jsonl.gz"


def entries() -> list[dict[str, Any]]:
    with gzip.open(STREAM, "rt", encoding="utf-8") as lines:
        return [{**json.loads(line), "number": number} for number, line in enumerate(lines)]


class World:
    """Serves the feeds of one window at a time."""

    def __init__(self) -> None:
        self.feeds: dict[str, bytes] = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def show(self, window: list[dict[str, Any]], numbers: dict[str, int]) -> None:
        by_source = defaultdict(list)
        for entry in window:
            by_source[entry["source"]].append(entry)
        self.feeds = {f"/feed/{numbers[name]}": self._rss(name, items) for name, items in by_source.items()}

    def _rss(self, name: str, items: list[dict[str, Any]]) -> bytes:
        body = "".join(
            f"<item><title>{_xml(item['title'])}</title>"
            f"<link>{self.base}/page/{item['number']}/{_slug(item['link'])}</link><guid>{item['number']}</guid><description>{_xml(_xml(item['description']))}</description></item>"
            for item in items
        )
        head = f"<?xml version='1.0'?><rss version='2.0'><channel><title>{_xml(name)}</title>"
        return f"{head}{body}</channel></rss>".encode()


def _xml(text: str | None) -> str:
    return escape("".join(char for char in text or "" if char.isprintable() or char in "\n\t"))


def _slug(link: str) -> str:
    """The path of the real address, since a topic may look at it."""
    return quote(urlsplit(link).path.strip("/"))


def _handler(world: World) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            body = world.feeds.get(self.path)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

    return Handler


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--windows", type=int, default=99)
    wanted = arguments.parse_args().windows
    if not STREAM.exists():
        print(f"{STREAM.name} is not there; nothing done")
        return 0
    known = entries()
    numbers = {name: number for number, name in enumerate(sorted({entry["source"] for entry in known}))}
    windows = sorted({entry["window"] for entry in known})[:wanted]
    world = World()
    with tempfile.TemporaryDirectory() as folder:
        _configure(Path(folder), world, numbers)
        for window in windows:
            shown = [entry for entry in known if entry["window"] == window]
            world.show(shown, numbers)
            began = time.monotonic()
            out = _monitor(folder, "poll", "--all", "--json")
            print(f"{window}: {len(shown)} entries, {time.monotonic() - began:.0f} s, {' '.join(out.split())}")
        found = json.loads(_monitor(folder, "hits", "list", "--json", "--limit", "0"))
    _score([entry for entry in known if entry["window"] in windows], found)
    return 0


def _configure(folder: Path, world: World, numbers: dict[str, int]) -> None:
    sources = "\n".join(f'  - {{name: "s{number}", url: "{world.base}/feed/{number}"}}' for number in numbers.values())
    (folder / "sources.yaml").write_text(
        "fetch: {allow_private_addresses: true, pace: 0s, connections: 8, obey_robots: false}\n"
        f"topics: [ramstein, ukraine-aid]\nsources:\n{sources}\n"
    )


def _monitor(folder: str, *words: str) -> str:
    command = [sys.executable, "-m", "monitor", *words]
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT)}
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    if done.returncode not in {0, 1} or not done.stdout:
        raise SystemExit(done.stderr)
    return done.stdout


def _score(known: list[dict[str, Any]], found: list[dict[str, Any]]) -> None:
    hits: dict[str, set[int]] = defaultdict(set)
    for hit in found:
        hits[hit["topic"]].add(int(hit["url"].split("/")[4]))
    labelled = {entry["number"]: entry["label"] for entry in known if entry.get("label")}
    print(f"\n{len(known)} entries, {len(labelled)} labelled: {dict(Counter(labelled.values()))}")
    for topic, numbers in sorted(hits.items()):
        both = Counter(labelled[number] for number in numbers if number in labelled)
        others = len(numbers - set(labelled))
        print(f"{topic}: {len(numbers)} hits; labelled ones found: {dict(both)}; without a label: {others}")
    by_number = {entry["number"]: entry for entry in known}
    ramstein = hits["ramstein"]
    for title, numbers in (
        ("labelled, not found by ramstein", set(labelled) - ramstein),
        ("found by ramstein without a label", ramstein - set(labelled)),
    ):
        print(f"\n{title}: {len(numbers)}")
        for number in sorted(numbers)[:40]:
            entry = by_number[number]
            print(
                f"  {labelled.get(number, '-'):8} {entry['title'][:60]} | {(entry['description'] or '')[:120]}".replace(
                    "\n", " "
                )
            )


if __name__ == "__main__":
    sys.exit(main())
