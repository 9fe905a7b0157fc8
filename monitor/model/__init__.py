"""The values of the whole program. The type's name tells the stage; nobody changes one after it is made.

All times are timezone-aware UTC datetimes. All text is free of control characters once it is in one of these
(see ``monitor.text.clean``). Standard library only.
"""

from monitor.model.flow import (
    DueArticle,
    Event,
    Finding,
    Message,
    NewDelivery,
    Outcome,
    Page,
    Parcel,
    RoundSum,
    Text,
)
from monitor.model.polling import (
    Cursor,
    Document,
    DueSource,
    Entry,
    Feed,
    Hints,
    Moved,
    PollResult,
    Sighting,
    SourceState,
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
from monitor.model.wanted import Alert, Manner, Source
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
    "Hints",
    "HitFilter",
    "HitView",
    "Kept",
    "Ledger",
    "Manner",
    "Message",
    "Moved",
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
    "SourceState",
    "SourceView",
    "StoredText",
    "Term",
    "Text",
    "Verdict",
]
