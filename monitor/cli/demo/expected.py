"""The seeds: where they are, what outlets and pages they hold, and what a monitor must find in them.

Must not: serve, fetch or match anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.config.located import read_located
from monitor.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class ExpectedPage:
    """One article of an outlet."""

    slug: str
    title: str
    language: str
    published: str
    """ISO 8601, with its zone."""
    hits: Mapping[str, tuple[str, ...]]
    """Topics that must hit; for each, words of which every one is part of some matched term."""
    trap: str = ""
    """Why a page that must not hit is easily taken for one that does."""


@dataclass(frozen=True, slots=True)
class ExpectedOutlet:
    """One invented outlet: its feed and its pages."""

    folder: str
    name: str
    language: str
    format: str
    encoding: str
    content_type: str
    entries: int
    pages: tuple[ExpectedPage, ...] = field(repr=False)


def seeds_folder() -> Path:
    """Return the folder with ``expected.yaml``: beside this module when installed, else at the top of the checkout.

    Raises UsageError where neither has it.
    """
    here = Path(__file__).resolve()
    for folder in (here.parent / "seeds", here.parents[3] / "seeds"):
        if (folder / "expected.yaml").is_file():
            return folder
    raise UsageError(f"{here.parent}: the demo's seeds are missing; install the program again")


def load_expected(folder: Path) -> tuple[ExpectedOutlet, ...]:
    """Read ``expected.yaml`` of this folder, in its order; raises ConfigError or OSError."""
    path = folder / "expected.yaml"
    data = read_located(path.read_text(encoding="utf-8"), str(path)).data
    return tuple(_outlet(name, body) for name, body in data["outlets"].items())


def expected_hits(outlets: tuple[ExpectedOutlet, ...]) -> tuple[tuple[ExpectedOutlet, ExpectedPage, str], ...]:
    """Return every hit that must be found: its outlet, its page and its topic."""
    return tuple((outlet, page, topic) for outlet in outlets for page in outlet.pages for topic in page.hits)


def _outlet(folder: str, body: Mapping[str, Any]) -> ExpectedOutlet:
    feed = body["feed"]
    return ExpectedOutlet(
        folder=folder,
        name=body["name"],
        language=body["language"],
        format=feed["format"],
        encoding=feed["encoding"],
        content_type=feed["content_type"],
        entries=int(feed["entries"]),
        pages=tuple(_page(slug, page) for slug, page in body["pages"].items()),
    )


def _page(slug: str, body: Mapping[str, Any]) -> ExpectedPage:
    return ExpectedPage(
        slug=slug,
        title=body["title"],
        language=body["language"],
        published=body["published"],
        hits={topic: tuple(rule["words"]) for topic, rule in body["hits"].items()},
        trap=body.get("trap", ""),
    )
