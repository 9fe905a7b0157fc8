"""Routing bound to one configuration: what the stores ask when they make deliveries. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from monitor.deliver.chosen import routes
from monitor.deliver.routing import deliveries, notice_deliveries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.deliver.chosen import Named
    from monitor.model import Alert, DueArticle, Finding, NewDelivery, Notice, Source

AGES: Final = timedelta(days=36_500)
"""A backlog that holds nothing back: who applies changed rules wants to hear of what they find."""


class Router:
    """Which alerts are told of what, and when."""

    def __init__(self, alerts: Sequence[Alert], sources: Sequence[Source], named: Named = lambda _name: None) -> None:
        """``named`` looks a saved filter up by its name, anew each time."""
        self._alerts = alerts
        self._named = named
        self._sources = {source.name: source for source in sources}

    def read(self, finding: Finding, article: DueArticle, now: datetime) -> tuple[NewDelivery, ...]:
        """Of an article that was read."""
        return self.missed(article.source, article.found, article.backlog, finding, now)

    def missed(
        self, source: str, found: datetime, backlog: timedelta, finding: Finding, now: datetime
    ) -> tuple[NewDelivery, ...]:
        """Of an article that was found at ``found`` in the source of this name, and may be so old by then."""
        hits = [verdict.topic for verdict in finding.verdicts if verdict.hit]
        known = self._sources.get(source)
        return deliveries(
            finding, hits, self._alerts, source=known, found=found, backlog=backlog, now=now, named=self._named
        )

    def gained(self, source: str, finding: Finding, now: datetime) -> tuple[NewDelivery, ...]:
        """Of an article that changed rules match, however old."""
        return self.missed(source, now, AGES, finding, now)

    def unsaved(self) -> dict[str, tuple[str, ...]]:
        """The filters that alerts name and nobody has saved, with those alerts."""
        return {name: users for name, users in routes(self._alerts).items() if self._named(name) is None}

    def notice(self, notice: Notice, now: datetime) -> tuple[NewDelivery, ...]:
        """Of a word of the monitor about itself."""
        return notice_deliveries(notice, self._alerts, now)
