"""Senders that are wrong on purpose: the tests of faults must catch each of them."""

from __future__ import annotations

import copy
from contextlib import contextmanager

from monitor.model import Event, Outcome


def sound(app):
    """The program as it is."""


def mark_then_send(app):
    """A message is recorded as sent, then it is sent."""
    desk = app.desks.deliver
    claim, save = desk.claim, desk.save

    def marked(now):
        parcel = claim(now)
        if parcel is not None:
            save(parcel, Outcome(ok=True), now)
        return parcel

    desk.claim = marked
    desk.save = lambda parcel, _outcome, _now: Event("deliver", parcel.alert, "sent")


def send_then_store(app):
    """A message is sent before anything of it is committed; only then its claim and its end are."""
    desk = app.desks.deliver
    looking = copy.copy(desk._store)
    looking._database = _Undone(desk._store._database)
    save, in_hand = desk.save, []

    def looked(now):
        parcel = None if in_hand else looking.claim(now)
        in_hand.extend([parcel] if parcel else [])
        return parcel

    def saved(parcel, outcome, now):
        in_hand.clear()
        return save(parcel, outcome, now)

    desk.claim, desk.save = looked, saved


VARIANTS = {"": sound, "mark then send": mark_then_send, "send then store": send_then_store}


class _Undone:
    """A database in which nothing that is written stays."""

    def __init__(self, real):
        self._real = real

    @contextmanager
    def write(self):
        with self._real.write() as session:
            yield session
            session.rollback()
