"""Stories among real feed entries: the hits of the shipped topics, linked in the order of their time.

    python benchmarks/stories.py [--show N]

The entries are others' text and not part of the repository: the file is looked for beside the project, and nothing is
done where it is absent; the speed is measured all the same. Prints how many stories the hits make, the largest ones,
some of what was linked with little in common, and what a print and a link cost.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from stream import STREAM, entries

from monitor.match.engine import Matcher
from monitor.match.topic import load, shipped
from monitor.model import Known, Print, Text
from monitor.read.language import detect
from monitor.read.stories import fingerprint, link
from monitor.text import html_to_text

NOW = datetime(2026, 3, 17, 12, tzinfo=UTC)


def hits() -> list[dict[str, Any]]:
    """The entries that either topic matches, in the order of their time."""
    matcher = Matcher([load(path.read_text("utf-8"), path.name) for path in shipped().values()])
    found = []
    for entry in entries():
        title, text = entry["title"] or "", html_to_text(entry["description"] or "")
        if any(verdict.hit for verdict in matcher.match(Text(title, text, url=entry["link"] or ""))):
            found.append(entry)
    return sorted(found, key=lambda entry: (_when(entry), entry["number"]))


def _when(entry: dict[str, Any]) -> datetime:
    try:
        return datetime.fromisoformat(entry["published"]).astimezone(UTC)
    except (TypeError, ValueError):
        return datetime.fromisoformat(entry["day"]).replace(tzinfo=UTC)


def linked(found: list[dict[str, Any]]) -> dict[int, list[tuple[dict[str, Any], Any]]]:
    """Put each entry into a story."""
    known: list[Known] = []
    stories = defaultdict(list)
    for number, entry in enumerate(found, 1):
        title, text, when = entry["title"] or "", html_to_text(entry["description"] or ""), _when(entry)
        made = fingerprint(title, text, detect(f"{title}\n{text}"), when, when)
        linking = link(made, known)
        story = linking.story_id or number
        known.append(Known(number, story, made))
        stories[story].append((entry, linking))
    return stories


def show(stories: dict[int, list[tuple[dict[str, Any], Any]]], most: int) -> None:
    members = [one for story in stories.values() for one in story]
    how = defaultdict(int)
    for _, linking in members:
        how[linking.how] += 1
    doubtful = sum(bool(linking.suggestions) for _, linking in members)
    print(f"{len(members)} hits, {len(stories)} stories, {dict(how)}, {doubtful} with suggestions")
    for story in sorted(stories.values(), key=len, reverse=True)[:most]:
        print(f"\n{len(story)} articles from {len({entry['source'] for entry, _ in story})} feeds")
        for entry, linking in story[:8]:
            print(f"  {_when(entry):%F %R} {linking.how} {linking.score} {linking.why} | {entry['title']!s:.90}")
    weak = sorted((one for one in members if one[1].how == "copy"), key=lambda one: one[1].score)[:most]
    across = [one for one in members if one[1].how == "translation"][:most]
    suggested = [one for one in members if one[1].suggestions][:most]
    for name, chosen in (("linked by least", weak), ("in other languages", across), ("suggested", suggested)):
        print(f"\n{name}")
        for entry, linking in chosen:
            found = linking.suggestions[0] if linking.suggestions else linking
            first = stories[found.story_id][0][0]
            print(f"  {found.score} {found.why}\n    {entry['title']}\n    {first['title']}")


def speed() -> None:
    """What a print of a whole article costs, and a link among five thousand."""
    chance = random.Random(1)
    words = ["".join(chance.choices("abcdefghijklmnoprstuvz", k=chance.randrange(2, 10))) for _ in range(4_000)]
    texts = [" ".join(chance.choices(words, k=500)) for _ in range(200)]
    numerals = [" ".join(str(chance.randrange(1, 5_000)) for _ in range(20)) for _ in texts]
    began = time.perf_counter()
    prints = [
        fingerprint(text[:60], f"{text} {more}", "en", NOW, NOW) for text, more in zip(texts, numerals, strict=True)
    ]
    print(
        f"\nprint: {(time.perf_counter() - began) / len(prints) * 1000:.2f} ms an article of {len(texts[0])} characters"
    )
    known = [_shifted(number, prints[number % len(prints)]) for number in range(5_000)]
    began = time.perf_counter()
    for made in prints[:50]:
        link(made, known)
    print(f"link: {(time.perf_counter() - began) / 50 * 1000:.1f} ms among {len(known)}")


def _shifted(number: int, made: Print) -> Known:
    return Known(number + 1, number + 1, replace(made, when=NOW - timedelta(minutes=number % 4_000)))


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--show", type=int, default=10)
    most = arguments.parse_args().show
    if STREAM.exists():
        show(linked(hits()), most)
    else:
        print(f"{STREAM.name} is not there")
    speed()
    return 0


if __name__ == "__main__":
    sys.exit(main())
