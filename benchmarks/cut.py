"""A worker is cut off from the database and comes back: nothing is lost. Needs root, for two network namespaces.

    python benchmarks/cut.py [--seconds N]

The database, an outlet of twenty feeds and the channel are on this machine; one worker beside them, the other one in a
network namespace of its own, with a cable (veth) between. New articles appear all the time. The cable is cut while the
far worker has work in hand, for a minute, and put back; afterwards each article must have its hit, and each hit its one
message. Exit code 1 when something is missing, or was told twice without saying so.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]

NEAR, FAR, SPACE = "10.77.0.1", "10.77.0.2", "monitor-far"
FEEDS = 20
LEASE = 200
CONFIG = """
defaults: {{interval: 1m}}
fetch: {{allow_private_addresses: true, pace: 0s, obey_robots: false}}
watch: {{canary: never}}
topics: [./topic.yaml]
sources:
{sources}
alerts: [{{name: sink, url: "json://{near}:{port}/sink", topics: [small], max_per_hour: 1000}}]
"""
TOPIC = """
name: small
threshold: 3
concepts: {a: {en: [contact group]}}
hits: [{rule: named, concept: a, weight: {title: 5}}]
"""
WORDS = [
    *("harbour", "winter", "ministers", "radar", "bridge", "tanks", "grain", "pilots"),
    *("border", "budget", "engine", "island", "treaty", "rails", "museum"),
]


class World:
    """Feeds, pages and the channel; all that is new is known here."""

    def __init__(self) -> None:
        self.feeds: list[list[int]] = [[] for _ in range(FEEDS)]
        self.told: Counter[str] = Counter()
        self.server = ThreadingHTTPServer((NEAR, 0), _handler(self))
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.port = self.server.server_port
        self.base = f"http://{NEAR}:{self.port}"

    def publish(self, number: int) -> None:
        self.feeds[number % FEEDS].append(number)

    def feed(self, at: int) -> str:
        items = "".join(
            f"<item><title>{title(one)}</title><link>{self.base}/a/{one}</link></item>" for one in self.feeds[at][::-1]
        )
        return f'<rss version="2.0"><channel><title>Feed {at}</title>{items or EMPTY}</channel></rss>'


EMPTY = "<item><title>Nothing yet</title><guid isPermaLink='false'>none</guid></item>"


def title(number: int) -> str:
    return f"Contact group, case {number}: {WORDS[number % 15]} and {WORDS[number // 15 % 15]}"


def page(number: int) -> str:
    text = " ".join(f"{WORDS[(number * 7 + at * at) % 15]}{number * 31 + at}" for at in range(60))
    return f"<html><head><title>{title(number)}</title></head><body><article><p>{text}.</p></article></body></html>"


def _handler(world: World) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            kind, _, number = self.path.strip("/").partition("/")
            time.sleep(0.2)  # so that there is always something in hand
            known = kind in {"f", "a"} and number.isdigit()
            body = (world.feed(int(number)) if kind == "f" else page(int(number))) if known else ""
            self._answer(200 if known else 404, "application/rss+xml" if kind == "f" else "text/html", body)

        def do_POST(self) -> None:
            message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            words = f"{message['title']} {message['message']}"
            for number in range(10_000):
                if f"case {number}:" in words:
                    world.told[f"{number}{' again' if 'possibly repeated' in words else ''}"] += 1
            self._answer(200, "application/json", "{}")

        def _answer(self, status: int, kind: str, body: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

    return Handler


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)


def cable() -> None:
    subprocess.run(["ip", "netns", "del", SPACE], check=False, stderr=subprocess.DEVNULL)
    subprocess.run(["ip", "link", "del", "mon0"], check=False, stderr=subprocess.DEVNULL)
    ip("netns", "add", SPACE)
    ip("link", "add", "mon0", "type", "veth", "peer", "name", "mon1", "netns", SPACE)
    ip("addr", "add", f"{NEAR}/24", "dev", "mon0")
    ip("link", "set", "mon0", "up")
    for words in (
        ("addr", "add", f"{FAR}/24", "dev", "mon1"),
        ("link", "set", "mon1", "up"),
        ("link", "set", "lo", "up"),
    ):
        ip("netns", "exec", SPACE, "ip", *words)


def worker(folder: Path, url: str, name: str, *inside: str) -> Any:
    command = [*inside, sys.executable, "-m", "monitor", "--config", str(folder / "sources.yaml"), "worker"]
    environ = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).resolve().parents[1]),
        "MONITOR_DATABASE_URL": url,
        "MONITOR_PORT": "0",
    }
    return subprocess.Popen(command, cwd=folder, env=environ, stderr=(folder / f"{name}.log").open("w"))


def stored(url: str) -> tuple[set[int], Counter[str]]:
    """The cases that have a hit, and the states of deliveries."""
    from sqlalchemy import create_engine, text

    with create_engine(url.replace("postgresql:", "postgresql+psycopg:")).connect() as raw:
        titles = raw.execute(text("SELECT article.title FROM hit JOIN article ON article.id = article_id")).scalars()
        cases = {int(one.split("case ")[1].split(":")[0]) for one in titles}
        return cases, Counter(raw.execute(text("SELECT state FROM delivery")).scalars())


def run(seconds: float, folder: Path, server: Any) -> int:
    world = World()
    sources = "\n".join(f'  - {{name: "Feed {at}", url: "{world.base}/f/{at}"}}' for at in range(FEEDS))
    (folder / "sources.yaml").write_text(CONFIG.format(sources=sources, near=NEAR, port=world.port))
    (folder / "topic.yaml").write_text(TOPIC)
    server.create("far")
    url = f"postgresql://monitor@{NEAR}:5432/far"
    workers = [worker(folder, url, "near"), worker(folder, url, "far", "ip", "netns", "exec", SPACE)]
    published = 0

    def publish(until: float) -> None:
        nonlocal published
        while time.monotonic() < until:
            world.publish(published)
            published += 1
            time.sleep(0.5)

    try:
        print("both at work", flush=True)
        publish(time.monotonic() + seconds)
        ip("netns", "exec", SPACE, "ip", "link", "set", "mon1", "down")
        if any(one.poll() is not None for one in workers):
            sys.exit(f"a worker did not start; see {folder}")
        print(f"cut, after {published} articles; {world.told.total()} messages so far")
        publish(time.monotonic() + seconds)
        ip("netns", "exec", SPACE, "ip", "link", "set", "mon1", "up")
        print(f"back, after {published} articles; {world.told.total()} messages so far")
        publish(time.monotonic() + seconds)
        end = time.monotonic() + LEASE + 90
        while time.monotonic() < end and len({one.split()[0] for one in world.told}) < published:
            time.sleep(1)
        cases, states = stored(url)
        for one in workers:
            one.terminate()
        print("stopped with", [one.wait(15) for one in workers])
    finally:
        for one in workers:
            one.kill()
    missing = set(range(published)) - cases
    silent = {one for one, count in world.told.items() if count > 1 and "again" not in one}
    untold = {str(one) for one in cases} - {one.split()[0] for one in world.told}
    work = [(folder / f"{name}.log").read_text().count("hit: small") for name in ("near", "far")]
    print(f"{published} published, {len(cases)} hits, {world.told.total()} told, deliveries {dict(states)}")
    print(f"read by the near worker {work[0]}, by the far one {work[1]}")
    print(f"missing {sorted(missing)}; not told {sorted(untold)}; told twice without a word {sorted(silent)}")
    return int(bool(missing or silent or untold))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60, help="before the cut, while it lasts, and after it")
    options = parser.parse_args()
    import postgres

    cable()
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    server = postgres.Server(postgres.programs(), listen_addresses=NEAR)
    server.trust("10.77.0.0/24")
    try:
        return run(options.seconds, folder, server)
    finally:
        server.close()
        subprocess.run(["ip", "netns", "del", SPACE], check=False)
        print(f"logs are in {folder}")


if __name__ == "__main__":
    sys.exit(main())
