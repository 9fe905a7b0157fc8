"""``monitor match``: what the topics say of a text, and why."""

from __future__ import annotations

import json as json_module
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.options import ConfigOption, DatabaseOption, JsonOption, configured, examples
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.match.engine import Matcher
    from monitor.model import Verdict
    from monitor.read.answer import Look


def add_to(cli: typer.Typer) -> None:
    """Add this command to the root."""
    lines = (
        "monitor match article.html notes.txt",
        "curl -s https://www.example.org/news/17 | monitor match",
        "monitor match --jsonl texts.jsonl > verdicts.jsonl",
    )
    cli.command("match", epilog=examples(*lines))(match)


def match(
    context: typer.Context,
    files: Annotated[
        list[str] | None, typer.Argument(metavar="FILE", help="Text or HTML; - or nothing is stdin.")
    ] = None,
    jsonl: Annotated[
        bool,
        typer.Option(
            "--jsonl", help='One {"id", "text" or "html", "title"?, "url"?} a line in, one verdict a line out.'
        ),
    ] = False,
    json: JsonOption = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Say which topics a text or page hits, and why. Names the words, where they stand, and what was missing.

    Without a sources.yaml the shipped topics are used. Offsets count code points in NFC of title, two line feeds, text.
    """
    from monitor.match.engine import Matcher

    names = files or ["-"]
    matcher = Matcher(configured(context, config, database).topics)
    if jsonl:
        for name in names:
            _stream(matcher, _lines(name), "stdin" if name == "-" else name)
        return
    looks = [(name, _look(matcher, _read(name))) for name in names]
    if json:
        from monitor.cli import show

        show.as_json([{"file": name, "topics": topics_json(found.verdicts)} for name, found in looks])
        return
    for name, found in looks:
        _print(name, found)


def topics_json(verdicts: Iterable[Verdict]) -> dict[str, Any]:
    """Each topic's verdict for programs."""
    from monitor.formats import term_json

    return {
        verdict.topic: {
            "hit": verdict.hit,
            "grade": verdict.grade,
            "score": verdict.score,
            "terms": [term_json(term) for term in verdict.terms],
            "why": list(verdict.why),
        }
        for verdict in verdicts
    }


def _stream(matcher: Matcher, lines: Iterable[bytes], name: str) -> None:
    """One verdict a line, as the lines come; nothing is kept."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        item = _item(line, name, number)
        answer = {"id": item.get("id"), "topics": topics_json(_verdicts(matcher, item))}
        sys.stdout.write(json_module.dumps(answer, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _item(line: bytes, name: str, number: int) -> dict[str, Any]:
    try:
        item = json_module.loads(line.strip().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise UsageError(f"{name}:{number}: not UTF-8") from None
    except json_module.JSONDecodeError as error:
        raise UsageError(f"{name}:{number}: not JSON: {error.msg.lower()} at column {error.colno}") from None
    except ValueError:
        raise UsageError(f"{name}:{number}: a number in it is too long") from None
    except RecursionError:
        raise UsageError(f"{name}:{number}: nested too deep") from None
    if not isinstance(item, dict) or not isinstance(item.get("text", item.get("html")), str):
        raise UsageError(f'{name}:{number}: expected an object with "id" and "text" or "html"')
    return item


def _verdicts(matcher: Matcher, item: dict[str, Any]) -> tuple[Verdict, ...]:
    title, url = str(item.get("title") or ""), str(item.get("url") or "")
    if "text" in item:
        from monitor.model import Text

        return matcher.match(Text(title=title, text=item["text"], url=url, language=item.get("language")))
    return _page(matcher, item["html"].encode("utf-8", "replace"), title, url).verdicts


def _look(matcher: Matcher, body: bytes) -> Look:
    """Match one file: HTML is extracted as a downloaded page would be, anything else is taken as it stands."""
    from monitor.encoding import decode
    from monitor.model import Page, Text
    from monitor.read.answer import Look

    if body.lstrip()[:1] == b"<":
        return _page(matcher, body, "", "")
    text = unicodedata.normalize("NFC", decode(body, "", "html")[0])
    return Look(Page("", text, "full"), matcher.match(Text(title="", text=text)), "", text)


def _page(matcher: Matcher, body: bytes, title: str, url: str) -> Look:
    from monitor.read.look import look

    meta = {
        "url": url,
        "content_type": "text/html",
        "title": title,
        "feed_text": "",
        "language": None,
        "has_page": True,
    }
    return look(matcher, body, meta)


def _lines(name: str) -> Iterator[bytes]:
    if name == "-":
        yield from sys.stdin.buffer
        return
    try:
        with Path(name).open("rb") as file:
            yield from file
    except OSError as error:
        raise _unreadable(name, error) from None


def _read(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except (OSError, ValueError) as error:
        raise _unreadable(name, error) from None


def _unreadable(name: str, error: OSError | ValueError) -> UsageError:
    reason = error.strerror if isinstance(error, OSError) else None
    return UsageError(f"{name}: {(reason or 'cannot be read').lower()}")


def _print(name: str, found: Look) -> None:
    from rich.text import Text

    from monitor.cli import show

    out = show.console()
    show.paragraph(out, Text("stdin" if name == "-" else show.one_line(name), style="bold"))
    for verdict in found.verdicts:
        word = f"HIT, {verdict.grade}" if verdict.hit else "near miss" if verdict.score > 0 else "no hit"
        style = "green" if verdict.hit else ""
        show.paragraph(out, Text(f"{verdict.topic}: {word}, score {verdict.score:g}", style=style), indent=2)
        words = show.context(found.title, found.text, verdict.terms)
        if words:
            show.paragraph(out, words, indent=4)
        for reason in verdict.why:
            show.paragraph(out, Text(reason, style="dim"), first="    why: ")
