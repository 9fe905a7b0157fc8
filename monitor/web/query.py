"""The language of addresses as the pages speak it: ``monitor.query``, which alerts and commands speak, too."""

from monitor.query import (
    GRADES,
    LAST_PAGE,
    LONGEST,
    NAMES,
    PAGE,
    STATES,
    Mistake,
    Question,
    cursor,
    moment,
    number,
    place,
    read,
    read_query,
)

__all__ = [
    "GRADES",
    "LAST_PAGE",
    "LONGEST",
    "NAMES",
    "PAGE",
    "STATES",
    "Mistake",
    "Question",
    "cursor",
    "moment",
    "number",
    "place",
    "read",
    "read_query",
]
