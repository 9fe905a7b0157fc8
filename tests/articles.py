"""Articles that have nothing in common but their subject, so that each of them is a story of its own."""

from __future__ import annotations

import random

_LETTERS = "abcdefghijklmnoprstuvwz"


def article(number, words=70):
    """The slug, the headline and the text of one article; the same for the same number."""
    dice = random.Random(number)

    def made_up(count):
        return " ".join("".join(dice.choices(_LETTERS, k=dice.randint(4, 9))) for _ in range(count))

    return f"story-{number}", f"Contact group: {made_up(4)}", f"The contact group met. {made_up(words)}."


def articles(count, first=0):
    return [article(number) for number in range(first, first + count)]
