"""Changed rules on stored texts: which hits they would gain and lose. Pure; storing it is the store's work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from monitor.model import Change, StoredText, Text, Verdict

Match = Callable[[Text], tuple[Verdict, ...]]


def changes(texts: Iterable[StoredText], topic: str, match: Match) -> Iterator[Change]:
    """Match each stored text again; yield those whose hit in ``topic`` comes or goes, as the texts come."""
    for stored in texts:
        new = next(verdict for verdict in match(_text(stored)) if verdict.topic == topic)
        if new.hit != stored.hit:
            yield Change(stored, new)


def _text(stored: StoredText) -> Text:
    return Text(stored.title, stored.text, stored.url or "", stored.language, stored.published)
