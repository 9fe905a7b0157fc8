"""The prefilter against the extraction it spares, on real pages.

    python benchmarks/prefilter.py [--every N] [FOLDER]

The pages are others' and not part of the repository: the folder (``*.html.gz``) is looked for beside the project, and
nothing is measured where it is absent. Every page is decided, extracted and matched; *off topic* is a page whose
extracted text, title included, hits no topic that ships. A page stopped although it hits would be an error.
"""

import argparse
import gzip
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from monitor.match.engine import Matcher
from monitor.match.topic import load, shipped
from monitor.model import Text
from monitor.read.extract import extract

T = TypeVar("T")
FOLDER = Path(__file__).resolve().parents[2] / "shared" / "real" / "pages"


def timed(work: Callable[..., T], *arguments: object) -> tuple[T, float]:
    """Return what the work gives, and the seconds of CPU it took."""
    began = time.process_time()
    return work(*arguments), time.process_time() - began


def pages(folder: Path, every: int) -> Iterator[str]:
    for path in sorted(folder.glob("*.html.gz"))[::every]:
        yield gzip.decompress(path.read_bytes()).decode("utf-8", "replace")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--every", type=int, default=1)
    asked = parser.parse_args()
    matcher = Matcher([load(path.read_text("utf-8"), path.name) for path in shipped().values()])
    matcher.may_match("<p>warm</p>")
    spent = {"prefilter": 0.0, "extraction": 0.0}
    seen = off_topic = stopped = wrong = 0
    for page in pages(asked.folder, asked.every):
        may, prefilter = timed(matcher.may_match, page)
        read, extraction = timed(extract, page, "https://example.org/a")
        hit = any(verdict.hit for verdict in matcher.match(Text(read.title, read.text)))
        spent["prefilter"] += prefilter
        spent["extraction"] += extraction
        seen, off_topic = seen + 1, off_topic + (not hit)
        stopped, wrong = stopped + (not may and not hit), wrong + (hit and not may)
    if not seen:
        print(f"no pages in {asked.folder}")
        return
    print(
        f"{seen} pages, {off_topic} off topic, stopped {stopped} ({stopped / max(1, off_topic):.1%}), wrongly {wrong}"
    )
    for name, seconds in spent.items():
        print(f"{name:11} {seconds / seen * 1000:6.1f} ms a page")
    print(f"the prefilter costs 1/{spent['extraction'] / spent['prefilter']:.1f} of the extraction")


if __name__ == "__main__":
    main()
