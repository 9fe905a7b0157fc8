"""Whether the monitor makes progress, for whatever watches it: not "the process lives" but "the desks move"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

STALLED = 300.0
"""Seconds without a beat of some desk, after which the work counts as stopped."""


def report(counts: Callable[[], dict[str, int]], age: float) -> tuple[int, dict[str, Any]]:
    """HTTP status and body of /healthz; ``age`` is the oldest beat's, in seconds. Never raises."""
    body: dict[str, Any] = {"status": "ok", "age": round(age, 1), "counts": {}}
    problems = [f"a desk has not moved for {age:.0f} s"] if age > STALLED else []
    try:
        body["counts"] = counts()
    except Exception:  # noqa: BLE001 - the question is whether the database answers; any failure is the answer
        problems.append("the database cannot be read")
    if problems:
        body |= {"status": "stalled", "problem": "; ".join(problems)}
    return (503 if problems else 200), body
