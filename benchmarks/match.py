"""The matcher against the obvious: Python's ``re`` with one big alternation, and the automaton library alone.

    python benchmarks/match.py [--characters 600000]

Same texts of 30,000 characters in some 70 languages, same forms, one run; nanoseconds a character. Ours normalises,
checks word edges, scores and explains; the other two only look for literals in the text in small letters. The last
lines tell what an article of 3 KB costs, where the fixed cost of a text weighs more: with 3,000 made-up forms, and with
the topics that ship. Figures of a busy machine vary; the ratios are what counts.
"""

import argparse
import json
import random
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from ahocorasick_rs import AhoCorasick

from monitor.match.engine import Matcher
from monitor.match.topic import load, shipped
from monitor.model import Text

Search: TypeAlias = Callable[[str], object]

LABELLED = Path(__file__).resolve().parents[1] / "tests" / "match" / "labelled"
ALPHABETS = (
    "abcdefghijklmnoprstuvwz",
    "абвгдежзийклмнопрстухцчшя",
    "αβγδεζηθικλμνξοπρστυφχψω",
    "ابتثجحخدرزسشصطعغفقكلمنهوي",
)
LONG, ARTICLE = 30_000, 3_000


def articles(characters: int, size: int) -> list[str]:
    """Return the labelled texts of all languages, strung together to texts of one size."""
    lines = [line for file in sorted(LABELLED.glob("*.jsonl")) for line in file.read_text("utf-8").splitlines()]
    text = "\n".join(json.loads(line)["text"] for line in lines)
    text *= characters // len(text) + 1
    return [text[start : start + size] for start in range(0, characters, size)]


def made_up_forms(number: int) -> list[str]:
    """Return words, stems and phrases that no text holds, in four alphabets."""
    dice = random.Random(number)

    def word(alphabet: str) -> str:
        return "".join(dice.choices(alphabet, k=dice.randint(6, 11)))

    forms = []
    for place in range(number):
        alphabet = ALPHABETS[place % len(ALPHABETS)]
        forms.append((word(alphabet), f"{word(alphabet)}*", f"{word(alphabet)} {word(alphabet)}")[place % 3])
    return forms


def ours(forms: list[str]) -> Search:
    concepts = json.dumps({"a": {"en": forms}}, ensure_ascii=False)
    topic = load(f"name: bench\nconcepts: {concepts}\nhits: [{{rule: a, concept: a, weight: 3}}]\n", "bench.yaml")
    matcher = Matcher([topic])
    return lambda article: matcher.match(Text("", article))


def alternation(forms: list[str]) -> Search:
    pattern = re.compile("|".join(re.escape(form.rstrip("*")) for form in forms))
    return lambda article: pattern.findall(article.lower())


def library(forms: list[str]) -> Search:
    automaton = AhoCorasick([form.rstrip("*") for form in forms])
    return lambda article: automaton.find_matches_as_indexes(article.lower(), overlapping=True)


def cost(search: Search, texts: list[str], rounds: int = 7) -> float:
    """Return nanoseconds a character, the best of some rounds."""
    best = float("inf")
    for _ in range(rounds):
        began = time.perf_counter()
        for text in texts:
            search(text)
        best = min(best, time.perf_counter() - began)
    return best * 1e9 / sum(map(len, texts))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--characters", type=int, default=600_000)
    characters = parser.parse_args().characters
    texts = articles(characters, LONG)
    few = texts[: max(1, len(texts) // 10)]
    figures = {}
    print(f"{'forms':>8} {'ours':>10} {'re':>12} {'library':>10}   ns a character")
    for number in (300, 3_000, 30_000):
        forms = made_up_forms(number)
        mine, literal = cost(ours(forms), texts), cost(library(forms), texts)
        # The alternation is so slow that it gets a tenth of the texts, and one round.
        regex = cost(alternation(forms), few, rounds=1)
        figures[number] = mine, regex
        print(f"{number:8} {mine:10.1f} {regex:12.1f} {literal:10.1f}")
    print(f"at 3,000 forms ours is {figures[3_000][1] / figures[3_000][0]:.0f} x as fast as re")
    print(f"at 30,000 forms ours takes {figures[30_000][0] / figures[300][0]:.2f} x its time at 300")
    short = articles(characters // 4, ARTICLE)
    regex = cost(alternation(made_up_forms(3_000)), short[:20], rounds=1)
    print(f"texts of 3 KB, 3,000 forms: {regex / cost(ours(made_up_forms(3_000)), short):.0f} x as fast as re")
    matcher = Matcher([load(path.read_text("utf-8"), path.name) for path in shipped().values()])
    nanoseconds = cost(lambda article: matcher.match(Text("", article)), short)
    print(f"texts of 3 KB, the topics that ship: {1e9 / (nanoseconds * ARTICLE):.0f} a second")


if __name__ == "__main__":
    main()
