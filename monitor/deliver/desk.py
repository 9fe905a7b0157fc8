"""The deliver desk: a due delivery is rendered and sent, and how that ended is recorded. The only I/O of this stage."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from monitor.deliver.backoff import next_try
from monitor.deliver.message import render
from monitor.deliver.notify import Notifier
from monitor.model import Alert, Event, Outcome, Parcel
from monitor.store import DeliveryStore

_log = logging.getLogger("monitor.deliver")


class DeliverDesk:
    """Claim a parcel, send it, record the outcome."""

    name = "deliver"

    def __init__(
        self,
        store: DeliveryStore,
        notifier: Notifier,
        alerts: Sequence[Alert],
        review_url: str | None,
        jitter: Callable[[], float],
    ) -> None:
        self._store = store
        self._notifier = notifier
        self._alerts = {alert.name: alert for alert in alerts}
        self._review_url = review_url
        self._jitter = jitter
        self.claim = store.claim
        self.next_claim = store.next_claim

    def work(self, parcel: Parcel) -> Outcome:
        """Render and send one message."""
        alert = self._alerts[parcel.alert]
        try:
            message = render(parcel, review_url=self._review_url, tz=alert.timezone)
        except Exception as error:  # noqa: BLE001 - see below
            # A message that cannot be made must not be tried for ever: it is given up, visibly.
            _log.exception("delivery %s cannot be rendered", parcel.delivery_ids)
            return Outcome(ok=False, error=f"cannot be rendered: {type(error).__name__}", permanent=True)
        return self._notifier.send(alert.url, message)

    def save(self, parcel: Parcel, outcome: Outcome, now: datetime) -> Event:
        """One transaction: sent, or the next try."""
        again = None if outcome.ok else next_try(parcel.attempts + 1, outcome, self._jitter(), now)
        self._store.save(parcel, outcome, again, now)
        subject = f"{parcel.alert}: {parcel.hits[0].title}"
        return Event("deliver", subject, _words(outcome, again), ok=outcome.ok, delivered=int(outcome.ok))


def _words(outcome: Outcome, again: datetime | None) -> str:
    if outcome.ok:
        return f"sent; {outcome.error}" if outcome.error else "sent"
    fate = f"next try {again:%H:%M:%S} UTC" if again else "given up; monitor alerts retry sends it again"
    return f"{outcome.error} ({fate})"
