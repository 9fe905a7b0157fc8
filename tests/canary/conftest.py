import time
from datetime import UTC, datetime, timedelta

import pytest
from installation import desk, outlet

__all__ = ["desk", "outlet"]

START = datetime(2026, 5, 4, 7, 0, tzinfo=UTC)


class Going:
    """A clock that goes on, since channels are paced by it, and can be put forward."""

    def __init__(self):
        self._ahead = timedelta(0)
        self._began = time.monotonic()

    def __call__(self):
        return START + self._ahead + timedelta(seconds=time.monotonic() - self._began)

    def forward(self, **span):
        self._ahead += timedelta(**span)
        return self()

    def until(self, moment):
        self._ahead += moment - self()
        return moment


@pytest.fixture
def clock():
    return Going()
