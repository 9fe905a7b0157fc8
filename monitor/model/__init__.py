"""The values of the whole program. The type's name tells the stage; nobody changes one after it is made.

All times are timezone-aware UTC datetimes. All text is free of control characters once it is in one of these
(see ``monitor.text.clean``). Standard library only.
"""

from monitor.model.flow import (
    Cursor,
    Document,
    DueArticle,
    DueSource,
    Entry,
    Event,
    Feed,
    Finding,
    Message,
    NewDelivery,
    Outcome,
    Page,
    Parcel,
    PollResult,
    RoundSum,
    Sighting,
    Text,
)
from monitor.model.views import (
    Change,
    DeliveryView,
    HitFilter,
    HitView,
    Kept,
    Ledger,
    NearMiss,
    SeenIn,
    SourceView,
    StoredText,
)
from monitor.model.wanted import Alert, Source
from monitor.model.words import Grade, ReviewState, Term, Verdict

__all__ = [
    "Alert",
    "Change",
    "Cursor",
    "DeliveryView",
    "Document",
    "DueArticle",
    "DueSource",
    "Entry",
    "Event",
    "Feed",
    "Finding",
    "Grade",
    "HitFilter",
    "HitView",
    "Kept",
    "Ledger",
    "Message",
    "NearMiss",
    "NewDelivery",
    "Outcome",
    "Page",
    "Parcel",
    "PollResult",
    "ReviewState",
    "RoundSum",
    "SeenIn",
    "Sighting",
    "Source",
    "SourceView",
    "StoredText",
    "Term",
    "Text",
    "Verdict",
]
