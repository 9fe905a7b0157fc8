"""``monitor why URL``: the ledger of one article."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import ConfigOption, DatabaseOption, JsonOption, examples, place, review
from monitor.errors import MonitorError

if TYPE_CHECKING:
    from monitor.model import DeliveryView, Ledger

_MARGIN = 12
AWAITS = (
    "not yet: only second nets have shown it. The other sources have a day to bring it; if none does, it was missed "
    "and is alerted"
)
_READ = {
    "full": "the article was found on its page",
    "degraded": "the whole page's text stood in for the article",
    "skipped": "nothing on the page can match, so the article was not extracted",
    "none": "only the feed's own text could be matched",
}


def add_to(cli: typer.Typer) -> None:
    """Add this command to the root."""
    cli.command("why", epilog=examples("monitor why https://www.example.org/news/17"))(why)


def why(
    context: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL")],
    json: JsonOption = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Say what became of one article, and why. Seen where, read how, matched or not, its story, alerted when."""
    from monitor.cli import show
    from monitor.cli.edits import write_edits

    with review(place(context, config, database)) as store:
        ledger = store.why(url)
    if ledger is None:
        raise MonitorError(f"{url}: never seen in any source; `monitor sources` shows which are read")
    if json:
        show.as_json(asdict(ledger))
        return
    out = show.console()
    show.paragraph(out, ledger.title)
    out.print(f"  {ledger.url or 'no address'}", markup=False, soft_wrap=True)
    for line in lines(ledger):
        show.paragraph(out, line[_MARGIN:], first=line[:_MARGIN])
    write_edits(out, ledger, _MARGIN)


def lines(ledger: Ledger) -> Iterator[str]:
    """The ledger in sentences, in the order in which things happened; each has its word in the margin."""
    from monitor.cli.show import moment

    yield f"  published {moment(ledger.published)}"
    for seen in ledger.seen_in:
        yield f"  seen      {moment(seen.seen)} in {seen.source}"
    yield f"  read      {_read(ledger)}"
    if ledger.error:
        yield f"            {ledger.error}"
    yield from _place(ledger)
    for note in ledger.notes:
        yield f"            {note}"
    yield from _verdicts(ledger)
    for hit in ledger.hits:
        yield f"  stored    {moment(hit.found)} as hit {hit.id}, {hit.state}"
    yield from _story(ledger)
    yield from _deliveries(ledger)
    if ledger.next_try and ledger.read_at:
        yield f"  next      {moment(ledger.next_try)}: {_again(ledger)}"


def _place(ledger: Ledger) -> Iterator[str]:
    """What stood in front of the page, where the error does not say so; where it was read instead."""
    if ledger.blocked and ledger.blocked not in (ledger.error or ""):
        yield f"            in front of the page stood: {ledger.blocked}"
    if ledger.page_url:
        yield f"            at {ledger.page_url}"


def _again(ledger: Ledger) -> str:
    if ledger.state == "again":
        return "it is read once more, for corrections"
    return "the page is tried again, since the last try did not get it"


def _read(ledger: Ledger) -> str:
    from monitor.cli.show import moment

    if ledger.read_at is None:
        return "not yet; it waits its turn"
    return f"{moment(ledger.read_at)}: {_READ.get(ledger.extraction or '', 'not read')}"


def _verdicts(ledger: Ledger) -> Iterator[str]:
    for verdict in ledger.verdicts:
        word = f"HIT, {verdict.grade}" if verdict.hit else "no hit"
        by = f" (topic version {verdict.version})" if verdict.version else ""
        yield f"  verdict   {verdict.topic}: {word}, score {verdict.score:g}{by}"
        for reason in verdict.why:
            yield f"            {reason}"
        words = dict.fromkeys(term.form for term in verdict.terms)
        if words:
            yield f"            words: {', '.join(words)}"


def _story(ledger: Ledger) -> Iterator[str]:
    """Its story, once, whatever the number of topics it hit."""
    from monitor.cli import stories

    for at, line in enumerate(stories.lines(ledger.hits[0]) if ledger.hits else ()):
        yield f"  {'' if at else 'story':10}{line}"


def _deliveries(ledger: Ledger) -> Iterator[str]:
    if ledger.awaits_ruling:
        yield f"  alert     {AWAITS}"
    elif ledger.hits and not ledger.deliveries:
        yield "  alert     none is configured for this topic"
    for words in delivery_lines(ledger.deliveries):
        yield f"  alert     {words}"


def delivery_lines(deliveries: Iterable[DeliveryView]) -> Iterator[str]:
    """What became of each alert, in words."""
    from monitor.cli.show import moment

    for delivery in deliveries:
        what = {
            "sent": f"sent {moment(delivery.sent)}",
            "held": f"held until {moment(delivery.due)}: {delivery.held or 'not yet due'}",
            "suppressed": f"not sent: {delivery.error}",
            "cancelled": f"cancelled: {delivery.error or 'by a person'}",
            "dead": f"given up: {delivery.error}; `monitor alerts retry {delivery.id}` sends it again",
            "expired": f"expired unsent: {delivery.error}; `monitor alerts retry {delivery.id}` sends it again",
        }
        waits = f"{delivery.state}, due {moment(delivery.due)}" + (f": {delivery.error}" if delivery.error else "")
        kind = " (update)" if delivery.update else ""
        yield f"{delivery.alert}{kind}: {what.get(delivery.state, waits)}"
