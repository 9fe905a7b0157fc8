"""``monitor hits --near``: articles that were no hit but may be worth a look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.model import NearMiss


def write(found: Sequence[NearMiss], *, json: bool) -> None:
    """Show near misses, newest first, with why they were none; ``monitor why URL`` says more."""
    from monitor.cli import show

    if json:
        show.as_json([_row(miss) for miss in found])
        return
    out = show.console()
    if not found:
        out.print("No near misses here.")
    for miss in found:
        out.print(miss.title, markup=False, style="bold", no_wrap=True, overflow="ellipsis")
        about = " · ".join(filter(None, (miss.source, miss.language or "?", miss.topic, miss.reason)))
        out.print(f"  {about}", markup=False, style="dim")
        out.print(f"  {miss.url or 'no address'}", markup=False, style="dim", soft_wrap=True)


def _row(miss: NearMiss) -> dict[str, Any]:
    """The keys of a hit as far as a near miss has them; its number is the article's."""
    from monitor.formats import iso, term_json

    return {
        "id": miss.article_id,
        "url": miss.url,
        "title": miss.title,
        "source": miss.source,
        "language": miss.language,
        "topic": miss.topic,
        "grade": "near",
        "score": miss.score,
        "terms": [term_json(term) for term in miss.terms],
        "published": iso(miss.published),
        "found": iso(miss.found),
        "state": None,
        "story": None,
        "reason": miss.reason,
    }
