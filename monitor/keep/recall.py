"""Measured recall per language with its sample size and an honest interval, and the outlets to add. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from math import sqrt
from statistics import median

from monitor.keep.coverage import outlet_of
from monitor.model import Coverage, CoverageReport, Covered, MissedOutlet, Recall, Seen
from monitor.urls import host_of

Z95 = 1.959964
"""The normal quantile of a two-sided 95 % interval."""


def report(coverage: Coverage, since: datetime) -> CoverageReport:
    """Add up. What was published before our own sources were first read is counted in ``before`` alone."""
    counted = [row for row in coverage.rows if not _is_before(row, coverage.started)]
    groups: dict[str, list[Covered]] = {}
    for row in counted:
        groups.setdefault(row.article.language or "?", []).append(row)
    languages = [_recall(language, rows) for language, rows in groups.items()]
    return CoverageReport(
        since=since,
        languages=tuple(sorted(languages, key=lambda recall: (-recall.size, recall.language))),
        total=_recall("all", counted),
        waiting=coverage.waiting,
        before=len(coverage.rows) - len(counted),
        outlets=_outlets(row.article for row in counted if row.caught == "missed"),
    )


def wilson(hits: int, size: int, z: float = Z95) -> tuple[float, float]:
    """The score interval of a share, from 0 to 1 where nothing was counted.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the American
    Statistical Association 22 (1927), 209-212. Unlike the usual one it stays honest for small samples and for shares
    near 0 and 1.
    """
    if not size:
        return 0.0, 1.0
    share, square = hits / size, z * z / size
    middle = (share + square / 2) / (1 + square)
    reach = z * sqrt(share * (1 - share) / size + square / (4 * size)) / (1 + square)
    return max(middle - reach, 0.0), min(middle + reach, 1.0)


def _is_before(row: Covered, started: datetime | None) -> bool:
    return row.published is not None and (started is None or row.published < started)


def _recall(language: str, rows: Sequence[Covered]) -> Recall:
    found, later, missed = (sum(row.caught == word for row in rows) for word in ("found", "later", "missed"))
    low, high = wilson(found + later, len(rows))
    delays = [(row.came - row.article.seen).total_seconds() for row in rows if row.caught == "later" and row.came]
    return Recall(language, found, later, missed, low, high, median(delays) if delays else None)


def _outlets(missed: Iterable[Seen]) -> tuple[MissedOutlet, ...]:
    """By how often they were missed; those that nothing names are left out, since there is nothing to add."""
    groups: dict[str, list[Seen]] = {}
    for article in missed:
        if outlet := outlet_of(article):
            groups.setdefault(outlet, []).append(article)
    outlets = [_outlet(outlet, articles) for outlet, articles in groups.items()]
    return tuple(sorted(outlets, key=lambda one: (-one.missed, one.outlet)))


def _outlet(outlet: str, articles: Sequence[Seen]) -> MissedOutlet:
    latest = max(articles, key=lambda article: article.seen)
    return MissedOutlet(
        outlet=outlet,
        missed=len(articles),
        languages=tuple(sorted({article.language for article in articles if article.language})),
        example=latest.title,
        url=f"https://{outlet}/" if host_of(f"https://{outlet}/") and "." in outlet else None,
    )
