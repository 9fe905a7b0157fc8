"""Measure stories on labelled articles: ``python tests/read/story_score.py FILE...``.

A labelled file holds one ``{"event", "lang", "at", "title", "text"}`` a line. The articles arrive in the order of their
time and are linked one by one, as they are in the program. Printed are the precision and recall of the pairs in
different languages that ended in one story, and of the suggestions made for articles that began a story of their own.
"""

import argparse
import json
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from monitor.model import Known
from monitor.read.stories import fingerprint, link


@dataclass
class Score:
    """Pairs right, wrong and missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    errors: list = field(default_factory=list)

    @property
    def precision(self):
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self):
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    def __str__(self):
        counts = f"right {self.right}  wrong {self.wrong}  missed {self.missed}"
        return f"precision {self.precision:.3f}  recall {self.recall:.3f}  {counts}"


def read(path):
    return [json.loads(line) for line in Path(path).read_text("utf-8").splitlines() if line.strip()]


def stream(articles, language=lambda article: article["lang"]):
    """Link the articles in the order of their time; return each with its story and how it was linked."""
    known, linked = [], []
    for number, article in enumerate(sorted(articles, key=lambda one: one["at"]), 1):
        at = datetime.fromisoformat(article["at"]).replace(tzinfo=UTC)
        made = fingerprint(article["title"], article["text"], language(article), at, at)
        linking = link(made, known)
        story = linking.story_id or number
        known.append(Known(number, story, made))
        linked.append((article, story, linking))
    return linked


def merges(linked):
    """Score the pairs in different languages that are in one story."""
    score = Score()
    for (one, story, _), (other, another, how) in combinations(linked, 2):
        if one["lang"] == other["lang"]:
            continue
        same, merged = one["event"] == other["event"], story == another
        score.right += same and merged
        score.wrong += merged and not same
        score.missed += same and not merged
        if merged and not same:
            score.errors.append((one, other, how.why))
    return score


def suggestions(linked):
    """Score the suggestions of articles that begin a story: right where it holds the same event."""
    score = Score()
    for place, (article, _, linking) in enumerate(linked):
        before = {
            story: {one["event"] for one, at, _ in linked[:place] if at == story} for _, story, _ in linked[:place]
        }
        offered = {one.story_id for one in linking.suggestions}
        hits = {story for story in offered if article["event"] in before[story]}
        score.right += len(hits)
        score.wrong += len(offered - hits)
        score.errors += [(article, story, linking) for story in offered - hits]
        if linking.how == "first" and not hits and any(article["event"] in events for events in before.values()):
            score.missed += 1
    return score


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+")
    parser.add_argument("--wrong", action="store_true", help="print the errors")
    asked = parser.parse_args()
    articles = [article for file in asked.files for article in read(file)]
    linked = stream(articles)
    events, languages = ({article[key] for article in articles} for key in ("event", "lang"))
    print(f"{len(articles)} articles, {len(events)} events, {len(languages)} languages")  # noqa: T201
    print(f"stories made: {len({story for _, story, _ in linked})}")  # noqa: T201
    for name, score in (("merged", merges(linked)), ("suggested", suggestions(linked))):
        print(f"{name:10} {score}")  # noqa: T201
        for error in score.errors if asked.wrong else ():
            print("   ", *error)  # noqa: T201


if __name__ == "__main__":
    main()
