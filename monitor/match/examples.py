"""A topic's own examples, tried out: what ``monitor topics check`` and the tests run. Pure.

Must not: print, or read files.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.match.engine import Matcher
from monitor.model import Text, Verdict

if TYPE_CHECKING:
    from monitor.match.topic import Topic
    from monitor.match.topic_parts import Example


@dataclass(frozen=True, slots=True)
class Failure:
    """An example that the topic decides otherwise than its file says."""

    example: Example
    verdict: Verdict

    def __str__(self) -> str:
        wanted = "must hit" if self.example.hit else "must not hit"
        return f"line {self.example.line} ({self.example.language}) {wanted}: {'; '.join(self.verdict.why)}"


def check_examples(topic: Topic) -> list[Failure]:
    """Return the examples that fail, in the order of the file."""
    matcher = Matcher([topic])
    tried = ((example, matcher.match(Text("", example.text))[0]) for example in topic.examples)
    return [Failure(example, verdict) for example, verdict in tried if verdict.hit != example.hit]
