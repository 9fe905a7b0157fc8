"""``monitor why URL``: the ledger of one article."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import ConfigOption, DatabaseOption, JsonOption, place, review
from monitor.errors import MonitorError

if TYPE_CHECKING:
    from monitor.model import Ledger

_READ = {
    "full": "the article was found on its page",
    "degraded": "the whole page's text stood in for the article",
    "skipped": "nothing on the page can match, so the article was not extracted",
    "none": "only the feed's own text could be matched",
}


def add_to(cli: typer.Typer) -> None:
    """Add this command to the root."""
    cli.command("why")(why)


def why(
    context: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL")],
    json: JsonOption = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Say what became of an article: seen where, read how, matched or not and why, alerted when."""
    from monitor.cli import show

    with review(place(context, config, database)) as store:
        ledger = store.why(url)
    if ledger is None:
        raise MonitorError(f"{url}: never seen in any source; `monitor sources` shows which are read")
    if json:
        show.as_json(asdict(ledger))
        return
    out = show.console()
    for line in lines(ledger):
        out.print(line, markup=False, soft_wrap=True)


def lines(ledger: Ledger) -> Iterator[str]:
    """The ledger in sentences, in the order in which things happened."""
    from monitor.cli.show import moment

    yield ledger.title
    yield f"  {ledger.url or 'no address'}"
    yield f"  published {moment(ledger.published)}"
    for seen in ledger.seen_in:
        yield f"  seen      {moment(seen.seen)} in {seen.source}"
    yield f"  read      {_read(ledger)}"
    if ledger.error:
        yield f"            {ledger.error}"
    if ledger.next_try:
        yield f"            the page is tried again at {moment(ledger.next_try)}"
    for note in ledger.notes:
        yield f"            {note}"
    yield from _verdicts(ledger)
    for hit in ledger.hits:
        yield f"  stored    {moment(hit.found)} as hit {hit.id}, {hit.state}"
    yield from _deliveries(ledger)


def _read(ledger: Ledger) -> str:
    from monitor.cli.show import moment

    if ledger.read_at is None:
        return "not yet; it waits its turn"
    return f"{moment(ledger.read_at)}: {_READ.get(ledger.extraction or '', 'not read')}"


def _verdicts(ledger: Ledger) -> Iterator[str]:
    for verdict in ledger.verdicts:
        word = f"HIT, {verdict.grade}" if verdict.hit else "no hit"
        yield f"  {verdict.topic}: {word}, score {verdict.score:g}"
        for reason in verdict.why:
            yield f"            {reason}"
        words = dict.fromkeys(term.form for term in verdict.terms)
        if words:
            yield f"            words: {', '.join(words)}"


def _deliveries(ledger: Ledger) -> Iterator[str]:
    from monitor.cli.show import moment

    for delivery in ledger.deliveries:
        what = {"sent": f"sent {moment(delivery.sent)}", "suppressed": f"not sent: {delivery.error}"}
        words = what.get(delivery.state, f"{delivery.state}, due {moment(delivery.due)} {delivery.error or ''}")
        yield f"  alert     {delivery.alert}: {words}"
