"""Hits by the hour, from which spikes are told. Hours are UTC."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Series:
    """The hits of one topic in one language, hour by hour."""

    topic: str
    language: str | None
    counts: tuple[int, ...]
    """Articles found in each full hour since the topic's first hit, at most 337 of them, oldest first."""
    outlets: tuple[str, ...] = ()
    """Names of the sources with a hit in the last of these hours, the one with most first."""
    headlines: tuple[str, ...] = ()
    """One for each of that hour's stories, the largest first."""
    lasting: int | None = None
    """For how many full hours a spike has been on, the hour that showed it included; None without one."""
