"""The database, and the only door to it: SQLModel and SQLAlchemy are imported in this folder alone.

The database is the queue: every desk claims its rows by a lease, works without the database, and saves once. Rows
(``tables.py``) never leave this folder; what goes in and out are the frozen values of ``monitor.model``.
"""

from monitor.store.alerts import AlertStore
from monitor.store.canary import CanaryStore
from monitor.store.clock import ClockStore
from monitor.store.coverage import CoverageStore
from monitor.store.database import Database, open_database, open_existing
from monitor.store.decisions import DecisionStore
from monitor.store.figures import FigureStore
from monitor.store.filters import FilterStore
from monitor.store.keeping import KeepStore
from monitor.store.learning import LearnStore
from monitor.store.listing import ListingStore
from monitor.store.lock import Leadership
from monitor.store.logins import LoginStore
from monitor.store.outbox import DeliveryStore
from monitor.store.polls import PollStore
from monitor.store.reads import ReadStore
from monitor.store.retention import RetentionStore
from monitor.store.review import ReviewStore
from monitor.store.sources import SourceStore
from monitor.store.spikes import SpikeStore
from monitor.store.story_views import StoryStore
from monitor.store.watching import WatchStore

__all__ = [
    "AlertStore",
    "CanaryStore",
    "ClockStore",
    "CoverageStore",
    "Database",
    "DecisionStore",
    "DeliveryStore",
    "FigureStore",
    "FilterStore",
    "KeepStore",
    "Leadership",
    "LearnStore",
    "ListingStore",
    "LoginStore",
    "PollStore",
    "ReadStore",
    "RetentionStore",
    "ReviewStore",
    "SourceStore",
    "SpikeStore",
    "StoryStore",
    "WatchStore",
    "open_database",
    "open_existing",
]
