"""The deliver desk: a due delivery is rendered and sent, and how that ended is recorded. The only I/O of this stage."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from monitor.deliver.backoff import after
from monitor.deliver.message import render
from monitor.deliver.notify import Notifier
from monitor.model import AfterSend, Alert, Channel, Event, Outcome, Parcel
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
        channels: Mapping[str, Channel],
        review_url: str | None,
        jitter: Callable[[], float],
    ) -> None:
        self._store = store
        self._notifier = notifier
        self._alerts = {alert.name: alert for alert in alerts}
        self._channels = channels
        self._review_url = review_url
        self._jitter = jitter
        self.claim = store.claim
        self.next_claim = store.next_claim

    def work(self, parcel: Parcel) -> Outcome:
        """Render and send one message."""
        alert = self._alerts[parcel.alert]
        try:
            message = render(parcel, review_url=self._review_url, tz=alert.timezone, templates=alert.templates)
        except Exception as error:  # noqa: BLE001 - see below
            # A message that cannot be made must not be tried for ever: it is given up, visibly.
            _log.exception("delivery %s cannot be rendered", parcel.delivery_ids)
            words = f"cannot be rendered: {type(error).__name__}"
            return Outcome(ok=False, error=words, permanent=True, poison=True)
        for note in message.notes:
            _log.warning("%s: %s", alert.name, note)
        return self._notifier.send(alert.url, message)

    def save(self, parcel: Parcel, outcome: Outcome, now: datetime) -> Event:
        """One transaction: sent, or the next try; and how the channel stands."""
        follows = after(parcel, outcome, self._channels[parcel.alert], self._jitter(), now)
        self._store.save(parcel, outcome, follows, now)
        return Event(
            "deliver",
            f"{parcel.alert}: {_subject(parcel)}",
            _words(parcel, outcome, follows),
            ok=outcome.ok,
            delivered=int(outcome.ok),
            noticed=follows.notice is not None,
        )


def _subject(parcel: Parcel) -> str:
    titles = [item.hit.title for item in parcel.items] or [item.notice.subject for item in parcel.notices]
    more = len(titles) - 1
    return f"{titles[0]} and {more} more" if more else titles[0]


def _words(parcel: Parcel, outcome: Outcome, follows: AfterSend) -> str:
    if outcome.ok:
        return "; ".join(filter(None, ("sent", parcel.reason, outcome.error)))
    again = follows.again
    fate = f"next try {again:%H:%M:%S} UTC" if again else "given up; monitor alerts retry sends it again"
    return f"{outcome.error} ({fate})"
