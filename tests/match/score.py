"""Measure a topic on labelled texts: ``python tests/match/score.py FILE...`` prints recall and precision by language.

A labelled file holds one ``{"id", "lang", "label": "hit" | "miss", "text", "title"?, "url"?}`` a line. The matcher is
not told the language, as it is not for most pages.
"""

import argparse
import json
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from monitor.match.engine import Matcher
from monitor.match.topic import load, shipped
from monitor.model import Text


@dataclass
class Score:
    """Counts of one language, or of all."""

    found: int = 0
    missed: int = 0
    false: int = 0
    right: int = 0

    def add(self, *, hit, wanted):
        self.found += hit and wanted
        self.missed += wanted and not hit
        self.false += hit and not wanted
        self.right += not hit and not wanted

    @property
    def recall(self):
        return self.found / (self.found + self.missed) if self.found + self.missed else 1.0

    @property
    def precision(self):
        return self.found / (self.found + self.false) if self.found + self.false else 1.0

    def __str__(self):
        counts = f"found {self.found}  missed {self.missed}  false {self.false}  right {self.right}"
        return f"recall {self.recall:.3f}  precision {self.precision:.3f}  {counts}"


def matcher_of(topic="ramstein"):
    path = shipped()[topic]
    return Matcher([load(path.read_text("utf-8"), path.name)])


def read(path):
    return [json.loads(line) for line in Path(path).read_text("utf-8").splitlines() if line.strip()]


def measure(matcher, cases):
    """Return the score of each language, and the cases decided wrongly with their verdicts."""
    scores, wrong = defaultdict(Score), []
    for case in cases:
        verdict = matcher.match(Text(case.get("title", ""), case["text"], url=case.get("url", "")))[0]
        wanted = case["label"] == "hit"
        scores[case["lang"]].add(hit=verdict.hit, wanted=wanted)
        scores["all"].add(hit=verdict.hit, wanted=wanted)
        if verdict.hit != wanted:
            wrong.append((case, verdict))
    return scores, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+")
    parser.add_argument("--topic", default="ramstein")
    asked = parser.parse_args()
    scores, wrong = measure(matcher_of(asked.topic), [case for file in asked.files for case in read(file)])
    for language in sorted(scores, key=lambda name: (name == "all", name)):
        print(f"{language:4} {scores[language]}")  # noqa: T201
    for case, verdict in wrong:
        print(f"{case.get('id')} is a {case['label']}: {'; '.join(verdict.why)}\n     {case['text']}")  # noqa: T201


if __name__ == "__main__":
    main()
