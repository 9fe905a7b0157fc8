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
    together = 1
    """What was sent is recorded at once, whatever becomes of the others."""

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
        self.ready = store.ready

    def about(self, parcel: Parcel) -> Mapping[str, str | Sequence[int]]:
        """For the log: every article in the message can be found by its number."""
        articles = [hit.article_id for hit in parcel.hits]
        return {"channel": parcel.alert, "delivery": parcel.delivery_ids, "article": articles}

    def claim_many(self, now: datetime, most: int) -> Sequence[Parcel]:
        """One message: which channels have more is seen when it is leased."""
        parcel = self.claim(now) if most > 0 else None
        return [] if parcel is None else [parcel]

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

    def save_many(self, done: Sequence[tuple[Parcel, Outcome]], now: datetime) -> list[Event]:
        """Record how each try ended."""
        return [self.save(parcel, outcome, now) for parcel, outcome in done]

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
            result="sent" if outcome.ok else "failed" if follows.again else "given_up",
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
